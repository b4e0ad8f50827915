//! The simulator in this process.

use super::{PromptTrace, Simulation, Target, TargetError};
use crate::assist::{Rehearsal, rehearse};
use crate::simulator::{Trace, simulate};
use crate::suite::Prompts;

/// Runs calls and prompts in this process, at once.
#[derive(Debug, Default)]
pub struct Embedded;

impl Target for Embedded {
    fn name(&self) -> &str {
        "embedded"
    }

    async fn simulate(&self, simulation: &Simulation) -> Result<Trace, TargetError> {
        Ok(simulate(&simulation.program, &simulation.request))
    }

    async fn rehearse(&self, prompts: &Prompts) -> Result<PromptTrace, TargetError> {
        let rehearsal = Rehearsal { arrivals: prompts.arrivals().collect(), ..prompts.rehearsal() };
        let rehearsed = rehearse(&rehearsal);
        let mut trace = PromptTrace { ended_ms: rehearsed.ended_ms, ..PromptTrace::default() };
        rehearsed.records.into_iter().for_each(|record| trace.add(record));
        Ok(trace)
    }
}

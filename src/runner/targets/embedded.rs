//! The simulator in this process.

use super::{Simulation, Target, TargetError};
use crate::assist::{PromptTrace, rehearse_each};
use crate::simulator::{Trace, simulate};
use crate::suite::Prompts;

/// Runs calls and prompts in this process, at once.
#[derive(Debug, Default)]
pub(crate) struct Embedded;

impl Target for Embedded {
    fn name(&self) -> &str {
        "embedded"
    }

    async fn simulate(&self, simulation: &Simulation) -> Result<Trace, TargetError> {
        Ok(simulate(&simulation.program, &simulation.request))
    }

    async fn rehearse(&self, prompts: &Prompts) -> Result<PromptTrace, TargetError> {
        let mut trace = PromptTrace::default();
        let add = |number, record| trace.add(number, record);
        let ended_ms = rehearse_each(&prompts.rehearsal(), prompts.arrivals(), add);
        Ok(PromptTrace { ended_ms, ..trace })
    }
}

//! The simulator in this process.

use super::{Simulation, Target, TargetError};
use crate::assist::{PromptTrace, rehearse_each};
use crate::simulator::{Trace, WallLimit, simulate_within};
use crate::suite::Prompts;

/// Runs calls and prompts in this process. Nothing in it waits: its futures are ready at the first poll.
#[derive(Debug, Default)]
pub(crate) struct Embedded;

impl Target for Embedded {
    fn name(&self) -> &str {
        "embedded"
    }

    fn is_compute_bound(&self) -> bool {
        true
    }

    async fn simulate(&self, simulation: &Simulation, limit: WallLimit<'_>) -> Result<Trace, TargetError> {
        let trace = simulate_within(&simulation.program, &simulation.request, limit);
        trace.ok_or(TargetError::LimitExceeded)
    }

    async fn rehearse(&self, prompts: &Prompts, limit: WallLimit<'_>) -> Result<PromptTrace, TargetError> {
        let mut trace = PromptTrace::default();
        let add = |number, record| trace.add(number, record);
        let ended_ms = rehearse_each(&prompts.rehearsal(), prompts.arrivals(), limit, add);
        let ended_ms = ended_ms.ok_or(TargetError::LimitExceeded)?;
        Ok(PromptTrace { ended_ms, ..trace })
    }
}

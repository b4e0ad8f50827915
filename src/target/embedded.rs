//! The simulator in this process.

use super::{Simulation, Target, TargetError};
use crate::simulator::{Trace, simulate};

/// Runs calls in this process, at once.
#[derive(Debug, Default)]
pub struct Embedded;

impl Target for Embedded {
    fn name(&self) -> &str {
        "embedded"
    }

    async fn simulate(&self, simulation: &Simulation) -> Result<Trace, TargetError> {
        Ok(simulate(&simulation.program, &simulation.request))
    }
}

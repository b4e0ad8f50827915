//! A target that could not even be set up.

use super::{PromptTrace, Simulation, Target, TargetError};
use crate::simulator::{Trace, WallLimit};
use crate::suite::Prompts;

/// Stands in for a target that could not be set up, so that such a run has its reports too.
#[derive(Clone, Debug)]
pub(crate) struct Unusable {
    /// The target's name.
    pub name: String,
    /// Why it cannot be used.
    pub reason: String,
}

impl Target for Unusable {
    fn name(&self) -> &str {
        &self.name
    }

    async fn simulate(&self, _: &Simulation, _: WallLimit<'_>) -> Result<Trace, TargetError> {
        Err(TargetError::Unusable(self.reason.clone()))
    }

    async fn rehearse(&self, _: &Prompts, _: WallLimit<'_>) -> Result<PromptTrace, TargetError> {
        Err(TargetError::Unusable(self.reason.clone()))
    }
}

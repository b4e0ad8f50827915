//! Where scenarios run.

mod definition;
mod drift;
mod embedded;
mod remote;
mod unusable;

pub(crate) use definition::Definition;
pub(crate) use embedded::Embedded;
pub use remote::Remote;
pub(crate) use unusable::Unusable;

pub(crate) use crate::remote::client::Counts as RequestCounts;

use std::sync::Arc;

use crate::assist::PromptTrace;
use crate::flow::Program;
use crate::simulator::{Trace, WallLimit};
use crate::suite::Prompts;
pub use crate::suite::Simulation;

/// A place where calls are simulated, and prompts rehearsed.
pub trait Target: Send + Sync {
    /// What reports call it.
    fn name(&self) -> &str;

    /// What it has sent so far; none for a target that sends nothing.
    fn requests(&self) -> Option<RequestCounts> {
        None
    }

    /// What it knows of its own flows beside these programs, in their order; asked once, before the first call. Empty for
    /// a target that runs the very programs that it is given.
    fn definitions(&self, programs: &[Arc<Program>]) -> impl Future<Output = Vec<Definition>> + Send {
        let _ = programs;
        async { Vec::new() }
    }

    /// Whether simulating is computing on this machine and not waiting for another: then it runs on threads of its own,
    /// and keeps to the limit that it is given, since nobody else can stop it.
    fn is_compute_bound(&self) -> bool {
        false
    }

    /// Simulates one call. The error says why there is no trace; the runner decides what becomes of the scenario.
    fn simulate(
        &self,
        simulation: &Simulation,
        limit: WallLimit<'_>,
    ) -> impl Future<Output = Result<Trace, TargetError>> + Send;

    /// Rehearses the prompts of one scenario. A target that only knows calls skips them.
    fn rehearse(
        &self,
        prompts: &Prompts,
        limit: WallLimit<'_>,
    ) -> impl Future<Output = Result<PromptTrace, TargetError>> + Send {
        let _ = (prompts, limit);
        let reason =
            format!("target '{}' simulates calls only; prompts are rehearsed by the embedded one", self.name());
        async { Err(TargetError::Skip(reason)) }
    }
}

/// Why a target gave no trace.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TargetError {
    /// This call could not be simulated; others may.
    #[error("{0}")]
    Call(String),
    /// This target does not offer what this call needs: it was not tried.
    #[error("{0}")]
    Skip(String),
    /// The limit was exceeded.
    #[error("no result in time")]
    LimitExceeded,
    /// Nothing can be simulated here.
    #[error("{0}")]
    Unusable(String),
}

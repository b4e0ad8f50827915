//! The state of a simulation and its result.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fields, NodeExecution, SimulationTrace, lenient};

/// The state of a simulation, and once it is completed its result: the body of `GET
/// /api/v2/flow/simulator/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SimulationResult {
    /// The id of the simulation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulation_id: Option<String>,
    /// The state of the simulation.
    pub status: Status,
    /// Node executions in order; empty until it is completed.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub execution_path: Vec<NodeExecution>,
    /// The variables of the entry flow at the end; `[secret]` stands for a secret value.
    #[serde(default)]
    pub variables: Fields,
    /// The virtual length of the call in ms.
    #[serde(default, deserialize_with = "lenient::number")]
    pub duration_ms: u64,
    /// Why the simulation, or the call in it, failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// An extension of the contract, only for submissions with `simulationOptions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulation_trace: Option<Box<SimulationTrace>>,
}

impl SimulationResult {
    /// Whether the simulation is over: no later result will differ.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.status, Status::Completed | Status::Failed)
    }
}

/// The state of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It waits to run.
    Queued,
    /// It runs.
    Running,
    /// The call was simulated to its end, whether the flow behaved well or not.
    Completed,
    /// The call could not be simulated.
    Failed,
}

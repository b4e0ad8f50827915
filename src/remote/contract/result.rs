//! What a simulation came to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::null::or_default;
use super::{Fields, NodeExecution, SimulationTrace};

/// The state of a simulation, and once it is completed its result: the body of `GET /api/v2/flow/simulator/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SimulationResult {
    /// The id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulation_id: Option<String>,
    /// How far it is.
    pub status: Status,
    /// Node executions in order; empty until it is completed.
    #[serde(default, deserialize_with = "or_default")]
    pub execution_path: Vec<NodeExecution>,
    /// Variables of the entry flow at the end; `[secret]` stands for the value of a secret one.
    #[serde(default)]
    pub variables: Fields,
    /// Virtual length of the call in ms.
    #[serde(default)]
    pub duration_ms: u64,
    /// Why the simulation, or the call in it, failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// An extension of the contract: what the path above lacks. Only for submissions with `simulationOptions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulation_trace: Option<Box<SimulationTrace>>,
}

/// How far a simulation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It waits.
    Queued,
    /// It is being simulated.
    Running,
    /// The call was simulated to its end; whether the flow did well is another matter.
    Completed,
    /// It could not be simulated.
    Failed,
}

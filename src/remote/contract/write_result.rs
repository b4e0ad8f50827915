//! A trace as a result.

use super::{Answered, SimulationResult};
use crate::flow::Name;
use crate::simulator::Trace;

/// What stands in place of a secret value.
pub(super) const SECRET: &str = "[secret]";

/// How much of a trace a result carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What the plain contract has.
    Plain,
    /// All of it, in a `simulationTrace`.
    Full {
        /// The values of secret variables too.
        reveal_secrets: bool,
        /// The version of the flow that was called.
        flow_version: Option<Name>,
    },
}

/// The result of a simulation that was carried out. One that met a fault has failed; one in which the flow failed is
/// completed all the same, with the failure as its message.
pub fn result(simulation_id: Option<&str>, trace: &Trace, detail: &Detail) -> SimulationResult {
    // Through its text, which keeps the order of variables.
    let written = serde_json::to_vec(&Answered::new(simulation_id, trace, detail));
    // What is answered has the form of a result, whatever the trace: properties in this room's tests say so.
    written.and_then(|json| serde_json::from_slice(&json)).expect("an answer reads back as a result")
}

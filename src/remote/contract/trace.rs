//! `simulationTrace`: the parts of a trace for which the plain contract has no fields.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fields, lenient};
use crate::flow::Name;
use crate::simulator::{Fault, TraceEvent};

/// The parts of a trace that the plain result lacks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SimulationTrace {
    /// How the call ended: a disposition, `transferred`, `hung_up`, `abandoned` or `failed`.
    pub outcome: Name,
    /// The version of the flow that was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_version: Option<Name>,
    /// Why the call failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Why the call could not be simulated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<FaultRecord>,
    /// The time from the call's start to the entry of each node of `executionPath`, in ms.
    #[serde(default, deserialize_with = "lenient::numbers")]
    pub at_ms: Vec<u64>,
    /// The prompts that the caller heard, in order.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub prompts: Vec<HeardPrompt>,
    /// The lookups in other systems, in order.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub lookups: Vec<LookupRecord>,
    /// The events in order of time, as in run records.
    #[serde(default, deserialize_with = "lenient::known", skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<TraceEvent>,
    /// The number of keys that the caller pressed and an input node consumed.
    #[serde(default, deserialize_with = "lenient::number")]
    pub keypresses: u32,
    /// The time for which prompts were heard, in ms.
    #[serde(default, deserialize_with = "lenient::number")]
    pub prompt_ms: u64,
    /// The number of items of the sequence that were never used.
    #[serde(default, deserialize_with = "lenient::number")]
    pub unused_items: u32,
    /// The number of keys that were pressed and never used.
    #[serde(default, deserialize_with = "lenient::number")]
    pub unused_keys: u32,
    /// The names of the variables that may hold a secret.
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub secret_variables: Vec<Name>,
    /// Their values, if the submission asks for them with `revealSecrets`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_values: Option<Fields>,
}

/// One prompt as the caller heard it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeardPrompt {
    /// The execution that played it, an index into `executionPath`.
    #[serde(deserialize_with = "lenient::number")]
    pub step: u32,
    /// The text, or `[asset]`; secrets are masked.
    pub text: Name,
    /// How long it was heard, in ms.
    #[serde(deserialize_with = "lenient::number")]
    pub heard_ms: u64,
    /// Whether a key cut it short.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
}

/// One lookup in another system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LookupRecord {
    /// The execution that made it, an index into `executionPath`.
    #[serde(deserialize_with = "lenient::number")]
    pub step: u32,
    /// The service.
    pub service: Name,
    /// Its inputs; `[secret]` stands for a secret value.
    #[serde(default)]
    pub inputs: Fields,
    /// Its outcome.
    pub outcome: Name,
}

/// Why a call could not be simulated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum FaultRecord {
    /// A lookup without a stub.
    Unstubbed {
        /// The service.
        service: Name,
        /// The node.
        node: Name,
    },
    /// A stub that answers with an outcome that the node does not have.
    UnknownOutcome {
        /// The stub's name.
        stub: Name,
        /// Its answer.
        outcome: Name,
        /// The node.
        node: Name,
    },
    /// A node that reads the clock, in a call that has none.
    NoClock {
        /// The node.
        node: Name,
    },
}

impl From<Fault> for FaultRecord {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unstubbed { service, node } => Self::Unstubbed { service, node },
            Fault::UnknownOutcome { stub, outcome, node } => Self::UnknownOutcome { stub, outcome, node },
            Fault::NoClock { node } => Self::NoClock { node },
        }
    }
}

impl From<FaultRecord> for Fault {
    fn from(fault: FaultRecord) -> Self {
        match fault {
            FaultRecord::Unstubbed { service, node } => Self::Unstubbed { service, node },
            FaultRecord::UnknownOutcome { stub, outcome, node } => Self::UnknownOutcome { stub, outcome, node },
            FaultRecord::NoClock { node } => Self::NoClock { node },
        }
    }
}

//! `simulationOptions`: the parts of a call for which the plain contract has no fields.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lenient::or_default;
use super::{Fields, KeypadItem};
use crate::flow::Name;

/// An extension of the contract; every part is optional. A server without this extension ignores or
/// refuses it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct SimulationOptions {
    /// What the caller does at each input, with times. It replaces `dtmfSequence`, which must be
    /// empty then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keypad: Option<Vec<KeypadItem>>,
    /// The numbers of both ends, and what the caller does on their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<CallOptions>,
    /// When the call starts; without it a node that reads the clock ends the simulation as failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockOptions>,
    /// The answers of other systems, by node or by service: lookup k gets answer k, every further
    /// one the last answer.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "or_default")]
    pub stubs: BTreeMap<Name, Vec<StubAnswer>>,
    /// The states of queues by name; they replace the flow's.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "or_default")]
    pub queues: BTreeMap<Name, QueueOptions>,
    /// The seed of all random draws (default 0).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Limits at which a call is stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guards: Option<GuardOptions>,
    /// The version of the flow to call; by default the newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_version: Option<String>,
    /// Whether the result has the values of secret variables (in `simulationTrace.secretValues`),
    /// so that they can be checked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reveal_secrets: bool,
}

/// The numbers of both ends, and what the caller does on their own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct CallOptions {
    /// The caller's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ani: Option<Name>,
    /// The number called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dnis: Option<Name>,
    /// The caller hangs up this long after the call's start, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hang_up_after_ms: Option<u64>,
    /// How long the caller waits in a queue, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patience_ms: Option<u64>,
    /// External signals, in order of time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<SignalOptions>,
}

/// An external signal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SignalOptions {
    /// The time from the call's start, in ms.
    pub at_ms: u64,
    /// The name of the signal.
    pub name: Name,
}

/// When a call starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ClockOptions {
    /// The time, in RFC 3339.
    pub at: String,
    /// The time zone in which expressions see it: an IANA name or a fixed offset such as `+02:00`
    /// (default UTC).
    #[serde(default = "utc")]
    pub zone: String,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// One answer of a stub.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StubAnswer {
    /// The outcome that the node takes.
    pub outcome: Name,
    /// Fields of the answer.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub outputs: Fields,
    /// How long it takes, in virtual ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// The message of a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The state of a queue when a call reaches it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct QueueOptions {
    /// Whether it takes calls.
    pub open: bool,
    /// The number of its agents.
    pub agents: u32,
    /// The number of calls that are waiting.
    pub waiting: u32,
    /// How long an agent is busy with a call, in ms.
    pub handle_time_ms: u64,
    /// Maximum number of waiting calls.
    pub capacity: u32,
    /// A fixed wait in ms that replaces the estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_ms: Option<u64>,
}

/// Limits at which a call is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct GuardOptions {
    /// Maximum number of node executions.
    pub steps: u32,
    /// Maximum number of executions of one node in a row.
    pub repeats: u32,
    /// Maximum depth of flows that call flows.
    pub depth: u32,
    /// Maximum duration, in virtual ms.
    pub duration_ms: u64,
}

impl Default for QueueOptions {
    fn default() -> Self {
        Self::from(&crate::flow::QueueState::default())
    }
}

impl Default for GuardOptions {
    fn default() -> Self {
        Self::from(crate::simulator::Guards::default())
    }
}

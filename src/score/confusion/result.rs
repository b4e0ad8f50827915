//! Confusion tables, as the run record has them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Confusion tables of a run. They count expected decisions only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionsRecord {
    /// By flow, in order of id, version and file. Flows without an expected decision are absent.
    pub flows: Vec<FlowDecisions>,
    /// The wrong decisions that cost the most accuracy, largest loss first, at most ten.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub worst: Vec<WrongDecision>,
}

/// The confusion tables of one flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FlowDecisions {
    /// The id of the flow.
    pub flow: String,
    /// The version of the flow.
    pub version: String,
    /// The path of the flow file, as messages show it.
    pub file: String,
    /// In file order. Nodes without an expected decision are absent.
    pub nodes: Vec<Confusion>,
}

/// The confusion table of one decision node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Confusion {
    /// The id of the node in its flow.
    pub node: String,
    /// The line of the node, from 1.
    pub line: u32,
    /// One row per expected outcome, in the order of the node's outcomes.
    pub rows: Vec<ConfusionRow>,
}

/// The outcomes taken where one outcome was expected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfusionRow {
    /// The expected outcome.
    pub expected: String,
    /// How often it was expected: the sum of the row.
    pub count: u64,
    /// How often each outcome was taken, the expected one included.
    pub taken: BTreeMap<String, u64>,
    /// How often the call never reached the node (or not often enough).
    pub never_reached: u64,
    /// How often the call ended in the node.
    pub ended: u64,
}

/// A pair of expected outcome and actual outcome that occurred at one node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WrongDecision {
    /// The id of the flow.
    pub flow: String,
    /// The id of the node in its flow.
    pub node: String,
    /// The path of the flow file, as messages show it.
    pub file: String,
    /// The line of the node, from 1.
    pub line: u32,
    /// The expected outcome.
    pub expected: String,
    /// The outcome taken; null where the node was never reached, or the call ended in it.
    pub taken: Option<String>,
    /// Whether the call never reached the node.
    pub never_reached: bool,
    /// How often it occurred.
    pub count: u64,
    /// count / decisions expected in the whole run: the accuracy would rise by this much without
    /// it.
    pub cost: f64,
}

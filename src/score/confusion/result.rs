//! Decisions expected against decisions taken.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Confusion tables of a run: over the decisions that scenarios expected, and over nothing else.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionsRecord {
    /// By flow, in order of id, version and file; flows of which no decision was expected are absent.
    pub flows: Vec<FlowDecisions>,
    /// The wrong decisions that cost the most accuracy, the dearest first, at most ten.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub worst: Vec<WrongDecision>,
}

/// The decision nodes of one flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FlowDecisions {
    /// Its id.
    pub flow: String,
    /// Its version.
    pub version: String,
    /// The file as messages show it.
    pub file: String,
    /// In file order; nodes of which no decision was expected are absent.
    pub nodes: Vec<Confusion>,
}

/// The confusion table of one decision node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Confusion {
    /// Its id in the flow.
    pub node: String,
    /// Where it stands, from 1.
    pub line: u32,
    /// A row for each outcome that was expected, in the order of the node's outcomes.
    pub rows: Vec<ConfusionRow>,
}

/// What became of one expected outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfusionRow {
    /// The outcome expected.
    pub expected: String,
    /// How often it was expected: the sum of the row.
    pub count: u64,
    /// How often each outcome was taken instead or as expected.
    pub taken: BTreeMap<String, u64>,
    /// How often the call never came to the node (or not often enough).
    pub never_reached: u64,
    /// How often the call ended in the node.
    pub ended: u64,
}

/// One way of being wrong: a node, what was expected of it and what was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WrongDecision {
    /// The id of the flow.
    pub flow: String,
    /// The node's id in it.
    pub node: String,
    /// The flow's file as messages show it.
    pub file: String,
    /// Where the node stands, from 1.
    pub line: u32,
    /// The outcome expected.
    pub expected: String,
    /// The outcome taken; null where the node was never reached, or the call ended in it.
    pub taken: Option<String>,
    /// Whether the call never came to the node.
    pub never_reached: bool,
    /// How often.
    pub count: u64,
    /// count / decisions expected over the whole run: by so much the accuracy would rise without it.
    pub cost: f64,
}

//! Coverage, as the run record has it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Coverage of a run: by flow and over all flows. `docs/coverage.md` defines each kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageRecord {
    /// Every flow that a call of the run can reach, entry flows and the flows they call, in order
    /// of id, version and file.
    pub flows: Vec<FlowCoverage>,
    /// The sums over the flows.
    pub totals: CoverageKinds,
}

/// Counts by kind. A kind with nothing to cover is absent.
pub(crate) type CoverageKinds = BTreeMap<CoverageKind, CoverageCount>;

/// What coverage counts. Only items that a call can reach count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CoverageKind {
    /// Nodes that were executed.
    Nodes,
    /// Outcomes that were taken: wired ones, and those of decisions except an unwired `error`.
    Outcomes,
    /// Edges that were walked: from a node by its outcome to the next node.
    Edges,
    /// Pairs of edges that were walked one directly after the other.
    EdgePairs,
    /// Ends: `end` and `return` nodes, and outcomes by which the call leaves the flow as
    /// transferred.
    Ends,
    /// Outcomes of `switch` and `queue_check` nodes.
    SwitchCases,
    /// Outcomes of `lookup` nodes.
    LookupOutcomes,
    /// Outcomes of `hours` nodes.
    ClockClasses,
}

/// Coverage of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageCount {
    /// Items covered by any call.
    pub covered: u64,
    /// Items covered by a call whose scenario passed; at most `covered`.
    pub passed: u64,
    /// Items that a call can reach; at least 1, and at least `covered`.
    pub of: u64,
}

/// Coverage of one flow by all calls that reached it, from any entry flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FlowCoverage {
    /// The id of the flow.
    pub flow: String,
    /// The version of the flow.
    pub version: String,
    /// The name of the flow; empty in records of earlier versions.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub name: String,
    /// The path of the flow file, as messages show it.
    pub file: String,
    /// The id of the start node; empty in records of earlier versions.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub start: String,
    /// The other entry points of the flow.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub events: Vec<EventEntry>,
    /// Counts by kind.
    pub kinds: CoverageKinds,
    /// What no call covered, in the order of the nodes: nodes, outcomes and edges, each gap once.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub missing: Vec<MissingItem>,
    /// The nodes in file order, with their visits.
    pub nodes: Vec<NodeCoverage>,
}

/// An entry point of a flow besides its start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventEntry {
    /// `on_hangup`, `on_answer`, `on_error`, `on_signal NAME`, or `key K`.
    pub event: String,
    /// The id of the node that it leads to.
    pub node: String,
}

/// An item that no call covered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MissingItem {
    /// The kind of item.
    pub kind: CoverageKind,
    /// A node `balance`, an outcome `pin: invalid`, an edge `pin: ok -> balance`.
    pub item: String,
    /// The path of the flow file, as messages show it.
    pub file: String,
    /// The line number, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// An input that would cover it, where a search found one; `•` for each key that may be secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Visits of a node and of its outcomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeCoverage {
    /// The id of the node in its flow.
    pub node: String,
    /// The type of the node.
    #[serde(rename = "type")]
    pub kind: String,
    /// The label of the node.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub label: Option<String>,
    /// The beginning of the text that the caller hears, as the flow file has it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub says: Option<String>,
    /// The id of the flow that a subflow calls, or that a jump goes to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub calls: Option<String>,
    /// The line of the node, from 1.
    pub line: u32,
    /// Whether a call can reach it. An unreachable node counts in no kind.
    pub reachable: bool,
    /// Executions by all calls.
    pub visits: u64,
    /// Executions by calls whose scenario passed; at most `visits`.
    #[serde(default)]
    pub passed: u64,
    /// The outcomes of the node in order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub outcomes: Vec<OutcomeCoverage>,
}

/// How often an outcome was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutcomeCoverage {
    /// The name of the outcome; `next` for the edge of a jump.
    pub outcome: String,
    /// The id of the node that it leads to; absent where it is not wired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What follows, where it is not wired.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub then: Option<Then>,
    /// Whether it counts for coverage.
    pub counts: bool,
    /// How often it was taken.
    pub taken: u64,
    /// How often calls whose scenario passed took it; at most `taken`.
    #[serde(default)]
    pub passed: u64,
    /// How often a call went on to `to`: fewer than `taken` where callers hung up in between.
    pub walked: u64,
}

/// What follows an outcome that is not wired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// The node prompts again.
    Again,
    /// The call ends as the flow intends.
    Ends,
    /// The call fails: the flow does not define what follows.
    Stuck,
    /// An event of the flow follows: `on_answer` after an answer, else `on_error`.
    Event,
}

impl CoverageCount {
    /// covered / of; none where there is nothing to cover.
    pub fn ratio(&self) -> Option<f64> {
        (self.of > 0).then(|| self.covered as f64 / self.of as f64)
    }

    /// passed / of; none where there is nothing to cover.
    pub fn passed_ratio(&self) -> Option<f64> {
        (self.of > 0).then(|| self.passed as f64 / self.of as f64)
    }
}

impl CoverageKind {
    /// Every kind in order.
    pub const ALL: [Self; 8] = [
        Self::Nodes,
        Self::Outcomes,
        Self::Edges,
        Self::EdgePairs,
        Self::Ends,
        Self::SwitchCases,
        Self::LookupOutcomes,
        Self::ClockClasses,
    ];

    /// The name of the kind in records, settings and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nodes => "nodes",
            Self::Outcomes => "outcomes",
            Self::Edges => "edges",
            Self::EdgePairs => "edge_pairs",
            Self::Ends => "ends",
            Self::SwitchCases => "switch_cases",
            Self::LookupOutcomes => "lookup_outcomes",
            Self::ClockClasses => "clock_classes",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_written_by_their_names() {
        for kind in CoverageKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }

    #[test]
    fn nothing_to_cover_is_no_ratio() {
        assert_eq!(CoverageCount::default().ratio(), None);
        let count = CoverageCount { covered: 3, passed: 1, of: 4 };
        assert_eq!((count.ratio(), count.passed_ratio()), (Some(0.75), Some(0.25)));
    }
}

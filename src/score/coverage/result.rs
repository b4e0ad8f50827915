//! What of the flows a run's calls walked.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Coverage of a run: by flow and over all flows. `docs/coverage.md` says what each kind counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageRecord {
    /// Every flow that a call of the run can come to, entry flows and those they call, in order of id, version and file.
    pub flows: Vec<FlowCoverage>,
    /// The sums over the flows.
    pub totals: CoverageKinds,
}

/// Counts by kind; a kind of which there is nothing to cover is absent.
pub(crate) type CoverageKinds = BTreeMap<CoverageKind, CoverageCount>;

/// What can be covered of a flow, always of what a call can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CoverageKind {
    /// Nodes executed.
    Nodes,
    /// Outcomes taken: those that lead somewhere, and those of decisions but for an unwired `error`.
    Outcomes,
    /// Edges walked: from a node by its outcome to the next.
    Edges,
    /// Two edges walked one after the other.
    EdgePairs,
    /// Ends: `end` and `return` nodes, and the outcomes that hand the call over for good.
    Ends,
    /// Outcomes of `switch` and `queue_check` nodes.
    SwitchCases,
    /// Outcomes of `lookup` nodes.
    LookupOutcomes,
    /// Outcomes of `hours` nodes.
    ClockClasses,
}

/// How much of one kind is covered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageCount {
    /// By any call.
    pub covered: u64,
    /// By a call whose scenario passed; at most `covered`.
    pub passed: u64,
    /// Of so many that a call can reach; at least 1, and at least `covered`.
    pub of: u64,
}

/// Coverage of one flow, over all calls that came to it, whichever flow they entered by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FlowCoverage {
    /// Its id.
    pub flow: String,
    /// Its version.
    pub version: String,
    /// What people call it; empty in the records of earlier versions.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub name: String,
    /// The file as messages show it.
    pub file: String,
    /// The id of its first node; empty in the records of earlier versions.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub start: String,
    /// The other ways into it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub events: Vec<EventEntry>,
    /// Counts by kind.
    pub kinds: CoverageKinds,
    /// What no call came to, in the order of the nodes: of the kinds nodes, outcomes and edges, each thing once.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub missing: Vec<MissingItem>,
    /// The nodes in file order, with how often they were visited.
    pub nodes: Vec<NodeCoverage>,
}

/// A way into a flow beside its start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventEntry {
    /// `on_hangup`, `on_answer`, `on_error`, `on_signal NAME`, or `key K`.
    pub event: String,
    /// The id of the node that it leads to.
    pub node: String,
}

/// Something that no call came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MissingItem {
    /// Of which kind.
    pub kind: CoverageKind,
    /// A node `balance`, an outcome `pin: invalid`, an edge `pin: ok -> balance`.
    pub item: String,
    /// The file as messages show it.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// An input that would come to it, where a search found one; `•` for each key of what may be a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// How often a node was visited, and what it came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeCoverage {
    /// Its id in the flow.
    pub node: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub label: Option<String>,
    /// The beginning of what the caller hears, as the flow file has it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub says: Option<String>,
    /// The id of the flow that a subflow calls, or that a jump goes to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub calls: Option<String>,
    /// Where it stands, from 1.
    pub line: u32,
    /// Whether a call can come to it; one that cannot counts in no kind.
    pub reachable: bool,
    /// Executions over all calls.
    pub visits: u64,
    /// Those of calls whose scenario passed; at most `visits`.
    #[serde(default)]
    pub passed: u64,
    /// Its outcomes in order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub outcomes: Vec<OutcomeCoverage>,
}

/// How often an outcome was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutcomeCoverage {
    /// Its name; `next` for the way that a jump takes.
    pub outcome: String,
    /// The id of the node it leads to; absent where it is not wired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What comes then, where it is not wired.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub then: Option<Then>,
    /// Whether it counts as something to cover.
    pub counts: bool,
    /// How often it was taken.
    pub taken: u64,
    /// How often by calls whose scenario passed; at most `taken`.
    #[serde(default)]
    pub passed: u64,
    /// How often a call went on to `to`: less than taken where the caller hung up in between.
    pub walked: u64,
}

/// What comes after an outcome that is not wired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// The node asks again.
    Again,
    /// The call ends as the flow means it to.
    Ends,
    /// The call fails: nobody decided what happens here.
    Stuck,
    /// An event of the flow takes over: `on_answer` for who answers, else `on_error`.
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

    /// Its name in records, settings and reports.
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

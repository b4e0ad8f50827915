//! What a comparison says: versioned JSON with a published schema (`schemas/compare.schema.json`).

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

use crate::record::{GateRecord, Verdict, draft_07};
use crate::suite::gate::Unit;

/// The version of the comparison's schema.
pub(crate) const COMPARE_VERSION: u32 = 1;

/// Two runs side by side. Every scenario is in at most one of the lists, but for those of flakiness and of other paths.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Comparison {
    /// [`COMPARE_VERSION`].
    pub version: u32,
    /// Whether something is worse: a scenario newly broken, a gate newly missed, a file that can no longer be used.
    pub regression: bool,
    /// Whether anything at all is other.
    pub different: bool,
    /// The run that is compared with.
    pub base: Side,
    /// The run that is compared.
    pub new: Side,
    /// How the two differ in what was run.
    pub files: FileChanges,
    /// How many scenarios are in each list.
    pub counts: Counts,
    /// Passed (or flaky) in the base, failed or in error now.
    pub newly_broken: Vec<Scenario>,
    /// Failed or in error in the base, passed (or flaky) now.
    pub fixed: Vec<Scenario>,
    /// Failed or in error in both.
    pub still_failing: Vec<Scenario>,
    /// Skipped now, not in the base.
    pub now_skipped: Vec<Scenario>,
    /// Skipped in the base, not now.
    pub no_longer_skipped: Vec<Scenario>,
    /// Flaky now, passed in the base.
    pub newly_flaky: Vec<Scenario>,
    /// Flaky in the base, passed now.
    pub no_longer_flaky: Vec<Scenario>,
    /// Not in the base.
    pub added: Vec<Scenario>,
    /// Not in the new run.
    pub gone: Vec<Scenario>,
    /// Passed (or flaky) in both, by another path.
    pub other_path: Vec<Scenario>,
    /// Gates that the base held, or did not have, and the new run missed.
    pub newly_missed_gates: Vec<GateRecord>,
    /// Files that only the new run could not use.
    pub newly_rejected: Vec<String>,
    /// Scores, coverage and effort of both.
    pub measures: Vec<MeasureChange>,
}

/// One of the two runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Side {
    /// The file as it was named.
    pub file: String,
    /// The version of callpath.
    pub callpath: String,
    /// The target.
    pub target: String,
    /// The run's seed.
    pub seed: u64,
    /// When it began, UTC, RFC 3339.
    pub started: String,
    /// Scenarios.
    pub scenarios: u64,
    /// Why it ended early, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
}

/// Suite and flow files that are not the same in both runs, by their paths as messages show them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct FileChanges {
    /// With another content.
    pub changed: Vec<String>,
    /// Only in the new run.
    pub added: Vec<String>,
    /// Only in the base.
    pub gone: Vec<String>,
}

/// How many scenarios are in each list, and in none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs)] // as the lists of the comparison
pub(crate) struct Counts {
    pub newly_broken: u64,
    pub fixed: u64,
    pub still_failing: u64,
    pub now_skipped: u64,
    pub no_longer_skipped: u64,
    pub newly_flaky: u64,
    pub no_longer_flaky: u64,
    pub added: u64,
    pub gone: u64,
    pub other_path: u64,
    /// With the same verdict and the same path in both.
    pub unchanged: u64,
}

/// A scenario that is not the same in both runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Scenario {
    /// Its id.
    pub id: String,
    /// Its file as messages show it; that of the new run where it is in both.
    pub file: String,
    /// Where it stands in it, from 1.
    pub line: u32,
    /// Its verdict in the base; absent where it is not in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Verdict>,
    /// Its verdict in the new run; absent where it is not in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Verdict>,
    /// Why it does not pass; of the new run where it does not pass there, else of the base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The first step in which the paths differ; absent where they do not, or where it is in one run only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_change: Option<StepChange>,
}

/// The first step in which two paths differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct StepChange {
    /// Which step, from 1.
    pub step: u32,
    /// The base's; absent where its path was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Step>,
    /// The new run's; absent where its path was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Step>,
}

/// A node and the outcome that it was left by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Step {
    /// The node.
    pub node: String,
    /// Its outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

/// A measure of both runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct MeasureChange {
    /// Its name: `accuracy`, `coverage.nodes`, `keypresses-per-call`.
    pub measure: String,
    /// In what it is counted.
    pub unit: Unit,
    /// Of the base; null where nothing was counted.
    pub base: Option<f64>,
    /// Of the new run; null where nothing was counted.
    pub new: Option<f64>,
    /// new − base; null where one of them is.
    pub change: Option<f64>,
    /// Whether the new run is better.
    pub direction: Direction,
}

/// Whether a change is for the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Direction {
    /// The new run is better.
    Better,
    /// It is worse.
    Worse,
    /// It is as good, or one of the two is not known.
    Same,
}

/// A scenario's place among the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Change {
    /// See [`Comparison::newly_broken`].
    NewlyBroken,
    /// See [`Comparison::fixed`].
    Fixed,
    /// See [`Comparison::still_failing`].
    StillFailing,
    /// See [`Comparison::now_skipped`].
    NowSkipped,
    /// See [`Comparison::no_longer_skipped`].
    NoLongerSkipped,
    /// See [`Comparison::newly_flaky`].
    NewlyFlaky,
    /// See [`Comparison::no_longer_flaky`].
    NoLongerFlaky,
}

/// The schema of a comparison.
pub(crate) fn compare_schema() -> Schema {
    draft_07::<Comparison>()
}

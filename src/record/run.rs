//! The record of a run: `run.json`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::{
    AssistTotals, CoverageKinds, CoverageRecord, DecisionsRecord, GateRecord, GateSpec, Interval, ScenarioRecord,
    Shard, StopReason, Totals,
};
use crate::remote::client::Counts as RequestCounts;
use crate::source::diagnostics::DiagnosticRecord;

/// The version of the run record's schema.
pub(crate) const RUN_VERSION: u32 = 2;

/// The versions that are read. Version 1 has `stopped` as text and no `description` and `properties`.
pub(crate) const RUN_VERSIONS: RangeInclusive<u32> = 1..=RUN_VERSION;

/// One run. Two runs of the same suites, flows and seed are equal but for `wall`, on any machine, at any concurrency.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunRecord {
    /// `RUN_VERSION`.
    pub version: u32,
    /// What was run.
    pub header: RunHeader,
    /// Files that could not be used.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub rejected: Vec<RejectedRecord>,
    /// In the order of the suites' paths and of the scenarios in them.
    #[serde(default)]
    pub scenarios: Vec<ScenarioRecord>,
    /// By suite, in order.
    pub suites: Vec<SuiteRecord>,
    /// By flow, in order of id.
    pub flows: Vec<FlowRecord>,
    /// Over all.
    pub totals: Totals,
    /// The ratios made of the totals.
    pub scores: Scores,
    /// What of the flows the calls walked; absent where the run ended before it could be counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<CoverageRecord>,
    /// Decisions expected against decisions taken; absent where none was expected, or as for `coverage`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decisions: Option<DecisionsRecord>,
    /// What the prompts came to, with the confusion table of their results; absent where none were rehearsed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assist: Option<AssistTotals>,
    /// The header's gates, in its order, with what was measured; none in a shard, which is no measure of the whole.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub gates: Vec<GateRecord>,
    /// Why it ended early, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<StopReason>,
    /// Wall times.
    pub wall: RunWall,
}

/// What was run: all that decides the results.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunHeader {
    /// The version of callpath.
    pub callpath: String,
    /// The target.
    pub target: String,
    /// The run's seed.
    pub seed: u64,
    /// How often each scenario was run.
    pub repeat: u32,
    /// Paths as given on the command line.
    pub paths: Vec<String>,
    /// The filters, as given: tag expressions and id patterns.
    pub filters: Vec<String>,
    /// SHA-256 of every suite and flow file that was read, in hexadecimal, by its path as messages show it.
    pub files: BTreeMap<String, String>,
    /// Found, but not selected by the filters.
    pub deselected: u64,
    /// Which part of the run this is; absent for the whole.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shard: Option<Shard>,
    /// Errors and warnings of the flow analysis in the flows that were read; absent where it was not asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub structural_defects: Option<u64>,
    /// By entry flow, what a remote target runs; empty for the embedded one.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub definitions: Vec<DefinitionRecord>,
    /// What the run had to reach, or may cost.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub gates: Vec<GateSpec>,
}

/// What is known of a flow that a remote target runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DefinitionRecord {
    /// The id of the entry flow.
    pub flow: String,
    /// By which definition coverage is counted and transitions are checked.
    pub used: DefinitionSource,
    /// In what the target's definition differs from the file, or why it is not known: half a sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// Where a flow's definition was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DefinitionSource {
    /// The target's definition is that of the local file.
    Same,
    /// The target's own, which differs from the local file.
    Target,
    /// The local file, as the target's is not known.
    File,
}

/// A file that could not be used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RejectedRecord {
    /// The file as messages show it.
    pub file: String,
    /// The suite's path.
    pub suite: String,
    /// Why.
    pub diagnostics: Vec<DiagnosticRecord>,
}

/// One suite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SuiteRecord {
    /// Its path below the suite root, without the extension.
    pub suite: String,
    /// What it calls itself.
    pub name: String,
    /// The file as messages show it.
    pub file: String,
    /// Over its scenarios.
    pub totals: Totals,
    /// The ratios made of them.
    pub scores: Scores,
    /// What its own calls covered of the flows that they can come to; absent as for the run's.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub coverage: CoverageKinds,
}

/// One flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FlowRecord {
    /// Its id.
    pub flow: String,
    /// Its version.
    pub version: String,
    /// Over the scenarios that call it.
    pub totals: Totals,
    /// The ratios made of them.
    pub scores: Scores,
}

/// Ratios; null where nothing was counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scores {
    /// Right decisions / expected decisions.
    pub accuracy: Option<f64>,
    /// Checks held / checks.
    pub check_accuracy: Option<f64>,
    /// (passed + flaky) / (passed + flaky + failed), with its interval.
    pub joint_accuracy: Option<Interval>,
    /// Mean path fitness.
    pub path_fitness: Option<f64>,
    /// Mean efficiency.
    pub efficiency: Option<f64>,
    /// Prompts that ended as expected / prompts of which a result was expected; absent where there were none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub result_accuracy: Option<f64>,
}

/// A scenario among the slowest, by wall time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Slowest {
    /// Its id.
    pub id: String,
    /// All its attempts together, in µs.
    pub duration_us: u64,
}

/// Wall times of a run, and what depends on them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunWall {
    /// What no two runs share: a UUID of version 7, whose beginning is the time. Empty in records of older versions.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub run_id: String,
    /// When it began, UTC, RFC 3339.
    pub started: String,
    /// How long it took, in µs.
    pub duration_us: u64,
    /// Scenarios at once.
    pub jobs: u32,
    /// The slowest scenarios, the slowest first, at most ten.
    pub slowest: Vec<Slowest>,
    /// What was sent to a remote target.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub requests: Option<RequestCounts>,
}

impl Scores {
    /// The ratios of some totals.
    pub fn of(totals: &Totals) -> Self {
        let ratio = |part: f64, whole: u64| (whole > 0).then(|| part / whole as f64);
        let good = totals.passed + totals.flaky;
        Self {
            accuracy: ratio(totals.decisions_right as f64, totals.decisions),
            check_accuracy: ratio(totals.checks_held as f64, totals.checks),
            joint_accuracy: super::wilson(good, good + totals.failed),
            path_fitness: ratio(totals.path_fitness_sum, totals.paths),
            efficiency: ratio(totals.efficiency_sum, totals.efficiencies),
            result_accuracy: ratio(totals.results_right as f64, totals.results),
        }
    }
}

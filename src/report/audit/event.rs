//! What the lines of an audit log say.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

use super::who::Who;
use crate::record::{GateRecord, GateSpec, Scores, Totals, Verdict, draft_07};

/// The version of the lines; it changes when a reader of the old one could misunderstand the new one.
pub(crate) const AUDIT_VERSION: u32 = 1;

/// One line.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AuditLine {
    /// The hash of the line before; 64 zeros in the first line.
    pub previous: String,
    /// From 1.
    pub line: u64,
    /// When, UTC, RFC 3339.
    pub at: String,
    /// What happened.
    #[serde(flatten)]
    pub event: AuditEvent,
    /// SHA-256 of the bytes of this line before `,"hash":"`, in hexadecimal.
    pub hash: String,
}

/// What a line says beside its place in the chain.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Body<'a> {
    pub at: &'a str,
    #[serde(flatten)]
    pub event: &'a AuditEvent,
}

/// What happened.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum AuditEvent {
    /// A run begins.
    RunStarted(Box<Started>),
    /// A suite or flow file could not be used.
    FileRejected {
        /// The file as messages show it.
        file: String,
        /// The suite's path.
        suite: String,
    },
    /// A scenario has its result.
    ScenarioFinished(Box<Finding>),
    /// The run is to end before all is done.
    Stopping {
        /// Why.
        reason: String,
    },
    /// A report could not be written.
    ReportFailed {
        /// Which.
        report: String,
        /// Why.
        reason: String,
    },
    /// A run is over: its seal.
    RunFinished(Box<Finished>),
}

/// What is run, and by whom.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Started {
    /// [`AUDIT_VERSION`].
    pub version: u32,
    /// The run's correlation id: `run_id` in `wall` of run.json.
    pub correlation: String,
    /// Who ran it, and where.
    pub who: Who,
    /// The version of callpath.
    pub callpath: String,
    /// Where the calls are simulated.
    pub target: String,
    /// The run's seed.
    pub seed: u64,
    /// How often each scenario is run.
    pub repeat: u32,
    /// Paths as given on the command line.
    pub paths: Vec<String>,
    /// The filters, as given.
    pub filters: Vec<String>,
    /// Scenarios that are selected.
    pub planned: u64,
    /// Scenarios that the filters leave out.
    pub deselected: u64,
    /// SHA-256 of every suite and flow file, in hexadecimal, by its path.
    pub files: BTreeMap<String, String>,
    /// What the run must reach, or may cost.
    pub gates: Vec<GateSpec>,
}

/// The result of a scenario.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The result's correlation id: `auditCorrelation` on the QA platform.
    pub correlation: String,
    /// The scenario's id.
    pub scenario: String,
    /// The flow's id.
    pub flow: String,
    /// The flow's version.
    pub flow_version: String,
    /// How it ended.
    pub verdict: Verdict,
    /// How many attempts were made.
    pub attempts: u64,
    /// Right decisions / expected decisions; null where none was expected.
    pub accuracy: Option<f64>,
    /// Path fitness; null where no path was expected.
    pub path_fitness: Option<f64>,
    /// Efficiency; null where it was not measured.
    pub efficiency: Option<f64>,
    /// The `efficiencyScore` of the QA platform; null where nothing could be simulated.
    pub decision_density: Option<f64>,
    /// The `accuracyScore` of the QA platform; null where no decision was expected.
    #[serde(alias = "seed_accuracy")]
    pub tutorial_accuracy: Option<f64>,
    /// SHA-256 of the scenario's `trace` as it stands in run.json and events.jsonl, in hexadecimal; null where there is none.
    pub trace: Option<String>,
}

/// The end of a run.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Finished {
    /// The run's correlation id.
    pub correlation: String,
    /// Over all scenarios.
    pub totals: Totals,
    /// The ratios made of them.
    pub scores: Scores,
    /// The gates with what was measured.
    pub gates: Vec<GateRecord>,
    /// Why it ended early, where it did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stopped: Option<String>,
    /// SHA-256 of the reports that were written, in hexadecimal, by file name.
    pub reports: BTreeMap<String, String>,
    /// Lines of this run, this one included.
    pub lines: u64,
}

/// The schema of one line.
pub(crate) fn audit_schema() -> Schema {
    draft_07::<AuditLine>()
}

//! What happens in a run, in order: one JSON object a line in the journal.

use std::ops::RangeInclusive;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RunHeader, RunRecord, ScenarioRecord, StopReason, Totals};
use crate::flow::Name;
use crate::source::diagnostics::DiagnosticRecord;

/// The version of the event schema; it changes when a reader of the old one could misunderstand the new one.
pub(crate) const EVENT_VERSION: u32 = 2;

/// The versions that are read. Version 1 has the reason of `stopping` as text.
pub(crate) const EVENT_VERSIONS: RangeInclusive<u32> = 1..=EVENT_VERSION;

/// One event, with the totals after it, so that reporters keep no counters.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// From the run's start, in µs of wall time.
    pub at_us: u64,
    /// After this event.
    pub totals: Totals,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// A suite that is run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuiteHead {
    /// Its path below the suite root, without the extension.
    pub suite: Name,
    /// What it calls itself.
    pub name: String,
    /// The file as messages show it.
    pub file: Name,
}

/// What happened.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum EventKind {
    /// The run begins.
    RunStarted {
        /// `EVENT_VERSION`.
        version: u32,
        /// The run's id, the same as in the record's `wall`; empty in journals of older versions.
        #[serde(default)]
        run_id: String,
        /// What is run.
        header: Box<RunHeader>,
        /// Scenarios that will finish.
        planned: u64,
        /// Scenarios at once.
        jobs: u32,
        /// When it began, UTC, RFC 3339.
        started: String,
        /// The suites that are run, in order, so that a journal that was cut short still names them.
        suites: Vec<SuiteHead>,
    },
    /// A file could not be used.
    FileRejected {
        /// The file as messages show it.
        file: String,
        /// The suite's path.
        suite: String,
        /// Why.
        diagnostics: Vec<DiagnosticRecord>,
    },
    /// A scenario begins.
    ScenarioStarted {
        /// Its id.
        id: String,
    },
    /// An attempt did not pass and is tried again.
    ScenarioRetried {
        /// Its id.
        id: String,
        /// The attempt that did not pass, from 1.
        attempt: u32,
        /// Why it did not.
        reason: String,
    },
    /// A scenario ended.
    ScenarioFinished {
        /// Its place in the plan, from 0: reports are in this order.
        index: u64,
        /// All about it.
        scenario: Arc<ScenarioRecord>,
    },
    /// The run is to end before all is done.
    Stopping {
        /// Why.
        reason: StopReason,
    },
    /// A report could not be written.
    ReporterFailed {
        /// Which.
        reporter: String,
        /// Why.
        message: String,
    },
    /// The run is over.
    RunFinished {
        /// The run record without its scenarios.
        summary: Box<RunRecord>,
    },
}

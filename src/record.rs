//! The run record and the run's events: the data that every report is made from.
//!
//! Both are versioned JSON with a published schema (`schemas/run.schema.json`, `schemas/event.schema.json`). Nothing in
//! here depends on sources, flows or clocks: a record read back from a file is as good as one just made.

mod assist;
mod event;
mod gates;
pub(crate) mod history;
mod identity;
mod merge;
mod parse;
mod replay;
mod run;
mod scenario;
mod schema;
mod sentence;
mod shard;
mod slowest;
mod stop_reason;
mod tally;
mod totals;

pub(crate) use crate::flow::Fields;
pub use crate::score::CoverageKind;
pub(crate) use crate::score::CoverageKinds;
pub(crate) use crate::score::{
    Confusion, CoverageRecord, DecisionsRecord, FlowCoverage, FlowDecisions, MissingItem, ResultCounts, ResultRow,
    WrongDecision,
};
pub(crate) use crate::source::diagnostics::{hexadecimal, sha_256};
pub(crate) use assist::{AssistAttempt, AssistPrompt, AssistRecord, AssistTotals, AssistTranscript};
pub(crate) use event::SuiteHead;
pub(crate) use event::{EVENT_VERSION, EVENT_VERSIONS};
pub use event::{Event, EventKind};
pub(crate) use gates::{GateRecord, GateSpec};
pub(crate) use identity::record_run_id;
pub use identity::{correlation, result_key};
pub(crate) use merge::{MergeError, Part, merge};
pub use parse::parse;
pub(crate) use replay::ReplayError;
pub use replay::replay;
pub(crate) use run::{DefinitionRecord, FlowRecord, RejectedRecord, RunHeader, RunWall, Scores, Slowest, SuiteRecord};
pub use run::{DefinitionSource, RunRecord};
pub(crate) use run::{RUN_VERSION, RUN_VERSIONS};
pub(crate) use scenario::{
    AttemptRecord, LookupRecord, PromptRecord, ScenarioRecord, ScenarioWall, StepRecord, TraceRecord, Verdict,
};
pub(crate) use schema::{draft_07, event_schema, run_schema};
pub(crate) use sentence::{check_contrast, check_sentence, check_subject, why};
pub(crate) use shard::Shard;
pub(crate) use slowest::SlowestList;
pub(crate) use stop_reason::StopReason;
pub(crate) use tally::Tally;
pub(crate) use totals::wilson;
pub(crate) use totals::{Interval, Totals};

//! The run record and the run's events: the data that every report is made from.
//!
//! Both are versioned JSON with a published schema (`schemas/run.schema.json`, `schemas/event.schema.json`). Nothing in
//! here depends on sources, flows or clocks: a record read back from a file is as good as one just made.

mod assist;
mod event;
mod gates;
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
mod tally;
mod totals;

pub use crate::diagnose::{hexadecimal, sha_256};
pub use crate::flow::Fields;
pub use crate::score::{
    Confusion, ConfusionRow, CoverageCount, CoverageKind, CoverageKinds, CoverageRecord, DecisionsRecord, EventEntry,
    FlowCoverage, FlowDecisions, MissingItem, NodeCoverage, OutcomeCoverage, ResultCounts, ResultRow, Then,
    WrongDecision,
};
pub use assist::{AssistAttempt, AssistPrompt, AssistRecord, AssistTotals, AssistTranscript};
pub use event::{EVENT_VERSION, Event, EventKind, SuiteHead};
pub use gates::{GateRecord, GateSpec};
pub use identity::{correlation, record_run_id, result_key};
pub use merge::{MergeError, Part, merge};
pub use parse::{ParseError, parse};
pub use replay::{ReplayError, replay};
pub use run::{
    DefinitionRecord, DefinitionSource, FlowRecord, RUN_VERSION, RejectedRecord, RunHeader, RunRecord, RunWall, Scores,
    Slowest, SuiteRecord,
};
pub use scenario::{
    AttemptRecord, LookupRecord, PromptRecord, ScenarioRecord, ScenarioWall, StepRecord, TraceRecord, Verdict,
};
pub use schema::{draft_07, event_schema, run_schema};
pub use sentence::{check_contrast, check_sentence, check_subject, why};
pub use shard::Shard;
pub use slowest::SlowestList;
pub use tally::Tally;
pub use totals::{Interval, Totals, wilson};

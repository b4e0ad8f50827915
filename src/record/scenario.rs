//! The record of one scenario.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AssistRecord, Fields};
use crate::flow::Name;
use crate::score::Score;
use crate::simulator::TraceEvent;
use crate::suite::Properties;

/// How a scenario ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every check held.
    Passed,
    /// A check is broken or was not reached.
    Failed,
    /// It could not be run.
    Error,
    /// It was not run.
    Skipped,
    /// It failed and passed on the same flow: counted beside passed, and shown apart.
    Flaky,
}

/// One scenario of a run. Names are shared with the flow and the suite, because a run has many scenarios.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioRecord {
    /// `suite-path::name[cell]`.
    pub id: String,
    /// The suite's path: the first part of the id.
    pub suite: Name,
    /// The name with the cell filled in.
    pub name: String,
    /// The cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// In order.
    pub tags: Arc<[Name]>,
    /// What it is about, as its suite says; absent where that is nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<Name>,
    /// Free texts of its suite, by name; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub properties: Option<Arc<Properties>>,
    /// The file as messages show it.
    pub file: Name,
    /// The first line of its entry in the file, from 1.
    pub line: u32,
    /// The last line of its entry; absent in older records.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub end_line: Option<u32>,
    /// The id of the flow it calls; absent for prompts, which call none.
    #[serde(skip_serializing_if = "is_nameless", default)]
    pub flow: Name,
    /// The flow's version; absent for prompts.
    #[serde(skip_serializing_if = "is_nameless", default)]
    pub flow_version: Name,
    /// How it ended.
    pub verdict: Verdict,
    /// Why, where it was skipped or in error, or where the call itself failed and no check spoke of it: one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Checks and scores of the last attempt; absent where there was no trace, or one that is not to be trusted because
    /// the simulation could not be carried through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
    /// The trace of the last attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceRecord>,
    /// What its prompts came to in the last attempt, where it is one of prompts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assist: Option<AssistRecord>,
    /// Every attempt in order, where there was more than one (retries and repeats).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub attempts: Vec<AttemptRecord>,
    /// Wall times: the only part that differs between two equal runs.
    pub wall: ScenarioWall,
}

/// Wall times of a scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioWall {
    /// From the run's start to the scenario's, in µs.
    pub start_us: u64,
    /// All attempts together, in µs.
    pub duration_us: u64,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttemptRecord {
    /// How it ended: passed, failed or error.
    pub verdict: Verdict,
    /// Why, where it did not pass: one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What the call did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TraceRecord {
    /// How the call ended.
    pub outcome: Name,
    /// The last node; null where none was executed.
    pub ends_at: Option<Name>,
    /// Virtual length in ms.
    pub duration_ms: u64,
    /// Why it failed, where it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Node executions in order.
    pub steps: Vec<StepRecord>,
    /// What happened, in order of time; absent in records of version 1 and where the target does not tell.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub events: Vec<TraceEvent>,
    /// Variables at the end, by name; `[secret]` for secret ones.
    pub variables: Fields,
    /// Questions to other systems.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub lookups: Vec<LookupRecord>,
    /// Items of the scenario's keys that were never used.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub unused_items: u32,
    /// Keys that were pressed and never used.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub unused_keys: u32,
}

fn is_nameless(name: &Name) -> bool {
    name.is_empty()
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// One node execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepRecord {
    /// The node.
    pub node: Name,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    /// Its outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Name>,
    /// Virtual time of its entry, in ms.
    pub at_ms: u64,
    /// Virtual time it took, in ms.
    pub duration_ms: u64,
    /// The keys or the utterance it used; `•` for each key of a secret entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What the caller heard.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub prompts: Vec<PromptRecord>,
}

/// A prompt as it was heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PromptRecord {
    /// The text, or `[asset]`.
    pub text: Name,
    /// For how long, in ms.
    pub heard_ms: u64,
    /// Cut short by a key.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub interrupted: bool,
}

/// A question to another system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LookupRecord {
    /// The service.
    pub service: Name,
    /// The node that asked.
    pub node: Name,
    /// What it was given; `[secret]` for secret inputs.
    pub inputs: Fields,
    /// What it answered.
    pub outcome: Name,
}

//! What is recorded of prompts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::Totals;
use crate::assist::{LimitedBy, Outcome, TranscriptState};
use crate::score::{ResultCounts, ResultRow};

/// What the prompts of one scenario came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AssistRecord {
    /// The result of the prompt; absent where there were several.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub result: Option<Outcome>,
    /// All prompts by how they ended.
    pub counts: ResultCounts,
    /// Results expected against results found, a row for each result that was expected.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub expected: Vec<ResultRow>,
    /// Requests to the prompt service.
    pub requests: u64,
    /// The longest wait for a token, in ms.
    pub longest_wait_ms: u64,
    /// The longest way of a prompt from its arrival to its end, in ms.
    pub longest_ms: u64,
    /// When the last thing happened, in virtual ms.
    pub ended_ms: u64,
    /// All prompts by the state of their transcripts.
    pub transcripts: BTreeMap<TranscriptState, u64>,
    /// The prompts in order. Of a burst the first ones of each result.
    pub prompts: Vec<AssistPrompt>,
    /// Prompts that are counted above and not listed.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub more: u64,
}

/// What became of one prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AssistPrompt {
    /// Its number among those of the scenario, from 1.
    pub number: u64,
    /// Its id.
    pub id: String,
    /// The agent.
    pub agent: String,
    /// When it came, in virtual ms.
    pub at_ms: u64,
    /// How it ended.
    pub result: Outcome,
    /// Why it was not delivered.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub reasons: Vec<String>,
    /// How long it waited for its tokens, in ms.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub waited_ms: u64,
    /// Whose bucket was empty.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limited_by: Option<LimitedBy>,
    /// How long it is to stay away, in ms.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after_ms: Option<u64>,
    /// Each try to send it; that of the fallback is the last.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub attempts: Vec<AssistAttempt>,
    /// The id of the fallback, where one was sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fallback_id: Option<String>,
    /// From its arrival to its end, in ms.
    pub took_ms: u64,
    /// The transcript of its interaction.
    pub transcript: AssistTranscript,
}

/// One try to send a prompt or its fallback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AssistAttempt {
    /// When it began, in ms from the prompt's arrival.
    pub at_ms: u64,
    /// How long it took, in ms.
    pub took_ms: u64,
    /// It was the fallback that was sent.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub fallback: bool,
    /// The status of the answer, if there was one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<u16>,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    /// How long a pause the service asked for, in ms.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after_ms: Option<u64>,
    /// The pause after it, in ms; absent where no attempt followed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pause_ms: Option<u64>,
}

/// The transcript of a prompt's interaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AssistTranscript {
    /// How far it is.
    pub state: TranscriptState,
    /// Its id, once it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// How often it was asked for.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub questions: u64,
    /// From the delivery to the end of the search, in ms.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub took_ms: Option<u64>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

/// What the prompts of all scenarios of a run came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AssistTotals {
    /// Scenarios of prompts that were rehearsed.
    pub scenarios: u64,
    /// All their prompts by how they ended.
    pub counts: ResultCounts,
    /// The confusion table: a row for each result that was expected, over the prompts of which it was.
    pub results: Vec<ResultRow>,
    /// Requests to the prompt service.
    pub requests: u64,
    /// All prompts by the state of their transcripts.
    pub transcripts: BTreeMap<TranscriptState, u64>,
}

impl AssistTotals {
    /// Adds the prompts of a scenario.
    pub fn add(&mut self, record: &AssistRecord) {
        self.scenarios += 1;
        self.counts.merge(&record.counts);
        record.expected.iter().for_each(|row| row.add_to(&mut self.results));
        self.requests += record.requests;
        for (&state, count) in &record.transcripts {
            *self.transcripts.entry(state).or_default() += count;
        }
    }
}

impl Totals {
    /// Adds the results that were expected of a scenario's prompts.
    pub(super) fn add_results(&mut self, record: &AssistRecord) {
        self.rehearsed += 1;
        self.results += record.expected.iter().map(|row| row.found.sum()).sum::<u64>();
        self.results_right += record.expected.iter().map(ResultRow::right).sum::<u64>();
    }
}

// Serde hands over a reference.
pub(super) fn is_zero(number: &u64) -> bool {
    *number == 0
}

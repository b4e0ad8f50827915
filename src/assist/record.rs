//! The record of a prompt.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::prompt::{Prompt, words};
use crate::source::diagnostics::quoted;
use crate::source::yaml::format_duration;

words! {
    /// The outcome of a prompt.
    Outcome {
        /// The agent's desktop has the prompt.
        Delivered = "delivered",
        /// The sentiment or the agent's skills do not allow it; nothing was sent.
        Ineligible = "ineligible",
        /// A rate limit was exceeded; nothing was sent.
        RateLimited = "rate_limited",
        /// The fallback was delivered instead.
        Fallback = "fallback",
        /// Neither was delivered.
        Failed = "failed",
    }
}

words! {
    /// The state of the transcript of a prompt's interaction.
    TranscriptState {
        /// Nothing was delivered, so that there is no search.
        None = "none",
        /// The search is in progress, or was when the server stopped.
        Pending = "pending",
        /// It was found.
        Correlated = "correlated",
        /// It was not ready in time.
        Missing = "missing",
        /// The service refuses it.
        Failed = "failed",
        /// Too many searches were in progress, so that there was none.
        Dropped = "dropped",
    }
}

words! {
    /// Whose rate limit was exceeded.
    LimitedBy {
        /// The agent's.
        Agent = "agent",
        /// The tenant's.
        Tenant = "tenant",
    }
}

/// What happened to one prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The prompt.
    pub prompt: Prompt,
    /// The tenant of its agent; missing for an unknown agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Arc<str>>,
    /// When it arrived, in ms: from the start of a rehearsal, or since 1970 in a server.
    pub arrived_ms: u64,
    /// Its outcome.
    pub outcome: Outcome,
    /// The reasons as sentences: violated rules, the exceeded rate limit, the last failure. Empty
    /// for a delivered prompt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// How long it waited for the rate limits, in ms.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waited_ms: u64,
    /// Whose rate limit it exceeded, for a prompt that is rate limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limited_by: Option<LimitedBy>,
    /// When to retry, in ms from its refusal, for a prompt that is rate limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The attempts to send it, in order; that of the fallback is the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// The id of the fallback, if one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback_prompt_id: Option<Arc<str>>,
    /// The time from its arrival to the end of its delivery, in ms.
    pub took_ms: u64,
    /// The transcript of its interaction.
    pub transcript: Transcript,
    /// Whether the agent accepted it; missing until the agent acknowledges it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<bool>,
}

/// One attempt to send a prompt or its fallback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// When it began, in ms from the prompt's arrival.
    pub at_ms: u64,
    /// How long it took, in ms.
    pub took_ms: u64,
    /// Whether it sent the fallback.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fallback: bool,
    /// The status of the response, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The error as a sentence; missing after a success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The `Retry-After` of the response, in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The pause after it, in ms; missing if no attempt followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_ms: Option<u64>,
}

/// The transcript of a prompt's interaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Transcript {
    /// Its state.
    pub state: TranscriptState,
    /// Its id, if it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The number of requests for it.
    #[serde(default, skip_serializing_if = "is_no_question")]
    pub questions: u32,
    /// The time from the delivery to the end of the search, in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
    /// Why it was not found, as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Transcript {
    /// A transcript in a state, with nothing else known.
    pub fn new(state: TranscriptState) -> Self {
        Self { state, id: None, questions: 0, took_ms: None, reason: None }
    }
}

impl Record {
    /// The record of a prompt without attempts.
    pub fn new(prompt: Prompt, arrived_ms: u64, outcome: Outcome) -> Self {
        Self {
            prompt,
            tenant: None,
            arrived_ms,
            outcome,
            reasons: Vec::new(),
            waited_ms: 0,
            limited_by: None,
            retry_after_ms: None,
            attempts: Vec::new(),
            fallback_prompt_id: None,
            took_ms: 0,
            transcript: Transcript::new(TranscriptState::None),
            accepted: None,
        }
    }

    /// Whether the prompt or its fallback reached the agent.
    pub fn was_shown(&self) -> bool {
        matches!(self.outcome, Outcome::Delivered | Outcome::Fallback)
    }

    /// Writes the reason of a rate-limited prompt as a sentence, from its other fields. Only
    /// records that are read need it: a burst may have a million refused prompts.
    pub fn explain(&mut self) {
        let (Some(by), Some(after)) = (self.limited_by, self.retry_after_ms) else { return };
        let name = match by {
            LimitedBy::Agent => &self.prompt.target_agent_id,
            LimitedBy::Tenant => self.tenant.as_deref().unwrap_or_default(),
        };
        let (whose, name, after) = (by.word(), quoted(name), format_duration(after));
        self.reasons = vec![format!("the rate limit of {whose} {name} is exhausted; retry in {after}")];
    }

    /// The id of what reached the agent: that of the fallback if it was delivered.
    pub fn shown_id(&self) -> &Arc<str> {
        match (&self.outcome, &self.fallback_prompt_id) {
            (Outcome::Fallback, Some(id)) => id,
            _ => &self.prompt.prompt_id,
        }
    }
}

// Serde hands over a reference.
fn is_zero(ms: &u64) -> bool {
    *ms == 0
}

fn is_no_question(count: &u32) -> bool {
    *count == 0
}

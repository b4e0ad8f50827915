//! What became of a prompt.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::prompt::{Prompt, words};
use crate::source::diagnostics::quoted;
use crate::source::yaml::format_duration;

words! {
    /// How the way of a prompt ended.
    Outcome {
        /// The agent's desktop has it.
        Delivered = "delivered",
        /// The sentiment or the agent's skills forbid it; nothing was sent.
        Ineligible = "ineligible",
        /// A bucket was empty; nothing was sent.
        RateLimited = "rate_limited",
        /// The fallback was delivered in its place.
        Fallback = "fallback",
        /// Neither was delivered.
        Failed = "failed",
    }
}

words! {
    /// How far the transcript of a prompt's interaction is.
    TranscriptState {
        /// Nothing was delivered, so that nothing is looked for.
        None = "none",
        /// It is looked for; or it was when the program stopped.
        Pending = "pending",
        /// It is known.
        Correlated = "correlated",
        /// It was not there in time.
        Missing = "missing",
        /// The service refuses it.
        Failed = "failed",
        /// Too many prompts were waiting for theirs, so that it was never looked for.
        Dropped = "dropped",
    }
}

words! {
    /// Whose bucket was empty.
    LimitedBy {
        /// The agent's.
        Agent = "agent",
        /// The tenant's.
        Tenant = "tenant",
    }
}

/// What became of one prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The prompt.
    pub prompt: Prompt,
    /// The tenant of its agent; none for an agent that nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Arc<str>>,
    /// When it came, in ms: from the start of a rehearsal, from 1970 on in a server.
    pub arrived_ms: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, in words: the rules that are not kept, the bucket that is empty, the last failure. Nothing for a prompt that was delivered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// How long it waited for its tokens.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waited_ms: u64,
    /// Whose bucket was empty, for a prompt that is rate limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limited_by: Option<LimitedBy>,
    /// When to try again, in ms from its refusal, for a prompt that is rate limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// Each try to send it, in order; that of the fallback is the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// The id of the fallback, where one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback_prompt_id: Option<Arc<str>>,
    /// From its arrival to its end, in ms; the transcript comes later.
    pub took_ms: u64,
    /// The transcript of its interaction.
    pub transcript: Transcript,
    /// Whether the agent took it: `true` or `false` as the agent's acknowledgement says, nothing while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<bool>,
}

/// One try to send a prompt or its fallback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// When it began, in ms from the prompt's arrival.
    pub at_ms: u64,
    /// How long it took, in ms.
    pub took_ms: u64,
    /// Whether it was the fallback that was sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fallback: bool,
    /// The status of the answer, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What went wrong, in words; nothing where it was delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long the service asks to be left alone, in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The pause after it, in ms; nothing where no attempt followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_ms: Option<u64>,
}

/// The transcript of a prompt's interaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Transcript {
    /// How far it is.
    pub state: TranscriptState,
    /// Its id, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How often it was asked for.
    #[serde(default, skip_serializing_if = "is_no_question")]
    pub questions: u32,
    /// From the delivery to the end of the search, in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
    /// Why there is none, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Transcript {
    /// In a state, and nothing else known.
    pub fn new(state: TranscriptState) -> Self {
        Self { state, id: None, questions: 0, took_ms: None, reason: None }
    }
}

impl Record {
    /// The record of a prompt that has just come, or that was delivered without this program's doing.
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

    /// Whether something reached the agent: the prompt or its fallback.
    pub fn reached_the_agent(&self) -> bool {
        matches!(self.outcome, Outcome::Delivered | Outcome::Fallback)
    }

    /// Gives the reason of a prompt that is rate limited, which its other fields say already. Of a million that are refused
    /// only those that somebody reads need the sentence.
    pub fn explain(&mut self) {
        let (Some(by), Some(after)) = (self.limited_by, self.retry_after_ms) else { return };
        let name = match by {
            LimitedBy::Agent => &self.prompt.target_agent_id,
            LimitedBy::Tenant => self.tenant.as_deref().unwrap_or_default(),
        };
        let (whose, name, after) = (by.word(), quoted(name), format_duration(after));
        self.reasons = vec![format!("the rate limit of {whose} {name} is exhausted; there is room again in {after}")];
    }

    /// The id of what reached the agent: the fallback's where that was delivered.
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

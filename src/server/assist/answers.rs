//! The bodies of answers.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::assist::TranscriptState;
use crate::remote::contract::ErrorBody;

/// The answer of `POST /simulate-prompt` to a prompt that reached its agent.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PromptShown {
    /// Always `true`.
    pub success: bool,
    /// The id of what the agent sees: the prompt's, or the fallback's.
    pub prompt_id: Arc<str>,
    /// Whether the fallback was delivered in the prompt's place.
    pub fallback: bool,
    /// How many requests it took.
    pub attempts: usize,
    /// How far the transcript is: `pending`, or `dropped` where too many are waited for. It is looked for after this answer.
    pub transcript: TranscriptState,
}

/// Why `POST /simulate-prompt` shows nothing.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PromptRefused {
    /// The error.
    #[serde(flatten)]
    pub error: ErrorBody,
    /// The id of the prompt's record.
    pub prompt_id: Arc<str>,
}

/// The prompt service's answer to a prompt.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PromptTaken {
    /// The prompt's id.
    pub prompt_id: Arc<str>,
    /// Always `accepted`.
    pub status: Cow<'static, str>,
}

/// The transcript service's answer.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TranscriptAnswer {
    /// The transcript's id; none while it is being made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The interaction.
    pub interaction_id: String,
    /// `completed`, or `processing` (then with status 202).
    pub status: Cow<'static, str>,
}

/// What an agent says about a prompt. An empty body is one that was taken.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Acknowledgement {
    /// Whether the agent took it.
    #[serde(default = "yes")]
    pub accepted: bool,
    /// Who says so; where it is given it must be the agent whom the prompt was for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
}

fn yes() -> bool {
    true
}

impl Default for Acknowledgement {
    fn default() -> Self {
        Self { accepted: true, agent_id: None }
    }
}

/// The answer to an acknowledgement.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Acknowledged {
    /// The id of what the agent saw.
    pub prompt_id: String,
    /// Whether the agent took it.
    pub accepted: bool,
    /// The agent.
    pub agent_id: Arc<str>,
}

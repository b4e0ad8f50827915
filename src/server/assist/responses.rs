//! Bodies of requests and responses about prompts.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::assist::TranscriptState;
use crate::remote::contract::ErrorBody;

/// The response of `POST /simulate-prompt` for a prompt that reached its agent.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PromptShown {
    /// Always `true`.
    pub success: bool,
    /// The id of what the agent sees: the prompt's or the fallback's.
    pub prompt_id: Arc<str>,
    /// Whether the fallback was delivered instead of the prompt.
    pub fallback: bool,
    /// The number of requests to the prompt service.
    pub attempts: usize,
    /// The state of the transcript: `pending`, or `dropped` if too many are pending. The search
    /// begins after this response.
    pub transcript: TranscriptState,
}

/// The response of `POST /simulate-prompt` for a prompt that did not reach its agent.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PromptRefused {
    /// The error.
    #[serde(flatten)]
    pub error: ErrorBody,
    /// The id of the prompt's record.
    pub prompt_id: Arc<str>,
}

/// The prompt service's response to a prompt.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PromptTaken {
    /// The prompt's id.
    pub prompt_id: Arc<str>,
    /// Always `accepted`.
    pub status: Cow<'static, str>,
}

/// The transcript service's response.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TranscriptAnswer {
    /// The transcript's id; missing while it is in progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The interaction's id.
    pub interaction_id: String,
    /// `completed`, or `processing` (then with status 202).
    pub status: Cow<'static, str>,
}

/// An agent's acknowledgement of a prompt. An empty body accepts it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Acknowledgement {
    /// Whether the agent accepts the prompt.
    #[serde(default = "accepted_by_default")]
    pub accepted: bool,
    /// The agent who acknowledges; if given, it must be the agent whom the prompt was for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
}

fn accepted_by_default() -> bool {
    true
}

impl Default for Acknowledgement {
    fn default() -> Self {
        Self { accepted: true, agent_id: None }
    }
}

/// The response to an acknowledgement.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Acknowledged {
    /// The id of what the agent saw.
    pub prompt_id: String,
    /// Whether the agent accepted the prompt.
    pub accepted: bool,
    /// The agent's id.
    pub agent_id: Arc<str>,
}

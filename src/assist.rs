//! Agent-assist prompts: eligibility, rate limits, delivery with fallback, and correlation with
//! transcripts.
//!
//! The server sends prompts over a network, and suites rehearse them in virtual time. Both use the
//! same pipeline; the trait `PromptService` hides the difference.

mod acceptance;
mod agent;
mod agents_file;
mod buckets;
mod check;
mod correlation;
mod delivery;
mod eligibility;
mod form;
mod ledger;
mod log;
mod pipeline;
mod prompt;
mod prompt_service;
mod prompt_trace;
mod read;
mod record;
mod rehearse;
mod remote_service;
mod script;
mod settings;
mod simulated_service;
mod virtual_clock;

pub(crate) use crate::remote::client::Rate;
pub(crate) use crate::remote::contract::FieldError;
pub(crate) use acceptance::PromptCounts;
pub(crate) use acceptance::{Acceptance, GroupBy};
#[cfg(test)]
use acceptance::{Group, Share};
pub(crate) use agent::{Agent, Agents};
pub(crate) use agent::{TENANT, TUTORIAL_SKILLS};
pub(crate) use agents_file::{agents_schema, read_agents};
pub use buckets::Buckets;
pub(crate) use check::{check_content, check_id};
pub(crate) use correlation::Search;
pub(crate) use ledger::{AcknowledgeError, Ledger};
pub(crate) use log::PromptLog;
pub(crate) use pipeline::{Admission, Delivered, Phase, Pipeline};
pub(crate) use prompt::{ComponentType, Position};
pub use prompt::{Context, Priority, Prompt, UiConfig};
pub(crate) use prompt_service::{NoResponse, PromptService, Reply};
pub(crate) use prompt_trace::MAX_LISTED_PROMPTS;
pub(crate) use prompt_trace::{Extent, PromptTrace};
pub(crate) use read::PromptRequest;
pub(crate) use record::{Attempt, LimitedBy, Outcome, Record, Transcript, TranscriptState};
pub(crate) use rehearse::rehearse_each;
pub use rehearse::{Arrival, Rehearsal, rehearse};
pub(crate) use remote_service::RemoteService;
pub(crate) use remote_service::{REFRESH_EARLY, SCOPES, with_prompt_defaults};
pub use script::Scripted;
pub(crate) use script::{ScriptedAnswer, ScriptedRetryAfter};
pub use settings::RateLimits;
pub(crate) use settings::{Eligibility, Fallback, Settings};

#[cfg(test)]
mod tests;

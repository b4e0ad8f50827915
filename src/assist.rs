//! Agent-assist prompts: who may get one, how many, how they are sent, what becomes of them.
//!
//! One way for two worlds: a prompt is checked (`eligibility`, `buckets`), sent (`delivery`), and joined with its
//! interaction's transcript (`correlation`) by the same code, whether the server sends it over a network or a suite
//! rehearses it in virtual time. What differs is behind the trait `World`.

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
mod live;
mod log;
mod pipeline;
mod prompt;
mod prompt_trace;
mod read;
mod record;
mod rehearse;
mod script;
mod settings;
mod stage;
mod timeline;
mod world;

pub(crate) use crate::remote::client::Rate;
pub(crate) use crate::remote::contract::FieldError;
pub(crate) use acceptance::Counts;
pub(crate) use acceptance::{Acceptance, GroupBy};
#[cfg(test)]
use acceptance::{Group, Share};
pub(crate) use agent::{Agent, Agents};
pub(crate) use agent::{TENANT, TUTORIAL_SKILLS};
pub(crate) use agents_file::{agents_schema, read_agents};
pub use buckets::Buckets;
pub(crate) use check::{check_content, check_id};
pub(crate) use correlation::Search;
pub(crate) use ledger::{Ledger, NotAcknowledged};
pub(crate) use live::Live;
pub(crate) use live::{REFRESH_EARLY, SCOPES, for_prompts};
pub(crate) use log::PromptLog;
pub(crate) use pipeline::{Admission, Delivered, Phase, Pipeline};
pub(crate) use prompt::{ComponentType, Position};
pub use prompt::{Context, Priority, Prompt, UiConfig};
pub(crate) use prompt_trace::MAX_LISTED_PROMPTS;
pub(crate) use prompt_trace::{Extent, PromptTrace};
pub(crate) use read::PromptRequest;
pub(crate) use record::{Attempt, LimitedBy, Outcome, Record, Transcript, TranscriptState};
pub(crate) use rehearse::rehearse_each;
pub use rehearse::{Arrival, Rehearsal, rehearse};
pub use script::Scripted;
pub(crate) use script::{ScriptedAnswer, ScriptedRetryAfter};
pub use settings::Limits;
pub(crate) use settings::{Eligibility, Fallback, Settings};
pub(crate) use world::{NoAnswer, Reply, World};

#[cfg(test)]
mod tests;

//! Agent-assist prompts: who may get one, how many, how they are sent, what becomes of them.
//!
//! One way for two worlds: a prompt is checked (`eligibility`, `buckets`), sent (`delivery`), and joined with its
//! interaction's transcript (`correlation`) by the same code, whether the server sends it over a network or a suite
//! rehearses it in virtual time. What differs is behind the trait `World`.

mod acceptance;
mod agent;
mod agents_file;
mod bucket;
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
mod read;
mod record;
mod rehearse;
mod script;
mod settings;
mod stage;
mod timeline;
mod world;

pub use crate::wire::FieldError;
pub use acceptance::{Acceptance, Counts, Group, GroupBy, Share};
pub use agent::{Agent, Agents, Profile, TENANT, TUTORIAL_SKILLS};
pub use agents_file::{agents_schema, read_agents};
pub use bucket::Bucket;
pub use buckets::{Buckets, Limited};
pub use check::{check_content, check_id, check_sentiment};
pub use correlation::Search;
pub use ledger::{Ledger, NotAcknowledged};
pub use live::{Live, REFRESH_EARLY, SCOPES, for_prompts};
pub use log::PromptLog;
pub use pipeline::{Admission, Admitted, Delivered, Phase, Pipeline};
pub use prompt::{ComponentType, Context, Position, Priority, Prompt, UiConfig};
pub use read::PromptRequest;
pub use record::{Attempt, LimitedBy, Outcome, Record, Transcript, TranscriptState};
pub use rehearse::{Arrival, Rehearsal, Rehearsed, rehearse, rehearse_each};
pub use script::{Scripted, ScriptedAnswer, ScriptedRetryAfter};
pub use settings::{Correlation, Delivery, Eligibility, Fallback, Limits, Rate, Settings};
pub use world::{NoAnswer, Reply, World};

#[cfg(test)]
mod tests;

//! Agent-assist prompts: who may get one, how many, how they are sent, what becomes of them.
//!
//! One way for two worlds: a prompt is checked (`eligibility`, `bucket`), sent (`delivery`), and joined with its
//! interaction's transcript (`correlation`) by the same code, whether the server sends it over a network or a suite
//! rehearses it in virtual time. What differs is behind the trait `World`.

mod acceptance;
mod agent;
mod check;
mod prompt;
mod record;
mod rehearse;
mod script;
mod settings;

pub use acceptance::Counts;
pub use agent::{Agent, Agents, Profile, TENANT, TUTORIAL_SKILLS};
pub use check::{FieldError, check_content, check_id, check_sentiment};
pub use prompt::{ComponentType, Context, Position, Priority, Prompt, UiConfig};
pub use record::{Attempt, LimitedBy, Outcome, Record, Transcript, TranscriptState};
pub use rehearse::{Arrival, Rehearsal, Rehearsed, rehearse};
pub use script::{Scripted, ScriptedAnswer, ScriptedRetryAfter};
pub use settings::{Correlation, Delivery, Eligibility, Fallback, Limits, Rate, Settings};

//! The engine: it executes flows deterministically, in virtual time.

mod attempts;
mod bounds;
mod caller;
mod calls;
mod clock;
mod conclude;
mod digest;
mod edges;
mod engine;
mod event;
pub(crate) mod exploration;
mod explore;
mod frame;
mod guard;

mod inputs;
mod keypad;
mod limit;
mod log;
mod logic;
mod names;
mod options;
mod prompts;
mod queue;
mod random;
mod request;
mod scope;
mod search;
mod speech;
mod state;
mod stubs;
mod systems;
#[cfg(test)]
pub(crate) mod tests;
mod timers;
mod trace;
mod transfer;
mod utterance;
mod validate;
mod wait;

pub use engine::simulate;
pub(crate) use engine::simulate_within;
pub(crate) use event::TraceEvent;
pub(crate) use explore::{Said, explore};
pub(crate) use guard::livelock_node;
pub(crate) use limit::LimitChecker;
pub use limit::WallLimit;
pub use request::{Answer, Answers, Clock, Input, Request, Stubs};
pub(crate) use request::{Call, Guards, MediaReference};
pub use search::{Fewest, Searcher};
pub use trace::Trace;
pub(crate) use trace::{Fault, LookupCall, Spoken, Step, Variable};

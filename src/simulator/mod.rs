//! The engine: it executes flows deterministically, in virtual time.

mod attempts;
mod bounds;
mod calls;
mod clock;
mod digest;
mod edges;
mod engine;
mod explore;
mod frame;
mod guard;
mod handover;
mod inputs;
mod keypad;
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
mod trace;
mod utterance;
mod validate;
mod wait;

pub use engine::simulate;
pub use explore::{Said, explore};
pub use guard::livelock_node;
pub use request::{
    Answer, Answers, Call, Clock, Guards, Input, KEY_GAP_MS, MediaReference, REACTION_MS, RING_MS, Request, Stubs,
    WORD_MS,
};
pub use search::{Fewest, Searcher};
pub use trace::{Fault, LookupCall, Spoken, Step, Trace, Variable};

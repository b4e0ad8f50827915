//! The engine: it executes flows deterministically, in virtual time.

mod engine;
mod request;
mod search;
mod trace;

pub use engine::simulate;
pub use request::{
    Answer, Answers, Call, Clock, Guards, Input, KEY_GAP_MS, MediaReference, REACTION_MS, RING_MS, Request, Stubs, WORD_MS,
};
pub use search::{Fewest, fewest_interactions};
pub use trace::{Fault, LookupCall, Spoken, Step, Trace, Variable};

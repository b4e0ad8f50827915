//! Gates: what a run must reach at least, or may cost at most, to be let through.
//!
//! This is what people write; what was measured, and whether that is enough, is in the room of records.

mod error;
mod measure;
mod read;

pub(crate) use error::{GateError, Mistaken};
pub(crate) use measure::{Measure, Unit};
pub(crate) use read::Gate;
pub(crate) use read::over;

#[cfg(test)]
mod tests;

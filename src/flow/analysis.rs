//! Structural defects of flows, found without a call.
//!
//! What is reported is certain as far as the model goes; `docs/rules.md` says what each rule takes into account.

mod analyse;
mod attempts;
mod cases;
mod choices;
mod conditions;
mod dead_end;
mod ends;
mod graph;
mod impossible;
mod linked;
mod schedules;
mod subject;
mod unreachable;
mod unset;
mod uses;

#[cfg(test)]
mod tests;

pub use analyse::analyse;
pub(crate) use graph::{Unled, unled};
#[cfg(test)]
pub(crate) use graph::{possible, reachable};

//! Static analysis: structural defects of flows, found without simulating a call.
//!
//! Every finding is certain within the model; `docs/rules.md` describes what each rule considers.

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
pub(crate) use graph::{UnwiredEffect, unwired_effect};
#[cfg(test)]
pub(crate) use graph::{possible, reachable};

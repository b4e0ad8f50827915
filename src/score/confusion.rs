//! Decisions expected against decisions taken, over a run.

mod result;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use result::{Confusion, DecisionsRecord, FlowDecisions, WrongDecision};
pub(crate) use table::ConfusionTable;
pub(super) use table::record;
pub(crate) use table::{DecisionTaken, Taken};

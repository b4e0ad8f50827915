//! Decisions expected against decisions taken, over a run.

mod result;
mod table;
#[cfg(test)]
mod tests;

pub use result::{Confusion, ConfusionRow, DecisionsRecord, FlowDecisions, WrongDecision};
pub(super) use table::record;
pub use table::{ConfusionTable, DecisionTaken, Taken};

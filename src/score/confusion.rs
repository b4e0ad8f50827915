//! Confusion tables: decisions expected against decisions taken, over a run.

mod result;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use result::{Confusion, DecisionsRecord, FlowDecisions, WrongDecision};
pub(crate) use table::ConfusionTable;
pub(super) use table::build_record;
pub(crate) use table::{DecisionOutcome, ScoredDecision};

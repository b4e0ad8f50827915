//! Scores: compares a trace with the expectations of its scenario.
//!
//! Each formula is implemented in one file; `docs/scores.md` is the reference.

mod alignment;
mod assist;
mod bounds;
mod checks;
mod condition;
mod confusion;
mod coverage;
mod decisions;
mod efficiency;
mod effort;
mod ends;
mod evaluation;
mod limits;
mod lookup_calls;
mod lookups;
mod never;
mod path;
mod prompts;
mod result;
mod secrets;
#[cfg(test)]
mod testing;
mod tutorial;
mod variables;

pub(crate) use assist::{PromptEvaluation, ResultCounts, ResultRow, evaluate_prompts};
pub(crate) use confusion::{
    Confusion, ConfusionTable, DecisionOutcome, DecisionsRecord, FlowDecisions, ScoredDecision, WrongDecision,
};
pub(crate) use coverage::CoverageKinds;
#[cfg(test)]
pub(crate) use coverage::EventEntry;
pub use coverage::{Coverage, CoverageKind};
pub(crate) use coverage::{
    CoverageRecord, Covered, FlowCoverage, MissingItem, NodeCoverage, OutcomeCoverage, PlannedCall, Then,
};
pub(crate) use evaluation::{Evaluation, evaluate, expected_decisions};
pub(crate) use result::{
    Accuracy, Aligned, Check, CheckKind, CheckState, Effort, Interactions, PathFit, Score, SourceExcerpt,
};

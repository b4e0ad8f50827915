//! Scores: what a trace is worth against the scenario's expectations. Each formula stands in one place; `docs/scores.md`
//! is the reference.

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
mod lookups;
mod never;
mod path;
mod place;
mod prompts;
mod result;
mod seed;
#[cfg(test)]
mod testing;
mod variables;

pub(crate) use assist::{PromptEvaluation, evaluate_prompts};
pub(crate) use assist::{ResultCounts, ResultRow};
pub(crate) use confusion::ConfusionTable;
pub(crate) use confusion::{Confusion, DecisionTaken, DecisionsRecord, FlowDecisions, Taken, WrongDecision};
pub use coverage::Coverage;
pub use coverage::CoverageKind;
pub(crate) use coverage::CoverageKinds;
#[cfg(test)]
pub(crate) use coverage::EventEntry;
pub(crate) use coverage::{
    CoverageRecord, Covered, FlowCoverage, MissingItem, NodeCoverage, OutcomeCoverage, PlannedCall, Then,
};
pub(crate) use evaluation::{Evaluation, evaluate, expected_decisions};
pub(crate) use result::{Accuracy, Aligned, Check, CheckKind, CheckState, Effort, Interactions, PathFit, Place, Score};

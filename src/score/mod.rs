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

pub use assist::{PromptEvaluation, ResultCounts, ResultRow, evaluate_prompts};
pub use confusion::{
    Confusion, ConfusionRow, ConfusionTable, DecisionTaken, DecisionsRecord, FlowDecisions, Taken, WrongDecision,
};
pub use coverage::{
    Coverage, CoverageCount, CoverageKind, CoverageKinds, CoverageRecord, Covered, EventEntry, FlowCoverage, LOOKED_AT,
    MissingItem, NodeCoverage, OutcomeCoverage, PlannedCall, Then,
};
pub use evaluation::{Evaluation, evaluate, expected_decisions, score};
pub use result::{Accuracy, Aligned, Check, CheckKind, CheckState, Effort, Interactions, PathFit, Place, Score};

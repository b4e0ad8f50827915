//! Evaluates all checks of an agent-assist scenario.

use super::checks::PromptChecks;
use super::result::{ResultCounts, ResultRow};
use crate::assist::{Outcome, PromptTrace};
use crate::score::Check;
use crate::suite::{PromptExpectations, Prompts, Results};

/// The checks of a scenario, and its part of the confusion table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PromptEvaluation {
    /// Every expectation, in the order of the suite language's reference.
    pub checks: Vec<Check>,
    /// The results found, one row per expected result.
    pub results: Vec<ResultRow>,
}

/// Compares the prompts of a scenario with its expectations; `docs/scores.md` has every rule.
pub(crate) fn evaluate_prompts(
    expect: &PromptExpectations,
    prompts: &Prompts,
    trace: &PromptTrace,
) -> PromptEvaluation {
    let mut checks = PromptChecks::new(expect, prompts, trace);
    checks.results();
    checks.counts();
    checks.attempts();
    checks.reasons();
    checks.limits();
    checks.times();
    checks.transcript();
    checks.shown();
    PromptEvaluation { checks: checks.into_list(), results: results(expect, trace) }
}

fn results(expect: &PromptExpectations, trace: &PromptTrace) -> Vec<ResultRow> {
    let mut table = Vec::new();
    match &expect.results {
        None => {}
        Some(Results::Every(placed)) => {
            let mut found = ResultCounts::default();
            Outcome::ALL.into_iter().for_each(|outcome| found.add(outcome, trace.count(outcome)));
            ResultRow { expected: placed.value, found }.add_to(&mut table);
        }
        Some(Results::Each(list)) => {
            for (placed, &outcome) in list.iter().zip(&trace.outcomes) {
                let (Some(placed), Some(outcome)) = (placed, outcome) else { continue };
                let mut found = ResultCounts::default();
                found.add(outcome, 1);
                ResultRow { expected: placed.value, found }.add_to(&mut table);
            }
        }
    }
    table
}

//! All checks of a scenario of prompts.

use super::checks::Checks;
use super::result::{ResultCounts, ResultRow};
use crate::assist::Outcome;
use crate::assist::PromptTrace;
use crate::score::Check;
use crate::suite::{PromptExpectations, Prompts, Results};

/// What the prompts of a scenario are worth.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PromptEvaluation {
    /// Every single expectation, in the order of the suite language's reference.
    pub checks: Vec<Check>,
    /// Results expected against results found, a row for each result that was expected.
    pub results: Vec<ResultRow>,
}

/// What the prompts came to against what was expected of them; `docs/scores.md` has every rule.
pub(crate) fn evaluate_prompts(
    expect: &PromptExpectations,
    prompts: &Prompts,
    trace: &PromptTrace,
) -> PromptEvaluation {
    let mut checks = Checks::new(expect, prompts, trace);
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

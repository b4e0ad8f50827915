//! Evaluates all checks and scores of a scenario.

use super::checks::Checks;
use super::path::PathAlignment;
use super::tutorial::{Visits, decision_density, tutorial_accuracy};
use super::{
    Score, ScoredDecision, decisions, efficiency, effort, ends, limits, lookups, never, path, prompts, variables,
};
use crate::simulator::{Fewest, Trace};
use crate::suite::Expectations;

/// Scores a trace against its expectations.
#[cfg(test)]
pub(crate) fn score(expect: &Expectations, trace: &Trace, fewest: impl FnOnce() -> Fewest) -> Score {
    evaluate(expect, trace, fewest).score
}

/// A score and the decisions behind its accuracy.
#[derive(Clone, Debug)]
pub(crate) struct Evaluation {
    /// The score.
    pub score: Score,
    /// The decisions that the accuracy counts: listed, or implied by the path.
    pub decisions: Vec<ScoredDecision>,
}

/// Evaluates a trace against its expectations; `docs/scores.md` has every formula.
///
/// `fewest` searches for the fewest interactions with which the same end can be reached. The search
/// is expensive; it is called only where an end is expected and reached and the call had
/// interactions. The checks are in the order of the suite language's reference. A trace with a
/// fault is scored like any other; the caller decides that the scenario is an error.
pub(crate) fn evaluate(expect: &Expectations, trace: &Trace, fewest: impl FnOnce() -> Fewest) -> Evaluation {
    let mut checks = Checks::new(expect, trace);
    let reached = ends::check(&mut checks);
    let (path, taken) = path_and_decisions(&mut checks);
    let decisions = decisions::accuracy(&taken);
    variables::check(&mut checks);
    never::check(&mut checks);
    prompts::check(&mut checks);
    lookups::check(&mut checks);
    let (efficiency, interactions) = efficiency::efficiency(reached, trace, fewest);
    efficiency::check(&mut checks, reached, efficiency, interactions);
    limits::check(&mut checks);
    ends::check_failure(&mut checks);
    let visits = Visits::from_trace(trace);
    let score = Score {
        checks: checks.into_list(),
        decisions,
        path: path.map(|path| path.fit),
        efficiency,
        interactions,
        effort: effort::effort(trace),
        decision_density: decision_density(trace, &visits),
        tutorial_accuracy: tutorial_accuracy(&decisions, expect.path.as_ref().map(|placed| &placed.value[..]), &visits),
    };
    Evaluation { score, decisions: taken }
}

/// Returns the decisions as in [`Evaluation`], from the steps of the trace alone.
pub(crate) fn expected_decisions(expect: &Expectations, trace: &Trace) -> Vec<ScoredDecision> {
    path_and_decisions(&mut Checks::new(expect, trace)).1
}

fn path_and_decisions(checks: &mut Checks<'_>) -> (Option<PathAlignment>, Vec<ScoredDecision>) {
    let (expect, trace) = (checks.expect, checks.trace);
    let path = path::check(checks);
    let listed = decisions::check(checks);
    let items = expect.path.as_ref().map(|placed| &placed.value[..]);
    let taken = match (items, &path) {
        (Some(items), Some(path)) if expect.decisions.is_empty() => decisions::implied(items, &path.pairs, trace),
        _ => listed,
    };
    (path, taken)
}

#[cfg(test)]
mod tests;

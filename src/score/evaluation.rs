//! All of a scenario's checks and scores.

use super::checks::Checks;
use super::seed::{Visits, decision_density, seed_accuracy};
use super::{
    DecisionTaken, Score, decisions, efficiency, effort, ends, limits, lookups, never, path, prompts, variables,
};
use crate::simulator::{Fewest, Trace};
use crate::suite::Expectations;

/// What a trace is worth against its expectations; `docs/scores.md` has every formula.
///
/// `fewest` gives the fewest interactions with which the same end can be reached; it may be dear and is called only where
/// an end is expected and reached, and the call had interactions at all. The checks come in the order of the suite
/// language's reference. A trace with a fault is scored like any other; that the scenario is an error is not said here.
#[cfg(test)]
pub(crate) fn score(expect: &Expectations, trace: &Trace, fewest: impl FnOnce() -> Fewest) -> Score {
    evaluate(expect, trace, fewest).score
}

/// A score, with what it was made of and does not keep.
#[derive(Clone, Debug)]
pub(crate) struct Evaluation {
    /// The score.
    pub score: Score,
    /// The decisions that were expected, listed or implied by the path: those that the accuracy counts.
    pub decisions: Vec<DecisionTaken>,
}

/// As [`score`], with every decision that was expected.
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
    let visits = Visits::of(trace);
    let score = Score {
        checks: checks.into_list(),
        decisions,
        path: path.map(|path| path.fit),
        efficiency,
        interactions,
        effort: effort::effort(trace),
        decision_density: decision_density(trace, &visits),
        seed_accuracy: seed_accuracy(&decisions, expect.path.as_ref().map(|placed| &placed.value[..]), &visits),
    };
    Evaluation { score, decisions: taken }
}

/// The decisions that were expected and what became of them, as in [`Evaluation`]; only the steps of the trace are looked
/// at.
pub(crate) fn expected_decisions(expect: &Expectations, trace: &Trace) -> Vec<DecisionTaken> {
    path_and_decisions(&mut Checks::new(expect, trace)).1
}

fn path_and_decisions(checks: &mut Checks<'_>) -> (Option<path::Fitted>, Vec<DecisionTaken>) {
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

//! Checks decisions, matched by node and visit, and counts the right ones.

use super::alignment::Pair;
use super::checks::{Checks, Mismatch, node_name, outcome_name, pluralize};
use super::{Accuracy, CheckKind, CheckState, DecisionOutcome, ScoredDecision};
use crate::flow::Name;
use crate::simulator::{Step, Trace};
use crate::suite::{DecisionExpectation, PathItem, Placed};

/// Adds a check for each listed decision, and returns each with the outcome that was taken.
pub(super) fn check(checks: &mut Checks) -> Vec<ScoredDecision> {
    let (expect, trace) = (checks.expect, checks.trace);
    let mut list = Vec::with_capacity(expect.decisions.len());
    for decision in &expect.decisions {
        let mut visits = trace.steps.iter().filter(|step| step.node == decision.node);
        for (visit, outcome) in decision.outcomes.iter().enumerate() {
            let step = visits.next();
            let Some(placed) = outcome else { continue };
            list.push(ScoredDecision { node: decision.node, expected: placed.value, taken: outcome_taken(step) });
            let subject = Some(subject(trace, decision, visit));
            match step {
                Some(step) if step.outcome == Some(placed.value) => {
                    checks.held(CheckKind::Decision, subject);
                }
                Some(step) => {
                    let mismatch = mismatch(trace, decision.node, placed, taken(trace, step));
                    checks.failed(CheckKind::Decision, subject, CheckState::Broken, placed, mismatch);
                }
                None => {
                    let mismatch = mismatch(trace, decision.node, placed, never_reached(trace, decision.node));
                    checks.failed(CheckKind::Decision, subject, CheckState::NotReached, placed, mismatch);
                }
            }
        }
    }
    list
}

fn outcome_taken(step: Option<&Step>) -> DecisionOutcome {
    step.map_or(DecisionOutcome::NeverReached, |step| {
        step.outcome.map_or(DecisionOutcome::Ended, DecisionOutcome::Outcome)
    })
}

/// Counts the decisions that were taken as expected, and those never reached.
pub(super) fn accuracy(list: &[ScoredDecision]) -> Accuracy {
    let count = |which: &dyn Fn(&ScoredDecision) -> bool| list.iter().filter(|decision| which(decision)).count() as u64;
    Accuracy {
        expected: list.len() as u64,
        right: count(&|decision| decision.taken == DecisionOutcome::Outcome(decision.expected)),
        not_reached: count(&|decision| decision.taken == DecisionOutcome::NeverReached),
    }
}

/// Returns the decisions that a path implies, for a scenario that lists none.
///
/// Where two single nodes A, B follow each other in the expected path and exactly one outcome of
/// the decision node A leads to B, that outcome is expected of the visit of A that is aligned with
/// the item. Where none is, the decision was not reached. The patterns `...`, `?` and `a|b` leave
/// the decision open, so they imply nothing.
pub(super) fn implied(items: &[PathItem], pairs: &[Pair], trace: &Trace) -> Vec<ScoredDecision> {
    let mut list = Vec::new();
    let mut rows = pairs.iter().filter(|pair| pair.item.is_some());
    for (index, window) in items.windows(2).enumerate() {
        let Some((node, expected)) = implied_outcome(&window[0], &window[1], trace) else { continue };
        // Rows are in the order of the items, so one pass finds them all.
        let step = rows.find(|pair| pair.item == Some(index as u32)).and_then(|pair| pair.step);
        let step = step.and_then(|step| trace.steps.get(step as usize));
        list.push(ScoredDecision { node, expected, taken: outcome_taken(step) });
    }
    list
}

fn implied_outcome(from: &PathItem, to: &PathItem, trace: &Trace) -> Option<(u32, u16)> {
    let (PathItem::Nodes(from), PathItem::Nodes(to)) = (from, to) else { return None };
    let (&[from], &[to]) = (&from[..], &to[..]) else { return None };
    let node = trace.table.nodes.get(from as usize).filter(|node| node.decision)?;
    let mut leading = node.targets.iter().enumerate().filter(|(_, target)| **target == Some(to));
    match (leading.next(), leading.next()) {
        (Some((outcome, _)), None) => Some((from, u16::try_from(outcome).ok()?)),
        _ => None,
    }
}

fn subject(trace: &Trace, decision: &DecisionExpectation, visit: usize) -> Name {
    let name = node_name(trace, decision.node);
    if visit == 0 { name } else { format!("{name}#{}", visit + 1).into() }
}

fn mismatch(trace: &Trace, node: u32, placed: &Placed<u16>, actual: String) -> Mismatch {
    Mismatch { expected: outcome_name(trace, node, placed.value), actual }
}

fn taken(trace: &Trace, step: &Step) -> String {
    match (step.outcome, &step.message) {
        (Some(outcome), Some(message)) => format!("{}: {message}", outcome_name(trace, step.node, outcome)),
        (Some(outcome), None) => outcome_name(trace, step.node, outcome),
        (None, _) => format!("no outcome: the call ended there as {}", trace.outcome),
    }
}

fn never_reached(trace: &Trace, node: u32) -> String {
    match trace.steps.iter().filter(|step| step.node == node).count() {
        0 => "never reached".to_owned(),
        visits => format!("never reached: {}", pluralize(visits, "visit", "visits")),
    }
}

#[cfg(test)]
mod tests;

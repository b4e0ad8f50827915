//! Decisions expected and taken, matched by node and visit.

use super::alignment::Pair;
use super::checks::{Checks, Words, count, node_name, outcome_name};
use super::{Accuracy, CheckKind, CheckState};
use crate::diagnose::Spanned;
use crate::flow::Name;
use crate::simulator::{Step, Trace};
use crate::suite::{DecisionExpectation, PathItem, Placed};

/// Adds a check for each decision that is listed, and counts them.
pub(super) fn check(checks: &mut Checks) -> Accuracy {
    let (expect, trace) = (checks.expect, checks.trace);
    let mut accuracy = Accuracy::default();
    for decision in &expect.decisions {
        let mut visits = trace.steps.iter().filter(|step| step.node == decision.node);
        for (visit, outcome) in decision.outcomes.iter().enumerate() {
            let step = visits.next();
            let Some(placed) = outcome else { continue };
            accuracy.expected += 1;
            let subject = Some(subject(trace, decision, visit));
            match step {
                Some(step) if step.outcome == Some(placed.value) => {
                    accuracy.right += 1;
                    checks.held(CheckKind::Decision, subject);
                }
                Some(step) => {
                    let words = words(trace, decision.node, placed, taken(trace, step));
                    checks.failed(CheckKind::Decision, subject, CheckState::Broken, placed, words);
                }
                None => {
                    accuracy.not_reached += 1;
                    let words = words(trace, decision.node, placed, never_reached(trace, decision.node));
                    checks.failed(CheckKind::Decision, subject, CheckState::NotReached, placed, words);
                }
            }
        }
    }
    accuracy
}

/// The decisions that a path implies, for a scenario that lists none.
///
/// Where two single nodes A, B follow each other in the expected path and exactly one outcome of the decision node A leads
/// to B, that outcome is expected of the visit of A with which the item is aligned; where it is aligned with none, the
/// decision was not reached. Patterns imply nothing: who writes `...`, `?` or `a|b` leaves the decision open.
pub(super) fn implied(items: &[Spanned<PathItem>], pairs: &[Pair], trace: &Trace) -> Accuracy {
    let mut accuracy = Accuracy::default();
    let mut rows = pairs.iter().filter(|pair| pair.item.is_some());
    for (index, window) in items.windows(2).enumerate() {
        let Some(outcome) = implied_outcome(&window[0], &window[1], trace) else { continue };
        accuracy.expected += 1;
        // Rows come in the order of the items, so one pass finds them all.
        let step = rows.find(|pair| pair.item == Some(index as u32)).and_then(|pair| pair.step);
        match step.and_then(|step| trace.steps.get(step as usize)) {
            Some(step) => accuracy.right += u64::from(step.outcome == Some(outcome)),
            None => accuracy.not_reached += 1,
        }
    }
    accuracy
}

fn implied_outcome(from: &PathItem, to: &PathItem, trace: &Trace) -> Option<u16> {
    let (PathItem::Nodes(from), PathItem::Nodes(to)) = (from, to) else { return None };
    let (&[from], &[to]) = (&from[..], &to[..]) else { return None };
    let node = trace.table.nodes.get(from as usize).filter(|node| node.decision)?;
    let mut leading = node.targets.iter().enumerate().filter(|(_, target)| **target == Some(to));
    match (leading.next(), leading.next()) {
        (Some((outcome, _)), None) => u16::try_from(outcome).ok(),
        _ => None,
    }
}

fn subject(trace: &Trace, decision: &DecisionExpectation, visit: usize) -> Name {
    let name = node_name(trace, decision.node);
    if visit == 0 { name } else { format!("{name}#{}", visit + 1).into() }
}

fn words(trace: &Trace, node: u32, placed: &Placed<u16>, actual: String) -> Words {
    Words { expected: outcome_name(trace, node, placed.value), actual }
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
        visits => format!("never reached: {}", count(visits, "visit", "visits")),
    }
}

#[cfg(test)]
mod tests;

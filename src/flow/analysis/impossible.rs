//! `flow/unreachable-outcome`

use super::cases::CaseFact;
use super::subject::{Subject, is_failure};
use crate::flow::{Kind, Node};
use crate::source::diagnostics::rules::UNREACHABLE_OUTCOME;
use crate::source::diagnostics::{Diagnostics, quoted};

/// Reports edges of impossible outcomes, except those that another rule explains: constant and
/// overlapping conditions, failed attempts of a node with one attempt, and names that a called flow
/// never returns.
pub(super) fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    for (index, node) in subject.nodes() {
        for (place, outcome) in node.outcomes.iter().enumerate() {
            if subject.possible[index][place] || outcome.target.is_none() {
                continue;
            }
            let Some((reason, help)) = reason(subject, index, node, place) else { continue };
            let message =
                format!("outcome {} of node {} is impossible: {reason}", quoted(&outcome.name), quoted(&node.id.value));
            found.push(UNREACHABLE_OUTCOME.finding(&subject.flow.source, outcome.span, message).help(help));
        }
    }
}

/// Why the outcome is impossible, and what to do.
fn reason(subject: &Subject<'_>, index: usize, node: &Node, place: usize) -> Option<(String, &'static str)> {
    let name = &*node.outcomes[place].name;
    if let Some(case_facts) = &subject.case_facts[index] {
        let Some(CaseFact::Repeats(earlier)) = case_facts.list.get(place) else { return None };
        let earlier = quoted(&node.outcomes.get(*earlier)?.name);
        return Some((
            format!("the earlier case {earlier} has the same condition"),
            "remove it, or change its condition",
        ));
    }
    let (reason, help) = match (&node.kind, name) {
        (Kind::Hours(hours), "emergency") if hours.emergency.is_none() => {
            ("the node has no 'emergency' condition", "add 'emergency: ...', or remove the edge")
        }
        (Kind::Hours(hours), _) if hours.emergency.as_ref().is_some_and(|e| e.always().is_some()) => return None,
        (Kind::Hours(_), "holiday") => ("the schedule has no holidays", "list 'holidays', or remove the edge"),
        (Kind::Hours(_), "closed") => ("the schedule is always open", "remove the edge, or set a closing time"),
        // A schedule that never opens is reported at the schedule.
        (Kind::Hours(_), _) => return None,
        (Kind::Collect(_), "cancelled") => ("the node has no 'cancel' key", "add 'cancel: \"*\"', or remove the edge"),
        (Kind::Wait(_), "event") => ("the node waits for a time", "wait for an 'event', or remove the edge"),
        (Kind::Loop(_), "repeat") => ("it repeats 0 times", "set 'times' to 1 or more, or remove the loop"),
        // `flow/unknown-return` reports names that are listed and never returned.
        (Kind::Subflow(_), "completed") => {
            ("the called flow never returns this name", "let it 'return', or remove the edge")
        }
        (kind, name) if is_failure(kind, name) => return None,
        _ => return None,
    };
    Some((reason.to_owned(), help))
}

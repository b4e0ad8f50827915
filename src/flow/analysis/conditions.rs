//! `flow/constant-condition` and `flow/overlapping-conditions`

use super::cases::Fate;
use super::subject::Subject;
use crate::flow::expression::{Always, Expression};
use crate::flow::{Kind, Node, Switch};
use crate::source::diagnostics::rules::{CONSTANT_CONDITION, OVERLAPPING_CONDITIONS};
use crate::source::diagnostics::{Diagnostic, Diagnostics, Span, quoted};

/// Reports conditions that are always the same, and cases that hold for the same numbers.
pub(super) fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    for (index, node) in subject.nodes() {
        match &node.kind {
            Kind::Decision(condition) => {
                found.extend(constant(subject, node, node.id.span, "the condition", condition));
            }
            Kind::Hours(hours) => {
                let emergency = hours.emergency.as_ref();
                found.extend(
                    emergency.and_then(|e| constant(subject, node, node.id.span, "the condition 'emergency'", e)),
                );
            }
            Kind::Switch(Switch { on_value: Some(value), .. }) if value.as_constant().is_some() => {
                let message = format!("node {} switches on a value that never changes", quoted(&node.id.value));
                let help = "switch on a variable, or lead on to the one node without a switch";
                found.push(CONSTANT_CONDITION.finding(&subject.flow.source, node.id.span, message).help(help));
            }
            _ => {}
        }
        let Some(fates) = &subject.fates[index] else { continue };
        for (place, fate) in fates.list.iter().enumerate() {
            found.extend(case(subject, node, place, fate));
        }
    }
}

fn constant(subject: &Subject<'_>, node: &Node, span: Span, what: &str, condition: &Expression) -> Option<Diagnostic> {
    let always = condition.always()?;
    Some(constant_finding(subject, span, format!("{what} of node {}", quoted(&node.id.value)), &always))
}

fn constant_finding(subject: &Subject<'_>, span: Span, what: String, always: &Always) -> Diagnostic {
    let message = match always {
        Always::Boolean(true) => format!("{what} is always true"),
        Always::Boolean(false) => format!("{what} is never true"),
        Always::Mistake(error) => format!("{what} is always a mistake: {error}"),
    };
    let help = "compare a variable, or lead on to the one node without a condition";
    CONSTANT_CONDITION.finding(&subject.flow.source, span, message).help(help)
}

fn case(subject: &Subject<'_>, node: &Node, place: usize, fate: &Fate) -> Option<Diagnostic> {
    let outcome = node.outcomes.get(place)?;
    let what = format!("case {} of node {}", quoted(&outcome.name), quoted(&node.id.value));
    let earlier = |place: usize| node.outcomes.get(place).map(|outcome| quoted(&outcome.name));
    match fate {
        Fate::Always(always) => Some(constant_finding(subject, outcome.span, what, always)),
        Fate::Covered(place) => {
            let message = format!("{what} never comes: case {} before it holds for all its numbers", earlier(*place)?);
            let help = "put the narrower case first, or change its bounds";
            Some(OVERLAPPING_CONDITIONS.finding(&subject.flow.source, outcome.span, message).help(help))
        }
        Fate::Overlaps(place) => {
            let message =
                format!("{what} holds for numbers for which case {} before it holds as well", earlier(*place)?);
            let help = "the first case wins; let one begin where the other ends";
            Some(OVERLAPPING_CONDITIONS.finding(&subject.flow.source, outcome.span, message).help(help))
        }
        // A repeated condition is `flow/unreachable-outcome` where it has an edge.
        Fate::MayHold | Fate::Repeats(_) => None,
    }
}

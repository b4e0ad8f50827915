//! `flow/constant-condition` and `flow/overlapping-conditions`

use super::cases::CaseFact;
use super::subject::Subject;
use crate::flow::expression::{Always, Expression};
use crate::flow::{Kind, Node, Switch};
use crate::source::diagnostics::rules::{CONSTANT_CONDITION, OVERLAPPING_CONDITIONS};
use crate::source::diagnostics::{Diagnostic, Diagnostics, Span, quoted};

/// Reports constant conditions, and cases that hold for the same numbers.
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
                let help = "switch on a variable, or remove the switch";
                found.push(CONSTANT_CONDITION.finding(&subject.flow.source, node.id.span, message).help(help));
            }
            _ => {}
        }
        let Some(case_facts) = &subject.case_facts[index] else { continue };
        for (place, case_fact) in case_facts.list.iter().enumerate() {
            found.extend(case(subject, node, place, case_fact));
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
        Always::Mistake(error) => format!("{what} always fails: {error}"),
    };
    let help = "compare a variable, or remove the condition";
    CONSTANT_CONDITION.finding(&subject.flow.source, span, message).help(help)
}

fn case(subject: &Subject<'_>, node: &Node, place: usize, case_fact: &CaseFact) -> Option<Diagnostic> {
    let outcome = node.outcomes.get(place)?;
    let what = format!("case {} of node {}", quoted(&outcome.name), quoted(&node.id.value));
    let earlier = |place: usize| node.outcomes.get(place).map(|outcome| quoted(&outcome.name));
    match case_fact {
        CaseFact::Always(always) => Some(constant_finding(subject, outcome.span, what, always)),
        CaseFact::Covered(place) => {
            let message =
                format!("{what} is impossible: the earlier case {} holds for all its numbers", earlier(*place)?);
            let help = "put the narrower case first, or change its bounds";
            Some(OVERLAPPING_CONDITIONS.finding(&subject.flow.source, outcome.span, message).help(help))
        }
        CaseFact::Overlaps(place) => {
            let message = format!("{what} overlaps with the earlier case {}", earlier(*place)?);
            let help = "the first case wins; let one begin where the other ends";
            Some(OVERLAPPING_CONDITIONS.finding(&subject.flow.source, outcome.span, message).help(help))
        }
        // A repeated condition is `flow/unreachable-outcome` where it has an edge.
        CaseFact::MayHold | CaseFact::Repeats(_) => None,
    }
}

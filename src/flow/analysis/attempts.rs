//! `flow/max-attempts-one`

use super::subject::{Subject, asks, is_failure, is_wired};
use crate::source::diagnostics::rules::MAX_ATTEMPTS_ONE;
use crate::source::diagnostics::{Diagnostics, quoted};

/// Reports edges for failed attempts of a node with one attempt, whose failure has the outcome
/// `max_attempts`.
pub(super) fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    for (_, node) in subject.nodes() {
        if asks(&node.kind) != Some(1) || !is_wired(node, "max_attempts") {
            continue;
        }
        for outcome in node.outcomes.iter().filter(|outcome| outcome.target.is_some()) {
            if is_failure(&node.kind, &outcome.name) {
                let message = format!(
                    "outcome {} of node {} is impossible: it has one attempt, so the first failure is 'max_attempts'",
                    quoted(&outcome.name),
                    quoted(&node.id.value)
                );
                let help = "remove this edge or that of 'max_attempts', or allow more attempts";
                found.push(MAX_ATTEMPTS_ONE.finding(&subject.flow.source, outcome.span, message).help(help));
            }
        }
    }
}

//! Checks how and where the call ended.

use super::checks::{Checks, Mismatch, node_name};
use super::{CheckKind, CheckState};
use crate::flow::Value;

/// Adds the checks of outcome and last node. Returns whether the expected end was reached; none
/// where neither is expected.
pub(super) fn check(checks: &mut Checks) -> Option<bool> {
    let (expect, trace) = (checks.expect, checks.trace);
    let mut reached = None;
    if let Some(placed) = &expect.outcome {
        let held = placed.value == trace.outcome;
        reached = Some(held);
        checks.add(CheckKind::Outcome, None, held, placed, || Mismatch {
            expected: placed.value.to_string(),
            actual: match &trace.failure {
                Some(failure) => format!("{}: {failure}", trace.outcome),
                None => trace.outcome.to_string(),
            },
        });
    }
    if let Some(placed) = &expect.ends_at {
        let last = trace.steps.last();
        let held = last.is_some_and(|step| step.node == placed.value);
        reached = Some(held && reached.unwrap_or(true));
        if held {
            checks.held(CheckKind::EndsAt, None);
        } else {
            let walked = trace.steps.iter().any(|step| step.node == placed.value);
            let state = if walked { CheckState::Broken } else { CheckState::NotReached };
            let mismatch = Mismatch {
                expected: node_name(trace, placed.value).to_string(),
                actual: last.map_or_else(|| "no node was walked".to_owned(), |step| trace.node_name(step).to_owned()),
            };
            checks.failed(CheckKind::EndsAt, None, state, placed, mismatch);
        }
    }
    reached
}

/// Adds the check of the failure message.
pub(super) fn check_failure(checks: &mut Checks) {
    let (expect, trace) = (checks.expect, checks.trace);
    let Some(placed) = &expect.failure else { return };
    let held = trace.failure.as_ref().is_some_and(|failure| failure.contains(&placed.value));
    checks.add(CheckKind::Failure, None, held, placed, || Mismatch {
        expected: format!("a failure that says {}", Value::from(placed.value.as_str()).literal()),
        actual: match &trace.failure {
            Some(failure) => failure.clone(),
            None => format!("no failure: the call ended as {}", trace.outcome),
        },
    });
}

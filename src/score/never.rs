//! Checks that forbidden nodes were not walked.

use super::CheckKind;
use super::checks::{Checks, Mismatch, node_name};
use crate::source::yaml::format_duration;

/// Adds a check for each forbidden node.
pub(super) fn check(checks: &mut Checks) {
    let (expect, trace) = (checks.expect, checks.trace);
    for placed in &expect.never {
        let walked = trace.steps.iter().position(|step| step.node == placed.value);
        checks.add(CheckKind::Never, Some(node_name(trace, placed.value)), walked.is_none(), placed, || {
            let step = walked.map(|index| (index + 1, format_duration(trace.steps[index].at_ms)));
            let times = trace.steps.iter().filter(|step| step.node == placed.value).count();
            let (number, at) = step.unwrap_or_default();
            let more = if times > 1 { format!(", {times} times in all") } else { String::new() };
            Mismatch { expected: "never walked".to_owned(), actual: format!("walked as step {number}, at {at}{more}") }
        });
    }
}

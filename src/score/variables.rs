//! Checks variables at the end of the call.

use super::CheckKind;
use super::checks::{Checks, Mismatch};
use super::condition;
use super::secrets::SECRET;
use crate::flow::Value;

/// Adds a check for each variable. A variable that the call does not have is null.
pub(super) fn check(checks: &mut Checks) {
    let (expect, trace) = (checks.expect, checks.trace);
    for placed in &expect.variables {
        let (name, condition) = &placed.value;
        let variable = trace.variables.iter().find(|variable| variable.name == *name);
        let held = condition::holds(condition, variable.map_or(&Value::Null, |variable| &variable.value));
        checks.add(CheckKind::Variable, Some(name.clone()), held, placed, || match variable {
            Some(variable) if variable.secret => Mismatch { expected: SECRET.to_owned(), actual: SECRET.to_owned() },
            Some(variable) => Mismatch { expected: condition::describe(condition), actual: variable.value.literal() },
            None => Mismatch { expected: condition::describe(condition), actual: "not set".to_owned() },
        });
    }
}

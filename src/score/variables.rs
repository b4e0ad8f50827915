//! Variables at the end of the call.

use super::CheckKind;
use super::checks::{Checks, Words};
use super::condition;
use crate::flow::Value;

/// What stands in place of a secret.
pub(super) const SECRET: &str = "[secret]";

/// Adds a check for each variable. One that the call does not have is null.
pub(super) fn check(checks: &mut Checks) {
    let (expect, trace) = (checks.expect, checks.trace);
    for placed in &expect.variables {
        let (name, condition) = &placed.value;
        let variable = trace.variables.iter().find(|variable| variable.name == *name);
        let held = condition::holds(condition, variable.map_or(&Value::Null, |variable| &variable.value));
        checks.add(CheckKind::Variable, Some(name.clone()), held, placed, || match variable {
            Some(variable) if variable.secret => Words { expected: SECRET.to_owned(), actual: SECRET.to_owned() },
            Some(variable) => Words { expected: condition::words(condition), actual: variable.value.literal() },
            None => Words { expected: condition::words(condition), actual: "not set".to_owned() },
        });
    }
}

//! Runs every rule over every flow of a program.

use super::linked::Linked;
use super::subject::Subject;
use super::{attempts, choices, conditions, dead_end, ends, impossible, schedules, unreachable, unset};
use crate::flow::Program;
use crate::source::diagnostics::Diagnostics;

/// Returns the findings in all flows of a program: flow by flow, rule by rule, in file order.
pub fn analyse(program: &Program) -> Diagnostics {
    let linked = Linked::new(program);
    let mut found = Diagnostics::new();
    for index in 0..program.flows.len() {
        let subject = Subject::new(program, index, &linked);
        unreachable::check(&subject, &mut found);
        impossible::check(&subject, &mut found);
        if ends::check(&subject, &mut found) {
            dead_end::check(&subject, &mut found);
        }
        choices::check(&subject, &mut found);
        attempts::check(&subject, &mut found);
        conditions::check(&subject, &mut found);
        schedules::check(&subject, &mut found);
        unset::check(&subject, &mut found);
    }
    found
}

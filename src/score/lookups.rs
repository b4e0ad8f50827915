//! Checks lookups: the calls to other systems.

use super::checks::{Checks, Mismatch, pluralize};
use super::lookup_calls::{calls_to, input};
use super::secrets::{SECRET, Secrets};
use super::{CheckKind, CheckState, bounds, condition};
use crate::simulator::{LookupCall, Trace};
use crate::suite::LookupExpectation;

/// Maximum number of lookups that a description lists.
const MAX_SHOWN_CALLS: usize = 5;

/// Adds a check for each service: `times` counts all of its lookups, `with` and `outcome` must hold
/// together for one of them. Where none of the three is given, the service must be asked.
pub(super) fn check(checks: &mut Checks) {
    let (expect, trace) = (checks.expect, checks.trace);
    for placed in &expect.lookups {
        let wanted = &placed.value;
        let asked = calls_to(trace, &wanted.service).count();
        let times = wanted.times.as_ref().is_none_or(|times| bounds::within(times, asked as u64));
        let any = times && (!needs_call(wanted) || calls_to(trace, &wanted.service).any(|call| holds(wanted, call)));
        let subject = Some(wanted.service.clone());
        if any {
            checks.held(CheckKind::Lookup, subject);
        } else {
            let state = if asked == 0 { CheckState::NotReached } else { CheckState::Broken };
            let mismatch = Mismatch {
                expected: describe_expected(wanted, trace, checks.secrets()),
                actual: describe_calls(trace, wanted),
            };
            checks.failed(CheckKind::Lookup, subject, state, placed, mismatch);
        }
    }
}

fn needs_call(wanted: &LookupExpectation) -> bool {
    wanted.times.is_none() || wanted.outcome.is_some() || !wanted.with.is_empty()
}

fn holds(wanted: &LookupExpectation, call: &LookupCall) -> bool {
    wanted.outcome.as_ref().is_none_or(|outcome| call.outcome == *outcome)
        && wanted.with.iter().all(|(name, condition)| condition::holds(condition, input(call, name)))
}

fn describe_expected(wanted: &LookupExpectation, trace: &Trace, secrets: &Secrets) -> String {
    let mut parts = vec![match &wanted.times {
        Some(times) => format!("asked {}", bounds::describe(times, |times| pluralize(times as usize, "time", "times"))),
        None => "asked".to_owned(),
    }];
    parts.extend(wanted.with.iter().map(|(name, condition)| {
        let secret = secrets.show_in_input(&wanted.service, name, condition, trace);
        let words = if secret { SECRET.to_owned() } else { condition::describe(condition) };
        format!("with {name}: {words}")
    }));
    parts.extend(wanted.outcome.iter().map(|outcome| format!("with the outcome {outcome}")));
    parts.join(", ")
}

fn describe_calls(trace: &Trace, wanted: &LookupExpectation) -> String {
    let asked = calls_to(trace, &wanted.service).count();
    if asked == 0 {
        return "never asked".to_owned();
    }
    let mut calls: Vec<String> = calls_to(trace, &wanted.service).take(MAX_SHOWN_CALLS).map(describe_call).collect();
    if asked > MAX_SHOWN_CALLS {
        calls.push(format!("… {} more", asked - MAX_SHOWN_CALLS));
    }
    format!("asked {}: {}", pluralize(asked, "time", "times"), calls.join("; "))
}

fn describe_call(call: &LookupCall) -> String {
    let inputs: Vec<String> = call.inputs.iter().map(|(name, value)| format!("{name}: {}", value.literal())).collect();
    let with = if inputs.is_empty() { String::new() } else { format!("{} ", inputs.join(", ")) };
    format!("{with}→ {}", call.outcome)
}

#[cfg(test)]
mod tests;

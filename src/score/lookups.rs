//! Questions to other systems.

use super::checks::{Checks, Words, count};
use super::condition;
use super::place::Secrets;
use super::variables::SECRET;
use super::{CheckKind, CheckState, bounds};
use crate::flow::{Name, Value};
use crate::simulator::{LookupCall, Trace};
use crate::suite::{Condition, LookupExpectation};

/// Questions that a check's words list.
const SHOWN: usize = 5;

/// Adds a check for each service: `times` counts all of its questions, `with` and `outcome` hold together for one of them.
/// Where none of the three is given, it must be asked.
pub(super) fn check(checks: &mut Checks) {
    let (expect, trace) = (checks.expect, checks.trace);
    for placed in &expect.lookups {
        let wanted = &placed.value;
        let asked = questions(trace, &wanted.service).count();
        let times = wanted.times.as_ref().is_none_or(|times| bounds::within(times, asked as u64));
        let any =
            times && (!needs_question(wanted) || questions(trace, &wanted.service).any(|call| holds(wanted, call)));
        let subject = Some(wanted.service.clone());
        if any {
            checks.held(CheckKind::Lookup, subject);
        } else {
            let state = if asked == 0 { CheckState::NotReached } else { CheckState::Broken };
            let words = Words { expected: words(wanted, trace, checks.secrets()), actual: asked_words(trace, wanted) };
            checks.failed(CheckKind::Lookup, subject, state, placed, words);
        }
    }
}

/// Whether a `with` of the expectation says what a secret is.
pub(super) fn names_secret(wanted: &LookupExpectation, trace: &Trace, secrets: &Secrets) -> bool {
    wanted.with.iter().any(|(name, condition)| is_secret(wanted, name, condition, trace, secrets))
}

fn is_secret(wanted: &LookupExpectation, name: &Name, condition: &Condition, trace: &Trace, secrets: &Secrets) -> bool {
    questions(trace, &wanted.service).any(|call| matches!(input(call, name), Value::Text(text) if &**text == SECRET))
        || secrets.show_in(&condition::words(condition))
}

fn needs_question(wanted: &LookupExpectation) -> bool {
    wanted.times.is_none() || wanted.outcome.is_some() || !wanted.with.is_empty()
}

fn questions<'a>(trace: &'a Trace, service: &'a Name) -> impl Iterator<Item = &'a LookupCall> {
    trace.lookups.iter().filter(move |call| call.service == *service)
}

fn holds(wanted: &LookupExpectation, call: &LookupCall) -> bool {
    wanted.outcome.as_ref().is_none_or(|outcome| call.outcome == *outcome)
        && wanted.with.iter().all(|(name, condition)| condition::holds(condition, input(call, name)))
}

/// An input of a question; null where it has none of that name.
fn input<'a>(call: &'a LookupCall, name: &Name) -> &'a Value {
    call.inputs.iter().find(|(other, _)| other == name).map_or(&Value::Null, |(_, value)| value)
}

fn words(wanted: &LookupExpectation, trace: &Trace, secrets: &Secrets) -> String {
    let mut parts = vec![match &wanted.times {
        Some(times) => format!("asked {}", bounds::words(times, |times| count(times as usize, "time", "times"))),
        None => "asked".to_owned(),
    }];
    parts.extend(wanted.with.iter().map(|(name, condition)| {
        let secret = is_secret(wanted, name, condition, trace, secrets);
        let words = if secret { SECRET.to_owned() } else { condition::words(condition) };
        format!("with {name}: {words}")
    }));
    parts.extend(wanted.outcome.iter().map(|outcome| format!("with the outcome {outcome}")));
    parts.join(", ")
}

fn asked_words(trace: &Trace, wanted: &LookupExpectation) -> String {
    let asked = questions(trace, &wanted.service).count();
    if asked == 0 {
        return "never asked".to_owned();
    }
    let mut calls: Vec<String> = questions(trace, &wanted.service).take(SHOWN).map(question_words).collect();
    if asked > SHOWN {
        calls.push(format!("… {} more", asked - SHOWN));
    }
    format!("asked {}: {}", count(asked, "time", "times"), calls.join("; "))
}

fn question_words(call: &LookupCall) -> String {
    let inputs: Vec<String> = call.inputs.iter().map(|(name, value)| format!("{name}: {}", value.literal())).collect();
    let with = if inputs.is_empty() { String::new() } else { format!("{} ", inputs.join(", ")) };
    format!("{with}→ {}", call.outcome)
}

#[cfg(test)]
mod tests;

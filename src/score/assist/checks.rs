//! The checks of agent-assist prompts, one method per expectation.

use crate::assist::{Attempt, Extent, Outcome, Prompt, PromptTrace, Record};
use crate::flow::Value;
use crate::score::checks::pluralize;
use crate::score::secrets::Secrets;
use crate::score::{Check, CheckKind, CheckState, bounds, condition};
use crate::source::diagnostics::quoted;
use crate::source::yaml::format_duration;
use crate::suite::{Bound, ExpectedStatus, Placed, PromptExpectations, Prompts, Results};

/// Maximum number of wrong values that a description names.
const MAX_NAMED_VALUES: usize = 3;

/// The checks of one scenario so far.
pub(super) struct PromptChecks<'a> {
    expect: &'a PromptExpectations,
    prompts: &'a Prompts,
    trace: &'a PromptTrace,
    list: Vec<Check>,
}

impl<'a> PromptChecks<'a> {
    /// An empty list of checks.
    pub(super) fn new(expect: &'a PromptExpectations, prompts: &'a Prompts, trace: &'a PromptTrace) -> Self {
        Self { expect, prompts, trace, list: Vec::new() }
    }

    /// The checks in the order in which they were added.
    pub(super) fn into_list(self) -> Vec<Check> {
        self.list
    }

    /// Adds a check. `mismatch` describes what was expected and found; it is called only where the
    /// check does not hold.
    fn add<T>(
        &mut self,
        (kind, subject): (CheckKind, Option<String>),
        state: CheckState,
        at: &Placed<T>,
        mismatch: impl FnOnce() -> (String, String),
    ) {
        let subject = subject.map(Into::into);
        self.list.push(if state == CheckState::Held {
            Check { kind, subject, state, expected: None, actual: None, place: None }
        } else {
            let (expected, actual) = mismatch();
            // Prompts have no secrets: the suite states their contents.
            let place = Some(Box::new(Secrets::none().excerpt(&at.source, at.span)));
            Check { kind, subject, state, expected: Some(expected), actual: Some(actual), place }
        });
    }

    /// Checks the results of the prompts.
    pub(super) fn results(&mut self) {
        let (expect, trace) = (self.expect, self.trace);
        match &expect.results {
            None => {}
            Some(Results::Every(placed)) => {
                let state = held(trace.count(placed.value) == trace.counts.prompts);
                let mismatch = || match &trace.kept[..] {
                    [(_, only)] if trace.counts.prompts == 1 => (placed.value.word().to_owned(), ending(only)),
                    _ => (format!("{} for every prompt", placed.value.word()), endings(trace)),
                };
                self.add((CheckKind::Result, None), state, placed, mismatch);
            }
            Some(Results::Each(list)) => {
                for (index, placed) in list.iter().enumerate() {
                    let Some(placed) = placed else { continue };
                    let found = trace.outcomes.get(index).copied().flatten();
                    let state = held(found == Some(placed.value));
                    let mismatch = || {
                        let kept = trace.kept.iter().find(|(kept, _)| *kept == index);
                        let found = match (kept, found) {
                            (Some((_, record)), _) => ending(record),
                            (None, Some(found)) => found.word().to_owned(),
                            (None, None) => "no such prompt".to_owned(),
                        };
                        (placed.value.word().to_owned(), found)
                    };
                    self.add((CheckKind::Result, Some(format!("prompt {}", index + 1))), state, placed, mismatch);
                }
            }
        }
    }

    /// Checks the number of prompts by result.
    pub(super) fn counts(&mut self) {
        let (expect, trace) = (self.expect, self.trace);
        for placed in expect.counts.iter().flatten() {
            let (outcome, bound) = &placed.value;
            let found = trace.count(*outcome);
            let mismatch = || (bounds::describe(bound, |count| count.to_string()), found.to_string());
            let state = held(bounds::within(bound, found));
            self.add((CheckKind::Count, Some(outcome.word().to_owned())), state, placed, mismatch);
        }
    }

    /// Checks the attempts to deliver, their statuses and the pauses between them.
    pub(super) fn attempts(&mut self) {
        let (expect, trace) = (self.expect, self.trace);
        if let Some(placed) = &expect.attempts {
            self.extent(CheckKind::Attempts, placed, trace.attempts, |count| count.to_string());
        }
        // The suite reader allows the two lists for a single prompt only.
        let only: &[Attempt] = trace.kept.first().map_or(&[], |(_, record)| &record.attempts);
        if let Some(placed) = &expect.statuses {
            let same = |(expected, attempt): (&ExpectedStatus, &Attempt)| match expected {
                ExpectedStatus::Any => true,
                ExpectedStatus::NoAnswer => attempt.status.is_none(),
                ExpectedStatus::Status(status) => attempt.status == Some(*status),
            };
            let all = placed.value.len() == only.len() && placed.value.iter().zip(only).all(same);
            let mismatch = || {
                let expected = placed.value.iter().map(|expected| match expected {
                    ExpectedStatus::Any => "_".to_owned(),
                    ExpectedStatus::NoAnswer => "none".to_owned(),
                    ExpectedStatus::Status(status) => status.to_string(),
                });
                let found = only.iter().map(|attempt| match (attempt.status, &attempt.error) {
                    (Some(status), _) => status.to_string(),
                    (None, Some(error)) => format!("none ({error})"),
                    (None, None) => "none".to_owned(),
                });
                (join_or_none(expected), join_or_none(found))
            };
            self.add((CheckKind::Statuses, None), held(all), placed, mismatch);
        }
        if let Some(placed) = &expect.pauses_ms {
            let pauses: Vec<u64> = only.iter().filter_map(|attempt| attempt.pause_ms).collect();
            let same = |(bound, &pause): (&Option<Bound<u64>>, &u64)| {
                bound.as_ref().is_none_or(|bound| bounds::within(bound, pause))
            };
            let all = placed.value.len() == pauses.len() && placed.value.iter().zip(&pauses).all(same);
            let mismatch = || {
                let expected = placed.value.iter().map(|bound| {
                    bound.as_ref().map_or_else(|| "_".to_owned(), |bound| bounds::describe(bound, format_duration))
                });
                (join_or_none(expected), join_or_none(pauses.iter().map(|&pause| format_duration(pause))))
            };
            self.add((CheckKind::Pauses, None), held(all), placed, mismatch);
        }
    }

    /// Checks the reasons of the results.
    pub(super) fn reasons(&mut self) {
        let (expect, trace) = (self.expect, self.trace);
        let Some(placed) = &expect.reason else { return };
        let mut reasons = trace.kept.iter().flat_map(|(_, record)| &record.reasons);
        let said = reasons.clone().any(|reason| reason.contains(&placed.value));
        let mismatch = || {
            let first = reasons.next().map(|first| (first.clone(), reasons.filter(|reason| *reason != first).count()));
            let found = match first {
                None => "no reason".to_owned(),
                Some((first, 0)) => quoted(&first),
                Some((first, more)) => format!("{} and {more} more", quoted(&first)),
            };
            (format!("a reason that says {}", Value::from(placed.value.as_str()).literal()), found)
        };
        self.add((CheckKind::Reason, None), held(said), placed, mismatch);
    }

    /// Checks the effect of the rate limit.
    pub(super) fn limits(&mut self) {
        let (expect, trace) = (self.expect, self.trace);
        if let Some(placed) = &expect.limited_by {
            let limited: u64 = trace.limited_by.values().sum();
            let by = trace.limited_by.get(&placed.value).copied().unwrap_or(0);
            let state = match limited {
                0 => CheckState::NotReached,
                _ => held(by == limited),
            };
            let mismatch = || {
                let found = match limited {
                    0 => "no prompt was limited".to_owned(),
                    _ => {
                        join_or_none(trace.limited_by.iter().map(|(by, count)| format!("{count} by the {}", by.word())))
                    }
                };
                (format!("the {}", placed.value.word()), found)
            };
            self.add((CheckKind::LimitedBy, None), state, placed, mismatch);
        }
        if let Some(placed) = &expect.retry_after_ms {
            self.extent(CheckKind::RetryAfter, placed, trace.retry_after_ms, format_duration);
        }
    }

    /// Checks waiting times and durations.
    pub(super) fn times(&mut self) {
        let (expect, trace) = (self.expect, self.trace);
        if let Some(placed) = &expect.waited_ms {
            self.extent(CheckKind::Waited, placed, trace.waited_ms, format_duration);
        }
        if let Some(placed) = &expect.duration_ms {
            self.extent(CheckKind::Duration, placed, trace.took_ms, format_duration);
        }
    }

    /// Checks that all numbers of an extent are within a bound.
    fn extent(&mut self, kind: CheckKind, placed: &Placed<Bound<u64>>, extent: Extent, show: impl Fn(u64) -> String) {
        let range = extent.range();
        let (state, found) = check_extent(&placed.value, range, &show, "no prompt was limited");
        self.add((kind, None), state, placed, || (bounds::describe(&placed.value, &show), found));
    }

    /// Checks the transcripts of the prompts.
    pub(super) fn transcript(&mut self) {
        let (expect, trace) = (self.expect, self.trace);
        let Some(placed) = &expect.transcript else { return };
        let wanted = &placed.value;
        if let Some(state) = wanted.state {
            let all = trace.transcripts.get(&state).copied().unwrap_or(0) == trace.counts.prompts;
            let mismatch = || {
                let found = match &trace.kept[..] {
                    [(_, only)] if trace.counts.prompts == 1 => {
                        let transcript = &only.transcript;
                        with_reason(transcript.state.word(), transcript.reason.as_deref())
                    }
                    _ => {
                        join_or_none(trace.transcripts.iter().map(|(state, count)| format!("{count} {}", state.word())))
                    }
                };
                (state.word().to_owned(), found)
            };
            self.add((CheckKind::Transcript, None), held(all), placed, mismatch);
        }
        if let Some(id) = &wanted.id {
            let other = trace.kept.iter().find(|(_, record)| record.transcript.id.as_ref() != Some(id));
            let mismatch = || {
                let found = other.and_then(|(_, record)| record.transcript.id.clone());
                (id.clone(), found.unwrap_or_else(|| "none".to_owned()))
            };
            self.add((CheckKind::Transcript, Some("id".to_owned())), held(other.is_none()), placed, mismatch);
        }
        let numbers = [
            ("questions", &wanted.questions, trace.questions, (|count| count.to_string()) as fn(u64) -> String),
            ("took", &wanted.took_ms, trace.transcript_ms, format_duration),
        ];
        for (name, bound, extent, show) in numbers {
            let Some(bound) = bound else { continue };
            let (state, found) = check_extent(bound, extent.range(), &show, "none was looked for");
            let mismatch = || (bounds::describe(bound, show), found);
            self.add((CheckKind::Transcript, Some(name.to_owned())), state, placed, mismatch);
        }
    }

    /// Checks the fields of the prompts that the agent saw.
    pub(super) fn shown(&mut self) {
        let (expect, trace, prompts) = (self.expect, self.trace, self.prompts);
        let Some(fields) = expect.shown.as_ref().filter(|fields| !fields.is_empty()) else { return };
        let reached = trace.kept.iter().filter(|(_, record)| record.was_shown());
        let shown: Vec<Value> = reached.map(|(_, record)| wire_value(&shown(record, prompts))).collect();
        for placed in fields {
            let (field, expected) = &placed.value;
            let values = shown.iter().map(|shown| field_at(shown, field));
            let wrong: Vec<&Value> = values.filter(|value| !condition::holds(expected, value)).collect();
            let state = match (shown.is_empty(), wrong.is_empty()) {
                (true, _) => CheckState::NotReached,
                (false, all) => held(all),
            };
            let mismatch = || {
                let mut found: Vec<String> = wrong.iter().take(MAX_NAMED_VALUES).map(|value| value.literal()).collect();
                found.dedup();
                let found = if shown.is_empty() { "nothing was shown".to_owned() } else { found.join(", ") };
                (condition::describe(expected), found)
            };
            self.add((CheckKind::Shown, Some(field.to_string())), state, placed, mismatch);
        }
    }
}

fn held(holds: bool) -> CheckState {
    if holds { CheckState::Held } else { CheckState::Broken }
}

/// Compares a range of numbers with a bound and describes the range; `nothing` describes its
/// absence.
fn check_extent(
    bound: &Bound<u64>,
    range: Option<(u64, u64)>,
    show: &impl Fn(u64) -> String,
    nothing: &str,
) -> (CheckState, String) {
    match range {
        None => (CheckState::NotReached, nothing.to_owned()),
        Some((least, greatest)) => {
            let state = held(bounds::within(bound, least) && bounds::within(bound, greatest));
            let found = if least == greatest { show(least) } else { format!("{} to {}", show(least), show(greatest)) };
            (state, found)
        }
    }
}

fn join_or_none(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

fn with_reason(word: &str, reason: Option<&str>) -> String {
    reason.map_or_else(|| word.to_owned(), |reason| format!("{word}: {reason}"))
}

/// Describes the result of a prompt and its reasons.
fn ending(record: &Record) -> String {
    let reasons = Some(record.reasons.join("; ")).filter(|reasons| !reasons.is_empty());
    with_reason(record.outcome.word(), reasons.as_deref())
}

/// Describes the number of prompts by result.
fn endings(trace: &PromptTrace) -> String {
    let counts = Outcome::ALL.map(|outcome| (trace.count(outcome), outcome.word()));
    let counts = counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    format!("{}: {}", pluralize(trace.counts.prompts as usize, "prompt", "prompts"), join_or_none(counts))
}

/// The prompt that the agent saw: the original, or its fallback.
fn shown(record: &Record, prompts: &Prompts) -> Prompt {
    let mut shown = record.prompt.clone();
    if let (Outcome::Fallback, Some(fallback)) = (record.outcome, &prompts.settings.fallback) {
        shown.prompt_id = record.shown_id().clone();
        shown.content = fallback.content.as_str().into();
        shown.priority = fallback.priority;
    }
    shown
}

/// A prompt in the form in which it is sent.
#[expect(clippy::expect_used, reason = "a prompt has text keys only, so that JSON can hold every prompt")]
fn wire_value(prompt: &Prompt) -> Value {
    Value::from_json(&serde_json::to_value(prompt).expect("a prompt is valid JSON"))
}

/// A field by its dotted path; null where it is absent.
fn field_at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(value, |value, name| value.member(name).unwrap_or(&Value::Null))
}

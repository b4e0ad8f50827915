//! Single checks of prompts.

use crate::assist::{Attempt, Outcome, Prompt, Record};
use crate::assist::{Extent, PromptTrace};
use crate::flow::Value;
use crate::score::checks::count;
use crate::score::place::Secrets;
use crate::score::{Check, CheckKind, CheckState, bounds, condition};
use crate::source::diagnostics::quoted;
use crate::source::yaml::format_duration;
use crate::suite::{Bound, ExpectedStatus, Placed, PromptExpectations, Prompts, Results};

/// Wrong items of a list that are named.
const NAMED: usize = 3;

/// The checks of one scenario so far.
pub(super) struct Checks<'a> {
    expect: &'a PromptExpectations,
    prompts: &'a Prompts,
    trace: &'a PromptTrace,
    list: Vec<Check>,
}

impl<'a> Checks<'a> {
    /// No checks yet.
    pub(super) fn new(expect: &'a PromptExpectations, prompts: &'a Prompts, trace: &'a PromptTrace) -> Self {
        Self { expect, prompts, trace, list: Vec::new() }
    }

    /// All of them.
    pub(super) fn into_list(self) -> Vec<Check> {
        self.list
    }

    /// Adds a check; `words` say what was expected and found where it does not hold.
    fn add<T>(
        &mut self,
        (kind, subject): (CheckKind, Option<String>),
        state: CheckState,
        at: &Placed<T>,
        words: impl FnOnce() -> (String, String),
    ) {
        let subject = subject.map(Into::into);
        self.list.push(if state == CheckState::Held {
            Check { kind, subject, state, expected: None, actual: None, place: None }
        } else {
            let (expected, actual) = words();
            // Prompts have no secrets: what they say stands in the suite.
            let place = Some(Box::new(Secrets::none().place(&at.source, at.span)));
            Check { kind, subject, state, expected: Some(expected), actual: Some(actual), place }
        });
    }

    /// How the prompts ended.
    pub(super) fn results(&mut self) {
        let (expect, trace) = (self.expect, self.trace);
        match &expect.results {
            None => {}
            Some(Results::Every(placed)) => {
                let state = held(trace.count(placed.value) == trace.counts.prompts);
                let words = || match &trace.kept[..] {
                    [(_, only)] if trace.counts.prompts == 1 => (placed.value.word().to_owned(), ending(only)),
                    _ => (format!("{} for every prompt", placed.value.word()), endings(trace)),
                };
                self.add((CheckKind::Result, None), state, placed, words);
            }
            Some(Results::Each(list)) => {
                for (index, placed) in list.iter().enumerate() {
                    let Some(placed) = placed else { continue };
                    let found = trace.outcomes.get(index).copied().flatten();
                    let state = held(found == Some(placed.value));
                    let words = || {
                        let kept = trace.kept.iter().find(|(kept, _)| *kept == index);
                        let found = match (kept, found) {
                            (Some((_, record)), _) => ending(record),
                            (None, Some(found)) => found.word().to_owned(),
                            (None, None) => "no such prompt".to_owned(),
                        };
                        (placed.value.word().to_owned(), found)
                    };
                    self.add((CheckKind::Result, Some(format!("prompt {}", index + 1))), state, placed, words);
                }
            }
        }
    }

    /// How many ended how.
    pub(super) fn counts(&mut self) {
        let (expect, trace) = (self.expect, self.trace);
        for placed in expect.counts.iter().flatten() {
            let (outcome, bound) = &placed.value;
            let found = trace.count(*outcome);
            let words = || (bounds::words(bound, |count| count.to_string()), found.to_string());
            let state = held(bounds::within(bound, found));
            self.add((CheckKind::Count, Some(outcome.word().to_owned())), state, placed, words);
        }
    }

    /// How often they were sent, and what that brought.
    pub(super) fn attempts(&mut self) {
        let (expect, trace) = (self.expect, self.trace);
        if let Some(placed) = &expect.attempts {
            self.extent(CheckKind::Attempts, placed, trace.attempts, |count| count.to_string());
        }
        // The reader allows the two lists for a single prompt only.
        let only: &[Attempt] = trace.kept.first().map_or(&[], |(_, record)| &record.attempts);
        if let Some(placed) = &expect.statuses {
            let same = |(expected, attempt): (&ExpectedStatus, &Attempt)| match expected {
                ExpectedStatus::Any => true,
                ExpectedStatus::NoAnswer => attempt.status.is_none(),
                ExpectedStatus::Status(status) => attempt.status == Some(*status),
            };
            let all = placed.value.len() == only.len() && placed.value.iter().zip(only).all(same);
            let words = || {
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
                (listed(expected), listed(found))
            };
            self.add((CheckKind::Statuses, None), held(all), placed, words);
        }
        if let Some(placed) = &expect.pauses_ms {
            let pauses: Vec<u64> = only.iter().filter_map(|attempt| attempt.pause_ms).collect();
            let same = |(bound, &pause): (&Option<Bound<u64>>, &u64)| {
                bound.as_ref().is_none_or(|bound| bounds::within(bound, pause))
            };
            let all = placed.value.len() == pauses.len() && placed.value.iter().zip(&pauses).all(same);
            let words = || {
                let expected = placed.value.iter().map(|bound| {
                    bound.as_ref().map_or_else(|| "_".to_owned(), |bound| bounds::words(bound, format_duration))
                });
                (listed(expected), listed(pauses.iter().map(|&pause| format_duration(pause))))
            };
            self.add((CheckKind::Pauses, None), held(all), placed, words);
        }
    }

    /// Why they ended so.
    pub(super) fn reasons(&mut self) {
        let (expect, trace) = (self.expect, self.trace);
        let Some(placed) = &expect.reason else { return };
        let mut reasons = trace.kept.iter().flat_map(|(_, record)| &record.reasons);
        let said = reasons.clone().any(|reason| reason.contains(&placed.value));
        let words = || {
            let first = reasons.next().map(|first| (first.clone(), reasons.filter(|reason| *reason != first).count()));
            let found = match first {
                None => "no reason".to_owned(),
                Some((first, 0)) => quoted(&first),
                Some((first, more)) => format!("{} and {more} more", quoted(&first)),
            };
            (format!("a reason that says {}", Value::from(placed.value.as_str()).literal()), found)
        };
        self.add((CheckKind::Reason, None), held(said), placed, words);
    }

    /// What the rate limit did to them.
    pub(super) fn limits(&mut self) {
        let (expect, trace) = (self.expect, self.trace);
        if let Some(placed) = &expect.limited_by {
            let limited: u64 = trace.limited_by.values().sum();
            let by = trace.limited_by.get(&placed.value).copied().unwrap_or(0);
            let state = match limited {
                0 => CheckState::NotReached,
                _ => held(by == limited),
            };
            let words = || {
                let found = match limited {
                    0 => "no prompt was limited".to_owned(),
                    _ => listed(trace.limited_by.iter().map(|(by, count)| format!("{count} by the {}", by.word()))),
                };
                (format!("the {}", placed.value.word()), found)
            };
            self.add((CheckKind::LimitedBy, None), state, placed, words);
        }
        if let Some(placed) = &expect.retry_after_ms {
            self.extent(CheckKind::RetryAfter, placed, trace.retry_after_ms, format_duration);
        }
    }

    /// How long they took.
    pub(super) fn times(&mut self) {
        let (expect, trace) = (self.expect, self.trace);
        if let Some(placed) = &expect.waited_ms {
            self.extent(CheckKind::Waited, placed, trace.waited_ms, format_duration);
        }
        if let Some(placed) = &expect.duration_ms {
            self.extent(CheckKind::Duration, placed, trace.took_ms, format_duration);
        }
    }

    /// A bound that every one of some numbers is within.
    fn extent(&mut self, kind: CheckKind, placed: &Placed<Bound<u64>>, extent: Extent, show: impl Fn(u64) -> String) {
        let range = extent.range();
        let (state, found) = of_extent(&placed.value, range, &show, "no prompt was limited");
        self.add((kind, None), state, placed, || (bounds::words(&placed.value, &show), found));
    }

    /// What is known of their transcripts.
    pub(super) fn transcript(&mut self) {
        let (expect, trace) = (self.expect, self.trace);
        let Some(placed) = &expect.transcript else { return };
        let wanted = &placed.value;
        if let Some(state) = wanted.state {
            let all = trace.transcripts.get(&state).copied().unwrap_or(0) == trace.counts.prompts;
            let words = || {
                let found = match &trace.kept[..] {
                    [(_, only)] if trace.counts.prompts == 1 => {
                        let transcript = &only.transcript;
                        with_reason(transcript.state.word(), transcript.reason.as_deref())
                    }
                    _ => listed(trace.transcripts.iter().map(|(state, count)| format!("{count} {}", state.word()))),
                };
                (state.word().to_owned(), found)
            };
            self.add((CheckKind::Transcript, None), held(all), placed, words);
        }
        if let Some(id) = &wanted.id {
            let other = trace.kept.iter().find(|(_, record)| record.transcript.id.as_ref() != Some(id));
            let words = || {
                let found = other.and_then(|(_, record)| record.transcript.id.clone());
                (id.clone(), found.unwrap_or_else(|| "none".to_owned()))
            };
            self.add((CheckKind::Transcript, Some("id".to_owned())), held(other.is_none()), placed, words);
        }
        let numbers = [
            ("questions", &wanted.questions, trace.questions, (|count| count.to_string()) as fn(u64) -> String),
            ("took", &wanted.took_ms, trace.transcript_ms, format_duration),
        ];
        for (name, bound, extent, show) in numbers {
            let Some(bound) = bound else { continue };
            let (state, found) = of_extent(bound, extent.range(), &show, "none was looked for");
            let words = || (bounds::words(bound, show), found);
            self.add((CheckKind::Transcript, Some(name.to_owned())), state, placed, words);
        }
    }

    /// What reached the agent.
    pub(super) fn shown(&mut self) {
        let (expect, trace, prompts) = (self.expect, self.trace, self.prompts);
        let Some(fields) = expect.shown.as_ref().filter(|fields| !fields.is_empty()) else { return };
        let reached = trace.kept.iter().filter(|(_, record)| record.reached_the_agent());
        let shown: Vec<Value> = reached.map(|(_, record)| wire(&shown(record, prompts))).collect();
        for placed in fields {
            let (field, expected) = &placed.value;
            let values = shown.iter().map(|shown| part(shown, field));
            let wrong: Vec<&Value> = values.filter(|value| !condition::holds(expected, value)).collect();
            let state = match (shown.is_empty(), wrong.is_empty()) {
                (true, _) => CheckState::NotReached,
                (false, all) => held(all),
            };
            let words = || {
                let mut found: Vec<String> = wrong.iter().take(NAMED).map(|value| value.literal()).collect();
                found.dedup();
                let found = if shown.is_empty() { "nothing was shown".to_owned() } else { found.join(", ") };
                (condition::words(expected), found)
            };
            self.add((CheckKind::Shown, Some(field.to_string())), state, placed, words);
        }
    }
}

fn held(holds: bool) -> CheckState {
    if holds { CheckState::Held } else { CheckState::Broken }
}

/// Whether all numbers of a range are within a bound, and the range in words; `nothing` says that there are none.
fn of_extent(
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

fn listed(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

fn with_reason(word: &str, reason: Option<&str>) -> String {
    reason.map_or_else(|| word.to_owned(), |reason| format!("{word}: {reason}"))
}

/// How a prompt ended, and why.
fn ending(record: &Record) -> String {
    let reasons = Some(record.reasons.join("; ")).filter(|reasons| !reasons.is_empty());
    with_reason(record.outcome.word(), reasons.as_deref())
}

/// How many ended how.
fn endings(trace: &PromptTrace) -> String {
    let counts = Outcome::ALL.map(|outcome| (trace.count(outcome), outcome.word()));
    let counts = counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    format!("{}: {}", count(trace.counts.prompts as usize, "prompt", "prompts"), listed(counts))
}

/// What the agent saw: the prompt, or the fallback that was made of it.
fn shown(record: &Record, prompts: &Prompts) -> Prompt {
    let mut shown = record.prompt.clone();
    if let (Outcome::Fallback, Some(fallback)) = (record.outcome, &prompts.settings.fallback) {
        shown.prompt_id = record.shown_id().clone();
        shown.content = fallback.content.as_str().into();
        shown.priority = fallback.priority;
    }
    shown
}

/// A prompt as it is sent.
fn wire(prompt: &Prompt) -> Value {
    serde_json::to_value(prompt).map(|json| Value::from_json(&json)).unwrap_or_default()
}

/// A field by its path.
fn part<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(value, |value, name| value.member(name).unwrap_or(&Value::Null))
}

//! Quotes the suite's line of a broken check with its secrets removed.

use std::sync::Arc;

use super::lookup_calls::{calls_to, input};
use super::{SourceExcerpt, condition};
use crate::flow::{Name, Value};
use crate::simulator::Trace;
use crate::source::diagnostics::{Source, Span};
use crate::suite::{Condition, Expectations};

/// What stands in place of a secret.
pub(super) const SECRET: &str = "[secret]";

/// Maximum number of characters of a line that an excerpt holds.
const MAX_LINE_CHARS: usize = 400;

/// The texts that the report of one scenario must not show.
pub(super) struct Secrets<'a> {
    /// The texts of the secret variables.
    texts: Vec<String>,
    /// Where the suite states the expected value of a secret.
    stated: Vec<(&'a Arc<Source>, Span)>,
    /// Whether the caller keyed a secret.
    keyed: bool,
}

impl<'a> Secrets<'a> {
    /// Collects the secrets of one call.
    pub(super) fn collect(expect: &'a Expectations, trace: &Trace) -> Self {
        let secret = || trace.variables.iter().filter(|variable| variable.secret);
        let texts: Vec<String> = secret()
            .filter(|variable| !matches!(variable.value, Value::Null))
            .map(|variable| variable.value.to_string())
            .filter(|text| !text.is_empty())
            .collect();
        let keyed = trace.steps.iter().any(|step| step.input.as_ref().is_some_and(|input| input.contains('•')));
        let variables =
            expect.variables.iter().filter(|placed| secret().any(|variable| variable.name == placed.value.0));
        let mut secrets =
            Self { texts, stated: variables.map(|placed| (&placed.source, placed.span)).collect(), keyed };
        let lookups = expect.lookups.iter().filter(|placed| {
            let wanted = &placed.value;
            let mut inputs = wanted.with.iter();
            inputs.any(|(name, condition)| secrets.show_in_input(&wanted.service, name, condition, trace))
        });
        let lookups: Vec<_> = lookups.map(|placed| (&placed.source, placed.span)).collect();
        secrets.stated.extend(lookups);
        secrets
    }

    /// For reports on data without secrets.
    pub(super) fn none() -> Self {
        Self { texts: Vec::new(), stated: Vec::new(), keyed: false }
    }

    /// Whether a text holds the value of a secret variable.
    pub(super) fn show_in(&self, text: &str) -> bool {
        self.texts.iter().any(|secret| text.contains(secret))
    }

    /// Whether the condition on an input of a lookup states a secret.
    pub(super) fn show_in_input(&self, service: &Name, name: &Name, condition: &Condition, trace: &Trace) -> bool {
        let is_masked = |value: &Value| matches!(value, Value::Text(text) if &**text == SECRET);
        calls_to(trace, service).any(|call| is_masked(input(call, name)))
            || self.show_in(&condition::describe(condition))
    }

    /// Quotes the line of a span.
    pub(super) fn excerpt(&self, source: &Arc<Source>, span: Span) -> SourceExcerpt {
        let position = source.position(span.start);
        let meant = source.slice(span).split(['\r', '\n']).next().unwrap_or_default();
        let length = u32::try_from(meant.chars().count()).unwrap_or(u32::MAX);
        let text = self.line(source, position.line, position.column as usize - 1, length as usize);
        SourceExcerpt { file: source.path().to_owned(), line: position.line, column: position.column, length, text }
    }

    fn line(&self, source: &Arc<Source>, number: u32, start: usize, length: usize) -> Option<String> {
        let end = start.saturating_add(length);
        let line = source.line(number);
        let stated = |(other, span): &(&Arc<Source>, Span)| {
            let last = span.end.saturating_sub(1).max(span.start);
            other.path() == source.path()
                && (source.position(span.start).line..=source.position(last).line).contains(&number)
        };
        if end > MAX_LINE_CHARS || self.show_in(line) || self.stated.iter().any(stated) {
            return None;
        }
        // Keys of a secret entry may be on the same line, and which digits they are is not known
        // here.
        let hidden = |index: usize, c: char| self.keyed && c.is_ascii_digit() && !(start..end).contains(&index);
        Some(
            line.chars()
                .take(MAX_LINE_CHARS)
                .enumerate()
                .map(|(index, c)| if hidden(index, c) { '•' } else { c })
                .collect(),
        )
    }
}

//! The place of a broken check, with its line of the suite made safe.

use std::sync::Arc;

use super::Place;
use super::lookups;
use crate::flow::Value;
use crate::simulator::Trace;
use crate::source::diagnostics::{Source, Span};
use crate::suite::Expectations;

/// Characters of a line that a place holds.
const LINE: usize = 400;

/// What a report on one scenario must not show.
pub(super) struct Secrets<'a> {
    /// The texts of the secret variables.
    texts: Vec<String>,
    /// Where the suite states what a secret is expected to be.
    stated: Vec<(&'a Arc<Source>, Span)>,
    /// Whether the caller keyed one.
    keyed: bool,
}

impl<'a> Secrets<'a> {
    /// The secrets of one call.
    pub(super) fn of(expect: &'a Expectations, trace: &Trace) -> Self {
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
        let lookups = expect.lookups.iter().filter(|placed| lookups::names_secret(&placed.value, trace, &secrets));
        let lookups: Vec<_> = lookups.map(|placed| (&placed.source, placed.span)).collect();
        secrets.stated.extend(lookups);
        secrets
    }

    /// None: what is reported on holds no secrets.
    pub(super) fn none() -> Self {
        Self { texts: Vec::new(), stated: Vec::new(), keyed: false }
    }

    /// Whether a text holds the value of a secret variable.
    pub(super) fn show_in(&self, text: &str) -> bool {
        self.texts.iter().any(|secret| text.contains(secret))
    }

    /// The place of a span.
    pub(super) fn place(&self, source: &Arc<Source>, span: Span) -> Place {
        let position = source.position(span.start);
        let meant = source.slice(span).split(['\r', '\n']).next().unwrap_or_default();
        let length = u32::try_from(meant.chars().count()).unwrap_or(u32::MAX);
        let text = self.line(source, position.line, position.column as usize - 1, length as usize);
        Place { file: source.path().to_owned(), line: position.line, column: position.column, length, text }
    }

    fn line(&self, source: &Arc<Source>, number: u32, start: usize, length: usize) -> Option<String> {
        let end = start.saturating_add(length);
        let line = source.line(number);
        let stated = |(other, span): &(&Arc<Source>, Span)| {
            let last = span.end.saturating_sub(1).max(span.start);
            other.path() == source.path()
                && (source.position(span.start).line..=source.position(last).line).contains(&number)
        };
        if end > LINE || self.show_in(line) || self.stated.iter().any(stated) {
            return None;
        }
        // Keys of a secret entry may stand on the same line, and nobody here knows which they are.
        let hidden = |index: usize, c: char| self.keyed && c.is_ascii_digit() && !(start..end).contains(&index);
        Some(line.chars().take(LINE).enumerate().map(|(index, c)| if hidden(index, c) { '•' } else { c }).collect())
    }
}

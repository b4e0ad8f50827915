//! Taking a tree apart, all mistakes collected.

use std::sync::Arc;

use super::{Entry, Node};
use crate::diagnose::{Diagnostic, Diagnostics, Source, Span, Spanned};

/// Reads models out of nodes of one source and collects what is wrong.
///
/// Every method that finds something else than it was asked for reports it at its place and returns `None`; the
/// caller goes on with the next field. Rules are reported under the `room` given at the start: `suite/unknown-key`.
pub struct Reader<'a> {
    source: Arc<Source>,
    rules: &'static Rules,
    diagnostics: &'a mut Diagnostics,
}

/// The rule names a reader reports under.
#[derive(Debug)]
pub struct Rules {
    /// For a key that nothing reads.
    pub unknown_key: &'static str,
    /// For a key that must be there.
    pub missing_key: &'static str,
    /// For a value of another shape or type.
    pub wrong_type: &'static str,
}

/// The fields of one mapping, each to be taken once; [`Fields::finish`] reports the rest as unknown.
pub struct Fields<'n> {
    what: &'static str,
    span: Span,
    entries: &'n [Entry],
    asked: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    /// A reader of one source.
    pub fn new(source: &Arc<Source>, rules: &'static Rules, diagnostics: &'a mut Diagnostics) -> Self {
        Self { source: source.clone(), rules, diagnostics }
    }

    /// The source it reads.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Appends a diagnostic.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// An error of this source, to be completed and [reported](Self::report).
    pub fn error(&self, rule: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(rule, &self.source, span, message)
    }

    /// The fields of a mapping; `what` is how messages call it, for example `a scenario`.
    pub fn mapping<'n>(&mut self, _node: &'n Node, _what: &'static str) -> Option<Fields<'n>> {
        todo!()
    }

    /// The entries of a mapping whose keys are the user's names.
    pub fn entries<'n>(&mut self, _node: &'n Node, _what: &'static str) -> Option<&'n [Entry]> {
        todo!()
    }

    /// The items of a list.
    pub fn sequence<'n>(&mut self, _node: &'n Node, _what: &'static str) -> Option<&'n [Node]> {
        todo!()
    }

    /// The items of a list, or the one value that stands in its place.
    pub fn one_or_many<'n>(&mut self, _node: &'n Node) -> &'n [Node] {
        todo!()
    }

    /// Any scalar but null, as text in its exact spelling; control characters other than tab and line breaks are
    /// errors.
    pub fn text(&mut self, _node: &Node, _what: &'static str) -> Option<Spanned<String>> {
        todo!()
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, _node: &Node, _what: &'static str) -> Option<bool> {
        todo!()
    }

    /// A whole number between `least` and `most`.
    pub fn integer(&mut self, _node: &Node, _what: &'static str, _least: i64, _most: i64) -> Option<i64> {
        todo!()
    }

    /// A finite number.
    pub fn decimal(&mut self, _node: &Node, _what: &'static str) -> Option<f64> {
        todo!()
    }

    /// A length of time such as `250ms`, `4s`, `1m 30s` or `PT5S`, in milliseconds; at most 30 days.
    pub fn duration(&mut self, _node: &Node, _what: &'static str) -> Option<u64> {
        todo!()
    }

    /// One of a closed set of words, as its index in `words`; a near miss is suggested.
    pub fn word(&mut self, _node: &Node, _what: &'static str, _words: &[&str]) -> Option<usize> {
        todo!()
    }
}

impl<'n> Fields<'n> {
    /// The whole mapping.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The value under `key`, if it is there; a null counts as not there.
    pub fn take(&mut self, _key: &'static str) -> Option<&'n Node> {
        todo!()
    }

    /// The value under `key`; its absence is reported.
    pub fn required(&mut self, _reader: &mut Reader<'_>, _key: &'static str) -> Option<&'n Node> {
        todo!()
    }

    /// The entry under `key`, for its key's place too.
    pub fn entry(&mut self, _key: &'static str) -> Option<&'n Entry> {
        todo!()
    }

    /// Reports every key that was not asked for, with the nearest that was.
    pub fn finish(self, _reader: &mut Reader<'_>) {
        todo!()
    }
}

//! Maps offsets in a decoded text to spans in the file.

use std::sync::Arc;

use crate::source::diagnostics::{Diagnostic, Source, Span, Spanned};

/// The location of a decoded text in its source.
pub(super) struct Place<'a> {
    source: &'a Arc<Source>,
    whole: Span,
    /// The offset in the source of the text's first byte, if the text is written verbatim.
    verbatim: Option<usize>,
}

/// A mistake in a text, at byte offsets of that text. Boxed to keep results small, because the
/// parser is recursive.
#[derive(Debug)]
pub(super) struct Problem(Box<Details>);

#[derive(Debug)]
struct Details {
    start: usize,
    end: usize,
    message: String,
    help: Option<String>,
}

impl Problem {
    pub(super) fn new(start: usize, end: usize, message: impl Into<String>) -> Self {
        Self(Box::new(Details { start, end, message: message.into(), help: None }))
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    pub(super) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.0.help = help.or(self.0.help);
        self
    }

    /// Shifts the problem into an enclosing text, where this text begins at `offset`.
    pub(super) fn shift(mut self, offset: usize) -> Self {
        self.0.start += offset;
        self.0.end += offset;
        self
    }
}

impl<'a> Place<'a> {
    pub(super) fn new(source: &'a Arc<Source>, text: &Spanned<String>) -> Self {
        let found = if text.value.is_empty() { None } else { source.slice(text.span).find(&*text.value) };
        Self { source, whole: text.span, verbatim: found.map(|offset| text.span.start as usize + offset) }
    }

    /// Converts the problem to a diagnostic: at the exact span if the text is written verbatim in
    /// the file, else at the whole scalar.
    pub(super) fn diagnostic(&self, Problem(problem): Problem) -> Diagnostic {
        let span = match self.verbatim {
            Some(base) if problem.start < problem.end => Span::new(base + problem.start, base + problem.end),
            _ => self.whole,
        };
        Diagnostic::error("flow/expression", self.source, span, problem.message).maybe_help(problem.help)
    }
}

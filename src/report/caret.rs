//! A place in a file drawn from a record alone, in the look of every other diagnostic.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::score::SourceExcerpt;
use crate::source::diagnostics::{DiagnosticRecord, Severity, Style, safe_text};

/// What a picture shows.
pub(super) struct Caret<'a> {
    pub(super) level: Severity,
    pub(super) rule: Option<&'a str>,
    pub(super) message: &'a str,
    pub(super) file: &'a str,
    pub(super) line: Option<u32>,
    pub(super) column: Option<u32>,
    pub(super) length: u32,
    pub(super) text: Option<&'a str>,
    pub(super) label: &'a str,
    pub(super) help: Option<&'a str>,
}

impl<'a> Caret<'a> {
    /// A check that did not hold.
    pub(super) fn check(message: &'a str, place: &'a SourceExcerpt, label: &'a str) -> Self {
        Self {
            level: Severity::Error,
            rule: None,
            message,
            file: &place.file,
            line: Some(place.line),
            column: Some(place.column),
            length: place.length,
            text: place.text.as_deref(),
            label,
            help: None,
        }
    }

    /// A diagnostic as records keep it.
    pub(super) fn diagnostic(record: &'a DiagnosticRecord) -> Self {
        Self {
            level: record.severity,
            rule: Some(&record.rule),
            message: &record.message,
            file: &record.file,
            line: record.line,
            column: record.column,
            length: record.length.unwrap_or(0),
            text: record.source_line.as_deref(),
            label: record.label.as_deref().unwrap_or_default(),
            help: record.help.as_deref(),
        }
    }

    /// The picture; ends with a line break.
    pub(super) fn draw(&self, style: Style) -> String {
        let level = match self.level {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let mut title = level.primary_title(safe_text(self.message));
        if let Some(rule) = self.rule {
            title = title.id(safe_text(rule));
        }
        let file = safe_text(self.file);
        let mut group = Group::with_title(title);
        match (self.text, self.line) {
            (Some(text), Some(line)) => {
                let text = safe_text(text).into_owned();
                let range = self.range(&text);
                let label = (!self.label.is_empty()).then(|| safe_text(self.label).into_owned());
                group = group.element(
                    Snippet::source(text)
                        .path(file)
                        .line_start(line as usize)
                        .annotation(AnnotationKind::Primary.span(range).label(label)),
                );
            }
            // The line may hold a secret, or the file could not be read: the place must do.
            (_, line) => {
                let mut origin = Origin::path(file);
                if let Some(line) = line {
                    origin = origin.line(line as usize);
                    if let Some(column) = self.column {
                        origin = origin.char_column(column as usize);
                    }
                }
                group = group.element(origin);
                if !self.label.is_empty() {
                    group = group.element(Level::NOTE.message(safe_text(self.label)));
                }
            }
        }
        if let Some(help) = self.help {
            group = group.element(Level::HELP.message(safe_text(help)));
        }
        let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
        let picture = renderer.term_width(style.width.max(40)).render(&[group]);
        // Without line numbers the renderer leaves no margin; diagnostics of whole files have one all the same.
        let margin = if self.text.is_none() || self.line.is_none() { " " } else { "" };
        let lines = picture.lines().enumerate();
        lines.flat_map(|(index, line)| [if index == 0 { "" } else { margin }, line.trim_end(), "\n"]).collect()
    }

    /// The bytes of the line that are meant. Safe text has as many characters as the text had.
    fn range(&self, text: &str) -> std::ops::Range<usize> {
        let offset = |characters: usize| text.char_indices().nth(characters).map_or(text.len(), |(index, _)| index);
        let first = self.column.unwrap_or(1).saturating_sub(1) as usize;
        offset(first)..offset(first.saturating_add(self.length as usize))
    }
}

//! Source texts and positions in them.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// A text read from a file (or held in memory), with the path that messages print.
///
/// Sources are shared by [`Arc`]: every span of a model points into one.
pub struct Source {
    path: String,
    text: String,
    line_starts: OnceLock<Vec<u32>>,
}

impl Source {
    /// A source of at most 4 GiB; `path` is what messages print, always with `/`.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { path: path.into(), text: text.into(), line_starts: OnceLock::new() })
    }

    /// The path as messages print it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text that a span covers; empty if the span lies outside the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Line and column of a byte offset, both counted from 1; columns count characters.
    pub fn position(&self, offset: u32) -> Position {
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start <= offset).max(1);
        let start = starts[line - 1] as usize;
        let end = (offset as usize).min(self.text.len());
        let column = self.text.get(start..end).map_or(0, |before| before.chars().count()) + 1;
        Position { line: line as u32, column: column as u32 }
    }

    /// The line with this number (counted from 1), without its line break.
    pub fn line(&self, number: u32) -> &str {
        let starts = self.line_starts();
        let Some(index) = (number as usize).checked_sub(1).filter(|&index| index < starts.len()) else { return "" };
        let end = starts.get(index + 1).map_or(self.text.len(), |&next| next as usize);
        self.text[starts[index] as usize..end].trim_end_matches(['\n', '\r'])
    }

    /// The existing lines from `first` to `last` (counted from 1, both included), with their line
    /// breaks.
    pub(crate) fn line_range(&self, first: u32, last: u32) -> &str {
        let starts = self.line_starts();
        let end_of = |number: u32| starts.get(number as usize).map_or(self.text.len(), |&next| next as usize);
        let start = first.checked_sub(1).map_or(0, end_of);
        self.text.get(start..end_of(last)).unwrap_or_default()
    }

    /// The byte at which the line of this offset begins.
    pub(super) fn line_start(&self, offset: u32) -> usize {
        let starts = self.line_starts();
        starts[starts.partition_point(|&start| start <= offset).max(1) - 1] as usize
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            // Lines are so short that testing each byte is faster than repeated searches.
            let breaks = self.text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(index, _)| index as u32 + 1)).collect()
        })
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({:?}, {} bytes)", self.path, self.text.len())
    }
}

/// A range of bytes in a [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// The span relative to the byte `start`. The offsets wrap, so [`Self::absolute_to`] restores
    /// spans before `start` too.
    #[must_use]
    pub fn relative_to(self, start: u32) -> Self {
        Self { start: self.start.wrapping_sub(start), end: self.end.wrapping_sub(start) }
    }

    /// The inverse of [`Self::relative_to`].
    #[must_use]
    pub fn absolute_to(self, start: u32) -> Self {
        Self { start: self.start.wrapping_add(start), end: self.end.wrapping_add(start) }
    }
}

/// Line and column, both from 1; the column counts characters, not bytes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, JsonSchema,
)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// A span in a source.
#[derive(Clone, Debug)]
pub struct Location {
    /// The source.
    pub source: Arc<Source>,
    /// The span within its text.
    pub span: Span,
}

impl Location {
    /// Line and column of its first character.
    pub fn position(&self) -> Position {
        self.source.position(self.span.start)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.position();
        write!(f, "{}:{line}:{column}", self.source.path())
    }
}

/// A value together with the span it was read from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its span in the source.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value read from `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// Compares values only: the span is not part of the meaning.
impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// The schema of a spanned value is that of its value: files do not contain spans.
impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn positions_are_what_counting_gives(text in "[a\u{e4}\u{1f600}\r\n]{0,40}", at in 0usize..60) {
            let source = Source::new("t", text.clone());
            let at = text.floor_char_boundary(at);
            let before = &text[..at];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            prop_assert_eq!(source.position(at as u32), Position { line: line as u32, column: column as u32 });
        }

        #[test]
        fn lines_are_those_of_the_text(text in "[a\u{e4}\r\n]{0,40}") {
            let source = Source::new("t", text.clone());
            let lines: Vec<&str> = text.split('\n').map(|line| line.trim_end_matches('\r')).collect();
            for (index, line) in lines.iter().enumerate() {
                prop_assert_eq!(source.line(index as u32 + 1), *line);
            }
            prop_assert_eq!(source.line(lines.len() as u32 + 1), "");
            prop_assert_eq!(source.line(0), "");
            let whole: Vec<&str> = text.split_inclusive('\n').collect();
            for (index, line) in whole.iter().enumerate() {
                prop_assert_eq!(source.line_range(index as u32 + 1, index as u32 + 1), *line);
                prop_assert_eq!(source.line_range(index as u32 + 1, u32::MAX), whole[index..].concat());
            }
            prop_assert_eq!(source.line_range(lines.len() as u32 + 1, u32::MAX), "");
            prop_assert_eq!(source.line_range(2, 1), "");
        }
    }

    #[test]
    fn a_spanned_value_has_the_schema_of_its_value() {
        let spanned = schemars::schema_for!(Spanned<Vec<u8>>);
        assert_eq!(spanned, schemars::schema_for!(Vec<u8>));
    }
}

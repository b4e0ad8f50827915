//! The source lines that the display of a diagnostic shows.

use std::ops::Range;
use std::sync::Arc;

use super::text::safe_char;
use super::{Location, Position, Source, safe_text};

/// Marks of one source share an excerpt if they are at most this many lines apart.
const MAX_LINE_DISTANCE: u32 = 2000;

/// A location, marked in its first line.
pub(super) struct MarkedSpan<'d> {
    source: &'d Arc<Source>,
    position: Position,
    /// The marked bytes of the line.
    columns: Range<usize>,
    label: &'d str,
    primary: bool,
}

impl<'d> MarkedSpan<'d> {
    pub(super) fn new(location: &'d Location, label: &'d str, primary: bool) -> Self {
        let source = &location.source;
        let text = source.text();
        let start = text.floor_char_boundary(location.span.start as usize);
        let end = text.ceil_char_boundary(location.span.end as usize).max(start);
        let position = source.position(start as u32);
        let line = source.line(position.line);
        // A span that begins in the line break is shown at the line's end.
        let before = (start - source.line_start(start as u32)).min(line.len());
        let columns = before..(before + (end - start)).min(line.len()).max(before);
        Self { source, position, columns, label, primary }
    }

    /// Whether both fit into one excerpt.
    pub(super) fn is_near(&self, other: &Self) -> bool {
        Arc::ptr_eq(self.source, other.source) && self.position.line.abs_diff(other.position.line) <= MAX_LINE_DISTANCE
    }
}

/// A mark in the text of an excerpt.
pub(super) struct ExcerptMark {
    /// Bytes of the excerpt's text.
    pub(super) range: Range<usize>,
    pub(super) label: String,
    pub(super) primary: bool,
}

/// Lines of one source, sanitised for a terminal and cut to its width.
pub(super) struct Excerpt<'d> {
    pub(super) source: &'d Arc<Source>,
    /// The position of the primary mark.
    pub(super) position: Position,
    pub(super) first_line: usize,
    pub(super) text: String,
    pub(super) marks: Vec<ExcerptMark>,
}

impl<'d> Excerpt<'d> {
    /// The lines of these marks (at least one, all of one source), each cut to about `width`
    /// characters. Lines that the renderer folds away are left empty.
    pub(super) fn new(marks: Vec<MarkedSpan<'d>>, width: usize) -> Self {
        let (source, position) = (marks[0].source, marks[0].position);
        // The renderer trims lines that do not fit beside the line number and the label.
        let label = marks.iter().map(|mark| mark.label.len() + 1).max().unwrap_or_default();
        let width = width.saturating_sub(8 + label.min(width / 2)).max(16);
        let lines = marks.iter().map(|mark| mark.position.line);
        let (first, last) = lines.fold((u32::MAX, 0), |(low, high), line| (low.min(line), high.max(line)));
        let mut excerpt = Self { source, position, first_line: first as usize, text: String::new(), marks: Vec::new() };
        for line in first..=last {
            if line > first {
                excerpt.text.push('\n');
            }
            let of_line: Vec<&MarkedSpan> = marks.iter().filter(|mark| mark.position.line == line).collect();
            let near = |mark: &MarkedSpan| mark.position.line.abs_diff(line) <= 2;
            if !of_line.is_empty() || marks.iter().any(near) {
                excerpt.push(source.line(line), &of_line, width);
            }
        }
        excerpt
    }

    fn push(&mut self, line: &str, marks: &[&MarkedSpan], width: usize) {
        let window = window(line, marks, width);
        if window.start > 0 {
            self.text.push('\u{2026}');
        }
        let base = self.text.len();
        let length = |range: Range<usize>| line[range].chars().map(|c| safe_char(c).len_utf8()).sum::<usize>();
        for mark in marks {
            let clamp = |at: usize| at.clamp(window.start, window.end);
            let start = base + length(window.start..clamp(mark.columns.start));
            let end = start + length(clamp(mark.columns.start)..clamp(mark.columns.end));
            let label = safe_text(mark.label).into_owned();
            self.marks.push(ExcerptMark { range: start..end, label, primary: mark.primary });
        }
        self.text.extend(line[window.clone()].chars().map(safe_char));
        if window.end < line.len() {
            self.text.push('\u{2026}');
        }
    }
}

/// The part of a line that is shown: all of it if it is short, otherwise what surrounds its marks.
fn window(line: &str, marks: &[&MarkedSpan], width: usize) -> Range<usize> {
    if line.len() <= width {
        return 0..line.len();
    }
    let Some(first) = marks.iter().find(|mark| mark.primary).or(marks.first()) else {
        return 0..after(line, 0, width);
    };
    let hull = marks
        .iter()
        .fold(first.columns.clone(), |hull, mark| hull.start.min(mark.columns.start)..hull.end.max(mark.columns.end));
    let inner = if hull.len() <= width { hull } else { first.columns.clone() };
    let end = inner.end.min(after(line, inner.start, width));
    let space = width.saturating_sub(line[inner.start..end].chars().count());
    // Less than half of the space goes before the mark because the label follows it.
    let start = before(line, inner.start, space * 2 / 5);
    start..after(line, start, width).max(end)
}

/// The offset `count` characters after `from`.
fn after(line: &str, from: usize, count: usize) -> usize {
    line[from..].char_indices().nth(count).map_or(line.len(), |(index, _)| from + index)
}

/// The offset `count` characters before `from`.
fn before(line: &str, from: usize, count: usize) -> usize {
    line[..from].char_indices().rev().take(count).last().map_or(from, |(index, _)| index)
}

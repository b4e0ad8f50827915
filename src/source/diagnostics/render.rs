//! Renders diagnostics for people, in the style of the Rust compiler.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Padding, Patch, Renderer, Snippet};

use super::excerpt::{Excerpt, MarkedSpan};
use super::{Diagnostic, Location, Severity, safe_text};

/// How a diagnostic is rendered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// With ANSI colours.
    pub color: bool,
    /// Columns of the terminal; long source lines are trimmed around the caret.
    pub width: usize,
}

impl Default for Style {
    /// Without colours, 100 columns wide.
    fn default() -> Self {
        Self { color: false, width: 100 }
    }
}

/// Minimum width in columns at which source lines stay legible.
const MIN_WIDTH: usize = 40;

/// Renders one diagnostic; the result ends with a line break.
///
/// The result holds no text of the file except the marked lines, with control characters replaced
/// (see [`safe_text`]) and cut to `style.width`. For a span over several lines the first is marked.
pub(crate) fn render(diagnostic: &Diagnostic, style: Style) -> String {
    let width = style.width.max(MIN_WIDTH);
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut main = Group::with_title(level.primary_title(safe_text(&diagnostic.message)).id(diagnostic.rule));
    let mut patch = None;
    match &diagnostic.location {
        None => main = main.element(Origin::path(safe_text(&diagnostic.path))),
        Some(location) => {
            for (index, excerpt) in excerpts(diagnostic, location, width).into_iter().enumerate() {
                if index > 0 {
                    main = main.element(Padding);
                }
                let position = excerpt.position;
                main = main.element(
                    Origin::path(safe_text(excerpt.source.path()).into_owned())
                        .line(position.line as usize)
                        .char_column(position.column as usize),
                );
                let annotations = excerpt.marks.into_iter().map(|mark| {
                    let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
                    let label = (!mark.label.is_empty()).then_some(mark.label);
                    kind.span(mark.range).label(label)
                });
                main =
                    main.element(Snippet::source(excerpt.text).line_start(excerpt.first_line).annotations(annotations));
            }
            patch = diagnostic.replacement.as_deref().and_then(|text| suggestion(location, text, width));
        }
    }
    let help = diagnostic.help.as_deref().map(safe_text);
    let mut groups = Vec::with_capacity(2);
    match (patch, help) {
        (Some(patch), help) => {
            groups.push(main);
            let title = help.unwrap_or_else(|| "write this instead".into());
            groups.push(Level::HELP.secondary_title(title).element(patch));
        }
        (None, Some(help)) => groups.push(main.element(Level::HELP.message(help))),
        (None, None) => groups.push(main),
    }
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let picture = renderer.term_width(width).render(&groups);
    tidy(&picture, diagnostic.location.is_none())
}

/// Removes the empty `:::` line that the renderer writes for an excerpt without a path (the path
/// stands above it, with a column that counts from the start of the whole line), and indents as if
/// there were line numbers.
fn tidy(picture: &str, indent: bool) -> String {
    let mut tidy = String::with_capacity(picture.len() + 1);
    for (index, line) in picture.lines().enumerate() {
        if is_stray(line) {
            continue;
        }
        if indent && index > 0 {
            tidy.push(' ');
        }
        tidy.push_str(line.trim_end());
        tidy.push('\n');
    }
    tidy
}

/// Whether a line holds only `:::`, ignoring colours.
fn is_stray(line: &str) -> bool {
    let mut rest = line;
    let mut said = String::new();
    // Escapes are only the renderer's own, each ends with an `m`.
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        said.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    said.push_str(rest);
    said.trim() == ":::"
}

/// The marked lines: one excerpt for each source, or several where the marks are far apart.
fn excerpts<'d>(diagnostic: &'d Diagnostic, location: &'d Location, width: usize) -> Vec<Excerpt<'d>> {
    let first = MarkedSpan::new(location, &diagnostic.label, true);
    let mut groups = vec![vec![first]];
    for related in &diagnostic.related {
        let mark = MarkedSpan::new(&related.location, &related.label, false);
        match groups.iter_mut().find(|group| group.iter().any(|other| other.is_near(&mark))) {
            Some(group) => group.push(mark),
            None => groups.push(vec![mark]),
        }
    }
    groups.into_iter().map(|marks| Excerpt::new(marks, width)).collect()
}

/// The line with the replacement applied; none if either spans several lines.
fn suggestion(location: &Location, replacement: &str, width: usize) -> Option<Snippet<'static, Patch<'static>>> {
    let written = location.source.slice(location.span);
    if written.contains('\n') || replacement.contains('\n') || replacement.chars().count() > width {
        return None;
    }
    let excerpt = Excerpt::new(vec![MarkedSpan::new(location, "", true)], width / 2);
    let range = excerpt.marks.first()?.range.clone();
    let patch = Patch::new(range, safe_text(replacement).into_owned());
    Some(Snippet::source(excerpt.text).line_start(excerpt.first_line).patch(patch))
}

#[cfg(test)]
mod tests;

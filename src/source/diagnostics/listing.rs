//! Lists of diagnostics: rendering, and a summary of their number.

use std::collections::HashSet;

use super::{Diagnostic, Diagnostics, Severity, Style, render};

/// Renders all of them, sorted by file and position, separated by empty lines. Diagnostics at one
/// position keep the order in which they were found. Exact duplicates are rendered once.
pub(crate) fn render_all(diagnostics: &Diagnostics, style: Style) -> String {
    let pictures: Vec<String> = sorted(diagnostics).into_iter().map(|diagnostic| render(diagnostic, style)).collect();
    pictures.join("\n")
}

/// Their number in words: `3 errors and 1 warning in 2 files`. Exact duplicates count once.
pub(crate) fn summary(diagnostics: &Diagnostics) -> String {
    let list = sorted(diagnostics);
    let files: HashSet<&str> = list.iter().map(|diagnostic| &*diagnostic.path).collect();
    let count = |severity| list.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let counts: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
        .into_iter()
        .map(|(severity, noun)| (count(severity), noun))
        .filter(|&(count, _)| count > 0)
        .map(|(count, noun)| counted(count, noun))
        .collect();
    match counts.as_slice() {
        [] => "no errors".to_owned(),
        [one] => format!("{one} in {}", counted(files.len(), "file")),
        [first @ .., last] => format!("{} and {last} in {}", first.join(", "), counted(files.len(), "file")),
    }
}

/// A number and a noun whose plural ends in `s`: `1 suite`, `2 suites`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Sorts by path and position and removes exact duplicates.
fn sorted(diagnostics: &Diagnostics) -> Vec<&Diagnostic> {
    let mut list: Vec<&Diagnostic> = diagnostics.iter().collect();
    // Those about a whole file come before those inside it.
    list.sort_by_key(|diagnostic| (&diagnostic.path, diagnostic.location.as_ref().map(|location| location.span.start)));
    let mut seen = HashSet::new();
    list.retain(|diagnostic| {
        let span = diagnostic.location.as_ref().map(|location| location.span);
        seen.insert((diagnostic.rule, &diagnostic.message, &diagnostic.path, span))
    });
    list
}

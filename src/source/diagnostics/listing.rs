//! Many diagnostics at once.

use std::collections::HashSet;

use super::{Diagnostic, Diagnostics, Severity, Style, render};

/// Draws all of them, sorted by file and place (those of one place stay in the order in which they were found), with
/// an empty line between two. What was reported twice in the same words for the same place is drawn once.
pub(crate) fn render_all(diagnostics: &Diagnostics, style: Style) -> String {
    let pictures: Vec<String> = sorted(diagnostics).into_iter().map(|diagnostic| render(diagnostic, style)).collect();
    pictures.join("\n")
}

/// How many there are, in words: `3 errors and 1 warning in 2 files`; exact repeats count once.
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

/// `1 suite`, `2 suites`: a number of things whose plural only takes an `s`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// By path and place, without exact repeats.
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

//! What is wrong with a scenario, as text without colours.

use std::fmt::Write;

use super::diff::path_diff;
use crate::record::{ScenarioRecord, check_contrast, check_subject};
use crate::score::{Check, CheckKind};
use crate::source::diagnostics::DiagnosticRecord;

/// All checks of a scenario that did not hold, each with its place, expected and taken; for a path also both columns.
/// Where there are none, the reason. Each line ends with a line break.
pub(crate) fn broken_text(scenario: &ScenarioRecord) -> String {
    let mut text = String::new();
    if let Some(reason) = &scenario.reason {
        let _ = writeln!(text, "{}:{}: {reason}", scenario.file, scenario.line);
    }
    for check in scenario.broken() {
        check_text(&mut text, scenario, check);
    }
    if text.is_empty()
        && let Some(why) = scenario.why()
    {
        let _ = writeln!(text, "{}:{}: {why}", scenario.file, scenario.line);
    }
    text
}

/// All that is wrong with a file that could not be used, each with its place and what to write instead.
pub(super) fn rejected_text(diagnostics: &[DiagnosticRecord]) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        // Writing to a text cannot fail.
        let _ = match (diagnostic.line, diagnostic.column) {
            (Some(line), Some(column)) => write!(text, "{}:{line}:{column}: ", diagnostic.file),
            _ => write!(text, "{}: ", diagnostic.file),
        };
        let _ = writeln!(text, "{}", diagnostic.message);
        if let Some(help) = &diagnostic.help {
            let _ = writeln!(text, "  help: {help}");
        }
    }
    text
}

// Writing to a text cannot fail.
fn check_text(text: &mut String, scenario: &ScenarioRecord, check: &Check) {
    let _ = match &check.place {
        Some(place) => write!(text, "{}:{}:{}: ", place.file, place.line, place.column),
        None => write!(text, "{}:{}: ", scenario.file, scenario.line),
    };
    let alignment = scenario.score.as_ref().and_then(|score| score.path.as_ref()).map(|path| &path.alignment[..]);
    match alignment.filter(|rows| check.kind == CheckKind::Path && !rows.is_empty()) {
        Some(rows) => {
            let _ = writeln!(text, "{} is not as expected", check_subject(check));
            for line in path_diff(rows) {
                let _ = writeln!(text, "  {}{}", line.mark.sign(), line.text);
            }
        }
        None => {
            let _ = writeln!(text, "{}: {}", check_subject(check), check_contrast(check));
        }
    }
}

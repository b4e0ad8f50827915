//! A scenario that did not pass, and a file that could not be used.

use crate::record::{ScenarioRecord, Verdict, check_contrast, check_subject};
use crate::report::caret::Caret;
use crate::report::diff::{DiffMark, path_diff};
use crate::report::paint::Paint;
use crate::score::{Check, CheckKind};
use crate::source::diagnostics::{DiagnosticRecord, Style, safe_text};

/// Scenarios that are shown with all that is wrong; of further ones there is a line each.
const DETAILED: usize = 100;
/// Broken checks of one scenario that are shown.
const CHECKS: usize = 10;

/// Draws problems.
pub(super) struct Problems {
    style: Style,
    paint: Paint,
    shown: usize,
}

impl Problems {
    pub(super) fn new(style: Style) -> Self {
        Self { style, paint: Paint { color: style.color }, shown: 0 }
    }

    /// A file that could not be used.
    pub(super) fn rejected(&self, diagnostics: &[DiagnosticRecord]) -> String {
        let draw = |diagnostic: &DiagnosticRecord| Caret::diagnostic(diagnostic).draw(self.style) + "\n";
        diagnostics.iter().map(draw).collect()
    }

    /// A scenario that did not pass: a heading, then each broken check.
    pub(super) fn scenario(&mut self, scenario: &ScenarioRecord) -> String {
        let verdict = self.paint.verdict(scenario.verdict, format!("{:<7}", scenario.verdict.word()));
        let heading = format!("{verdict}  {}", self.paint.bold(safe_text(&scenario.id)));
        self.shown += 1;
        if self.shown > DETAILED || scenario.verdict == Verdict::Flaky {
            let why = scenario.why().unwrap_or_default();
            let end = if self.shown > DETAILED { "\n" } else { "\n\n" };
            return format!("{heading}  {}{end}", self.paint.dim(format!("({})", safe_text(&why))));
        }
        let mut text = heading + "\n";
        if let Some(reason) = &scenario.reason {
            let (file, line) = (&scenario.file, Some(scenario.line));
            let level = crate::source::diagnostics::Severity::Error;
            let caret = Caret {
                level,
                rule: None,
                message: reason,
                file,
                line,
                column: None,
                length: 0,
                text: None,
                label: "",
                help: None,
            };
            text += &caret.draw(self.style);
        }
        let mut broken = scenario.broken();
        for check in broken.by_ref().take(CHECKS) {
            text += &self.check(scenario, check);
        }
        match broken.count() {
            0 => {}
            more => text += &format!("… and {more} more broken checks, see run.json\n"),
        }
        if scenario.attempts.len() > 1 {
            text += &self.paint.dim(format!("none of {} attempts passed", scenario.attempts.len()));
            text.push('\n');
        }
        text + "\n"
    }

    fn check(&self, scenario: &ScenarioRecord, check: &Check) -> String {
        let path =
            scenario.score.as_ref().and_then(|score| score.path.as_ref()).filter(|_| check.kind == CheckKind::Path);
        // Both columns say more about a path than a label could.
        let diff = path.filter(|path| !path.alignment.is_empty());
        let contrast = check_contrast(check);
        let label = match diff {
            Some(path) => format!("fits to {}", crate::report::numbers::percent(Some(path.fitness))),
            None => contrast.clone(),
        };
        let subject = check_subject(check);
        let mut text = match check.place.as_deref() {
            Some(place) => {
                let message = format!("{subject} is not as expected");
                Caret::check(&message, place, &label).draw(self.style)
            }
            None => format!("{} {}: {}\n", self.paint.red("error:"), safe_text(&subject), safe_text(&contrast)),
        };
        for line in diff.map(|path| path_diff(&path.alignment)).unwrap_or_default() {
            let shown = format!("    {}{}", line.mark.sign(), safe_text(&line.text));
            text += &match line.mark {
                DiffMark::Heading => self.paint.dim(shown),
                DiffMark::Same => shown,
                DiffMark::Missing | DiffMark::Other => self.paint.red(shown),
                DiffMark::Extra => self.paint.green(shown),
            };
            text.push('\n');
        }
        text
    }
}

//! Annotations of GitHub Actions: workflow commands that put a message beside a line of a suite.

use std::io::Write;

use crate::record::{Event, EventKind, GateRecord, ScenarioRecord, Verdict, check_sentence};
use crate::report::gate::gate_sentence;
use crate::report::numbers::things;
use crate::runner::{Json, Order, ReportError, Reporter};
use crate::source::diagnostics::{DiagnosticRecord, Severity, safe_text};

/// Annotations of a kind that GitHub shows of one step.
const SHOWN: usize = 10;
/// Checks of a scenario that are told.
const CHECKS: usize = 10;

/// Prints the annotations when the run is over: files that cannot be used, missed gates and scenarios that failed are
/// errors, flaky scenarios are warnings. Ten of a kind are printed, the others are counted in one notice.
pub(crate) struct Annotations {
    out: Box<dyn Write + Send>,
    folder: String,
    files: Kept,
    gates: Kept,
    scenarios: Kept,
    warnings: Kept,
}

/// The first of some annotations, and how many there are.
#[derive(Debug, Default)]
struct Kept {
    lines: Vec<String>,
    all: u64,
}

impl Kept {
    fn add(&mut self, line: impl FnOnce() -> String) {
        self.all += 1;
        if self.lines.len() < SHOWN {
            self.lines.push(line());
        }
    }
}

impl Annotations {
    /// Annotations on `out`. `folder` is where the suite root lies below the repository's: empty, or ending with `/`.
    pub(crate) fn new(out: Box<dyn Write + Send>, folder: &str) -> Self {
        let none = || Kept::default();
        Self { out, folder: folder.to_owned(), files: none(), gates: none(), scenarios: none(), warnings: none() }
    }

    fn diagnostic(&mut self, diagnostic: &DiagnosticRecord) {
        let path = below(&self.folder, &diagnostic.file);
        let (kept, kind) = match diagnostic.severity {
            Severity::Error => (&mut self.files, "error"),
            Severity::Warning => (&mut self.warnings, "warning"),
            Severity::Note => return,
        };
        kept.add(|| {
            let help = diagnostic.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
            let place = diagnostic.line.map(|line| (line, diagnostic.column, diagnostic.length));
            command(kind, Some((&path, place)), &diagnostic.rule, &format!("{}{help}", diagnostic.message))
        });
    }

    fn scenario(&mut self, scenario: &ScenarioRecord) {
        let (kept, kind) = match scenario.verdict {
            Verdict::Failed | Verdict::Error => (&mut self.scenarios, "error"),
            Verdict::Flaky => (&mut self.warnings, "warning"),
            Verdict::Passed | Verdict::Skipped => return,
        };
        let folder = &self.folder;
        kept.add(|| {
            let first = scenario.broken().find_map(|check| check.place.as_deref());
            // A check that is inherited stands in another file.
            let first = first.filter(|_| scenario.reason.is_none() && scenario.verdict == Verdict::Failed);
            let (file, line) = first.map_or((&*scenario.file, scenario.line), |place| (&*place.file, place.line));
            let place = (line, first.map(|place| place.column), first.map(|place| place.length));
            let path = below(folder, file);
            let title = format!("{}: {}", scenario.verdict.word(), scenario.id);
            command(kind, Some((&path, Some(place))), &title, &message(scenario, file, line))
        });
    }

    fn gate(&mut self, gate: &GateRecord) {
        self.gates.add(|| command("error", None, "gate missed", &gate_sentence(gate)));
    }
}

/// A file by its path below the repository.
fn below(folder: &str, file: &str) -> String {
    if file.starts_with('/') { file.to_owned() } else { format!("{folder}{file}") }
}

/// What is wrong, a line for each check; the place only where it is another than the annotation's.
fn message(scenario: &ScenarioRecord, file: &str, line: u32) -> String {
    let mut lines: Vec<String> = scenario.reason.iter().cloned().collect();
    if scenario.verdict == Verdict::Failed {
        let all = scenario.broken().count();
        lines.extend(scenario.broken().take(CHECKS).map(|check| match &check.place {
            Some(place) if place.file != file => format!("{}:{}: {}", place.file, place.line, check_sentence(check)),
            Some(place) if place.line != line => format!("line {}: {}", place.line, check_sentence(check)),
            _ => check_sentence(check),
        }));
        if all > CHECKS {
            lines.push(format!("… and {} more", things((all - CHECKS) as u64, "broken check", "broken checks")));
        }
    }
    if lines.is_empty() {
        lines.extend(scenario.why());
    }
    lines.join("\n")
}

type Place = (u32, Option<u32>, Option<u32>);

/// One workflow command, with a line break.
fn command(kind: &str, place: Option<(&str, Option<Place>)>, title: &str, message: &str) -> String {
    let mut properties = Vec::new();
    if let Some((file, place)) = place {
        properties.push(format!("file={}", property(file)));
        if let Some((line, column, length)) = place {
            properties.push(format!("line={line}"));
            if let Some(column) = column {
                properties.push(format!("col={column}"));
                if let Some(length) = length.filter(|&length| length > 0) {
                    // The last column that is meant.
                    properties.push(format!("endColumn={}", column.saturating_add(length - 1)));
                }
            }
        }
    }
    properties.push(format!("title={}", property(title)));
    format!("::{kind} {}::{}\n", properties.join(","), data(message))
}

/// A message: what would end the line is escaped.
fn data(text: &str) -> String {
    safe_text(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property: also what would end the property, or all of them.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

impl Reporter for Annotations {
    fn name(&self) -> &str {
        "annotations"
    }

    fn order(&self) -> Order {
        Order::Plan
    }

    fn event(&mut self, event: &Event, _: Option<&Json>) -> Result<(), ReportError> {
        match &event.kind {
            EventKind::FileRejected { diagnostics, .. } => diagnostics.iter().for_each(|one| self.diagnostic(one)),
            EventKind::ScenarioFinished { scenario, .. } => self.scenario(scenario),
            EventKind::RunFinished { summary } => summary.missed_gates().for_each(|gate| self.gate(gate)),
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        let Self { files, gates, scenarios, warnings, .. } = &*self;
        let errors: Vec<&String> = [files, gates, scenarios].into_iter().flat_map(|kept| &kept.lines).collect();
        let mut text: String = errors.iter().take(SHOWN).copied().chain(&warnings.lines).cloned().collect();
        let more_errors = files.all + gates.all + scenarios.all - errors.len().min(SHOWN) as u64;
        let more_warnings = warnings.all - warnings.lines.len() as u64;
        let more = [(more_errors, "more error", "more errors"), (more_warnings, "more warning", "more warnings")];
        let more = more.iter().filter(|(number, ..)| *number > 0);
        let more: Vec<String> = more.map(|(number, one, many)| things(*number, one, many)).collect();
        if !more.is_empty() {
            text +=
                &command("notice", None, "callpath", &format!("{} not shown here; run.json has all", more.join(", ")));
        }
        let written = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        written.map_err(|error| ReportError(format!("cannot print the annotations: {error}")))
    }
}

#[cfg(test)]
mod tests;

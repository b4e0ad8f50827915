//! What people read while it runs and when it is over.

mod assist;
mod coverage;
mod definitions;
mod problem;
mod summary;

use std::io::Write;
use std::path::Path;

use indicatif::ProgressBar;
use problem::Problems;

use super::paint::Paint;
use crate::record::{Event, EventKind, RunRecord, ScenarioRecord, StopReason, Verdict};
use crate::runner::{Json, Order, ReportError, Reporter};
use crate::source::diagnostics::{Style, safe_text};

/// Ids of failing scenarios that the summary lists.
const LISTED: usize = 20;

/// How the terminal report looks.
#[derive(Clone, Debug)]
pub(crate) struct TerminalOptions {
    /// With ANSI colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// A line for each scenario, not only for those that did not pass.
    pub verbose: bool,
    /// Only the last line of the summary, and what went wrong with the run itself.
    pub quiet: bool,
    /// Where the reports are written, for the summary: the files as messages show them.
    pub reports: Vec<String>,
}

impl Default for TerminalOptions {
    /// Without colours, 100 columns, neither verbose nor quiet, no reports.
    fn default() -> Self {
        Self { color: false, width: 100, verbose: false, quiet: false, reports: Vec::new() }
    }
}

/// Prints problems as they come, in the plan's order, and a summary.
pub(crate) struct Terminal {
    out: Box<dyn Write + Send>,
    /// A line of progress on the same terminal, which must give way while something is printed.
    bar: Option<ProgressBar>,
    options: TerminalOptions,
    paint: Paint,
    problems: Problems,
    failing: Vec<String>,
    failing_count: u64,
    summary: Option<Box<RunRecord>>,
}

impl Terminal {
    /// A report on `out`; `bar` is the progress line that shares the terminal with it.
    pub(crate) fn new(out: Box<dyn Write + Send>, bar: Option<ProgressBar>, options: TerminalOptions) -> Self {
        Self {
            out,
            bar,
            paint: Paint { color: options.color },
            problems: Problems::new(Style { color: options.color, width: options.width }),
            options,
            failing: Vec::new(),
            failing_count: 0,
            summary: None,
        }
    }

    fn print(&mut self, text: &str) -> Result<(), ReportError> {
        if text.is_empty() {
            return Ok(());
        }
        let out = &mut self.out;
        let mut write = || out.write_all(text.as_bytes()).and_then(|()| out.flush());
        let written = match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        };
        written.map_err(|error| ReportError(format!("cannot write to the terminal: {error}")))
    }

    fn scenario(&mut self, scenario: &ScenarioRecord) -> String {
        if matches!(scenario.verdict, Verdict::Failed | Verdict::Error) {
            self.failing_count += 1;
            if self.failing.len() < LISTED {
                self.failing.push(scenario.id.clone());
            }
        }
        match scenario.verdict {
            _ if self.options.quiet => String::new(),
            Verdict::Failed | Verdict::Error | Verdict::Flaky => self.problems.scenario(scenario),
            Verdict::Passed | Verdict::Skipped if self.options.verbose => self.line(scenario),
            Verdict::Passed | Verdict::Skipped => String::new(),
        }
    }

    fn line(&self, scenario: &ScenarioRecord) -> String {
        let verdict = self.paint.verdict(scenario.verdict, format!("{:<7}", scenario.verdict.word()));
        let rest = match &scenario.reason {
            Some(reason) => format!("({})", safe_text(reason)),
            None => super::numbers::wall(scenario.wall.duration_us),
        };
        format!("{verdict}  {}  {}\n", safe_text(&scenario.id), self.paint.dim(rest))
    }
}

/// How a run ended and how long it took, in one line without colours.
pub(super) fn verdicts(record: &RunRecord) -> String {
    summary::verdicts(record, Paint { color: false })
}

impl Reporter for Terminal {
    fn name(&self) -> &str {
        "terminal"
    }

    fn order(&self) -> Order {
        Order::Plan
    }

    fn event(&mut self, event: &Event, _: Option<&Json>) -> Result<(), ReportError> {
        let text = match &event.kind {
            EventKind::RunStarted { .. } | EventKind::ScenarioStarted { .. } => return Ok(()),
            EventKind::ScenarioRetried { id, attempt, reason } if self.options.verbose => {
                let why = self.paint.dim(format!("(attempt {attempt}: {})", safe_text(reason)));
                format!("{}  {}  {why}\n", self.paint.verdict(Verdict::Flaky, "again  "), safe_text(id))
            }
            EventKind::ScenarioRetried { .. } => return Ok(()),
            EventKind::FileRejected { .. } if self.options.quiet => return Ok(()),
            EventKind::FileRejected { diagnostics, .. } => self.problems.rejected(diagnostics),
            EventKind::ScenarioFinished { scenario, .. } => self.scenario(scenario),
            EventKind::Stopping { reason } => {
                let reason = match reason {
                    StopReason::Interrupted => "interrupted: what runs is cancelled, the rest is skipped".to_owned(),
                    StopReason::MaxFail => "enough scenarios failed: the rest is skipped".to_owned(),
                    StopReason::Unusable { reason } => {
                        format!("the target cannot be used, the rest is skipped: {}", safe_text(reason))
                    }
                };
                format!("{}\n\n", self.paint.red(reason))
            }
            EventKind::ReporterFailed { reporter, message } => {
                self.options.reports.retain(|path| !Path::new(path).ends_with(reporter));
                let problem = format!("the report '{reporter}' could not be written: {}", safe_text(message));
                format!("{} {problem}\n\n", self.paint.red("error:"))
            }
            EventKind::RunFinished { summary } => {
                // Printed at the very end, after what other reporters have to say.
                self.summary = Some(summary.clone());
                return Ok(());
            }
        };
        self.print(&text)
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let Some(record) = self.summary.take() else { return Ok(()) };
        if record.coverage.is_none() {
            // Then there is no such file.
            self.options.reports.retain(|path| !Path::new(path).ends_with("coverage.xml"));
        }
        let Self { failing, failing_count, options, paint, .. } = &*self;
        let text = if options.quiet {
            summary::verdicts(&record, *paint)
        } else {
            summary::summary(&record, failing, *failing_count, &options.reports, *paint)
        };
        self.print(&text)
    }
}

#[cfg(test)]
mod tests;

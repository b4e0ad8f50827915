//! A line of live progress.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::record::{Event, EventKind, Totals, Verdict};
use crate::runner::{Json, Order, ReportError, Reporter};
use crate::source::diagnostics::safe_text;

/// How often the line is made anew.
const PACE: Duration = Duration::from_millis(50);

/// Shows a bar with counts on stderr while a run goes on.
pub(crate) struct Progress {
    bar: ProgressBar,
    last_failing: Option<String>,
    drawn: Instant,
}

impl Progress {
    /// A line on stderr; nothing is drawn where that is no terminal.
    pub(crate) fn new(color: bool) -> Self {
        Self::on(ProgressDrawTarget::stderr(), color)
    }

    fn on(target: ProgressDrawTarget, color: bool) -> Self {
        let template =
            if color { "{bar:24.green} {pos}/{len}  {wide_msg}" } else { "{bar:24} {pos}/{len}  {wide_msg}" };
        // The template is fixed and valid; were it not, the default is as good.
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(Some(0), target).with_style(style);
        Self { bar, last_failing: None, drawn: Instant::now() }
    }

    /// The line itself, for a report that shares the terminal with it.
    pub(crate) fn bar(&self) -> ProgressBar {
        self.bar.clone()
    }

    fn draw(&mut self, totals: &Totals) {
        self.drawn = Instant::now();
        self.bar.set_position(totals.scenarios);
        self.bar.set_message(message(totals, self.last_failing.as_deref()));
    }
}

/// Counts of what did not pass, and the last scenario that failed.
fn message(totals: &Totals, last_failing: Option<&str>) -> String {
    let counts = [
        (totals.passed, "passed"),
        (totals.flaky, "flaky"),
        (totals.failed, "failed"),
        (totals.error, "error"),
        (totals.skipped, "skipped"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let mut message: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
    if let Some(id) = last_failing {
        message.push(format!("last: {}", safe_text(id)));
    }
    message.join(", ")
}

impl Reporter for Progress {
    fn name(&self) -> &str {
        "progress"
    }

    fn order(&self) -> Order {
        Order::Completion
    }

    fn event(&mut self, event: &Event, _: Option<&Json>) -> Result<(), ReportError> {
        match &event.kind {
            EventKind::RunStarted { planned, .. } => self.bar.set_length(*planned),
            EventKind::FileRejected { .. } => self.bar.inc_length(1),
            EventKind::ScenarioFinished { scenario, .. } => {
                if matches!(scenario.verdict, Verdict::Failed | Verdict::Error) {
                    self.last_failing = Some(scenario.id.clone());
                }
                if self.drawn.elapsed() >= PACE {
                    self.draw(&event.totals);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        self.bar.finish_and_clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_counts_what_there_is() {
        let totals = Totals { scenarios: 6, passed: 3, failed: 2, error: 1, ..Totals::default() };
        assert_eq!(message(&totals, Some("bank::\u{1b}x")), "3 passed, 2 failed, 1 error, last: bank::␛x");
        assert_eq!(message(&Totals::default(), None), "");
    }

    #[test]
    fn the_length_grows_with_files_that_cannot_be_used() {
        let mut progress = Progress::on(ProgressDrawTarget::hidden(), false);
        let event = |kind| Event { at_us: 0, totals: Totals::default(), kind };
        let started = EventKind::RunStarted {
            run_id: String::new(),
            version: 1,
            header: Default::default(),
            planned: 5,
            jobs: 1,
            started: String::new(),
            suites: Vec::new(),
        };
        let rejected = EventKind::FileRejected { file: String::new(), suite: String::new(), diagnostics: Vec::new() };
        for kind in [started, rejected] {
            progress.event(&event(kind), None).unwrap();
        }
        assert_eq!(progress.bar().length(), Some(6));
    }
}

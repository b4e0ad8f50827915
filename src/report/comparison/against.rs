//! A run that is compared with another while it is told.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::comparison_text;
use crate::record::{Event, EventKind};
use crate::report::compare::{Comparison, Run, compare};
use crate::report::{ReportFile, ReportPath};
use crate::runner::{Json, Order, ReportError, Reporter};

/// A run to compare with, and the names of both runs as they are to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Baseline {
    /// The name of the run to compare with.
    pub base: String,
    /// It.
    pub run: Arc<Run>,
    /// The name of the run that is compared.
    pub new: String,
}

/// Collects of a run what a comparison needs.
pub(in crate::report) struct Against {
    baseline: Baseline,
    new: Run,
}

impl Against {
    pub(in crate::report) fn new(baseline: Baseline) -> Self {
        Self { baseline, new: Run::default() }
    }

    pub(in crate::report) fn event(&mut self, event: &Event) {
        match &event.kind {
            EventKind::ScenarioFinished { scenario, .. } => self.new.add_record(scenario),
            EventKind::RunFinished { summary } => self.new.complete(summary),
            _ => {}
        }
    }

    /// The comparison, once the run is over.
    pub(in crate::report) fn comparison(&self) -> Comparison {
        let Baseline { base, run, new } = &self.baseline;
        compare((base, run), (new, &self.new))
    }
}

/// Prints the comparison with another run, and writes it as JSON where a file is named.
pub(crate) struct ComparisonReport {
    against: Against,
    out: Box<dyn Write + Send>,
    color: bool,
    quiet: bool,
    file: Option<ReportPath>,
}

impl ComparisonReport {
    /// A report on `out`; `quiet` is its last line only.
    pub(crate) fn new(
        baseline: Baseline,
        out: Box<dyn Write + Send>,
        color: bool,
        quiet: bool,
        file: Option<&Path>,
    ) -> Self {
        Self { against: Against::new(baseline), out, color, quiet, file: file.map(ReportPath::from) }
    }
}

impl Reporter for ComparisonReport {
    fn name(&self) -> &str {
        "comparison"
    }

    fn order(&self) -> Order {
        Order::Plan
    }

    fn event(&mut self, event: &Event, _: Option<&Json>) -> Result<(), ReportError> {
        self.against.event(event);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        let comparison = self.against.comparison();
        let text = comparison_text(&comparison, self.color);
        let shown = match self.quiet {
            true => format!("{}\n", text.lines().last().unwrap_or_default()),
            false => format!("\n{}\n", text.trim_end()),
        };
        let written = self.out.write_all(shown.as_bytes()).and_then(|()| self.out.flush());
        written.map_err(|error| ReportError(format!("cannot print the comparison: {error}")))?;
        let Some(path) = &self.file else { return Ok(()) };
        let json = serde_json::to_string_pretty(&comparison)
            .map_err(|error| ReportError(format!("cannot write the comparison as JSON: {error}")))?;
        let mut file = ReportFile::create(path)?;
        file.write(json.as_bytes())?;
        file.write(b"\n")?;
        file.complete()
    }
}

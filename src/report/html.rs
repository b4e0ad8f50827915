//! `report.html`: one file that a release manager opens and decides by.
//!
//! ```text
//! document   the whole page: policy, style, static parts, data, script
//! flows      what the calls walked of the flows, and their drawings
//! overview   what is readable without a script and on paper
//! data       what the script shows: an index of all scenarios, and everything else in parts that are opened on demand
//! index      the index, in columns
//! sources    the suite files, as they were run
//! lines      the lines of the scenarios, with what may be a secret left out
//! pack       parts compressed for the browser
//! ```
//!
//! `docs/report.md` says what the page shows and what it never shows.

mod data;
mod document;
mod flows;
mod index;
mod lines;
mod overview;
mod pack;
mod secrets;
mod sources;

use data::Data;
pub(crate) use sources::Sources;

use super::comparison::{Against, Baseline};
use super::{ReportFile, ReportPath};
use crate::record::{Event, EventKind, RunRecord};
#[cfg(test)]
use crate::report::compare::Comparison;
use crate::runner::{Json, Order, ReportError, Reporter};

/// The page about a run, as one HTML document that needs nothing else.
///
/// `base` adds the comparison with another run, `sources` the lines of the suites.
#[cfg(test)]
pub(crate) fn html_page(record: &RunRecord, base: Option<&Comparison>, sources: &Sources) -> String {
    let mut data = Data::default();
    for scenario in &record.scenarios {
        data.add(scenario, None);
    }
    let mut page = Vec::new();
    let _ = document::document(record, base, data, sources, |bytes| {
        page.extend_from_slice(bytes);
        Ok(())
    });
    // It is made of texts.
    String::from_utf8(page).unwrap_or_default()
}

/// Collects the page while the run goes on. What scenarios did is compressed in parts as soon as there are enough of them, so
/// that a long run needs little memory.
pub(crate) struct HtmlReport {
    path: ReportPath,
    sources: Sources,
    against: Option<Against>,
    data: Data,
    /// Opened with the run's start, so that a folder that cannot be written is known before and not after the run.
    file: Option<ReportFile>,
}

impl HtmlReport {
    /// A page in this file, with the lines of these suites.
    pub(crate) fn new(path: impl Into<ReportPath>, sources: Sources) -> Self {
        Self { path: path.into(), sources, against: None, data: Data::default(), file: None }
    }

    /// With the comparison with another run.
    #[must_use]
    pub(crate) fn against(mut self, baseline: Baseline) -> Self {
        self.against = Some(Against::new(baseline));
        self
    }

    fn write(&mut self, summary: &RunRecord) -> Result<(), ReportError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let comparison = self.against.as_ref().map(Against::comparison);
        let data = std::mem::take(&mut self.data);
        document::document(summary, comparison.as_ref(), data, &self.sources, |bytes| file.write(bytes))
    }
}

impl Reporter for HtmlReport {
    fn name(&self) -> &str {
        self.path.name()
    }

    fn order(&self) -> Order {
        Order::Plan
    }

    fn event(&mut self, event: &Event, scenario: Option<&Json>) -> Result<(), ReportError> {
        if let Some(against) = &mut self.against {
            against.event(event);
        }
        match &event.kind {
            EventKind::RunStarted { .. } => {
                self.file = Some(ReportFile::create(&self.path)?);
            }
            EventKind::ScenarioFinished { scenario: record, .. } => self.data.add(record, scenario),
            EventKind::RunFinished { summary } => self.write(summary)?,
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        self.file.take().map_or(Ok(()), ReportFile::complete)
    }
}

#[cfg(test)]
mod tests;

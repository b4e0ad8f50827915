//! `report.html`: one file that a release manager opens and decides by.
//!
//! ```text
//! document   the whole page: policy, style, static parts, data, script
//! flows      what the calls walked of the flows, and their drawings
//! overview   what is readable without a script and on paper
//! data       what the script shows: an index of all scenarios, and everything else in parts that are opened on demand
//! index      the index, in columns (column)
//! sources    the suite files, as they were run
//! lines      the lines of the scenarios, with what may be a secret left out; items tells where they stand
//! pack       parts compressed on threads of their own while the run goes on
//! store      where columns and parts lie until the page is written
//! ```
//!
//! `docs/report.md` says what the page shows and what it never shows.

mod column;
mod data;
mod document;
mod flows;
mod index;
mod items;
mod lines;
mod overview;
mod pack;
mod secrets;
mod side_by_side;
mod sources;
mod store;

use std::path::{Path, PathBuf};

use data::Data;
pub use sources::Sources;
use store::Store;

use super::ReportFile;
use super::comparison::{Against, Baseline};
use crate::compare::Comparison;
use crate::record::{Event, EventKind, RunRecord};
use crate::runner::{Json, Order, ReportError, Reporter};

/// The page about a run, as one HTML document that needs nothing else.
///
/// `base` adds the comparison with another run, `sources` the lines of the suites.
pub fn html_page(record: &RunRecord, base: Option<&Comparison>, sources: &Sources) -> String {
    let mut data = Data::default();
    for scenario in &record.scenarios {
        // What stays in memory can always be put away, and read again.
        let _ = data.add(scenario, None);
    }
    let mut page = Vec::new();
    let _ = document::document(record, base, data, sources, |bytes| {
        page.extend_from_slice(bytes);
        Ok(())
    });
    // It is made of texts.
    String::from_utf8(page).unwrap_or_default()
}

/// Collects the page while the run goes on. Of the scenarios only their places are kept in memory: the index and the
/// compressed parts lie in a file beside the page until it is written, where they are many.
pub struct HtmlReport {
    name: String,
    path: PathBuf,
    sources: Sources,
    against: Option<Against>,
    data: Data,
    summary: Option<Box<RunRecord>>,
    /// Opened with the run's start, so that a folder that cannot be written is known before and not after the run.
    file: Option<ReportFile>,
}

impl HtmlReport {
    /// A page in this file, with the lines of these suites.
    pub fn new(path: &Path, sources: Sources) -> Self {
        Self {
            name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            path: path.to_owned(),
            sources,
            against: None,
            data: Data::new(Store::beside(path)),
            summary: None,
            file: None,
        }
    }

    /// With the comparison with another run.
    #[must_use]
    pub fn against(mut self, baseline: Baseline) -> Self {
        self.against = Some(Against::new(baseline));
        self
    }
}

impl Reporter for HtmlReport {
    fn name(&self) -> &str {
        &self.name
    }

    fn order(&self) -> Order {
        Order::Plan
    }

    fn event(&mut self, event: &Event, scenario: Option<&Json>) -> Result<(), ReportError> {
        if let Some(against) = &mut self.against {
            against.event(event);
        }
        match &event.kind {
            EventKind::RunStarted { .. } => self.file = Some(ReportFile::create(&self.path)?),
            EventKind::ScenarioFinished { scenario: record, .. } => self.data.add(record, scenario)?,
            EventKind::RunFinished { summary } => self.summary = Some(summary.clone()),
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        let (Some(mut file), Some(summary)) = (self.file.take(), self.summary.take()) else { return Ok(()) };
        let comparison = self.against.as_ref().map(Against::comparison);
        let data = std::mem::take(&mut self.data);
        document::document(&summary, comparison.as_ref(), data, &self.sources, |bytes| file.write(bytes))?;
        file.complete()
    }
}

#[cfg(test)]
mod tests;

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
mod sources;
mod store;

use std::path::{Path, PathBuf};
use std::thread::{Builder, JoinHandle};

use data::Data;
pub(crate) use sources::Sources;
use store::Store;

use super::comparison::{Against, Baseline};
use super::{FileHash, ReportFile};
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
pub(crate) struct HtmlReport {
    name: String,
    path: PathBuf,
    sources: Sources,
    against: Option<Against>,
    data: Data,
    hash: Option<FileHash>,
    /// Opened with the run's start, so that a folder that cannot be written is known before and not after the run.
    file: Option<ReportFile>,
    /// Makes the page from the run's end on, while other reports are finished: none takes as long.
    making: Option<JoinHandle<Result<(), ReportError>>>,
}

impl HtmlReport {
    /// A page in this file, with the lines of these suites.
    pub(crate) fn new(path: &Path, sources: Sources) -> Self {
        Self {
            name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            path: path.to_owned(),
            sources,
            against: None,
            data: Data::new(Store::beside(path)),
            hash: None,
            file: None,
            making: None,
        }
    }

    /// With the hash of its file.
    #[must_use]
    pub(crate) fn hashed(mut self, hash: &FileHash) -> Self {
        self.hash = Some(hash.clone());
        self
    }

    /// With the comparison with another run.
    #[must_use]
    pub(crate) fn against(mut self, baseline: Baseline) -> Self {
        self.against = Some(Against::new(baseline));
        self
    }

    fn make(&mut self, summary: Box<RunRecord>) -> Result<(), ReportError> {
        let Some(mut file) = self.file.take() else { return Ok(()) };
        let (against, sources) = (self.against.take(), std::mem::take(&mut self.sources));
        let data = std::mem::take(&mut self.data);
        let make = move || {
            let comparison = against.as_ref().map(Against::comparison);
            document::document(&summary, comparison.as_ref(), data, &sources, |bytes| file.write(bytes))?;
            file.complete()
        };
        let making = Builder::new().name("page".into()).spawn(make);
        self.making = Some(making.map_err(|error| ReportError::io(&self.path, &error))?);
        Ok(())
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
            EventKind::RunStarted { .. } => {
                self.file = Some(ReportFile::hashed(&self.path, self.hash.as_ref())?);
            }
            EventKind::ScenarioFinished { scenario: record, .. } => self.data.add(record, scenario)?,
            EventKind::RunFinished { summary } => self.make(summary.clone())?,
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        // A panic goes on here, where it becomes the report's error.
        let made = |making: JoinHandle<_>| making.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        self.making.take().map_or(Ok(()), made)
    }
}

#[cfg(test)]
mod tests;

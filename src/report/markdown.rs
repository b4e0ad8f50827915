//! A run as Markdown: a comment on a pull request, and the summary of a step of GitHub Actions.

mod document;
mod tables;
mod text;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use document::Document;
pub(super) use text::{Room, code};

use super::comparison::{Against, Baseline};
use super::{ReportFile, ReportPath};
use crate::record::{Event, EventKind, ScenarioRecord, Verdict};
use crate::runner::{Json, Order, ReportError, Reporter};

/// The longest comment that GitHub takes, in bytes: it counts 65,536 characters, of which none is less than a byte.
pub(super) const COMMENT: usize = 65_536;
/// The longest summary of a step that GitHub takes, in bytes: 1,024 KiB.
const SUMMARY: usize = 1 << 20;
/// Scenarios that are kept; more than any limit has room for.
const KEPT: usize = 10_000;

/// Where the Markdown goes.
#[derive(Clone, Debug)]
enum Place {
    /// A file of its own.
    File(ReportPath),
    /// The end of a file that other steps may have written to.
    End(PathBuf),
}

/// Writes a run as Markdown.
pub(crate) struct Markdown {
    place: Place,
    document: Document,
    against: Option<Against>,
}

impl Markdown {
    /// In this file, short enough for a comment on a pull request.
    pub(crate) fn comment(path: impl Into<ReportPath>, baseline: Option<Baseline>) -> Self {
        Self::at(Place::File(path.into()), baseline)
    }

    /// Appended to the file of a step's summary (`GITHUB_STEP_SUMMARY`), as far as it has room.
    pub(crate) fn step_summary(path: &Path, baseline: Option<Baseline>) -> Self {
        Self::at(Place::End(path.to_owned()), baseline)
    }

    fn at(place: Place, baseline: Option<Baseline>) -> Self {
        Self { place, document: Document::default(), against: baseline.map(Against::new) }
    }
}

impl Reporter for Markdown {
    fn name(&self) -> &str {
        match &self.place {
            Place::File(path) => path.name(),
            Place::End(_) => "step summary",
        }
    }

    fn order(&self) -> Order {
        Order::Plan
    }

    fn event(&mut self, event: &Event, _: Option<&Json>) -> Result<(), ReportError> {
        if let Some(against) = &mut self.against {
            against.event(event);
        }
        match &event.kind {
            EventKind::ScenarioFinished { scenario, .. } => self.document.scenario(scenario),
            EventKind::RunFinished { summary } => self.document.record = Some(summary.clone()),
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        let comparison = self.against.as_ref().map(Against::comparison);
        match &self.place {
            Place::File(path) => {
                let text = self.document.write(comparison.as_ref(), COMMENT);
                let mut file = ReportFile::create(path)?;
                file.write(text.as_bytes())?;
                file.complete()
            }
            Place::End(path) => {
                let written = std::fs::metadata(path).map_or(0, |file| file.len());
                let left = SUMMARY.saturating_sub(usize::try_from(written).unwrap_or(usize::MAX));
                let text = self.document.write(comparison.as_ref(), left);
                if text.len() > left {
                    return Err(ReportError(format!("'{}' has no room for it", path.display())));
                }
                let file = OpenOptions::new().create(true).append(true).open(path);
                file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| ReportError::io(path, &error))
            }
        }
    }
}

impl Document {
    fn scenario(&mut self, scenario: &Arc<ScenarioRecord>) {
        if matches!(scenario.verdict, Verdict::Passed | Verdict::Skipped) {
            return;
        }
        self.count += 1;
        if self.scenarios.len() < KEPT {
            self.scenarios.push(scenario.clone());
        }
    }
}

#[cfg(test)]
mod tests;

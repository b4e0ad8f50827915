//! `junit.xml`: what CI servers read.
//!
//! One `testsuite` for each suite file, one `testcase` for each scenario. A file that could not be used is a suite with one
//! case in error. Flaky scenarios pass and keep what went wrong in `flakyFailure`, those that failed again and again
//! have `failure` and `rerunFailure`, as Surefire writes them. The run's gates are a suite of their own.

mod case;
mod element;
mod gates;
mod suite;

use suite::{Counts, SuiteElement};

use super::{ReportFile, ReportPath};
use crate::record::{CoverageRecord, Event, EventKind, RunHeader, RunRecord, SuiteHead};
use crate::runner::{Json, Order, ReportError, Reporter};

/// What of JUnit's many dialects is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// With file and line of each case and its own properties, as GitLab, GitHub actions and editors read them.
    #[default]
    Rich,
    /// What both `junit-10.xsd` of Jenkins and the schema of Maven Surefire allow: file and line are in `system-out`.
    Strict,
}

/// Writes `junit.xml`.
pub(crate) struct JUnit {
    path: ReportPath,
    dialect: Dialect,
    /// Opened with the run's start, so that a folder that cannot be written is known early.
    file: Option<ReportFile>,
    header: RunHeader,
    started: String,
    heads: Vec<SuiteHead>,
    /// The suite whose scenarios come now.
    current: Option<SuiteElement>,
    /// Suites that are complete. They wait in memory, because the counts over all stand before them.
    done: Vec<u8>,
    counts: Counts,
}

impl JUnit {
    /// A report in this file.
    pub(crate) fn new(path: impl Into<ReportPath>, dialect: Dialect) -> Self {
        Self {
            path: path.into(),
            dialect,
            file: None,
            header: RunHeader::default(),
            started: String::new(),
            heads: Vec::new(),
            current: None,
            done: Vec::new(),
            counts: Counts::default(),
        }
    }

    fn close_suite(&mut self) {
        let Some(suite) = self.current.take() else { return };
        self.counts.add(&suite.counts);
        suite.write(&self.header, &self.started, &mut self.done);
    }

    fn document(&mut self, record: &RunRecord) -> Result<(), ReportError> {
        self.close_suite();
        let mut last = Vec::new();
        self.counts.add(&gates::suite(&record.gates, &self.started, &mut last));
        let mut head = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec();
        element::open_root(&mut head, &self.counts, record.wall.duration_us, self.dialect);
        if let Some(coverage) = &record.coverage {
            match self.dialect {
                Dialect::Rich => element::properties(&mut head, &coverage_properties(coverage)),
                // Neither schema has properties of the whole document: a suite without cases carries them.
                Dialect::Strict => {
                    element::empty_suite(&mut last, "coverage", &self.started, &coverage_properties(coverage));
                }
            }
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write(&head)?;
        file.write(&std::mem::take(&mut self.done))?;
        file.write(&last)?;
        file.write(b"</testsuites>\n")
    }
}

/// `coverage.nodes` and so on: covered by any call, and `coverage.nodes.passed` by those that passed.
fn coverage_properties(coverage: &CoverageRecord) -> Vec<(String, String)> {
    let each = coverage.totals.iter().flat_map(|(kind, count)| {
        let name = format!("coverage.{}", kind.name());
        let passed = (format!("{name}.passed"), count.passed_ratio());
        [(name, count.ratio()), passed]
    });
    each.filter_map(|(name, ratio)| Some((name, format!("{:.4}", ratio?)))).collect()
}

impl Reporter for JUnit {
    fn name(&self) -> &str {
        self.path.name()
    }

    fn order(&self) -> Order {
        Order::Plan
    }

    fn event(&mut self, event: &Event, _: Option<&Json>) -> Result<(), ReportError> {
        match &event.kind {
            EventKind::RunStarted { header, started, suites, .. } => {
                self.file = Some(ReportFile::create(&self.path)?);
                self.header = RunHeader::clone(header);
                self.started = started.clone();
                self.heads = suites.clone();
            }
            EventKind::FileRejected { file, suite, diagnostics } => {
                let head = SuiteHead { suite: suite.as_str().into(), name: suite.clone(), file: file.as_str().into() };
                let mut element = SuiteElement::new(head, self.dialect);
                element.add_rejected(file, diagnostics);
                self.current = Some(element);
                self.close_suite();
            }
            EventKind::ScenarioFinished { scenario, .. } => {
                if self.current.as_ref().is_none_or(|suite| suite.head.suite != scenario.suite) {
                    self.close_suite();
                    let known = self.heads.iter().find(|head| head.suite == scenario.suite);
                    let head = known.cloned().unwrap_or_else(|| SuiteHead {
                        suite: scenario.suite.clone(),
                        name: scenario.suite.to_string(),
                        file: scenario.file.clone(),
                    });
                    self.current = Some(SuiteElement::new(head, self.dialect));
                }
                if let Some(suite) = &mut self.current {
                    suite.add(scenario);
                }
            }
            EventKind::RunFinished { summary } => self.document(summary)?,
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

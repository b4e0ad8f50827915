//! `run.json`: the run record.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{FileHash, ReportFile};
use crate::record::{
    AssistTotals, CoverageRecord, DecisionsRecord, Event, EventKind, FlowRecord, GateRecord, RUN_VERSION,
    RejectedRecord, RunHeader, RunRecord, RunWall, Scores, StopReason, SuiteRecord, Totals,
};
use crate::runner::{Json, Order, ReportError, Reporter};

/// Writes the run record scenario by scenario, so that a run of any length needs little memory.
pub(crate) struct JsonReport {
    name: String,
    path: PathBuf,
    hash: Option<FileHash>,
    /// Opened with the run's start.
    file: Option<ReportFile>,
    header: RunHeader,
    rejected: Vec<RejectedRecord>,
    scenarios: u64,
}

/// What stands before the scenarios: the first fields of [`RunRecord`].
#[derive(Serialize)]
struct Head<'a> {
    version: u32,
    header: &'a RunHeader,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    rejected: &'a [RejectedRecord],
}

/// What stands after them: the others.
#[derive(Serialize)]
struct Tail<'a> {
    suites: &'a [SuiteRecord],
    flows: &'a [FlowRecord],
    totals: &'a Totals,
    scores: &'a Scores,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: &'a Option<CoverageRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decisions: &'a Option<DecisionsRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assist: &'a Option<AssistTotals>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    gates: &'a [GateRecord],
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: &'a Option<StopReason>,
    wall: &'a RunWall,
}

impl JsonReport {
    /// A run record in this file.
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            path: path.to_owned(),
            hash: None,
            file: None,
            header: RunHeader::default(),
            rejected: Vec::new(),
            scenarios: 0,
        }
    }

    /// With the hash of its file.
    #[must_use]
    pub(crate) fn hashed(mut self, hash: &FileHash) -> Self {
        self.hash = Some(hash.clone());
        self
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ReportError> {
        self.file.as_mut().map_or(Ok(()), |file| file.write(bytes))
    }

    /// What comes before the next scenario, or before the end of their list.
    fn open(&mut self) -> Result<(), ReportError> {
        if self.scenarios > 0 {
            return Ok(());
        }
        let head = Head { version: RUN_VERSION, header: &self.header, rejected: &self.rejected };
        let mut head = json(&head)?;
        // The object goes on with the scenarios.
        head.pop();
        self.write(head.as_bytes())?;
        self.write(b",\"scenarios\":[")
    }

    fn close(&mut self, record: &RunRecord) -> Result<(), ReportError> {
        self.open()?;
        let RunRecord { suites, flows, totals, scores, coverage, decisions, assist, gates, stopped, wall, .. } = record;
        let tail = json(&Tail { suites, flows, totals, scores, coverage, decisions, assist, gates, stopped, wall })?;
        self.write(if self.scenarios > 0 { b"\n],".as_slice() } else { b"]," })?;
        self.write(&tail.as_bytes()[1..])?;
        self.write(b"\n")
    }
}

fn json(value: &impl Serialize) -> Result<String, ReportError> {
    serde_json::to_string(value).map_err(|error| ReportError(format!("cannot write the record as JSON: {error}")))
}

impl Reporter for JsonReport {
    fn name(&self) -> &str {
        &self.name
    }

    fn order(&self) -> Order {
        Order::Plan
    }

    fn event(&mut self, event: &Event, scenario: Option<&Json>) -> Result<(), ReportError> {
        match &event.kind {
            EventKind::RunStarted { header, .. } => {
                self.file = Some(ReportFile::hashed(&self.path, self.hash.as_ref())?);
                self.header = RunHeader::clone(header);
            }
            EventKind::FileRejected { file, suite, diagnostics } => self.rejected.push(RejectedRecord {
                file: file.clone(),
                suite: suite.clone(),
                diagnostics: diagnostics.clone(),
            }),
            EventKind::ScenarioFinished { scenario: record, .. } => {
                self.open()?;
                self.write(if self.scenarios > 0 { b",\n".as_slice() } else { b"\n" })?;
                self.scenarios += 1;
                match scenario {
                    Some(json) => self.write(json.as_bytes())?,
                    None => self.write(json(&**record)?.as_bytes())?,
                }
            }
            EventKind::RunFinished { summary } => self.close(summary)?,
            _ => {}
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        self.file.take().map_or(Ok(()), ReportFile::complete)
    }
}

//! The audit log of a run, line by line as things happen.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::fmt::temporal::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::chain::Chain;
use super::event::{AUDIT_VERSION, AuditEvent, Body, Finding, Finished, Started};
use super::ledger;
use super::who::Who;
use crate::record::{Event, EventKind, RunRecord, ScenarioRecord, correlation, result_key, sha_256};
use crate::report::{ReportFile, ReportPath};
use crate::runner::{Json, Order, ReportError, Reporter};

/// Bytes that hardly a line exceeds.
const LINE: usize = 1 << 10;
/// How old a line may become before it is written, as soon as something else happens.
const MAX_AGE: Duration = Duration::from_millis(200);

/// When a line's event was: RFC 3339 in UTC, in µs.
const MICROSECONDS: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

/// Writes the audit log of a run, and appends it to a kept one where that is wanted.
///
/// It must be told last of all reports that are files: at its end it notes their hashes.
pub(crate) struct AuditLog {
    path: ReportPath,
    ledger: Option<PathBuf>,
    who: Who,
    /// Reports whose hashes are noted.
    reports: Vec<ReportPath>,
    file: Option<ReportFile>,
    line: Vec<u8>,
    flushed: Instant,
    chain: Chain,
    run_id: String,
    started: Option<Timestamp>,
    at_us: u64,
    summary: Option<Box<RunRecord>>,
}

/// A scenario's record as far as the audit is concerned.
#[derive(Deserialize)]
struct Traced<'a> {
    #[serde(borrow, default)]
    trace: Option<&'a RawValue>,
}

impl AuditLog {
    /// A log in this file; the one of the run before is replaced. `ledger` is a log that is kept and continued.
    pub(crate) fn new(path: &Path, ledger: Option<&Path>, who: Who, reports: Vec<ReportPath>) -> Self {
        Self {
            path: path.into(),
            ledger: ledger.map(Path::to_owned),
            who,
            reports,
            file: None,
            line: Vec::new(),
            flushed: Instant::now(),
            chain: Chain::default(),
            run_id: String::new(),
            started: None,
            at_us: 0,
            summary: None,
        }
    }

    fn line(&mut self, event: &AuditEvent) -> Result<(), ReportError> {
        let after = SignedDuration::from_micros(i64::try_from(self.at_us).unwrap_or(i64::MAX));
        let at = self.started.and_then(|start| start.checked_add(after).ok());
        let at = at.map(|at| MICROSECONDS.timestamp_to_string(&at)).unwrap_or_default();
        let mut body = Vec::with_capacity(LINE);
        serde_json::to_writer(&mut body, &Body { at: &at, event })
            .map_err(|error| ReportError(format!("cannot write a line of the audit log as JSON: {error}")))?;
        let body = String::from_utf8(body)
            .map_err(|error| ReportError(format!("cannot write a line of the audit log as text: {error}")))?;
        let inside = body.strip_prefix('{').and_then(|body| body.strip_suffix('}')).unwrap_or(&body);
        let Some(file) = &mut self.file else { return Ok(()) };
        self.line.clear();
        self.chain.add(inside, &mut self.line);
        file.write(&self.line)?;
        if self.flushed.elapsed() >= MAX_AGE {
            self.flushed = Instant::now();
            file.flush()?;
        }
        Ok(())
    }

    fn finding(&self, scenario: &ScenarioRecord, json: Option<&str>) -> Finding {
        // Prompts have checks, and none of the scores of calls.
        let score = scenario.score.as_ref().filter(|_| scenario.assist.is_none());
        Finding {
            correlation: correlation(&result_key(&self.run_id, scenario)),
            scenario: scenario.id.clone(),
            flow: scenario.flow.to_string(),
            flow_version: scenario.flow_version.to_string(),
            verdict: scenario.verdict,
            attempts: scenario.attempts.len().max(1) as u64,
            accuracy: score.and_then(|score| score.decisions.ratio()),
            path_fitness: score.and_then(|score| score.path.as_ref()).map(|path| path.fitness),
            efficiency: score.and_then(|score| score.efficiency),
            decision_density: score.map(|score| score.decision_density),
            tutorial_accuracy: score.and_then(|score| score.tutorial_accuracy),
            trace: trace_hash(scenario, json),
        }
    }

    /// The hashes of the reports that were written.
    fn report_hashes(&self) -> BTreeMap<String, String> {
        let hashes = self.reports.iter().map(|report| Some((report.name().to_owned(), report.hash()?.to_owned())));
        hashes.flatten().collect()
    }
}

/// The hash of the bytes of the trace as they stand in the record's JSON.
fn trace_hash(scenario: &ScenarioRecord, json: Option<&str>) -> Option<String> {
    let trace = scenario.trace.as_ref()?;
    let raw = json.and_then(|json| {
        let found = if scenario.attempts.is_empty() { found_trace(json) } else { None };
        found.or_else(|| serde_json::from_str::<Traced<'_>>(json).ok()?.trace.map(RawValue::get))
    });
    match raw {
        Some(raw) => Some(sha_256(raw.as_bytes())),
        // Told again without its JSON: the same text is made again.
        None => Some(sha_256(serde_json::to_vec(trace).ok()?)),
    }
}

/// The trace in the JSON of a record that has nothing between it and the wall times: found by its neighbours, because reading
/// the whole record takes longer than hashing it. Inside of a text the quotes would be escaped, and before the trace there is
/// no object whose keys are not ours.
fn found_trace(json: &str) -> Option<&str> {
    const BEFORE: &str = ",\"trace\":";
    let from = json.find(BEFORE)? + BEFORE.len();
    let to = json.rfind(",\"wall\":{\"start_us\":")?;
    json.get(from..to).filter(|trace| trace.starts_with('{') && trace.ends_with('}'))
}

impl AuditLog {
    fn log(&mut self, event: &Event) -> Result<(), ReportError> {
        self.at_us = event.at_us;
        match &event.kind {
            EventKind::RunStarted { run_id, header, planned, started, .. } => {
                self.file = Some(ReportFile::create_in_place(&self.path)?);
                self.run_id = run_id.clone();
                self.started = started.parse().ok();
                let started = Started {
                    version: AUDIT_VERSION,
                    correlation: run_id.clone(),
                    who: self.who.clone(),
                    callpath: header.callpath.clone(),
                    target: header.target.clone(),
                    seed: header.seed,
                    repeat: header.repeat,
                    paths: header.paths.clone(),
                    filters: header.filters.clone(),
                    planned: *planned,
                    deselected: header.deselected,
                    files: header.files.clone(),
                    gates: header.gates.clone(),
                };
                self.line(&AuditEvent::RunStarted(Box::new(started)))
            }
            EventKind::FileRejected { file, suite, .. } => {
                self.line(&AuditEvent::FileRejected { file: file.clone(), suite: suite.clone() })
            }
            EventKind::Stopping { reason } => self.line(&AuditEvent::Stopping { reason: reason.to_string() }),
            EventKind::ReporterFailed { reporter, message } => {
                self.line(&AuditEvent::ReportFailed { report: reporter.clone(), reason: message.clone() })
            }
            EventKind::RunFinished { summary } => {
                self.summary = Some(summary.clone());
                Ok(())
            }
            EventKind::ScenarioFinished { .. }
            | EventKind::ScenarioStarted { .. }
            | EventKind::ScenarioRetried { .. } => Ok(()),
        }
    }

    /// Writes the run's last line, which seals it.
    fn seal(&mut self) -> Result<(), ReportError> {
        let Some(summary) = self.summary.take() else { return Ok(()) };
        let finished = Finished {
            correlation: self.run_id.clone(),
            totals: summary.totals,
            scores: summary.scores,
            gates: summary.gates,
            stopped: summary.stopped.map(|reason| reason.to_string()),
            reports: self.report_hashes(),
            lines: self.chain.lines + 1,
        };
        self.line(&AuditEvent::RunFinished(Box::new(finished)))
    }
}

impl Reporter for AuditLog {
    fn name(&self) -> &str {
        "audit.jsonl"
    }

    fn order(&self) -> Order {
        Order::Completion
    }

    fn event(&mut self, event: &Event, json: Option<&Json>) -> Result<(), ReportError> {
        match &event.kind {
            EventKind::ScenarioStarted { .. } | EventKind::ScenarioRetried { .. } => Ok(()),
            EventKind::ScenarioFinished { scenario, .. } => {
                self.at_us = event.at_us;
                let finding = self.finding(scenario, json.map(|json| json.as_str()));
                self.line(&AuditEvent::ScenarioFinished(Box::new(finding)))
            }
            _ => self.log(event),
        }
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        self.seal()?;
        let Some(file) = self.file.take() else { return Ok(()) };
        file.complete()?;
        self.ledger.as_ref().map_or(Ok(()), |ledger| ledger::append(ledger, self.path.path()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trace_is_found_where_it_stands() {
        let trace = r#"{"outcome":"completed","variables":{"wall":{"start_us":1},"trace":{}},"steps":[]}"#;
        let json = format!(
            r#"{{"id":"a","name":",\"trace\":{{","score":{{"checks":[]}},"trace":{trace},"wall":{{"start_us":1,"duration_us":2}}}}"#
        );
        assert_eq!(found_trace(&json), Some(trace));
        let read: Traced<'_> = serde_json::from_str(&json).unwrap();
        assert_eq!(read.trace.map(RawValue::get), Some(trace));
        assert_eq!(found_trace("{}"), None);
    }
}

//! The audit log of a run, line by line as things happen.
//!
//! The hashes are made on a thread of their own, so that the other reports do not wait for them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::fmt::temporal::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::chain::Chain;
use super::event::{AUDIT_VERSION, AuditEvent, Body, Finding, Finished, Started};
use super::ledger;
use super::who::Who;
use crate::record::{Event, EventKind, RunRecord, ScenarioRecord, correlation, hexadecimal, result_key, sha_256};
use crate::report::FileHash;
use crate::runner::{Json, Order, ReportError, Reporter};

/// Bytes collected before they are written.
const BUFFER: usize = 1 << 16;
/// Bytes that hardly a line exceeds.
const LINE: usize = 1 << 10;
/// How old a line may become before it is written, as soon as something else happens.
const AGE: Duration = Duration::from_millis(200);

/// When a line's event was: RFC 3339 in UTC, in µs.
const MICROSECONDS: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

/// Events that are handed over at once: waking the writer for each costs more than its line.
const BATCH: usize = 64;
/// Batches that wait for their lines; beyond them the run waits.
const QUEUE: usize = 16;

/// Writes the audit log of a run, and appends it to a kept one where that is wanted.
///
/// It must be told last of all reports that are files: at its end it notes their hashes.
pub(crate) struct AuditLog {
    batch: Vec<Told>,
    handed: Instant,
    lines: Option<SyncSender<Vec<Told>>>,
    writer: Option<JoinHandle<Result<(), ReportError>>>,
}

/// What the writer is told.
enum Told {
    Event(Box<Event>),
    Finished { at_us: u64, scenario: Arc<ScenarioRecord>, json: Option<Json> },
}

/// Makes the lines.
struct Writer {
    path: PathBuf,
    ledger: Option<PathBuf>,
    who: Who,
    /// Reports whose hashes are noted, by their paths; a hash that nobody tells is that of the file that is there.
    reports: Vec<(PathBuf, FileHash)>,
    /// Of reports that could not be written.
    failed: Vec<String>,
    file: Option<File>,
    buffer: Vec<u8>,
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
    pub(crate) fn new(path: &Path, ledger: Option<&Path>, who: Who, reports: Vec<(PathBuf, FileHash)>) -> Self {
        let writer = Writer {
            path: path.to_owned(),
            ledger: ledger.map(Path::to_owned),
            who,
            reports,
            failed: Vec::new(),
            file: None,
            buffer: Vec::new(),
            flushed: Instant::now(),
            chain: Chain::default(),
            run_id: String::new(),
            started: None,
            at_us: 0,
            summary: None,
        };
        let (lines, told) = sync_channel(QUEUE);
        let writer = std::thread::Builder::new().name("audit".into()).spawn(move || writer.run(&told));
        // Without a thread nobody listens, and the first event fails.
        Self { batch: Vec::new(), handed: Instant::now(), lines: Some(lines), writer: writer.ok() }
    }

    /// Hands over what was told.
    fn hand_over(&mut self) -> Result<(), ReportError> {
        self.handed = Instant::now();
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        match &self.lines {
            Some(lines) if lines.send(batch).is_ok() => Ok(()),
            // A writer that does not listen has met an error.
            _ => self.end(),
        }
    }

    /// The writer's end: why it ended, where it did so early.
    fn end(&mut self) -> Result<(), ReportError> {
        self.lines = None;
        let defect = || ReportError("the audit log cannot be written: there is no thread for it".to_owned());
        self.writer.take().map_or_else(|| Err(defect()), |writer| writer.join().unwrap_or_else(|_| Err(defect())))
    }
}

impl Writer {
    fn run(mut self, told: &Receiver<Vec<Told>>) -> Result<(), ReportError> {
        for told in told.iter().flatten() {
            match told {
                Told::Event(event) => self.event(&event)?,
                Told::Finished { at_us, scenario, json } => {
                    self.at_us = at_us;
                    let finding = self.finding(&scenario, json.as_deref().map(String::as_str));
                    self.line(&AuditEvent::ScenarioFinished(Box::new(finding)))?;
                }
            }
        }
        self.finish()
    }

    fn open(&mut self) -> Result<(), ReportError> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| ReportError::io(&self.path, &error))?;
        }
        self.file = Some(File::create(&self.path).map_err(|error| ReportError::io(&self.path, &error))?);
        Ok(())
    }

    fn line(&mut self, event: &AuditEvent) -> Result<(), ReportError> {
        let after = SignedDuration::from_micros(i64::try_from(self.at_us).unwrap_or(i64::MAX));
        let at = self.started.and_then(|start| start.checked_add(after).ok());
        let at = at.map(|at| MICROSECONDS.timestamp_to_string(&at)).unwrap_or_default();
        let mut body = Vec::with_capacity(LINE);
        serde_json::to_writer(&mut body, &Body { at: &at, event })
            .map_err(|error| ReportError(format!("cannot write a line of the audit log as JSON: {error}")))?;
        let body = String::from_utf8(body).expect("JSON is UTF-8");
        let inside = body.strip_prefix('{').and_then(|body| body.strip_suffix('}')).unwrap_or(&body);
        self.chain.add(inside, &mut self.buffer);
        if self.buffer.len() >= BUFFER || self.flushed.elapsed() >= AGE {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ReportError> {
        self.flushed = Instant::now();
        let written = self.file.as_mut().map_or(Ok(()), |file| file.write_all(&self.buffer));
        self.buffer.clear();
        written.map_err(|error| ReportError::io(&self.path, &error))
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
            seed_accuracy: score.and_then(|score| score.seed_accuracy),
            trace: trace_hash(scenario, json),
        }
    }

    /// The hashes of the reports; of those that nobody has told, each by a thread of its own: they may be large.
    fn report_hashes(&self) -> BTreeMap<String, String> {
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let written = self.reports.iter().filter(|(path, _)| !self.failed.contains(&name(path)) && path.is_file());
        let (told, others): (Vec<_>, Vec<_>) = written.partition(|(_, hash)| hash.get().is_some());
        let told = told.into_iter().filter_map(|(path, hash)| Some((name(path), hash.get()?.to_owned())));
        std::thread::scope(|scope| {
            let hashing: Vec<_> =
                others.into_iter().map(|(path, _)| (name(path), scope.spawn(move || file_hash(path)))).collect();
            // A report that cannot be read back has no hash to note.
            let hashed = hashing.into_iter().filter_map(|(name, hash)| Some((name, hash.join().ok()?.ok()?)));
            told.chain(hashed).collect()
        })
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

fn file_hash(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hexadecimal(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

impl Writer {
    fn event(&mut self, event: &Event) -> Result<(), ReportError> {
        self.at_us = event.at_us;
        match &event.kind {
            EventKind::RunStarted { run_id, header, planned, started, .. } => {
                self.open()?;
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
                self.failed.push(reporter.clone());
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

    fn finish(&mut self) -> Result<(), ReportError> {
        if let Some(summary) = self.summary.take() {
            let finished = Finished {
                correlation: self.run_id.clone(),
                totals: summary.totals,
                scores: summary.scores,
                gates: summary.gates,
                stopped: summary.stopped.map(|reason| reason.to_string()),
                reports: self.report_hashes(),
                lines: self.chain.lines + 1,
            };
            self.line(&AuditEvent::RunFinished(Box::new(finished)))?;
        }
        self.flush()?;
        match &self.ledger {
            Some(ledger) if self.file.is_some() => ledger::append(ledger, &self.path),
            _ => Ok(()),
        }
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
        let told = match &event.kind {
            EventKind::ScenarioStarted { .. } | EventKind::ScenarioRetried { .. } => return Ok(()),
            EventKind::ScenarioFinished { scenario, .. } => {
                Told::Finished { at_us: event.at_us, scenario: scenario.clone(), json: json.cloned() }
            }
            _ => Told::Event(Box::new(event.clone())),
        };
        let is_result = matches!(told, Told::Finished { .. });
        self.batch.push(told);
        if is_result && self.batch.len() < BATCH && self.handed.elapsed() < AGE {
            return Ok(());
        }
        self.hand_over()
    }

    fn finish(&mut self) -> Result<(), ReportError> {
        if !self.batch.is_empty() {
            self.hand_over()?;
        }
        self.end()
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

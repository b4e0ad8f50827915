//! Run records read for comparison.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::case::{Case, Run};
use crate::record::{
    AttemptRecord, CoverageKinds, GateRecord, RUN_VERSION, RUN_VERSIONS, ReplayError, RunHeader, RunRecord,
    ScenarioRecord, Scores, StopReason, Totals, Verdict, replay, why,
};
use crate::score::Check;

/// Bytes that are read at once.
const BUFFER: usize = 1 << 18;
/// Room for a line at first.
const LINE: usize = 1 << 14;

/// Why a file cannot be compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// The file system says no.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Something else than a run record.
    #[error("it is no run record of callpath (run.json) and no journal (events.jsonl): {0}")]
    Other(serde_json::Error),
    /// Written by another version of callpath.
    #[error("its version is {0}, this callpath reads versions up to {RUN_VERSION}")]
    Version(u32),
    /// A journal that cannot be replayed.
    #[error(transparent)]
    Journal(#[from] ReplayError),
}

/// Reads a run record, or a journal.
///
/// Records as callpath writes them, one scenario a line, are read line by line; others (indented, sorted by some other
/// tool) as a whole, which needs the memory for the file. `complete` is given the record of a journal that was cut short,
/// and may add what a run counts at its end.
pub(crate) fn read(path: &Path, complete: impl FnOnce(&mut RunRecord)) -> Result<Run, ReadError> {
    let mut file = BufReader::with_capacity(BUFFER, File::open(path)?);
    let mut line = Vec::with_capacity(LINE);
    file.read_until(b'\n', &mut line)?;
    if serde_json::from_slice::<Event<'_>>(&line).is_ok_and(|event| event.event == "run-started") {
        let mut text = String::from_utf8_lossy(&line).into_owned();
        let mut rest = Vec::new();
        file.read_to_end(&mut rest)?;
        text += &String::from_utf8_lossy(&rest);
        drop(rest);
        let mut record = replay(text.lines())?;
        if record.stopped.is_some() && record.coverage.is_none() {
            complete(&mut record);
        }
        return Ok(of_record(&record));
    }
    if let Some(run) = by_line(&mut file, &mut line)? {
        return Ok(run);
    }
    whole(&std::fs::read(path)?)
}

/// The beginning of an event.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
}

/// The version, which is looked at before the rest.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// What stands before the scenarios.
#[derive(Deserialize)]
struct Head {
    header: RunHeader,
    #[serde(default)]
    rejected: Vec<Rejected>,
}

/// What stands after them.
#[derive(Deserialize)]
struct Tail {
    totals: Totals,
    scores: Scores,
    #[serde(default)]
    coverage: Option<Covered>,
    #[serde(default)]
    gates: Vec<GateRecord>,
    #[serde(default)]
    stopped: Option<StopReason>,
    wall: Wall,
}

/// All scenarios of a record.
#[derive(Deserialize)]
struct Scenarios<'a> {
    #[serde(borrow, default)]
    scenarios: Vec<Scenario<'a>>,
}

#[derive(Deserialize)]
struct Rejected {
    file: String,
}

#[derive(Deserialize)]
struct Covered {
    totals: CoverageKinds,
}

#[derive(Deserialize)]
struct Wall {
    started: String,
}

/// A scenario as far as it is looked at; texts are borrowed from the line where they hold no escapes.
#[derive(Deserialize)]
struct Scenario<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    file: Cow<'a, str>,
    line: u32,
    verdict: Verdict,
    #[serde(default)]
    reason: Option<String>,
    /// Read only where the scenario did not pass.
    #[serde(borrow, default)]
    score: Option<&'a RawValue>,
    #[serde(borrow, default)]
    trace: Option<Trace<'a>>,
    #[serde(borrow, default)]
    assist: Option<Rehearsed<'a>>,
    #[serde(default)]
    attempts: Vec<AttemptRecord>,
}

/// Prompts: each is a step, so that one that ends otherwise is seen although the scenario passed.
#[derive(Deserialize)]
struct Rehearsed<'a> {
    #[serde(borrow)]
    prompts: Vec<Prompted<'a>>,
}

#[derive(Deserialize)]
struct Prompted<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    result: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Trace<'a> {
    #[serde(borrow)]
    steps: Vec<Step<'a>>,
}

#[derive(Deserialize)]
struct Step<'a> {
    #[serde(borrow)]
    node: Cow<'a, str>,
    #[serde(borrow, default)]
    outcome: Option<Text<'a>>,
}

/// A text that is borrowed also where it may be absent.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct Checked {
    checks: Vec<Check>,
}

/// The record line by line; nothing where it does not have this form, or one of its lines cannot be read.
fn by_line(file: &mut impl BufRead, line: &mut Vec<u8>) -> Result<Option<Run>, ReadError> {
    const OPEN: &[u8] = b"\"scenarios\":[";
    let Some(head) = line.strip_suffix(b"\n").filter(|head| head.ends_with(OPEN)) else { return Ok(None) };
    let head = [head, b"]}"].concat();
    if version(&head).is_some_and(|version| !RUN_VERSIONS.contains(&version)) {
        return Err(ReadError::Version(version(&head).unwrap_or_default()));
    }
    let Ok(head) = serde_json::from_slice::<Head>(&head) else { return Ok(None) };
    let mut run = Run::default();
    loop {
        line.clear();
        if file.read_until(b'\n', line)? == 0 {
            // The end is missing: reading it as a whole says where.
            return Ok(None);
        }
        if let Some(tail) = line.strip_prefix(b"],") {
            let mut tail = [b"{", tail].concat();
            file.read_to_end(&mut tail)?;
            let Ok(tail) = serde_json::from_slice::<Tail>(&tail) else { return Ok(None) };
            run.finish(head, tail);
            return Ok(Some(run));
        }
        let scenario = line.trim_ascii_end();
        let scenario = scenario.strip_suffix(b",").unwrap_or(scenario);
        let Ok(scenario) = serde_json::from_slice(scenario) else { return Ok(None) };
        run.add(&scenario);
    }
}

fn version(json: &[u8]) -> Option<u32> {
    serde_json::from_slice::<Version>(json).ok().map(|version| version.version)
}

/// A record of any layout.
fn whole(json: &[u8]) -> Result<Run, ReadError> {
    let Version { version } = serde_json::from_slice(json).map_err(ReadError::Other)?;
    if !RUN_VERSIONS.contains(&version) {
        return Err(ReadError::Version(version));
    }
    let head: Head = serde_json::from_slice(json).map_err(ReadError::Other)?;
    let Scenarios { scenarios } = serde_json::from_slice(json).map_err(ReadError::Other)?;
    let mut run = Run::default();
    scenarios.iter().for_each(|scenario| run.add(scenario));
    run.finish(head, serde_json::from_slice(json).map_err(ReadError::Other)?);
    Ok(run)
}

/// A record that is there already.
pub(super) fn of_record(record: &RunRecord) -> Run {
    let mut run = Run::default();
    record.scenarios.iter().for_each(|scenario| run.add_record(scenario));
    run.complete(record);
    run
}

impl Run {
    /// Adds the next scenario of a run that is being told.
    pub(crate) fn add_record(&mut self, scenario: &ScenarioRecord) {
        let steps = scenario.trace.iter().flat_map(|trace| &trace.steps);
        let steps = steps.map(|step| (&*step.node, step.outcome.as_deref()));
        let prompts = scenario.assist.iter().flat_map(|assist| &assist.prompts);
        let steps = steps.chain(prompts.map(|prompt| (&*prompt.id, Some(prompt.result.word()))));
        self.push(&scenario.id, (&scenario.file, scenario.line), scenario.verdict, scenario.why(), steps);
    }

    /// Takes over what a record says beside its scenarios.
    pub(crate) fn complete(&mut self, record: &RunRecord) {
        self.header = record.header.clone();
        self.rejected = record.rejected.iter().map(|rejected| rejected.file.clone()).collect();
        self.totals = record.totals;
        self.scores = record.scores.clone();
        self.coverage = record.coverage.as_ref().map(|coverage| coverage.totals.clone()).unwrap_or_default();
        self.gates = record.gates.clone();
        self.stopped = record.stopped.clone();
        self.started = record.wall.started.clone();
    }

    fn add(&mut self, scenario: &Scenario<'_>) {
        let why = if scenario.verdict == Verdict::Passed {
            None
        } else {
            // A score that cannot be read only leaves the reason out.
            let checked = scenario.score.and_then(|score| serde_json::from_str::<Checked>(score.get()).ok());
            let checks = checked.map(|score| score.checks).unwrap_or_default();
            why(scenario.verdict, scenario.reason.as_deref(), &scenario.attempts, &checks)
        };
        let steps = scenario.trace.iter().flat_map(|trace| &trace.steps);
        let steps = steps.map(|step| (&*step.node, step.outcome.as_ref().map(|Text(outcome)| &**outcome)));
        let prompts = scenario.assist.iter().flat_map(|assist| &assist.prompts);
        let steps = steps.chain(prompts.map(|prompt| (&*prompt.id, Some(&*prompt.result))));
        self.push(&scenario.id, (&scenario.file, scenario.line), scenario.verdict, why, steps);
    }

    fn push<'a>(
        &mut self,
        id: &str,
        (file, line): (&str, u32),
        verdict: Verdict,
        why: Option<String>,
        steps: impl Iterator<Item = (&'a str, Option<&'a str>)>,
    ) {
        let start = self.paths.len() as u32;
        // Calls of one suite go much the same way: what the call before did at this step is looked at first.
        let before = self.cases.last().map_or((0, 0), |case| case.path);
        for (index, (node, outcome)) in (before.0..).zip(steps) {
            let guess = self.paths.get(index as usize).copied().filter(|_| index < before.1);
            let step = match guess {
                Some(guess) if self.steps.is(guess, node, outcome) => guess,
                _ => self.steps.of(node, outcome),
            };
            self.paths.push(step);
        }
        let path = (start, self.paths.len() as u32);
        let file = match self.cases.last() {
            Some(case) if self.steps.is(case.file, file, None) => case.file,
            _ => self.steps.of(file, None),
        };
        self.cases.push(Case { id: id.into(), file, line, verdict, why: why.map(Into::into), path });
    }

    fn finish(&mut self, head: Head, tail: Tail) {
        self.header = head.header;
        self.rejected = head.rejected.into_iter().map(|rejected| rejected.file).collect();
        self.totals = tail.totals;
        self.scores = tail.scores;
        self.coverage = tail.coverage.map(|coverage| coverage.totals).unwrap_or_default();
        self.gates = tail.gates;
        self.stopped = tail.stopped;
        self.started = tail.wall.started;
    }
}

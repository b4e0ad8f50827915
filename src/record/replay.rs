//! A journal read back.

use super::{
    EVENT_VERSION, EVENT_VERSIONS, Event, EventKind, RUN_VERSION, RejectedRecord, RunHeader, RunRecord, RunWall,
    ScenarioRecord, Scores, SlowestList, StopReason, SuiteHead, Tally,
};

/// Why a journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A line that is not an event, and not the last one.
    #[error("line {line} of the journal is not an event: {source}")]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Nothing says what was run.
    #[error("the journal does not begin with the start of a run")]
    NoStart,
    /// Written by another version of callpath.
    #[error("the journal has version {0}, this callpath reads versions up to {EVENT_VERSION}")]
    Version(u32),
}

/// The record of the run that a journal tells of, from its lines.
///
/// The last line may be cut, and the run's end may be missing: the record then holds the scenarios that finished, and
/// `stopped` says `interrupted`. Of a journal that is whole it is the record that was written beside it. Coverage and
/// decisions are counted at a run's end, with the flows at hand; where the end is missing,
/// the runner's `recount` counts them from the traces.
pub fn replay<L: AsRef<str>>(lines: impl IntoIterator<Item = L>) -> Result<RunRecord, ReplayError> {
    let mut reading = Reading::default();
    let mut lines = lines.into_iter().enumerate().filter(|(_, line)| !line.as_ref().trim().is_empty()).peekable();
    while let Some((index, line)) = lines.next() {
        match serde_json::from_str::<Event>(line.as_ref()) {
            Ok(event) => reading.event(event)?,
            // What was written when the lights went out.
            Err(_) if lines.peek().is_none() => break,
            Err(source) => return Err(ReplayError::Line { line: index + 1, source }),
        }
    }
    reading.finish()
}

#[derive(Default)]
struct Reading {
    start: Option<Start>,
    rejected: Vec<RejectedRecord>,
    scenarios: Vec<(u64, ScenarioRecord)>,
    stopped: Option<StopReason>,
    summary: Option<RunRecord>,
    last_us: u64,
}

struct Start {
    run_id: String,
    header: RunHeader,
    jobs: u32,
    started: String,
    suites: Vec<SuiteHead>,
}

impl Reading {
    fn event(&mut self, event: Event) -> Result<(), ReplayError> {
        self.last_us = event.at_us;
        match event.kind {
            EventKind::RunStarted { version, run_id, header, jobs, started, suites, .. } => {
                if !EVENT_VERSIONS.contains(&version) {
                    return Err(ReplayError::Version(version));
                }
                self.start = Some(Start { run_id, header: *header, jobs, started, suites });
            }
            EventKind::FileRejected { file, suite, diagnostics } => {
                self.rejected.push(RejectedRecord { file, suite, diagnostics });
            }
            EventKind::ScenarioFinished { index, scenario } => {
                self.scenarios.push((index, std::sync::Arc::unwrap_or_clone(scenario)));
            }
            EventKind::Stopping { reason } => self.stopped = Some(reason),
            EventKind::RunFinished { summary } => self.summary = Some(*summary),
            EventKind::ScenarioStarted { .. }
            | EventKind::ScenarioRetried { .. }
            | EventKind::ReporterFailed { .. } => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<RunRecord, ReplayError> {
        self.scenarios.sort_by_key(|(index, _)| *index);
        let scenarios: Vec<ScenarioRecord> = self.scenarios.into_iter().map(|(_, scenario)| scenario).collect();
        if let Some(summary) = self.summary {
            return Ok(RunRecord { version: RUN_VERSION, scenarios, ..summary });
        }
        let start = self.start.ok_or(ReplayError::NoStart)?;
        let mut tally = Tally::new(&start.suites);
        let mut slowest = SlowestList::default();
        self.rejected.iter().for_each(|rejected| tally.add_rejected(rejected));
        for scenario in &scenarios {
            tally.add(scenario);
            slowest.add(scenario);
        }
        let assist = tally.assist();
        let (suites, flows, totals) = tally.finish();
        let record = RunRecord {
            version: RUN_VERSION,
            header: start.header,
            rejected: self.rejected,
            scenarios,
            suites,
            flows,
            scores: Scores::of(&totals),
            totals,
            // The flows are not in the journal; see above.
            coverage: None,
            decisions: None,
            assist,
            gates: Vec::new(),
            stopped: Some(self.stopped.unwrap_or(StopReason::Interrupted)),
            wall: RunWall {
                run_id: start.run_id,
                started: start.started,
                duration_us: self.last_us,
                jobs: start.jobs,
                slowest: slowest.finish(),
                requests: None,
            },
        };
        Ok(record.judged())
    }
}

//! The attempts of one scenario, and its verdict.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::attempt::{Attempt, Done, attempt};
use super::deliver::Message;
use super::plan::Plan;
use super::programs::Programs;
use super::stop::Stop;
use super::trace as traces;
use crate::flow::Name;
use crate::record::{AttemptRecord, ScenarioRecord, ScenarioWall, StopReason, Verdict};
use crate::runner::targets::Target;
use crate::score::Coverage;
use crate::simulator::Searcher;
use crate::suite::Scenario;

/// How scenarios are tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tries {
    /// Wall time for one attempt.
    pub(super) timeout: Duration,
    /// How often an attempt that did not pass is tried again.
    pub(super) retries: u32,
    /// How often the whole is repeated, at least 1.
    pub(super) repeat: u32,
}

/// What a scenario is run with, beside its target.
pub(super) struct Means<'a> {
    pub(super) tries: Tries,
    pub(super) searcher: &'a Searcher,
    pub(super) programs: &'a Programs,
    /// What the worker's calls came to.
    pub(super) coverage: &'a mut Coverage,
}

/// Runs the plan's scenario at `index` to its verdict and tells of every attempt that is tried again. The call of the last
/// attempt, which is the one in the record, is added to the coverage.
pub(super) async fn run_scenario<T: Target>(
    target: &T,
    (plan, index, planned): (&Plan, usize, &Scenario),
    means: Means<'_>,
    stop: &Stop,
    run_start: Instant,
    events: &mpsc::Sender<Message>,
) -> ScenarioRecord {
    let Means { tries, searcher, programs, coverage } = means;
    let limit = planned.handling().timeout_ms.map_or(tries.timeout, Duration::from_millis);
    let retries = planned.handling().retries.unwrap_or(tries.retries);
    let start = Instant::now();
    let mut attempts: Vec<AttemptRecord> = Vec::new();
    let mut last = None;
    for _ in 0..tries.repeat {
        let mut left = retries;
        loop {
            let done = match attempt(target, &planned.work, (searcher, programs), limit, stop).await {
                Attempt::Done(done) => done,
                Attempt::Interrupted => return skipped(plan, planned, StopReason::Interrupted.to_string()),
                Attempt::Skip(reason) => return skipped(plan, planned, reason),
                Attempt::Unusable(message) => {
                    stop.set(StopReason::Unusable { reason: message.clone() });
                    let wall = wall(run_start, start);
                    return ScenarioRecord { reason: Some(message), wall, ..empty(plan, planned, Verdict::Error) };
                }
            };
            let passed = done.verdict == Verdict::Passed;
            attempts.push(AttemptRecord { verdict: done.verdict, reason: done.why() });
            let why = if passed || left == 0 { None } else { Some(done.why().unwrap_or_default()) };
            last = Some(done);
            let Some(why) = why else { break };
            left -= 1;
            let retried = Message::Retried { index, attempt: attempts.len() as u32, reason: why };
            // Without the reporters' thread the worker ends with the next message it cannot send.
            let _ = events.send(retried).await;
        }
    }
    let verdict = verdict(&attempts);
    let mut record = empty(plan, planned, verdict);
    if let Some(Done { verdict: own, reason, trace, assist, score, decisions }) = last.map(|last| *last) {
        if let (Some(trace), Some(call)) = (&trace, planned.simulation()) {
            coverage.add(planned.suite, programs.walked(&call.program), trace, own == Verdict::Passed, &decisions);
        }
        // A scenario that passed in the end does not carry the reason of an attempt that did not.
        record.reason = reason.filter(|_| verdict != Verdict::Flaky);
        record.trace = trace.map(traces::record);
        record.assist = assist;
        record.score = score;
    }
    if attempts.len() > 1 {
        record.attempts = attempts;
    }
    record.wall = wall(run_start, start);
    record
}

/// All passed: passed. Some passed: flaky. None passed: failed, or error where no attempt got as far as a failure.
fn verdict(attempts: &[AttemptRecord]) -> Verdict {
    let count = |verdict| attempts.iter().filter(|attempt| attempt.verdict == verdict).count();
    match (count(Verdict::Passed), count(Verdict::Failed)) {
        (passed, _) if passed == attempts.len() => Verdict::Passed,
        (1.., _) => Verdict::Flaky,
        (0, 1..) => Verdict::Failed,
        (0, 0) => Verdict::Error,
    }
}

/// The record of a scenario that was not run.
pub(super) fn skipped(plan: &Plan, planned: &Scenario, reason: String) -> ScenarioRecord {
    ScenarioRecord { reason: Some(reason), ..empty(plan, planned, Verdict::Skipped) }
}

fn empty(plan: &Plan, planned: &Scenario, verdict: Verdict) -> ScenarioRecord {
    let suite = plan.suites.get(planned.suite);
    let flow = planned.program().and_then(|program| program.flows.first());
    let nameless = || Name::from("");
    ScenarioRecord {
        id: planned.id.to_string(),
        suite: suite.map_or_else(nameless, |suite| suite.suite.clone()),
        name: suite.map_or(&*planned.id, |suite| planned.name(&suite.suite)).to_owned(),
        cell: planned.cell().map(str::to_owned),
        tags: planned.tags.clone(),
        description: planned.description.clone(),
        properties: planned.properties.clone(),
        file: suite.map_or_else(nameless, |suite| suite.file.clone()),
        line: planned.line,
        end_line: Some(planned.end_line),
        flow: flow.map_or_else(nameless, |flow| flow.id.value.clone()),
        flow_version: flow.map_or_else(nameless, |flow| flow.version.clone()),
        verdict,
        reason: None,
        score: None,
        trace: None,
        assist: None,
        attempts: Vec::new(),
        wall: ScenarioWall::default(),
    }
}

fn wall(run_start: Instant, start: Instant) -> ScenarioWall {
    ScenarioWall {
        start_us: start.duration_since(run_start).as_micros() as u64,
        duration_us: start.elapsed().as_micros() as u64,
    }
}

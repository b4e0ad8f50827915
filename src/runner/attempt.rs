//! One attempt at a scenario.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::FutureExt;

use super::programs::Programs;
use super::rehearsed;
use super::stop::Stop;
use crate::record::{AssistRecord, StopReason, Verdict, check_sentence};
use crate::runner::targets::{Simulation, Target, TargetError};
use crate::score::{CheckState, Evaluation, Score, ScoredDecision};
use crate::simulator::{Fewest, Searcher, Trace, WallLimit};
use crate::suite::{CallWork, Expectations, Work};

/// How an attempt ended.
pub(super) enum Attempt {
    /// There is a verdict.
    Done(Box<Done>),
    /// The target does not offer what the call needs.
    Skip(String),
    /// The target cannot be used, for this reason.
    Unusable(String),
    /// It was cancelled.
    Interrupted,
}

/// An attempt with a verdict.
pub(super) struct Done {
    /// Passed, failed or error.
    pub(super) verdict: Verdict,
    /// Why it is an error, or why it failed although no check is broken.
    pub(super) reason: Option<String>,
    /// The call, unless there was none.
    pub(super) trace: Option<Trace>,
    /// What the prompts came to, where the scenario is one of prompts.
    pub(super) assist: Option<AssistRecord>,
    /// Its score, unless the simulation could not be carried through.
    pub(super) score: Option<Score>,
    /// The decisions that were expected of it.
    pub(super) decisions: Vec<ScoredDecision>,
}

impl Done {
    fn error(reason: String) -> Attempt {
        Attempt::Done(Box::new(Self { reason: Some(reason), ..Self::new(Verdict::Error) }))
    }

    /// A verdict and nothing else.
    pub(super) fn new(verdict: Verdict) -> Self {
        Self { verdict, reason: None, trace: None, assist: None, score: None, decisions: Vec::new() }
    }

    /// Why it did not pass, in one line.
    pub(super) fn why(&self) -> Option<String> {
        let broken =
            |score: &Score| score.checks.iter().find(|check| check.state != CheckState::Held).map(check_sentence);
        self.reason.clone().or_else(|| self.score.as_ref().and_then(broken))
    }
}

/// Simulates and scores a scenario once.
///
/// What waits is cancelled from here; what computes looks at the limit itself. Attempts that do neither for long end by
/// themselves, so whether the run is to end is asked before each.
pub(super) async fn attempt<T: Target>(
    target: &T,
    task: &Work,
    (searcher, programs): (&Searcher, &Programs),
    timeout: Duration,
    stop: &Stop,
) -> Attempt {
    if stop.reason() == Some(StopReason::Interrupted) {
        return Attempt::Interrupted;
    }
    let limit = WallLimit { deadline: Instant::now().checked_add(timeout), cancelled: Some(stop.interrupted_flag()) };
    let mut work = pin!(async {
        match task {
            Work::Call(call) => {
                let CallWork { simulation, expect } = &**call;
                let trace = target.simulate(simulation, limit).await?;
                judge(simulation, expect, trace, (searcher, programs), limit)
            }
            Work::Prompts(work) => Ok(rehearsed::judge(work, &target.rehearse(&work.prompts, limit).await?)),
        }
    });
    // One scenario's defect does not end the run. What a panic leaves half done is not looked at again; targets share
    // nothing else with other scenarios.
    let work = AssertUnwindSafe(work.as_mut()).catch_unwind();
    let ended = tokio::select! {
        // In this order, because most attempts are over at the first look.
        biased;
        ended = tokio::time::timeout(timeout, work) => ended,
        () = stop.interrupted() => return Attempt::Interrupted,
    };
    match ended {
        Ok(Ok(Err(TargetError::LimitExceeded))) if stop.reason() == Some(StopReason::Interrupted) => {
            Attempt::Interrupted
        }
        Err(_) | Ok(Ok(Err(TargetError::LimitExceeded))) => Done::error(format!("no result within {}", words(timeout))),
        Ok(Err(panic)) => {
            Done::error(format!("callpath has a defect, the simulation panicked: {}", panic_message(&*panic)))
        }
        Ok(Ok(Err(TargetError::Call(message)))) => Done::error(message),
        Ok(Ok(Err(TargetError::Skip(reason)))) => Attempt::Skip(reason),
        Ok(Ok(Err(TargetError::Unusable(message)))) => Attempt::Unusable(message),
        Ok(Ok(Ok(done))) => Attempt::Done(Box::new(done)),
    }
}

fn evaluate(
    simulation: &Simulation,
    expect: &Expectations,
    trace: &Trace,
    (searcher, programs): (&Searcher, &Programs),
    limit: WallLimit<'_>,
) -> Result<Evaluation, TargetError> {
    let mut is_cut = false;
    let evaluation = crate::score::evaluate(expect, trace, || {
        let Some(last) = trace.steps.last() else { return Fewest::Unknown };
        let taken = trace.interactions();
        // Where the target runs another version, the way is searched in that one.
        let (program, end) = match programs.other(&simulation.program) {
            Some(own) => (own, own.table.find(trace.node_name(last))),
            None => (&simulation.program, Some(last.node)),
        };
        let Some(end) = end else { return Fewest::Unknown };
        let found = searcher.fewest_interactions(program, &simulation.request, end, &trace.outcome, taken, limit);
        is_cut = found == Fewest::Unknown && limit.is_exceeded();
        found
    });
    // Its score would depend on the speed of the machine.
    if is_cut { Err(TargetError::LimitExceeded) } else { Ok(evaluation) }
}

/// The verdict on a call. A call that the engine had to end as failed does not pass unless the scenario speaks of it:
/// a flow that goes round in circles is wrong also where nobody thought of it.
fn judge(
    simulation: &Simulation,
    expect: &Expectations,
    trace: Trace,
    means: (&Searcher, &Programs),
    limit: WallLimit<'_>,
) -> Result<Done, TargetError> {
    if let Some(fault) = &trace.fault {
        let reason = Some(fault.to_string());
        return Ok(Done { reason, trace: Some(trace), ..Done::new(Verdict::Error) });
    }
    let Evaluation { score, decisions } = evaluate(simulation, expect, &trace, means, limit)?;
    let expected = expect.outcome.is_some() || expect.failure.is_some();
    let (verdict, reason) = match &trace.failure {
        _ if score.checks.iter().any(|check| check.state != CheckState::Held) => (Verdict::Failed, None),
        Some(failure) if !expected => (Verdict::Failed, Some(format!("the call failed: {failure}"))),
        _ => (Verdict::Passed, None),
    };
    Ok(Done { reason, trace: Some(trace), score: Some(score), decisions, ..Done::new(verdict) })
}

/// What a panic says.
pub(super) fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a message".to_owned())
}

/// A duration as people write it.
fn words(limit: Duration) -> String {
    match limit.as_millis() {
        ms if ms % 1_000 == 0 => format!("{} s", ms / 1_000),
        ms => format!("{ms} ms"),
    }
}

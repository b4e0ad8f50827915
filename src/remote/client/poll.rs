//! When to ask for the result of a job. No I/O and no clock: the caller says how much time has passed.
//!
//! The first poll of a job comes about when the jobs before it were done, then polls follow in growing steps.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The bounds of polling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollRules {
    /// The first poll while no job has been seen done.
    pub first: Duration,
    /// The longest step from one poll to the next.
    pub cap: Duration,
    /// From the submission to the last poll.
    pub timeout: Duration,
}

/// The shortest step: the runtime's timers count whole milliseconds.
const MIN_STEP: Duration = Duration::from_millis(1);
/// The first step is this part of the first poll, so that a job that ends just after it is soon seen.
const FIRST_STEP_PART: u32 = 32;
/// Each step is this much longer than the one before.
const STEP_GROWTH: f64 = 1.5;
/// No step is longer than this part of the time since the submission: a result is at most that much late.
const MAX_STEP_PART: u32 = 8;

/// When to poll first, learned from one question per job: was its first poll too early? Shared by the jobs of a target.
#[derive(Debug)]
pub(crate) struct FirstPoll {
    micros: AtomicU64,
}

impl FirstPoll {
    /// The tracker that starts with the first poll of these rules.
    pub(crate) fn new(rules: PollRules) -> Self {
        Self { micros: AtomicU64::new(micros(rules.first)) }
    }

    /// The first poll of the next job, from its submission on.
    pub(crate) fn get(&self) -> Duration {
        Duration::from_micros(self.micros.load(Ordering::Relaxed))
    }

    /// Learns from a job that was seen done at `done`; `too_early` is its last poll before that.
    ///
    /// Each job moves the first poll relative to its own times and not to those of the others, so that many jobs that
    /// end together do not add up.
    pub(crate) fn learn(&self, too_early: Option<Duration>, done: Duration) {
        let update = |first: u64| match too_early {
            // It may have been done for long: the next jobs are asked much earlier.
            None => first.min(micros(done) / 2),
            // Somewhat later, but never past a time at which a job was still running.
            Some(at) => first + micros(at).saturating_sub(first) / 8,
        };
        self.micros.update(Ordering::Relaxed, Ordering::Relaxed, update);
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The polls of one job. All times count from its submission.
#[derive(Debug)]
pub(crate) struct PollPlan {
    rules: PollRules,
    due: Duration,
    step: Duration,
    /// The last poll that came too early.
    too_early: Option<Duration>,
}

impl PollPlan {
    /// The plan of a job whose server asks for a pause of `retry_after`, if it does.
    pub(crate) fn new(rules: PollRules, first: Duration, retry_after: Option<Duration>) -> Self {
        // A user who sets a long first poll wants few requests.
        let min_step = (rules.first / MAX_STEP_PART).max(MIN_STEP).min(rules.cap);
        let step = (first / FIRST_STEP_PART).max(min_step);
        Self { rules, due: first.max(retry_after.unwrap_or_default()), step, too_early: None }
    }

    /// When the next poll is due, given that it is `now`; none where the job's time is over.
    pub(crate) fn next(&self, now: Duration) -> Option<Duration> {
        if self.too_early.is_some_and(|last| last >= self.rules.timeout) {
            return None;
        }
        // The last poll is at the timeout, however late the caller is.
        Some(self.due.max(now).min(self.rules.timeout))
    }

    /// The job was still running at a poll sent at `at`; `retry_after` is the pause that the server asks for.
    pub(crate) fn too_early(&mut self, at: Duration, retry_after: Option<Duration>) {
        let longest = (at / MAX_STEP_PART).max(MIN_STEP).min(self.rules.cap);
        self.due = at.saturating_add(self.step.min(longest).max(retry_after.unwrap_or_default()));
        self.step = self.step.mul_f64(STEP_GROWTH).min(self.rules.cap);
        self.too_early = Some(at);
    }

    /// The last poll that came too early.
    pub(crate) fn last_too_early(&self) -> Option<Duration> {
        self.too_early
    }
}

#[cfg(test)]
mod tests;

//! When to ask a job for its result: the plan learns from the jobs before. No I/O and no clock.
//!
//! What is learned is how long after its submission a job is first seen done. A plan asks at quantiles of these lengths:
//! where all jobs take the same time that is one poll, just when the answer is there; where they differ it is a few
//! polls spread as the answers are. Now and then a job is asked earlier than the others, so that jobs that become faster
//! are noticed. Before anything is known a few jobs are asked in growing steps, and the others wait for what these find
//! out; after the longest length known the steps grow again.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// The bounds of polling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollRules {
    /// The first step while nothing is known.
    pub first: Duration,
    /// The longest step that is not backed by a length known.
    pub cap: Duration,
    /// From the submission to the last poll.
    pub timeout: Duration,
}

/// No two polls of one job are closer than this.
pub(super) const CLOSEST: Duration = Duration::from_micros(500);
/// So many jobs are remembered.
const WINDOW: usize = 64;
/// Where a plan asks: these shares of the jobs seen were done by then. The first is not 0, so that a freak does not count.
const SHARES: [f64; 8] = [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0];
/// Every so many jobs one is asked early.
const EARLY_EVERY: u64 = 4;
/// Before anything is known one of so many jobs is asked from the first moment on, and the others in steps so many times
/// as long: all of them would keep the server busy with questions.
const SCOUT_EVERY: u32 = 8;
/// A gap in what is known that is worth no early poll.
const FINE: Duration = Duration::from_micros(200);

/// What is known about the jobs of one target. It is shared by all callers.
#[derive(Debug, Default)]
pub(crate) struct Durations {
    known: Mutex<Known>,
    /// Rings when the first job was seen done.
    first: Notify,
}

#[derive(Debug, Default)]
struct Known {
    /// Of each remembered job: the last poll that came too early, and the one that found it done.
    seen: VecDeque<(Duration, Duration)>,
    /// When those jobs were found done, in order.
    sorted: Vec<Duration>,
    /// [`SHARES`] of them, once there are any.
    marks: Option<[Duration; SHARES.len()]>,
    planned: u64,
}

impl Durations {
    /// The plan for a job that has just been submitted.
    pub(crate) fn plan(&self, rules: PollRules) -> PollPlan<'_> {
        let mut known = self.known();
        known.planned += 1;
        let early =
            known.marks.filter(|_| known.planned.is_multiple_of(EARLY_EVERY)).and_then(|marks| known.early(marks[0]));
        // Jobs that are submitted together shall not poll together.
        let phase = spread(known.planned);
        PollPlan {
            durations: self,
            rules,
            early,
            // The first job is one.
            scout: known.planned % u64::from(SCOUT_EVERY) == 1,
            step: rules.first.mul_f64(phase + 0.5).max(CLOSEST),
            growth: 0.1 + 0.3 * phase,
            last: None,
        }
    }

    /// Whether there is anything to go by.
    pub(crate) fn knows(&self) -> bool {
        self.known().marks.is_some()
    }

    /// Remembers a job that was done at a poll `done` after its submission and not yet at one `too_early` after it
    /// (nothing: it was done at the first poll).
    fn record(&self, too_early: Duration, done: Duration) {
        let mut known = self.known();
        known.record(too_early, done);
        if known.seen.len() == 1 {
            drop(known);
            self.first.notify_waiters();
        }
    }

    /// Waits until the first job is seen done, if none has been yet; else for ever: plans made before may be made anew then.
    pub(crate) async fn first(&self) {
        let rings = self.first.notified();
        // Registered before the look, so that nothing is missed in between.
        if self.knows() {
            std::future::pending().await
        }
        rings.await;
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        // What is known is a hint: it may be used whatever panicked beside it.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn record(&mut self, too_early: Duration, done: Duration) {
        if self.seen.len() == WINDOW
            && let Some((_, oldest)) = self.seen.pop_front()
            && let Ok(place) = self.sorted.binary_search(&oldest)
        {
            self.sorted.remove(place);
        }
        self.seen.push_back((too_early.min(done), done));
        self.sorted.insert(self.sorted.partition_point(|&known| known < done), done);
        let last = self.sorted.len() - 1;
        self.marks = Some(SHARES.map(|share| self.sorted[(share * last as f64) as usize]));
    }

    /// Somewhere between the latest poll that came too early and the first mark: jobs that are under way together try
    /// different places.
    fn early(&self, mark: Duration) -> Option<Duration> {
        let too_early = self.seen.iter().map(|&(too_early, _)| too_early).filter(|&time| time < mark).max();
        let too_early = too_early.unwrap_or_default();
        let share = spread(self.planned / EARLY_EVERY);
        (mark - too_early > FINE).then(|| too_early + (mark - too_early).mul_f64(share))
    }
}

/// When one job is asked. All times count from its submission.
#[derive(Debug)]
pub(crate) struct PollPlan<'a> {
    durations: &'a Durations,
    rules: PollRules,
    early: Option<Duration>,
    /// Whether it is asked from the first moment on while nothing is known.
    scout: bool,
    step: Duration,
    /// By which part of the time spent the steps grow that are not backed by a length known.
    growth: f64,
    /// When the last one was sent; it came too early.
    last: Option<Duration>,
}

impl PollPlan<'_> {
    /// When the next poll is due, given that it is `now`; none where the job's time is over.
    pub(crate) fn next(&self, now: Duration) -> Option<Duration> {
        let marks = self.durations.known().marks;
        let due = match self.last {
            None => match self.early.or(marks.map(|marks| marks[0])) {
                Some(due) => due,
                None if self.scout => Duration::ZERO,
                None => self.first_step(),
            },
            Some(last) if last >= self.rules.timeout => return None,
            Some(last) => last + self.step_after(last, marks),
        };
        // The last poll is at the timeout, however late the caller is.
        Some(due.max(now).min(self.rules.timeout))
    }

    /// A poll was sent, later than it was due perhaps, and came too early: the next one keeps its distance from it. The plan goes on
    /// only by this.
    pub(crate) fn too_early(&mut self, at: Duration) {
        self.last = Some(at);
    }

    /// The poll that was sent then found the job done: others may go by it.
    pub(crate) fn done(&self, at: Duration) {
        self.durations.record(self.last.unwrap_or_default(), at);
    }

    /// The step while nothing is known.
    fn first_step(&self) -> Duration {
        if self.scout { self.step } else { self.step * SCOUT_EVERY }
    }

    fn step_after(&self, last: Duration, marks: Option<[Duration; SHARES.len()]>) -> Duration {
        // A hundredth of the time spent already is no harm, and keeps long jobs from being asked all the time.
        let closest = CLOSEST.max(last / 100);
        let Some(marks) = marks else { return self.first_step().max(last / 10).min(self.rules.cap).max(closest) };
        let blind = self.step.max(last.mul_f64(self.growth)).min(self.rules.cap);
        let step = match marks.iter().find(|&&mark| mark > last + closest / 2) {
            Some(&mark) => (mark - last).min(blind),
            // Later than all others: first in small steps, then in growing ones.
            None => (last.saturating_sub(marks[SHARES.len() - 1]) / 2).min(blind),
        };
        step.max(closest)
    }
}

/// Fills the range from 0 to 1 evenly, however many numbers there are (the golden-ratio sequence).
fn spread(number: u64) -> f64 {
    (number as f64 * 0.618_033_988_749_894_9).fract()
}

#[cfg(test)]
mod tests;

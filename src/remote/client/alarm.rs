//! Waking up on time.
//!
//! The runtime's timer counts in whole milliseconds and is late by up to two. A poll that waits for a job of 50 ms loses
//! 3 % that way, so the last stretch of such a wait is timed by a thread. It takes some 0.3 ms until that has woken up, and
//! has woken up who waits. So it is set earlier by as much as it was late before, and what is left then is passed awake, by
//! giving way to others again and again.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// The stretch before the end of a wait that the runtime's timer cannot be trusted with.
const FINE: Duration = Duration::from_millis(2);
/// The thread is set at most so much earlier, however late it was.
const LEAD: Duration = Duration::from_micros(400);
/// It is set so much earlier than it was late on average.
const MARGIN: Duration = Duration::from_micros(30);
/// How many of the last wake-ups count for the average, about.
const WEIGHT: u64 = 16;

/// A thread that wakes up others; it ends with this value.
#[derive(Debug)]
pub(crate) struct Alarm {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    calls: Mutex<Calls>,
    changed: Condvar,
    /// How late sleepers are woken up on average, in ns.
    lateness: AtomicU64,
}

#[derive(Debug, Default)]
struct Calls {
    due: BinaryHeap<Reverse<Due>>,
    over: bool,
}

/// Somebody to be woken up.
#[derive(Debug)]
struct Due {
    at: Instant,
    sleeper: oneshot::Sender<()>,
}

impl Alarm {
    /// Starts the thread; none where the system has no thread to give.
    pub(crate) fn start() -> Option<Self> {
        let shared = Arc::<Shared>::default();
        let alarm = Self { shared: shared.clone() };
        std::thread::Builder::new().name("alarm".into()).spawn(move || shared.ring()).ok()?;
        Some(alarm)
    }

    /// Waits until `at`, to some 0.01 ms while the runtime is not busy.
    pub(crate) async fn until(&self, at: Instant) {
        let lead = (Duration::from_nanos(self.shared.lateness.load(Ordering::Relaxed)) + MARGIN).min(LEAD);
        let early = at.checked_sub(lead).unwrap_or(at);
        if early > Instant::now() {
            self.wake_up(early).await;
            self.shared.woken(early.elapsed());
        }
        while Instant::now() < at {
            tokio::task::yield_now().await;
        }
    }

    async fn wake_up(&self, at: Instant) {
        let left = at.saturating_duration_since(Instant::now());
        if left > FINE {
            tokio::time::sleep(left - FINE).await;
        }
        let (sleeper, woken) = oneshot::channel();
        {
            let mut calls = self.shared.lock();
            let first = calls.due.peek().is_none_or(|Reverse(first)| at < first.at);
            calls.due.push(Reverse(Due { at, sleeper }));
            if first {
                self.shared.changed.notify_one();
            }
        }
        // The thread answers or is gone: both are an end of the wait.
        let _ = woken.await;
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.shared.lock().over = true;
        self.shared.changed.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody was woken up so late.
    fn woken(&self, late: Duration) {
        let late = late.min(LEAD).as_nanos() as u64;
        let average = self.lateness.load(Ordering::Relaxed);
        // What others write at the same moment may be lost: it is an average.
        self.lateness.store(average - average / WEIGHT + late / WEIGHT, Ordering::Relaxed);
    }

    fn ring(&self) {
        let mut calls = self.lock();
        while !calls.over {
            let now = Instant::now();
            while let Some(Reverse(first)) = calls.due.peek()
                && first.at <= now
            {
                if let Some(Reverse(first)) = calls.due.pop() {
                    // Who gave up waiting need not be woken.
                    let _ = first.sleeper.send(());
                }
            }
            calls = match calls.due.peek().map(|Reverse(first)| first.at.saturating_duration_since(now)) {
                Some(left) => self.changed.wait_timeout(calls, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.changed.wait(calls).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nobody_wakes_too_early_and_all_wake() {
        let alarm = Arc::new(Alarm::start().unwrap());
        let start = Instant::now();
        let tasks: Vec<_> = (0..200u64)
            .map(|number| {
                let alarm = alarm.clone();
                let at = start + Duration::from_micros(number * 7_919 % 20_000);
                tokio::spawn(async move {
                    alarm.until(at).await;
                    Instant::now().checked_duration_since(at)
                })
            })
            .collect();
        for task in tasks {
            assert!(task.await.unwrap().is_some(), "too early");
        }
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_late_is_set_earlier_but_not_by_much() {
        let alarm = Alarm::start().unwrap();
        let lead = |alarm: &Alarm| Duration::from_nanos(alarm.shared.lateness.load(Ordering::Relaxed));
        for _ in 0..1_000 {
            alarm.shared.woken(Duration::from_micros(120));
        }
        assert!(lead(&alarm).abs_diff(Duration::from_micros(120)) < Duration::from_micros(1));
        for _ in 0..1_000 {
            alarm.shared.woken(Duration::from_secs(1));
        }
        assert!(lead(&alarm) <= LEAD);
        // What is due within the lead is waited for all the same.
        let at = Instant::now() + LEAD / 2;
        alarm.until(at).await;
        assert!(Instant::now() >= at);
    }

    #[tokio::test]
    async fn a_sleeper_that_gave_up_holds_nobody_back() {
        let alarm = Alarm::start().unwrap();
        let at = Instant::now() + Duration::from_millis(1);
        tokio::select! {
            biased;
            () = alarm.until(at) => panic!("nobody can be that late"),
            () = std::future::ready(()) => {}
        }
        alarm.until(at + Duration::from_millis(1)).await;
    }
}

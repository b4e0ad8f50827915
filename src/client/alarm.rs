//! Waking up on time.
//!
//! The runtime's timer counts in whole milliseconds and is late by up to two. A poll that waits for a job of 50 ms loses
//! 3 % that way, so the last stretch of such a wait is timed by a thread, which is late by some 0.1 ms.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// The stretch before the end of a wait that the runtime's timer cannot be trusted with.
const FINE: Duration = Duration::from_millis(2);

/// A thread that wakes up others; it ends with this value.
#[derive(Debug)]
pub struct Alarm {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    calls: Mutex<Calls>,
    changed: Condvar,
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
    pub fn start() -> Option<Self> {
        let shared = Arc::<Shared>::default();
        let alarm = Self { shared: shared.clone() };
        std::thread::Builder::new().name("alarm".into()).spawn(move || shared.ring()).ok()?;
        Some(alarm)
    }

    /// Waits until `at`, to about 0.1 ms.
    pub async fn until(&self, at: Instant) {
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

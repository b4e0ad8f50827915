//! Virtual time for tasks: waiting takes no real time, and the order of wake-ups is deterministic.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use crate::simulator::{LimitChecker, WallLimit};

/// A clock that advances only when all tasks wait.
#[derive(Debug, Default)]
pub(super) struct VirtualClock {
    now_ns: AtomicU64,
    timers: Mutex<Timers>,
}

#[derive(Debug, Default)]
struct Timers {
    due: BinaryHeap<Reverse<Timer>>,
    /// The number of the next timer: of timers for the same time, the first one fires first.
    next: u64,
}

#[derive(Debug)]
struct Timer {
    at_ns: u64,
    number: u64,
    cancelled: Arc<AtomicBool>,
    waker: Waker,
}

/// A pending wait.
#[derive(Debug)]
pub(super) struct Sleep<'a> {
    clock: &'a VirtualClock,
    at_ns: u64,
    registered: Option<Arc<AtomicBool>>,
}

impl VirtualClock {
    /// The time since the start.
    pub(super) fn now(&self) -> Duration {
        Duration::from_nanos(self.now_ns.load(Ordering::Relaxed))
    }

    /// Waits.
    pub(super) fn sleep(&self, time: Duration) -> Sleep<'_> {
        let time = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let at_ns = self.now_ns.load(Ordering::Relaxed).saturating_add(time);
        Sleep { clock: self, at_ns, registered: None }
    }

    /// The time of the next timer.
    fn next(&self) -> Option<u64> {
        let mut timers = self.lock();
        while timers.due.peek().is_some_and(|Reverse(timer)| timer.cancelled.load(Ordering::Relaxed)) {
            timers.due.pop();
        }
        timers.due.peek().map(|Reverse(timer)| timer.at_ns)
    }

    /// Advances to the next timer and wakes its task.
    fn advance(&self) {
        let timer = self.lock().due.pop();
        if let Some(Reverse(timer)) = timer {
            self.set(timer.at_ns);
            timer.waker.wake();
        }
    }

    fn set(&self, at_ns: u64) {
        self.now_ns.fetch_max(at_ns, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Timers> {
        self.timers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.clock.now_ns.load(Ordering::Relaxed) >= self.at_ns {
            return Poll::Ready(());
        }
        if self.registered.is_none() {
            let cancelled = Arc::<AtomicBool>::default();
            let mut timers = self.clock.lock();
            let number = timers.next;
            timers.next += 1;
            let (at_ns, waker) = (self.at_ns, context.waker().clone());
            timers.due.push(Reverse(Timer { at_ns, number, cancelled: cancelled.clone(), waker }));
            drop(timers);
            self.registered = Some(cancelled);
        }
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    /// A cancelled wait must not advance the clock.
    fn drop(&mut self) {
        if let Some(cancelled) = &self.registered {
            cancelled.store(true, Ordering::Relaxed);
        }
    }
}

impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Timer {}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timer {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at_ns, self.number).cmp(&(other.at_ns, other.number))
    }
}

/// A task that waits by the clock.
pub(super) type Task<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The numbers of tasks that are ready, in the order of their wake-ups.
type Ready = Arc<Mutex<VecDeque<usize>>>;

struct TaskWaker {
    task: usize,
    ready: Ready,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        ready(&self.ready).push_back(self.task);
    }
}

fn ready(ready: &Ready) -> MutexGuard<'_, VecDeque<usize>> {
    ready.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs tasks until all have ended. `starts` has the starts in order of their times in ms. `begin`
/// creates the task of a start at its time, after the wake-ups of that time, or none if there is
/// nothing to wait for. Returns false if the limit was exceeded.
pub(super) fn run<'a, S>(
    clock: &VirtualClock,
    starts: impl IntoIterator<Item = (u64, S)>,
    limit: WallLimit<'_>,
    mut begin: impl FnMut(S) -> Option<Task<'a>>,
) -> bool {
    let mut limit = LimitChecker::new(limit);
    let queue = Ready::default();
    let mut starts = starts.into_iter().peekable();
    let mut tasks: Vec<(Option<Task<'a>>, Waker)> = Vec::new();
    let mut free: Vec<usize> = Vec::new();
    loop {
        if limit.count() {
            return false;
        }
        while let Some(number) = { ready(&queue).pop_front() } {
            // A task may be woken after its end.
            let Some((place, waker)) = tasks.get_mut(number) else { continue };
            let Some(task) = place else { continue };
            if task.as_mut().poll(&mut Context::from_waker(waker)).is_ready() {
                *place = None;
                free.push(number);
            }
        }
        let start_ns = starts.peek().map(|(at_ms, _)| at_ms.saturating_mul(1_000_000));
        match (clock.next(), start_ns) {
            (None, None) => return true,
            (Some(wake), start) if start.is_none_or(|start| wake <= start) => clock.advance(),
            (_, start) => {
                clock.set(start.unwrap_or_default());
                let Some((_, start)) = starts.next() else { return true };
                let Some(task) = begin(start) else { continue };
                let number = free.pop().unwrap_or(tasks.len());
                if number == tasks.len() {
                    tasks.push((None, Waker::from(Arc::new(TaskWaker { task: number, ready: queue.clone() }))));
                }
                tasks[number].0 = Some(task);
                ready(&queue).push_back(number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_wake_in_the_order_of_their_times_and_take_no_time() {
        let clock = VirtualClock::default();
        let log = Mutex::new(Vec::new());
        let task = |name: &'static str, waits: &'static [u64]| -> Task<'_> {
            let (clock, log) = (&clock, &log);
            Box::pin(async move {
                for wait in waits {
                    clock.sleep(Duration::from_millis(*wait)).await;
                    log.lock().unwrap().push((name, clock.now().as_millis()));
                }
            })
        };
        let starts = [(0, task("a", &[10, 10])), (0, task("b", &[10, 0, 5])), (20, task("c", &[0, 3_600_000]))];
        run(&clock, starts, WallLimit::default(), Some);
        let log = log.lock().unwrap();
        let expected = [("a", 10), ("b", 10), ("b", 10), ("b", 15), ("a", 20), ("c", 20), ("c", 3_600_020)];
        assert_eq!(*log, expected);
    }

    #[test]
    fn a_wait_that_is_given_up_does_not_move_the_clock() {
        let clock = VirtualClock::default();
        let task: Task<'_> = Box::pin(async {
            tokio::select! {
                biased;
                () = clock.sleep(Duration::from_secs(3_600)) => {}
                () = clock.sleep(Duration::from_millis(1)) => {}
            }
        });
        run(&clock, [(0, task)], WallLimit::default(), Some);
        assert_eq!(clock.now(), Duration::from_millis(1));
    }

    #[test]
    fn tasks_may_wait_for_each_other() {
        let clock = VirtualClock::default();
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let waits: Task<'_> = Box::pin(async {
            receiver.await.unwrap();
            clock.sleep(Duration::from_millis(1)).await;
        });
        let tells: Task<'_> = Box::pin(async {
            clock.sleep(Duration::from_millis(7)).await;
            sender.send(()).unwrap();
        });
        run(&clock, [(0, waits), (0, tells)], WallLimit::default(), Some);
        assert_eq!(clock.now(), Duration::from_millis(8));
    }
}

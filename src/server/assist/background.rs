//! Background tasks that a shutdown waits for.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio::sync::Notify;

/// Counts the running background tasks.
#[derive(Debug, Default)]
pub(super) struct BackgroundTasks {
    running: AtomicUsize,
    idle: Notify,
}

/// Counts as one running task until it is dropped.
#[derive(Debug)]
pub(super) struct TaskGuard(Arc<BackgroundTasks>);

impl BackgroundTasks {
    /// Counts one more task.
    pub(super) fn begin(self: &Arc<Self>) -> TaskGuard {
        self.running.fetch_add(1, Ordering::AcqRel);
        TaskGuard(self.clone())
    }

    /// Waits until no task is running.
    pub(super) async fn idle(&self) {
        loop {
            // Registered before the check, so that no notification is missed.
            let mut idle = std::pin::pin!(self.idle.notified());
            idle.as_mut().enable();
            if self.running.load(Ordering::Acquire) == 0 {
                return;
            }
            idle.await;
        }
    }
}

/// A future that continues in a task of its own when it is dropped. Spawning it at the start would
/// cost two thread switches for each future, and most of them are never dropped early.
#[derive(Debug)]
pub(super) struct DetachOnDrop<F: Future<Output: Send> + Send + 'static> {
    running: Option<Pin<Box<F>>>,
    output: Option<F::Output>,
}

impl<F: Future<Output: Send> + Send> DetachOnDrop<F> {
    /// Wraps a future that has not started.
    pub(super) fn new(future: F) -> Self {
        Self { running: Some(Box::pin(future)), output: None }
    }

    /// A future that is ready at once.
    pub(super) fn ready(output: F::Output) -> Self {
        Self { running: None, output: Some(output) }
    }
}

// The inner future is boxed and nothing else is pinned.
impl<F: Future<Output: Send> + Send> Unpin for DetachOnDrop<F> {}

impl<F: Future<Output: Send> + Send> Future for DetachOnDrop<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Some(future) = &mut self.running else { return self.output.take().map_or(Poll::Pending, Poll::Ready) };
        let output = std::task::ready!(future.as_mut().poll(context));
        self.running = None;
        Poll::Ready(output)
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for DetachOnDrop<F> {
    fn drop(&mut self) {
        // A future that panicked cannot continue, and without a runtime no task can be spawned.
        if let Some(future) = self.running.take().filter(|_| !std::thread::panicking())
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(future);
        }
    }
}

impl Drop for TaskGuard {
    fn drop(&mut self) {
        if self.0.running.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.idle.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn a_dropped_future_continues() {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let lasting = DetachOnDrop::new(async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            sender.send(7)
        });
        assert!(tokio::time::timeout(Duration::from_secs(1), lasting).await.is_err());
        assert_eq!(receiver.await, Ok(7));
        assert_eq!(DetachOnDrop::new(async { 8 }).await, 8);
        let mut over = DetachOnDrop::new(async { 9 });
        assert_eq!((&mut over).await, 9);
        over = DetachOnDrop::ready(10);
        assert_eq!(over.await, 10);
    }

    #[tokio::test(start_paused = true)]
    async fn idle_waits_for_the_last_task() {
        let work = Arc::<BackgroundTasks>::default();
        work.idle().await;
        for seconds in 1..=3 {
            let task = work.begin();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                drop(task);
            });
        }
        let begun = tokio::time::Instant::now();
        work.idle().await;
        assert_eq!(begun.elapsed(), Duration::from_secs(3));
    }
}

//! What goes on in the background, so that a shutdown can wait for it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio::sync::Notify;

/// Counts tasks.
#[derive(Debug, Default)]
pub(super) struct Work {
    going_on: AtomicUsize,
    idle: Notify,
}

/// One task, as long as it lives.
#[derive(Debug)]
pub(super) struct Task(Arc<Work>);

impl Work {
    /// One task more.
    pub(super) fn begin(self: &Arc<Self>) -> Task {
        self.going_on.fetch_add(1, Ordering::AcqRel);
        Task(self.clone())
    }

    /// Waits until nothing goes on.
    pub(super) async fn idle(&self) {
        loop {
            // Registered before the look, so that no end is missed in between.
            let mut idle = std::pin::pin!(self.idle.notified());
            idle.as_mut().enable();
            if self.going_on.load(Ordering::Acquire) == 0 {
                return;
            }
            idle.await;
        }
    }
}

/// A future that goes on in the background when nobody waits for it any longer. A task of its own from the start would cost
/// two switches between threads for each that ends at once.
#[derive(Debug)]
pub(super) struct Lasting<F: Future<Output: Send> + Send + 'static> {
    going_on: Option<Pin<Box<F>>>,
    output: Option<F::Output>,
}

impl<F: Future<Output: Send> + Send> Lasting<F> {
    /// A future that has not begun.
    pub(super) fn new(future: F) -> Self {
        Self { going_on: Some(Box::pin(future)), output: None }
    }

    /// One that is over.
    pub(super) fn over(output: F::Output) -> Self {
        Self { going_on: None, output: Some(output) }
    }
}

// The future is in a box: nothing else here is ever pinned.
impl<F: Future<Output: Send> + Send> Unpin for Lasting<F> {}

impl<F: Future<Output: Send> + Send> Future for Lasting<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Some(future) = &mut self.going_on else { return self.output.take().map_or(Poll::Pending, Poll::Ready) };
        let output = std::task::ready!(future.as_mut().poll(context));
        self.going_on = None;
        Poll::Ready(output)
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for Lasting<F> {
    fn drop(&mut self) {
        // One that panicked cannot go on; without a runtime there is no background.
        if let Some(future) = self.going_on.take().filter(|_| !std::thread::panicking())
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(future);
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if self.0.going_on.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.idle.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn what_nobody_waits_for_goes_on() {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let lasting = Lasting::new(async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            sender.send(7)
        });
        assert!(tokio::time::timeout(Duration::from_secs(1), lasting).await.is_err());
        assert_eq!(receiver.await, Ok(7));
        assert_eq!(Lasting::new(async { 8 }).await, 8);
        let mut over = Lasting::new(async { 9 });
        assert_eq!((&mut over).await, 9);
        over = Lasting::over(10);
        assert_eq!(over.await, 10);
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_idle_when_the_last_task_has_ended() {
        let work = Arc::<Work>::default();
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

//! What goes on in the background, so that a shutdown can wait for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counts tasks.
#[derive(Debug, Default)]
pub struct Work {
    going_on: AtomicUsize,
    idle: Notify,
}

/// One task, as long as it lives.
#[derive(Debug)]
pub struct Task(Arc<Work>);

impl Work {
    /// One task more.
    pub fn begin(self: &Arc<Self>) -> Task {
        self.going_on.fetch_add(1, Ordering::AcqRel);
        Task(self.clone())
    }

    /// Waits until nothing goes on.
    pub async fn idle(&self) {
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

//! Ending a run before all is done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::record::StopReason;

/// A handle with which a run is ended in an orderly way, from any thread and any number of times.
#[derive(Clone, Debug)]
pub struct Stop {
    sender: Arc<watch::Sender<Option<StopReason>>>,
    /// The same for threads that compute and have no time to wait.
    interrupted: Arc<AtomicBool>,
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

impl Stop {
    /// A handle that was not used yet.
    pub fn new() -> Self {
        Self { sender: Arc::new(watch::Sender::new(None)), interrupted: Arc::default() }
    }

    /// Ends the run as interrupted: running scenarios are cancelled, the rest is skipped, reports are written.
    pub fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Relaxed);
        // It wins over the other reasons, which let running scenarios go on.
        self.sender.send_if_modified(|reason| {
            let changed = *reason != Some(StopReason::Interrupted);
            *reason = Some(StopReason::Interrupted);
            changed
        });
    }

    /// Ends the run without cancelling what is running; the first reason stays.
    pub(super) fn set(&self, new: StopReason) {
        self.sender.send_if_modified(|reason| {
            let is_first = reason.is_none();
            if is_first {
                *reason = Some(new);
            }
            is_first
        });
    }

    /// Why the run is to end.
    pub(super) fn reason(&self) -> Option<StopReason> {
        self.sender.borrow().clone()
    }

    /// Set once the run is interrupted.
    pub(super) fn interrupted_flag(&self) -> &AtomicBool {
        &self.interrupted
    }

    /// Waits until the run is interrupted.
    pub(super) async fn interrupted(&self) {
        let mut receiver = self.sender.subscribe();
        // The sender lives as long as `self`, so the wait cannot fail.
        let _ = receiver.wait_for(|reason| *reason == Some(StopReason::Interrupted)).await;
    }
}

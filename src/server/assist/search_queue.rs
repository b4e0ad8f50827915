//! The queue of transcript searches that have not begun.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Searches in the order in which they begin. One task begins all of them: nearly every search ends
/// with its first request, and a task of its own would cost more than that. The pipeline bounds the
/// number of searches.
#[derive(Debug)]
pub(super) struct SearchQueue<S>(Mutex<State<S>>);

#[derive(Debug)]
struct State<S> {
    waiting: VecDeque<S>,
    /// Whether a task is draining the queue.
    has_drainer: bool,
}

/// The right to take searches off the queue; at most one task has it.
#[derive(Debug)]
pub(super) struct Drainer<S>(Arc<SearchQueue<S>>);

impl<S> SearchQueue<S> {
    /// Adds a search. Returns the drainer if no task has it: the caller then begins the searches.
    pub(super) fn push(self: &Arc<Self>, search: S) -> Option<Drainer<S>> {
        let mut state = self.lock();
        state.waiting.push_back(search);
        let has_drainer = std::mem::replace(&mut state.has_drainer, true);
        (!has_drainer).then(|| Drainer(self.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, State<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Default for SearchQueue<S> {
    fn default() -> Self {
        Self(Mutex::new(State { waiting: VecDeque::new(), has_drainer: false }))
    }
}

impl<S> Drainer<S> {
    /// Takes the next search; an empty queue ends the right to drain.
    pub(super) fn next(&self) -> Option<S> {
        let mut state = self.0.lock();
        let next = state.waiting.pop_front();
        state.has_drainer = next.is_some();
        next
    }
}

impl<S> Drop for Drainer<S> {
    /// Releases the queue after a panic, so that the next caller of `push` begins the waiting
    /// searches.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().has_drainer = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_drainer_exists_until_the_queue_is_empty() {
        let searches = Arc::<SearchQueue<u8>>::default();
        let drainer = searches.push(1).unwrap();
        assert!(searches.push(2).is_none());
        assert_eq!((drainer.next(), drainer.next()), (Some(1), Some(2)));
        assert!(searches.push(3).is_none());
        assert_eq!((drainer.next(), drainer.next()), (Some(3), None));
        assert!(searches.push(4).is_some());
    }

    #[test]
    fn a_panic_releases_the_queue() {
        let searches = Arc::<SearchQueue<u8>>::default();
        let drainer = searches.push(1).unwrap();
        searches.push(2);
        let panics = move || {
            assert_ne!(drainer.next(), Some(1), "the search panics");
        };
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).is_err());
        let drainer = searches.push(3).unwrap();
        assert_eq!((drainer.next(), drainer.next(), drainer.next()), (Some(2), Some(3), None));
    }
}

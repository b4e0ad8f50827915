//! Searches for transcripts that have not begun.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Searches in the order in which they are to begin. One task begins them all: nearly every one ends at its first question,
/// and a task for each would cost more than that. There are no more of them than the pipeline has places for searches.
#[derive(Debug)]
pub(super) struct Searches<S>(Mutex<Line<S>>);

#[derive(Debug)]
struct Line<S> {
    waiting: VecDeque<S>,
    /// Somebody has the turn.
    is_taken: bool,
}

/// The turn to begin searches: one task has it.
#[derive(Debug)]
pub(super) struct Turn<S>(Arc<Searches<S>>);

impl<S> Searches<S> {
    /// Adds a search. The turn comes back where nobody has it.
    pub(super) fn add(self: &Arc<Self>, search: S) -> Option<Turn<S>> {
        let mut line = self.line();
        line.waiting.push_back(search);
        let is_taken = std::mem::replace(&mut line.is_taken, true);
        (!is_taken).then(|| Turn(self.clone()))
    }

    fn line(&self) -> MutexGuard<'_, Line<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Default for Searches<S> {
    fn default() -> Self {
        Self(Mutex::new(Line { waiting: VecDeque::new(), is_taken: false }))
    }
}

impl<S> Turn<S> {
    /// The next search; where there is none the turn is over.
    pub(super) fn next(&self) -> Option<S> {
        let mut line = self.0.line();
        let next = line.waiting.pop_front();
        line.is_taken = next.is_some();
        next
    }
}

impl<S> Drop for Turn<S> {
    /// A search that panics must not keep the turn for ever: whoever adds the next one begins those that wait as well.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.line().is_taken = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_the_turn_until_nothing_is_left() {
        let searches = Arc::<Searches<u8>>::default();
        let turn = searches.add(1).unwrap();
        assert!(searches.add(2).is_none());
        assert_eq!((turn.next(), turn.next()), (Some(1), Some(2)));
        assert!(searches.add(3).is_none());
        assert_eq!((turn.next(), turn.next()), (Some(3), None));
        assert!(searches.add(4).is_some());
    }

    #[test]
    fn a_panic_does_not_leave_the_others_waiting_for_ever() {
        let searches = Arc::<Searches<u8>>::default();
        let turn = searches.add(1).unwrap();
        searches.add(2);
        let panics = move || {
            assert_ne!(turn.next(), Some(1), "the search panics");
        };
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).is_err());
        let turn = searches.add(3).unwrap();
        assert_eq!((turn.next(), turn.next(), turn.next()), (Some(2), Some(3), None));
    }
}

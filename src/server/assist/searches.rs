//! Searches for transcripts that have not begun.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::work::Task;
use crate::assist::Search;

/// Searches in the order in which they are to begin. One task begins them all: nearly every one ends at its first question,
/// and a task for each would cost more than that. There are no more than the places that searches hold.
#[derive(Debug, Default)]
pub struct Searches(Mutex<Line>);

#[derive(Debug, Default)]
struct Line {
    waiting: VecDeque<(Search, Task)>,
    /// Somebody has the turn.
    is_taken: bool,
}

/// The turn to begin searches: one task has it.
#[derive(Debug)]
pub struct Turn(Arc<Searches>);

impl Searches {
    /// Adds a search. The turn comes back where nobody has it.
    pub fn add(self: &Arc<Self>, search: Search, task: Task) -> Option<Turn> {
        let mut line = self.line();
        line.waiting.push_back((search, task));
        let is_taken = std::mem::replace(&mut line.is_taken, true);
        (!is_taken).then(|| Turn(self.clone()))
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// The next search; where there is none the turn is over.
    pub fn next(&self) -> Option<(Search, Task)> {
        let mut line = self.0.line();
        let next = line.waiting.pop_front();
        line.is_taken = next.is_some();
        next
    }
}

impl Drop for Turn {
    /// A search that panics must not keep the turn for ever: the next one that is added begins those that wait as well.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.line().is_taken = false;
        }
    }
}

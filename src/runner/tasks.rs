//! What scenarios do, read again from their files where the plan does not keep it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::plan::{Plan, Task};

/// What the scenarios of a suite do, in order, or why it cannot be read again.
type Read = OnceCell<Result<Vec<Task>, String>>;

/// Gives out what scenarios do. Of the suites whose file is read again it holds the one that the run has come to, the one
/// after it and two before it, whose last scenarios may not have been asked for.
pub(super) struct Tasks {
    plan: Arc<Plan>,
    /// By the suite's number.
    open: Mutex<HashMap<usize, Arc<Read>>>,
}

impl Tasks {
    pub(super) fn new(plan: &Arc<Plan>) -> Arc<Self> {
        Arc::new(Self { plan: plan.clone(), open: Mutex::default() })
    }

    /// What the scenario at this place of the plan does. Scenarios are asked for in the plan's order or nearly so: one of
    /// an earlier suite may have its file read once more.
    ///
    /// # Errors
    /// A sentence, where the file is no longer as it was.
    pub(super) async fn get(self: &Arc<Self>, index: usize) -> Result<Task, String> {
        let Some(planned) = self.plan.scenarios.get(index) else { return Err("there is no such scenario".to_owned()) };
        if let Some(task) = &planned.task {
            return Ok(task.clone());
        }
        let suite = planned.suite;
        let (read, is_new) = self.open(suite);
        let next = self.plan.places(suite).end;
        if is_new && self.plan.scenarios.get(next).is_some_and(|next| next.task.is_none()) {
            // The next file is read while the scenarios of this one run.
            let tasks = self.clone();
            tokio::spawn(async move { tasks.read(&tasks.open(suite + 1).0, suite + 1).await.is_ok() });
        }
        let tasks = self.read(&read, suite).await.as_ref().map_err(String::clone)?;
        let task = tasks.get(index - self.plan.places(suite).start);
        task.cloned().ok_or_else(|| "its file does not have the scenario any more".to_owned())
    }

    /// A suite that is held from now on, and whether it was not before. Those that the run has left are dropped.
    fn open(&self, suite: usize) -> (Arc<Read>, bool) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|&other, _| other + 2 >= suite);
        let is_new = !open.contains_key(&suite);
        (open.entry(suite).or_default().clone(), is_new)
    }

    /// Reads the suite unless that was done, on a thread that may wait for files.
    async fn read<'r>(&self, read: &'r Read, suite: usize) -> &'r Result<Vec<Task>, String> {
        let reading = || async {
            let plan = self.plan.clone();
            let read = tokio::task::spawn_blocking(move || plan.read_again(suite)).await;
            read.unwrap_or_else(|error| Err(format!("callpath has a defect, reading the file again failed: {error}")))
        };
        read.get_or_init(reading).await
    }
}

#[cfg(test)]
mod tests;

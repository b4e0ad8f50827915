//! What scenarios do: given out once, and read again from their files where the plan does not keep it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use super::plan::{Plan, Task};
use crate::record::sha_256;
use crate::source::diagnostics::{Source, quoted};

/// What the scenarios of a suite do, in order, or why it cannot be read again.
type Read = OnceCell<Result<Vec<Arc<Task>>, String>>;

/// Gives out what scenarios do. What the plan keeps is held until it is asked for: a run that comes to files that are read
/// again holds nothing of it any more. Of the suites whose file is read again it holds the one that the run has come to,
/// the one after it and two before it, whose last scenarios may not have been asked for.
pub(super) struct Tasks {
    plan: Arc<Plan>,
    /// By the scenario's place in the plan.
    kept: Mutex<Vec<Option<Arc<Task>>>>,
    /// By the suite's number.
    open: Mutex<HashMap<usize, Arc<Read>>>,
}

impl Tasks {
    /// Takes what its scenarios do out of the plan.
    pub(super) fn new(mut plan: Plan) -> (Arc<Plan>, Arc<Self>) {
        let kept = plan.scenarios.iter_mut().map(|planned| planned.task.take()).collect();
        let plan = Arc::new(plan);
        (plan.clone(), Arc::new(Self { plan, kept: Mutex::new(kept), open: Mutex::default() }))
    }

    /// What the scenario at this place of the plan does. Scenarios are asked for once, in the plan's order or nearly so: one
    /// of an earlier suite may have its file read once more.
    ///
    /// # Errors
    /// A sentence, where the file is no longer as it was.
    pub(super) async fn get(self: &Arc<Self>, index: usize) -> Result<Arc<Task>, String> {
        let Some(planned) = self.plan.scenarios.get(index) else { return Err("there is no such scenario".to_owned()) };
        if let Some(task) = self.kept().get_mut(index).and_then(Option::take) {
            return Ok(task);
        }
        let suite = planned.suite;
        let (read, is_new) = self.open(suite);
        let next = self.plan.places(suite).end;
        if is_new && self.kept().get(next).is_some_and(Option::is_none) {
            // The next file is read while the scenarios of this one run.
            let tasks = self.clone();
            tokio::spawn(async move { tasks.read(&tasks.open(suite + 1).0, suite + 1).await.is_ok() });
        }
        let tasks = self.read(&read, suite).await.as_ref().map_err(String::clone)?;
        let task = tasks.get(index - self.plan.places(suite).start);
        task.cloned().ok_or_else(|| "its file does not have the scenario any more".to_owned())
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Option<Arc<Task>>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A suite that is held from now on, and whether it was not before. Those that the run has left are dropped.
    fn open(&self, suite: usize) -> (Arc<Read>, bool) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|&other, _| other + 2 >= suite);
        let is_new = !open.contains_key(&suite);
        (open.entry(suite).or_default().clone(), is_new)
    }

    /// Reads the suite unless that was done, on a thread that may wait for files.
    async fn read<'r>(&self, read: &'r Read, suite: usize) -> &'r Result<Vec<Arc<Task>>, String> {
        let reading = || async {
            let plan = self.plan.clone();
            let read = tokio::task::spawn_blocking(move || plan.read_again(suite)).await;
            read.unwrap_or_else(|error| Err(format!("callpath has a defect, reading the file again failed: {error}")))
        };
        read.get_or_init(reading).await
    }
}

impl Plan {
    /// The scenarios of a suite, by their places in the plan.
    pub(super) fn places(&self, suite: usize) -> Range<usize> {
        let start = self.scenarios.partition_point(|planned| planned.suite < suite);
        start..self.scenarios.partition_point(|planned| planned.suite <= suite)
    }

    /// What the scenarios of a suite do, in the plan's order, read again from its file.
    ///
    /// # Errors
    /// A sentence, where the file is no longer as it was.
    pub(super) fn read_again(&self, suite: usize) -> Result<Vec<Arc<Task>>, String> {
        let file = self.suites.get(suite).map_or("", |head| &head.file);
        let again = self.again.as_ref().ok_or_else(|| format!("the file {} cannot be read again", quoted(file)))?;
        let is_same =
            |source: &Source| self.files.get(source.path()).is_some_and(|hash| *hash == sha_256(source.text()));
        let read = again.suite(file, is_same)?;
        let mut planned = self.scenarios.get(self.places(suite)).unwrap_or_default().iter().peekable();
        // The plan has all of the file's scenarios or some of them, in the file's order.
        let scenarios = read.scenarios.into_iter();
        let scenarios = scenarios.filter(|scenario| planned.next_if(|planned| planned.id == scenario.id).is_some());
        Ok(scenarios.filter_map(|scenario| Task::of(scenario.work).map(Arc::new)).collect())
    }
}

#[cfg(test)]
mod tests;

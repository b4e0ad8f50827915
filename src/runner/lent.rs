//! The calls from which the search for what no call came to sets out.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::plan::{Plan, Task};
use crate::flow::Program;
use crate::simulator::Request;

/// What the first scenarios of each program do, by their places in the plan. It is wanted at the end of a run, when what the
/// others did is gone.
#[derive(Debug, Default)]
pub(super) struct Lent {
    /// None where the plan does not keep it.
    tasks: BTreeMap<usize, Option<Arc<Task>>>,
}

impl Lent {
    /// Of the first `most` scenarios of each program; `walked` tells programs apart.
    pub(super) fn of<'p>(plan: &'p Plan, most: usize, walked: impl Fn(&'p Arc<Program>) -> &'p Arc<Program>) -> Self {
        let mut counts: HashMap<*const Program, usize> = HashMap::new();
        let calls = plan.scenarios.iter().enumerate();
        let calls = calls.filter_map(|(index, planned)| Some((index, planned, planned.program.as_ref()?)));
        let first = calls.filter(|(.., program)| {
            let count = counts.entry(Arc::as_ptr(walked(program))).or_default();
            *count += 1;
            *count <= most
        });
        Self { tasks: first.map(|(index, planned, _)| (index, planned.task.clone())).collect() }
    }

    /// Reads again what the plan did not keep, but for files that are no longer as they were.
    pub(super) fn complete(&mut self, plan: &Plan) {
        let mut read: Option<(usize, Vec<Arc<Task>>)> = None;
        for (&index, task) in self.tasks.iter_mut().filter(|(_, task)| task.is_none()) {
            let Some(suite) = plan.scenarios.get(index).map(|planned| planned.suite) else { continue };
            let (_, tasks) = match read.take_if(|(known, _)| *known == suite) {
                Some(known) => read.insert(known),
                None => read.insert((suite, plan.read_again(suite).unwrap_or_default())),
            };
            *task = tasks.get(index - plan.places(suite).start).cloned();
        }
    }

    /// The call of the scenario at this place, where it is one of them.
    pub(super) fn request(&self, index: usize) -> Option<&Request> {
        let simulation = self.tasks.get(&index)?.as_ref()?.simulation()?;
        Some(&simulation.request)
    }
}

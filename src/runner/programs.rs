//! What the target runs, beside what the suites were checked against.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::plan::Plan;
use crate::flow::Program;
use crate::record::{DefinitionRecord, DefinitionSource};
use crate::runner::targets::{Definition, Target};

/// The target's own programs, where they are others than the local ones.
#[derive(Debug, Default)]
pub(super) struct Programs {
    /// By the address of the local program, which the plan keeps.
    others: HashMap<usize, Arc<Program>>,
}

impl Programs {
    /// Asks the target for the flows of a plan, and says what came of it: nothing for a target that runs the plan's own.
    pub(super) async fn ask<T: Target>(target: &T, plan: &Plan) -> (Self, Vec<DefinitionRecord>) {
        let mut seen = HashSet::new();
        let programs = plan.scenarios.iter().filter_map(|planned| planned.program());
        let locals: Vec<Arc<Program>> =
            programs.filter(|program| seen.insert(Arc::as_ptr(program) as usize)).cloned().collect();
        let definitions = target.definitions(&locals).await;
        let mut others = HashMap::new();
        let mut records = Vec::new();
        for (local, definition) in locals.iter().zip(definitions) {
            let flow = local.entry().id.value.to_string();
            records.push(match definition {
                Definition::Same => DefinitionRecord { flow, used: DefinitionSource::Same, note: None },
                Definition::Unknown(why) => DefinitionRecord { flow, used: DefinitionSource::File, note: Some(why) },
                Definition::Other { program, difference } => {
                    others.insert(Arc::as_ptr(local) as usize, program);
                    DefinitionRecord { flow, used: DefinitionSource::Target, note: Some(difference) }
                }
            });
        }
        records.sort_by(|one: &DefinitionRecord, other| one.flow.cmp(&other.flow));
        (Self { others }, records)
    }

    /// What the target walks in place of this program.
    pub(super) fn walked<'a>(&'a self, local: &'a Arc<Program>) -> &'a Arc<Program> {
        self.other(local).unwrap_or(local)
    }

    /// The target's own program, where it is another one.
    pub(super) fn other(&self, local: &Arc<Program>) -> Option<&Arc<Program>> {
        self.others.get(&(Arc::as_ptr(local) as usize))
    }
}

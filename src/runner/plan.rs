//! What is to be run, in order.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Selection;
use crate::flow::{Name, Program};
use crate::record::{GateSpec, RejectedRecord, Shard, SuiteHead, sha_256};
use crate::runner::targets::Simulation;
use crate::source::diagnostics::{DiagnosticRecord, Source};
use crate::suite::{Again, CallWork, Expectations, Handling, Loaded, PromptWork, Rejected, Work};

/// The scenarios of a run, in the order of their suites' paths and of the scenarios in them.
#[derive(Debug, Default)]
pub struct Plan {
    /// The suites that have a scenario in the plan, in order.
    pub suites: Vec<SuiteHead>,
    /// The scenarios, in order.
    pub scenarios: Vec<Planned>,
    /// Files that cannot be used.
    pub rejected: Vec<RejectedRecord>,
    /// Scenarios that were found and not selected.
    pub deselected: u64,
    /// The part of the plan that this is; none for the whole.
    pub shard: Option<Shard>,
    /// The filters as given.
    pub filters: Vec<String>,
    /// SHA-256 of every suite and flow file that was read, by its path as messages show it.
    pub files: BTreeMap<String, String>,
    /// The gates of the suites that have a scenario in the plan, in order.
    pub gates: Vec<GateSpec>,
    /// Reads suites again; there must be one where what scenarios do was dropped.
    pub again: Option<Again>,
}

/// One scenario of a plan. There may be very many: what is here is all that is held of most of them.
#[derive(Debug)]
pub struct Planned {
    /// `suite-path::name[cell]`.
    pub id: Box<str>,
    /// How many bytes of the id, before its last bracket, are the cell; 0 where it has none.
    cell: u32,
    /// In order.
    pub tags: Arc<[Name]>,
    /// Its suite, an index into the plan's.
    pub suite: usize,
    /// The first line of its entry in the suite's file, from 1.
    pub line: u32,
    /// The last line of its entry.
    pub end_line: u32,
    /// The flow that it calls; none for prompts.
    pub program: Option<Arc<Program>>,
    /// What is simulated, and what is expected of it; none where it was dropped and is read again.
    pub task: Option<Arc<Task>>,
    /// What it says about how it is run; none where that is nothing.
    pub handling: Option<Box<Handling>>,
}

/// What a scenario of a plan does.
// It is held by reference, and nearly every one is a call.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
pub enum Task {
    /// A call.
    Call {
        /// What is simulated.
        simulation: Simulation,
        /// What is expected of it.
        expect: Arc<Expectations>,
    },
    /// Prompts for agents.
    Prompts(PromptWork),
}

impl Planned {
    /// The name with the cell filled in: what the id says between this suite, which is its own, and the cell. It is not
    /// held by itself, since there are many scenarios.
    pub fn name(&self, suite: &SuiteHead) -> &str {
        let name = self.id.strip_prefix(&*suite.suite).and_then(|rest| rest.strip_prefix("::")).unwrap_or(&self.id);
        let Some(cell) = self.cell() else { return name };
        let bare = name.strip_suffix(']').and_then(|rest| rest.strip_suffix(cell));
        bare.and_then(|rest| rest.strip_suffix('[')).unwrap_or(name)
    }

    /// The cell, which the id ends with.
    pub fn cell(&self) -> Option<&str> {
        let end = self.id.len().checked_sub(1)?;
        let start = end.checked_sub(self.cell as usize)?;
        self.id.get(start..end).filter(|cell| !cell.is_empty())
    }

    /// The call that is simulated, where it is one and kept.
    pub fn simulation(&self) -> Option<&Simulation> {
        self.task.as_deref().and_then(Task::simulation)
    }

    /// What it says about how it is run.
    pub fn handling(&self) -> &Handling {
        Handling::of(&self.handling)
    }
}

impl Task {
    /// What a scenario does; none where it was dropped.
    pub(super) fn of(work: Work) -> Option<Self> {
        match work {
            Work::Call(call) => {
                let CallWork { program, request, expect } = *call;
                Some(Self::Call { simulation: Simulation { program, request }, expect })
            }
            Work::Prompts(prompts) => Some(Self::Prompts(prompts)),
            Work::Later(_) => None,
        }
    }

    /// The call that is simulated, where it is one.
    pub fn simulation(&self) -> Option<&Simulation> {
        match self {
            Self::Call { simulation, .. } => Some(simulation),
            Self::Prompts(_) => None,
        }
    }
}

impl Plan {
    /// The selected scenarios of these suites. The tags of the selection are to be checked before (see
    /// [`Selection::check`]).
    pub fn new(loaded: Loaded, selection: &Selection) -> Self {
        let Loaded { mut suites, mut rejected, sources, digests, .. } = loaded;
        suites.sort_by(|a, b| a.path.cmp(&b.path));
        rejected.sort_by(|a, b| (&a.suite, &a.path).cmp(&(&b.suite, &b.path)));
        let found = suites.iter().map(|suite| suite.scenarios.len()).sum();
        let mut plan = Self {
            // A vector that grows takes twice what it had.
            scenarios: Vec::with_capacity(found),
            files: hashes(&sources).chain(digests).collect(),
            filters: selection.texts(),
            rejected: rejected.iter().map(reject).collect(),
            ..Self::default()
        };
        for suite in suites {
            let before = plan.scenarios.len();
            let index = plan.suites.len();
            for scenario in suite.scenarios {
                if !selection.matches(&scenario) {
                    plan.deselected += 1;
                    continue;
                }
                let program = scenario.program().cloned();
                plan.scenarios.push(Planned {
                    line: scenario.line,
                    end_line: scenario.end_line,
                    id: scenario.id,
                    // A text is shorter than 4 GB.
                    cell: scenario.cell.map_or(0, |cell| cell.len() as u32),
                    tags: scenario.tags,
                    suite: index,
                    program,
                    task: Task::of(scenario.work).map(Arc::new),
                    handling: scenario.handling,
                });
            }
            if plan.scenarios.len() > before {
                let file = suite.file.into();
                plan.gates.extend(suite.gates.iter().map(|&gate| GateSpec::new(gate, Some(suite.path.clone()))));
                plan.suites.push(SuiteHead { suite: suite.path.into(), name: suite.name, file });
            }
        }
        plan.scenarios.shrink_to_fit();
        plan
    }
}

impl Plan {
    /// Keeps the scenarios of a shard, and the suites that have one of them. Gates stay: they are of the whole run.
    pub fn keep(&mut self, shard: Shard) {
        let mut place = 0..;
        self.scenarios.retain(|_| place.next().is_some_and(|place| shard.has(place)));
        self.shard = Some(shard);
        let mut kept = 0;
        let mut numbers = vec![None; self.suites.len()];
        for planned in &mut self.scenarios {
            let Some(number) = numbers.get_mut(planned.suite) else { continue };
            planned.suite = *number.get_or_insert_with(|| {
                kept += 1;
                kept - 1
            });
        }
        let mut number = numbers.iter();
        self.suites.retain(|_| number.next().is_some_and(Option::is_some));
    }
}

fn reject(rejected: &Rejected) -> RejectedRecord {
    RejectedRecord {
        file: rejected.path.clone(),
        suite: rejected.suite.clone(),
        diagnostics: rejected.diagnostics.iter().map(DiagnosticRecord::from).collect(),
    }
}

/// The SHA-256 of each file.
fn hashes(sources: &[Arc<Source>]) -> impl Iterator<Item = (String, String)> {
    sources.iter().map(|source| (source.path().to_owned(), sha_256(source.text())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_tells_the_name_and_the_cell(
            suite in "[a-z/:]{0,4}",
            name in "[a-z:é\\[\\]=]{1,6}",
            cell in prop::option::of("[a-z:é\\[\\]=]{1,6}"),
        ) {
            let label = cell.as_ref().map(|cell| format!("[{cell}]")).unwrap_or_default();
            let planned = Planned {
                id: format!("{suite}::{name}{label}").into(),
                cell: cell.as_ref().map_or(0, |cell| cell.len() as u32),
                tags: [].into(),
                suite: 0,
                line: 1,
                end_line: 1,
                program: None,
                task: None,
                handling: None,
            };
            let head = SuiteHead { suite: suite.into(), name: String::new(), file: "".into() };
            prop_assert_eq!((planned.name(&head), planned.cell()), (&*name, cell.as_deref()));
        }
    }
}

//! What is to be run, in order.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Selection;
use crate::record::{GateSpec, RejectedRecord, Shard, SuiteHead, sha_256};
use crate::source::diagnostics::{DiagnosticRecord, Source};
use crate::suite::{Loaded, Rejected, Scenario};

/// The scenarios of a run, in the order of their suites' paths and of the scenarios in them.
#[derive(Debug, Default)]
pub struct Plan {
    /// The suites that have a scenario in the plan, in order.
    pub suites: Vec<SuiteHead>,
    /// The scenarios, in order.
    pub scenarios: Vec<Scenario>,
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
}

impl Plan {
    /// The selected scenarios of these suites. The tags of the selection are to be checked before (see
    /// [`Selection::check`]).
    pub fn new(loaded: Loaded, selection: &Selection) -> Self {
        let Loaded { mut suites, mut rejected, sources, .. } = loaded;
        suites.sort_by(|a, b| a.path.cmp(&b.path));
        rejected.sort_by(|a, b| (&a.suite, &a.path).cmp(&(&b.suite, &b.path)));
        let found = suites.iter().map(|suite| suite.scenarios.len()).sum();
        let mut plan = Self {
            // A vector that grows takes twice what it had.
            scenarios: Vec::with_capacity(found),
            files: hashes(&sources).collect(),
            filters: selection.texts(),
            rejected: rejected.iter().map(reject).collect(),
            ..Self::default()
        };
        for suite in suites {
            let before = plan.scenarios.len();
            let index = plan.suites.len();
            for scenario in suite.scenarios {
                if selection.matches(&scenario) {
                    plan.scenarios.push(Scenario { suite: index, ..scenario });
                } else {
                    plan.deselected += 1;
                }
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

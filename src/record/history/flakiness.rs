//! Scenarios whose verdict changes although nothing else did.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::HistoryLine;

/// A scenario with other verdicts in runs of equal inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Unstable {
    /// Its id.
    pub id: String,
    /// Runs that can be compared: of the inputs with which it was seen to change.
    pub runs: u64,
    /// Of them those in which it failed or could not be run.
    pub failed: u64,
    /// Of them those in which it was flaky.
    pub flaky: u64,
    /// How often it changed from one run to the next of the same inputs.
    pub changes: u64,
}

/// The scenarios that are not stable, those that change most often first.
///
/// Runs are compared within those of equal inputs only (files, paths, filters, target, seed, version). A run that ended
/// early, or whose list of ids was cut, says nothing about scenarios that it does not name, and is left out.
pub(crate) fn unstable(runs: &[HistoryLine]) -> Vec<Unstable> {
    let mut groups: BTreeMap<&str, Vec<&HistoryLine>> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.stopped.is_none() && !run.cut) {
        groups.entry(&run.inputs).or_default().push(run);
    }
    let mut all: HashMap<&str, Unstable> = HashMap::new();
    for group in groups.values().filter(|group| group.len() > 1) {
        let ids: BTreeSet<&str> =
            group.iter().flat_map(|run| run.failing.iter().chain(&run.flaky)).map(String::as_str).collect();
        if ids.is_empty() {
            continue;
        }
        let states: Vec<(BTreeSet<&str>, BTreeSet<&str>)> = group
            .iter()
            .map(|run| {
                (run.failing.iter().map(String::as_str).collect(), run.flaky.iter().map(String::as_str).collect())
            })
            .collect();
        for id in ids {
            let state =
                |(failing, flaky): &(BTreeSet<&str>, BTreeSet<&str>)| (failing.contains(id), flaky.contains(id));
            let changes = states.windows(2).filter(|pair| state(&pair[0]) != state(&pair[1])).count() as u64;
            let flaky = states.iter().filter(|one| state(one).1).count() as u64;
            if changes == 0 && flaky == 0 {
                continue;
            }
            let entry = all.entry(id).or_insert_with(|| Unstable {
                id: id.to_owned(),
                runs: 0,
                failed: 0,
                flaky: 0,
                changes: 0,
            });
            entry.runs += states.len() as u64;
            entry.failed += states.iter().filter(|one| state(one).0).count() as u64;
            entry.flaky += flaky;
            entry.changes += changes;
        }
    }
    let mut list: Vec<Unstable> = all.into_values().collect();
    list.sort_by(|a, b| (b.changes, b.flaky, &a.id).cmp(&(a.changes, a.flaky, &b.id)));
    list
}

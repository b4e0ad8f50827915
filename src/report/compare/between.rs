//! The comparison itself.

use std::collections::{BTreeSet, HashMap};

use super::case::{Case, Run};
use super::measures::measures;
use super::model::{
    COMPARE_VERSION, Change, Comparison, Counts, Direction, FileChanges, Scenario, Side, Step, StepChange,
};
use crate::record::{GateRecord, StopReason, Verdict};

/// What is other in the new run. The names are those of the files, as they are to be shown.
pub(crate) fn compare((base_name, base): (&str, &Run), (new_name, new): (&str, &Run)) -> Comparison {
    let mut comparison = Comparison {
        version: COMPARE_VERSION,
        base: side(base_name, base),
        new: side(new_name, new),
        files: files(base, new),
        newly_missed_gates: newly_missed(base, new),
        newly_rejected: new.rejected.iter().filter(|file| !base.rejected.contains(file)).cloned().collect(),
        measures: measures(base, new),
        ..Comparison::default()
    };
    let known: HashMap<&str, &Case> = base.cases.iter().map(|case| (&*case.id, case)).collect();
    let mut seen: HashMap<&str, ()> = HashMap::with_capacity(new.cases.len());
    let paths = Paths { base, new, places: new.steps.among(&base.steps) };
    for case in &new.cases {
        seen.insert(&case.id, ());
        match known.get(&*case.id) {
            Some(before) => comparison.pair(&paths, before, case),
            None => comparison.added.push(alone(new, case, None, Some(case.verdict))),
        }
    }
    for case in base.cases.iter().filter(|case| !seen.contains_key(&*case.id)) {
        comparison.gone.push(alone(base, case, Some(case.verdict), None));
    }
    comparison.finish(base.rejected != new.rejected);
    comparison
}

impl Comparison {
    /// A scenario that is in both runs.
    fn pair(&mut self, paths: &Paths<'_>, base: &Case, new: &Case) {
        let change = change(base.verdict, new.verdict);
        let step = paths.first_change(base, new);
        let detour = step.is_some() && good(base.verdict) && good(new.verdict);
        if change.is_none() && !detour {
            self.counts.unchanged += 1;
            return;
        }
        let scenario = Scenario {
            id: new.id.to_string(),
            file: paths.new.file(new).to_owned(),
            line: new.line,
            base: Some(base.verdict),
            new: Some(new.verdict),
            why: new.why.as_ref().or(base.why.as_ref()).map(|why| why.to_string()),
            first_change: step.map(|step| paths.step_change(step, base, new)),
        };
        if detour {
            self.other_path.push(scenario.clone());
        }
        match change {
            Some(Change::NewlyBroken) => self.newly_broken.push(scenario),
            Some(Change::Fixed) => self.fixed.push(scenario),
            Some(Change::StillFailing) => self.still_failing.push(scenario),
            Some(Change::NowSkipped) => self.now_skipped.push(scenario),
            Some(Change::NoLongerSkipped) => self.no_longer_skipped.push(scenario),
            Some(Change::NewlyFlaky) => self.newly_flaky.push(scenario),
            Some(Change::NoLongerFlaky) => self.no_longer_flaky.push(scenario),
            None => {}
        }
    }

    fn finish(&mut self, rejected_differ: bool) {
        let count = |list: &Vec<Scenario>| list.len() as u64;
        self.counts = Counts {
            newly_broken: count(&self.newly_broken),
            fixed: count(&self.fixed),
            still_failing: count(&self.still_failing),
            now_skipped: count(&self.now_skipped),
            no_longer_skipped: count(&self.no_longer_skipped),
            newly_flaky: count(&self.newly_flaky),
            no_longer_flaky: count(&self.no_longer_flaky),
            added: count(&self.added),
            gone: count(&self.gone),
            other_path: count(&self.other_path),
            unchanged: self.counts.unchanged,
        };
        self.regression =
            !self.newly_broken.is_empty() || !self.newly_missed_gates.is_empty() || !self.newly_rejected.is_empty();
        let changed = |scenario: &Scenario| scenario.first_change.is_some() || scenario.base != scenario.new;
        self.different = self.regression
            || rejected_differ
            || self.counts.unchanged + self.counts.still_failing != self.new.scenarios
            || self.still_failing.iter().any(changed)
            || !self.gone.is_empty()
            || self
                .measures
                .iter()
                .any(|measure| measure.direction != Direction::Same || measure.base.is_some() != measure.new.is_some());
    }
}

fn good(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Passed | Verdict::Flaky)
}

/// The list that a scenario with these verdicts belongs into.
fn change(base: Verdict, new: Verdict) -> Option<Change> {
    use Verdict::{Flaky, Passed, Skipped};
    match (base, new) {
        (Skipped, Skipped) => None,
        (_, Skipped) => Some(Change::NowSkipped),
        (Skipped, _) => Some(Change::NoLongerSkipped),
        (Passed, Flaky) => Some(Change::NewlyFlaky),
        (Flaky, Passed) => Some(Change::NoLongerFlaky),
        _ => match (good(base), good(new)) {
            (true, true) => None,
            (true, false) => Some(Change::NewlyBroken),
            (false, true) => Some(Change::Fixed),
            (false, false) => Some(Change::StillFailing),
        },
    }
}

/// The paths of two runs, in the numbers of the base's steps.
struct Paths<'a> {
    base: &'a Run,
    new: &'a Run,
    places: Vec<u32>,
}

impl Paths<'_> {
    /// The first step that differs, from 0.
    fn first_change(&self, base: &Case, new: &Case) -> Option<usize> {
        let (base, new) = (self.base.path(base), self.new.path(new));
        // A call that was not made, or not to its end, has no path to compare.
        if base.is_empty() || new.is_empty() {
            return None;
        }
        let same = |(one, other): &(&u32, &u32)| self.places.get(**other as usize) == Some(*one);
        let common = base.iter().zip(new).take_while(same).count();
        (common < base.len().max(new.len())).then_some(common)
    }

    fn step_change(&self, step: usize, base: &Case, new: &Case) -> StepChange {
        let at = |run: &Run, case: &Case| {
            let (node, outcome) = run.steps.step(*run.path(case).get(step)?)?;
            Some(Step { node: node.to_owned(), outcome: outcome.map(str::to_owned) })
        };
        StepChange { step: step as u32 + 1, base: at(self.base, base), new: at(self.new, new) }
    }
}

fn alone(run: &Run, case: &Case, base: Option<Verdict>, new: Option<Verdict>) -> Scenario {
    Scenario {
        id: case.id.to_string(),
        file: run.file(case).to_owned(),
        line: case.line,
        base,
        new,
        why: case.why.as_ref().map(|why| why.to_string()),
        first_change: None,
    }
}

fn side(file: &str, run: &Run) -> Side {
    Side {
        file: file.to_owned(),
        callpath: run.header.callpath.clone(),
        target: run.header.target.clone(),
        seed: run.header.seed,
        started: run.started.clone(),
        scenarios: run.cases.len() as u64,
        stopped: run.stopped.as_ref().map(StopReason::to_string),
    }
}

fn files(base: &Run, new: &Run) -> FileChanges {
    let (base, new) = (&base.header.files, &new.header.files);
    let all: BTreeSet<&String> = base.keys().chain(new.keys()).collect();
    let mut files = FileChanges::default();
    for file in all {
        match (base.get(file), new.get(file)) {
            (Some(one), Some(other)) if one == other => {}
            (Some(_), Some(_)) => files.changed.push(file.clone()),
            (None, _) => files.added.push(file.clone()),
            (_, None) => files.gone.push(file.clone()),
        }
    }
    files
}

fn newly_missed(base: &Run, new: &Run) -> Vec<GateRecord> {
    let missed_before = |gate: &&GateRecord| {
        let same = |other: &&GateRecord| other.gate.measure == gate.gate.measure && other.gate.suite == gate.gate.suite;
        base.gates.iter().find(same).is_some_and(|before| !before.held)
    };
    new.gates.iter().filter(|gate| !gate.held && !missed_before(gate)).cloned().collect()
}

//! Sums over the scenarios of a run: by suite, by flow and over all.

use std::collections::BTreeMap;

use super::{
    AssistTotals, CoverageKinds, FlowRecord, RejectedRecord, ScenarioRecord, Scores, SuiteHead, SuiteRecord, Totals,
};
use crate::flow::Name;

/// Sums over the scenarios of a run.
///
/// Scenarios are to be added in the plan's order: sums of ratios depend on the order in their last bits, and a record
/// must not depend on how many scenarios ran at once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    totals: Totals,
    suites: Vec<SuiteRecord>,
    /// Where the suite of the scenario before is found: scenarios of one suite follow each other.
    current: usize,
    flows: BTreeMap<(Name, Name), Totals>,
    assist: AssistTotals,
}

impl Tally {
    /// Nothing added yet. Suites not named here are added when their first scenario is.
    pub(crate) fn new(suites: &[SuiteHead]) -> Self {
        let suites = suites.iter().map(|head| empty(&head.suite, &head.name, &head.file)).collect();
        Self { suites, ..Self::default() }
    }

    /// Adds a file that could not be used; it counts in the totals only.
    pub(crate) fn add_rejected(&mut self, _: &RejectedRecord) {
        self.totals.add_rejected();
    }

    /// Adds one finished scenario.
    pub(crate) fn add(&mut self, scenario: &ScenarioRecord) {
        self.totals.add(scenario);
        if self.suites.get(self.current).is_none_or(|suite| *suite.suite != *scenario.suite) {
            let known = self.suites.iter().position(|suite| *suite.suite == *scenario.suite);
            self.current = known.unwrap_or_else(|| {
                self.suites.push(empty(&scenario.suite, &scenario.suite, &scenario.file));
                self.suites.len() - 1
            });
        }
        if let Some(suite) = self.suites.get_mut(self.current) {
            suite.totals.add(scenario);
        }
        if let Some(assist) = &scenario.assist {
            self.assist.add(assist);
        }
        // Prompts call no flow.
        if scenario.flow.is_empty() {
            return;
        }
        // Looked up by reference first: a run of many scenarios has few flows, and a key is two allocations.
        let known = self
            .flows
            .iter_mut()
            .find(|((flow, version), _)| *flow == scenario.flow && *version == scenario.flow_version);
        match known {
            Some((_, totals)) => totals.add(scenario),
            None => {
                let key = (scenario.flow.clone(), scenario.flow_version.clone());
                self.flows.entry(key).or_default().add(scenario);
            }
        }
    }

    /// What the prompts came to; none where none were rehearsed.
    pub(crate) fn assist(&self) -> Option<AssistTotals> {
        (self.assist.scenarios > 0).then(|| self.assist.clone())
    }

    /// The sums as records: suites in order, flows in order of id, and the totals.
    pub(crate) fn finish(self) -> (Vec<SuiteRecord>, Vec<FlowRecord>, Totals) {
        let mut suites = self.suites;
        for suite in &mut suites {
            suite.scores = Scores::of(&suite.totals);
        }
        let flows = self.flows.into_iter().map(|((flow, version), totals)| FlowRecord {
            flow: flow.to_string(),
            version: version.to_string(),
            scores: Scores::of(&totals),
            totals,
        });
        (suites, flows.collect(), self.totals)
    }
}

fn empty(suite: &str, name: &str, file: &str) -> SuiteRecord {
    SuiteRecord {
        suite: suite.to_owned(),
        name: name.to_owned(),
        file: file.to_owned(),
        totals: Totals::default(),
        scores: Scores::default(),
        coverage: CoverageKinds::new(),
    }
}

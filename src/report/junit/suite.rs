//! One `testsuite`.

use std::collections::BTreeSet;

use quick_xml::Writer;

use super::element::{Xml, close, open, property, seconds};
use super::{Dialect, case};
use crate::flow::Name;
use crate::record::{RunHeader, ScenarioRecord, Scores, SuiteHead, Totals, Verdict};
use crate::source::diagnostics::DiagnosticRecord;

/// What JUnit counts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) tests: u64,
    pub(super) failures: u64,
    pub(super) errors: u64,
    pub(super) skipped: u64,
}

impl Counts {
    pub(super) fn add(&mut self, other: &Self) {
        self.tests += other.tests;
        self.failures += other.failures;
        self.errors += other.errors;
        self.skipped += other.skipped;
    }
}

/// A suite while its scenarios come.
pub(super) struct SuiteElement {
    pub(super) head: SuiteHead,
    pub(super) counts: Counts,
    dialect: Dialect,
    class: String,
    cases: Vec<u8>,
    totals: Totals,
    density: (f64, u64),
    tutorial_accuracy: (f64, u64),
    flows: BTreeSet<(Name, Name)>,
    wall_us: u64,
}

impl SuiteElement {
    pub(super) fn new(head: SuiteHead, dialect: Dialect) -> Self {
        Self {
            class: head.suite.replace('/', "."),
            head,
            counts: Counts::default(),
            dialect,
            cases: Vec::new(),
            totals: Totals::default(),
            density: (0.0, 0),
            tutorial_accuracy: (0.0, 0),
            flows: BTreeSet::new(),
            wall_us: 0,
        }
    }

    pub(super) fn add(&mut self, scenario: &ScenarioRecord) {
        self.counts.tests += 1;
        match scenario.verdict {
            Verdict::Passed | Verdict::Flaky => {}
            Verdict::Failed => self.counts.failures += 1,
            Verdict::Error => self.counts.errors += 1,
            Verdict::Skipped => self.counts.skipped += 1,
        }
        self.totals.add(scenario);
        if let Some(score) = scenario.score.as_ref().filter(|_| scenario.assist.is_none()) {
            self.density = (self.density.0 + score.decision_density, self.density.1 + 1);
            if let Some(accuracy) = score.tutorial_accuracy {
                self.tutorial_accuracy = (self.tutorial_accuracy.0 + accuracy, self.tutorial_accuracy.1 + 1);
            }
        }
        // A suite has few flows and many scenarios: look before two names are.
        if !scenario.flow.is_empty()
            && !self.flows.iter().any(|(flow, version)| *flow == scenario.flow && *version == scenario.flow_version)
        {
            self.flows.insert((scenario.flow.clone(), scenario.flow_version.clone()));
        }
        self.wall_us += scenario.wall.duration_us;
        case::scenario(&mut Writer::new(&mut self.cases), &self.class, scenario, self.dialect);
    }

    /// The only case of a file that could not be used.
    pub(super) fn add_rejected(&mut self, file: &str, diagnostics: &[DiagnosticRecord]) {
        self.counts.tests += 1;
        self.counts.errors += 1;
        self.totals.add_rejected();
        case::rejected(&mut Writer::new(&mut self.cases), &self.class, file, diagnostics, self.dialect);
    }

    /// Appends the whole element.
    pub(super) fn write(self, header: &RunHeader, started: &str, into: &mut Vec<u8>) {
        self.head(header, started, &mut Writer::new(&mut *into));
        into.extend_from_slice(&self.cases);
        close(&mut Writer::new(&mut *into), "testsuite");
        into.push(b'\n');
    }

    /// What stands before the cases.
    fn head(&self, header: &RunHeader, started: &str, xml: &mut Xml<'_>) {
        let Counts { tests, failures, errors, skipped } = self.counts;
        let [tests, failures, errors, skipped] = [tests, failures, errors, skipped].map(|count| count.to_string());
        let time = seconds(self.wall_us);
        let mut attributes = vec![
            ("name", &*self.head.suite),
            ("tests", &tests),
            ("failures", &failures),
            ("errors", &errors),
            ("skipped", &skipped),
            ("time", &time),
            ("timestamp", started),
        ];
        if self.dialect == Dialect::Rich {
            attributes.push(("file", &self.head.file));
        }
        open(xml, "testsuite", &attributes);
        line(xml);
        open(xml, "properties", &[]);
        self.each_property(header, |name, value| {
            line(xml);
            property(xml, name, value);
        });
        line(xml);
        close(xml, "properties");
        line(xml);
    }

    fn each_property(&self, header: &RunHeader, mut put: impl FnMut(&str, &str)) {
        put("callpath", &header.callpath);
        put("suite", &self.head.name);
        put("file", &self.head.file);
        put("target", &header.target);
        put("seed", &header.seed.to_string());
        for (flow, version) in &self.flows {
            put("flow", &format!("{flow} {version}"));
        }
        let (totals, scores) = (&self.totals, Scores::of(&self.totals));
        let mut ratio = |name: &str, value: Option<f64>| {
            if let Some(value) = value {
                put(name, &format!("{value:.4}"));
            }
        };
        ratio("accuracy", scores.accuracy);
        ratio("check-accuracy", scores.check_accuracy);
        ratio("joint-accuracy", scores.joint_accuracy.map(|joint| joint.value));
        ratio("joint-accuracy-low", scores.joint_accuracy.map(|joint| joint.low));
        ratio("joint-accuracy-high", scores.joint_accuracy.map(|joint| joint.high));
        ratio("path-fitness", scores.path_fitness);
        ratio("efficiency", scores.efficiency);
        ratio("result-accuracy", scores.result_accuracy);
        ratio("decision-density", mean(self.density));
        ratio("tutorial-accuracy", mean(self.tutorial_accuracy));
        put("decisions-expected", &totals.decisions.to_string());
        put("decisions-right", &totals.decisions_right.to_string());
        put("decisions-not-reached", &totals.decisions_not_reached.to_string());
        if totals.rehearsed > 0 {
            put("results-expected", &totals.results.to_string());
            put("results-right", &totals.results_right.to_string());
        }
        put("checks", &totals.checks.to_string());
        put("checks-held", &totals.checks_held.to_string());
        put("flaky", &totals.flaky.to_string());
        put("keypresses", &totals.keypresses.to_string());
        put("prompt-seconds", &seconds(totals.prompt_ms * 1_000));
        put("retries", &totals.retries.to_string());
        put("virtual-seconds", &seconds(totals.virtual_ms * 1_000));
    }
}

fn mean((sum, count): (f64, u64)) -> Option<f64> {
    (count > 0).then(|| sum / count as f64)
}

fn line(xml: &mut Xml<'_>) {
    xml.get_mut().push(b'\n');
}

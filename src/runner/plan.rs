//! What is to be run, in order.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::Selection;
use crate::diagnose::{DiagnosticRecord, Source};
use crate::flow::Name;
use crate::record::{RejectedRecord, SuiteHead};
use crate::suite::{Expectations, Rejected, Suite};
use crate::target::Simulation;

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
    /// The filters as given.
    pub filters: Vec<String>,
    /// SHA-256 of every suite and flow file that was read, by its path as messages show it.
    pub files: BTreeMap<String, String>,
}

/// One scenario of a plan.
#[derive(Debug)]
pub struct Planned {
    /// `suite-path::name[cell]`.
    pub id: String,
    /// The name with the cell filled in.
    pub name: String,
    /// The cell.
    pub cell: Option<String>,
    /// In order.
    pub tags: Arc<[Name]>,
    /// Its suite, an index into the plan's.
    pub suite: usize,
    /// The version of its flow.
    pub flow_version: Name,
    /// Where it stands in the suite's file, from 1.
    pub line: u32,
    /// What is simulated.
    pub simulation: Simulation,
    /// What is expected of it.
    pub expect: Arc<Expectations>,
    /// Why it is not to be run.
    pub skip: Option<String>,
    /// Wall time for one attempt, in ms; none is the run's.
    pub timeout_ms: Option<u64>,
    /// How often a failed attempt is tried again; none is the run's.
    pub retries: Option<u32>,
}

impl Plan {
    /// The selected scenarios of these suites. The tags of the selection are to be checked before (see
    /// [`Selection::check`]).
    pub fn new(mut suites: Vec<Suite>, mut rejected: Vec<Rejected>, selection: &Selection) -> Self {
        suites.sort_by(|a, b| a.path.cmp(&b.path));
        rejected.sort_by(|a, b| (&a.suite, &a.path).cmp(&(&b.suite, &b.path)));
        let mut plan = Self {
            files: hashes(&suites),
            filters: selection.texts(),
            rejected: rejected.iter().map(reject).collect(),
            ..Self::default()
        };
        // One text for all scenarios of a flow.
        let mut version = Name::from("");
        for suite in suites {
            let before = plan.scenarios.len();
            let index = plan.suites.len();
            for scenario in suite.scenarios {
                if !selection.matches(&scenario) {
                    plan.deselected += 1;
                    continue;
                }
                let flow_version = scenario.program.flows.first().map_or("", |flow| &flow.version);
                if *version != *flow_version {
                    version = flow_version.into();
                }
                plan.scenarios.push(Planned {
                    flow_version: version.clone(),
                    line: suite.source.position(scenario.span.start).line,
                    id: scenario.id,
                    name: scenario.name,
                    cell: scenario.cell,
                    tags: scenario.tags,
                    suite: index,
                    simulation: Simulation { program: scenario.program, request: scenario.request },
                    expect: scenario.expect,
                    skip: scenario.skip,
                    timeout_ms: scenario.timeout_ms,
                    retries: scenario.retries,
                });
            }
            if plan.scenarios.len() > before {
                let file = suite.source.path().into();
                plan.suites.push(SuiteHead { suite: suite.path.into(), name: suite.name, file });
            }
        }
        plan
    }
}

fn reject(rejected: &Rejected) -> RejectedRecord {
    RejectedRecord {
        file: rejected.path.clone(),
        suite: rejected.suite.clone(),
        diagnostics: rejected.diagnostics.iter().map(DiagnosticRecord::from).collect(),
    }
}

/// The hashes of the suites' files, of those they extend (as far as an expectation comes from there) and of the flows.
fn hashes(suites: &[Suite]) -> BTreeMap<String, String> {
    let mut sources = Sources::default();
    for suite in suites {
        sources.add(&suite.source);
        let mut program = None;
        let mut expect = None;
        for scenario in &suite.scenarios {
            // Scenarios of a suite mostly share these, so that a glance at the last one saves the search.
            if program != Some(Arc::as_ptr(&scenario.program)) {
                program = Some(Arc::as_ptr(&scenario.program));
                scenario.program.flows.iter().for_each(|flow| sources.add(&flow.source));
            }
            if expect != Some(Arc::as_ptr(&scenario.expect)) {
                expect = Some(Arc::as_ptr(&scenario.expect));
                each_source(&scenario.expect, &mut |source| sources.add(source));
            }
        }
    }
    sources.hashes
}

#[derive(Default)]
struct Sources {
    seen: HashSet<*const Source>,
    last: Option<*const Source>,
    hashes: BTreeMap<String, String>,
}

impl Sources {
    fn add(&mut self, source: &Arc<Source>) {
        let pointer = Arc::as_ptr(source);
        if self.last == Some(pointer) {
            return;
        }
        self.last = Some(pointer);
        if self.seen.insert(pointer) {
            let digest = Sha256::digest(source.text().as_bytes());
            let mut hash = String::with_capacity(64);
            for byte in digest.as_slice() {
                // Writing to a text cannot fail.
                let _ = write!(hash, "{byte:02x}");
            }
            self.hashes.insert(source.path().to_owned(), hash);
        }
    }
}

/// Every source that an expectation was read from.
fn each_source(expect: &Expectations, visit: &mut impl FnMut(&Arc<Source>)) {
    let Expectations {
        outcome,
        ends_at,
        path,
        decisions,
        variables,
        never,
        prompts,
        lookups,
        efficiency,
        duration_ms,
        keypresses,
        all_input_used,
        failure,
    } = expect;
    outcome.iter().for_each(|placed| visit(&placed.source));
    ends_at.iter().for_each(|placed| visit(&placed.source));
    path.iter().for_each(|placed| visit(&placed.source));
    let outcomes = decisions.iter().flat_map(|decision| decision.outcomes.iter().flatten());
    outcomes.for_each(|placed| visit(&placed.source));
    variables.iter().for_each(|placed| visit(&placed.source));
    never.iter().for_each(|placed| visit(&placed.source));
    prompts.iter().for_each(|placed| visit(&placed.source));
    lookups.iter().for_each(|placed| visit(&placed.source));
    efficiency.iter().for_each(|placed| visit(&placed.source));
    duration_ms.iter().for_each(|placed| visit(&placed.source));
    keypresses.iter().for_each(|placed| visit(&placed.source));
    all_input_used.iter().for_each(|placed| visit(&placed.source));
    failure.iter().for_each(|placed| visit(&placed.source));
}

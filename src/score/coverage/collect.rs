//! Collects coverage and decisions over a run.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::counts::ProgramCounts;
use super::flows::{FlowCounts, Flows};
use super::hints::{Candidate, add_hints};
use super::missing::list_missing;
use super::reachability::Reachability;
use super::result::{CoverageKinds, CoverageRecord, FlowCoverage};
use super::suites::SuiteBits;
use crate::flow::Program;
use crate::score::{ConfusionTable, DecisionsRecord, ScoredDecision};
use crate::simulator::{Request, Trace};

/// The hits of a run. Each worker has its own; the merged result is the same for any number of
/// workers.
///
/// Calls are counted for the current suite, whose counts are added to those of the run when the
/// next one begins. A call thus costs the same as if suites were not distinguished, and each worker
/// closes each suite once.
#[derive(Debug, Default)]
pub struct Coverage {
    /// By the address of the program. Its counts hold the program, so that the address stays
    /// unique.
    programs: HashMap<usize, ProgramCoverage>,
    /// The current suite.
    suite: usize,
    /// By suite and program: what the calls of earlier suites covered.
    suites: BTreeMap<(usize, usize), SuiteBits>,
}

#[derive(Debug)]
struct ProgramCoverage {
    /// Hits of the current suite.
    current: ProgramCounts,
    /// Whether the current suite has any.
    touched: bool,
    /// Hits of earlier suites.
    counts: ProgramCounts,
    confusion: ConfusionTable,
}

/// A scenario of the run, also one that was not run.
#[derive(Clone, Copy, Debug)]
pub struct PlannedCall<'p> {
    /// The index of its suite.
    pub suite: usize,
    /// Its id.
    pub id: &'p str,
    /// The program of its flows.
    pub program: &'p Arc<Program>,
    /// Its call.
    pub request: &'p Request,
}

/// What a run covered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Covered {
    /// By flow and over all.
    pub coverage: CoverageRecord,
    /// Decisions expected against decisions taken.
    pub decisions: DecisionsRecord,
    /// By suite: over the flows that its scenarios can reach, by its own calls alone.
    pub suites: Vec<CoverageKinds>,
}

impl Coverage {
    /// No hits yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a call of a suite through a program, with its expected decisions; `passed` says whether
    /// its scenario passed. Nodes and outcomes of the trace that the program lacks are skipped.
    pub fn add(
        &mut self,
        suite: usize,
        program: &Arc<Program>,
        trace: &Trace,
        passed: bool,
        decisions: &[ScoredDecision],
    ) {
        if suite != self.suite {
            self.close_suite();
            self.suite = suite;
        }
        let counted = self.program_mut(program);
        counted.touched = true;
        counted.current.add(trace, passed);
        counted.confusion.add(&program.table, trace, decisions);
    }

    /// The flows of a program that a call can reach, entry flow first, without any hit.
    pub fn uncovered(program: &Arc<Program>) -> Vec<FlowCoverage> {
        let mut flows = Flows::default();
        let counts = ProgramCounts::new(program);
        flows.add(&counts, &Reachability::new(program, &counts.layout));
        let entry = program.entry().source.path();
        let mut records: Vec<FlowCoverage> = flows.into_list().iter().map(FlowCounts::record).collect();
        records.sort_by_key(|flow| flow.file != entry);
        records
    }

    fn program_mut(&mut self, program: &Arc<Program>) -> &mut ProgramCoverage {
        self.programs.entry(Arc::as_ptr(program) as usize).or_insert_with(|| {
            let current = ProgramCounts::new(program);
            ProgramCoverage { counts: current.clone(), current, touched: false, confusion: ConfusionTable::default() }
        })
    }

    /// Adds the hits of the current suite to those of the run.
    fn close_suite(&mut self) {
        for (&program, counted) in self.programs.iter_mut().filter(|(_, counted)| counted.touched) {
            self.suites.entry((self.suite, program)).or_default().add(&counted.current);
            counted.counts.merge(&counted.current);
            counted.current.clear();
            counted.touched = false;
        }
    }

    /// Adds what another worker counted.
    pub fn merge(&mut self, mut other: Self) {
        self.close_suite();
        other.close_suite();
        for counted in other.programs.into_values() {
            let own = self.program_mut(&counted.counts.program);
            own.counts.merge(&counted.counts);
            own.confusion.merge(counted.confusion);
        }
        for (key, seen) in other.suites {
            self.suites.entry(key).or_default().merge(&seen);
        }
    }

    /// Builds the records of the run. `planned` are all scenarios of the run in order, also those
    /// that were not run. What no call covered of their flows is missing, and their data is used to
    /// search for calls that would cover it.
    pub fn finish<'p>(mut self, planned: impl Iterator<Item = PlannedCall<'p>>) -> Covered {
        self.close_suite();
        let mut order: Vec<Arc<Program>> = Vec::new();
        let mut seen: HashSet<usize> = HashSet::new();
        let mut programs_by_suite: Vec<Vec<usize>> = Vec::new();
        let mut candidates: Vec<Candidate<'p>> = Vec::new();
        for PlannedCall { suite, id, program, request } in planned {
            let address = Arc::as_ptr(program) as usize;
            if seen.insert(address) {
                self.program_mut(program);
                order.push(program.clone());
            }
            if programs_by_suite.len() <= suite {
                programs_by_suite.resize_with(suite + 1, Vec::new);
            }
            // Scenarios of one suite have few programs, usually one.
            if !programs_by_suite[suite].contains(&address) {
                programs_by_suite[suite].push(address);
            }
            candidates.push(Candidate { id, program, request });
        }
        let mut flows = Flows::default();
        let mut tables = Vec::new();
        let mut all: HashMap<usize, (ProgramCounts, Reachability)> = HashMap::new();
        for program in &order {
            let address = Arc::as_ptr(program) as usize;
            let Some(ProgramCoverage { counts, confusion, current, .. }) = self.programs.remove(&address) else {
                continue;
            };
            let reach = Reachability::new(program, &counts.layout);
            flows.add(&counts, &reach);
            all.insert(address, (current, reach));
            tables.push((counts.program, confusion));
        }
        let suites = (0..)
            .zip(&programs_by_suite)
            .map(|(suite, programs)| self.suite_totals(suite, programs, &mut all))
            .collect();
        let flows = flows.into_list();
        let mut lists: Vec<_> = flows.iter().map(list_missing).collect();
        add_hints(&flows, &mut lists, &candidates);
        let mut coverage = CoverageRecord::default();
        for (counts, missing) in flows.iter().zip(lists) {
            let mut flow = counts.record();
            flow.missing = missing.into_iter().map(|missing| missing.item).collect();
            add(&mut coverage.totals, &flow.kinds);
            coverage.flows.push(flow);
        }
        Covered { coverage, decisions: crate::score::confusion::build_record(tables), suites }
    }

    /// The sums of one suite over the flows of its programs.
    fn suite_totals(
        &self,
        suite: usize,
        programs: &[usize],
        all: &mut HashMap<usize, (ProgramCounts, Reachability)>,
    ) -> CoverageKinds {
        let mut flows = Flows::default();
        let nothing = SuiteBits::default();
        for program in programs {
            if let Some((counts, reach)) = all.get_mut(program) {
                self.suites.get(&(suite, *program)).unwrap_or(&nothing).write_to(counts);
                flows.add(counts, reach);
            }
        }
        let mut kinds = CoverageKinds::new();
        flows.into_list().iter().for_each(|flow| add(&mut kinds, &flow.kinds()));
        kinds
    }
}

fn add(totals: &mut CoverageKinds, kinds: &CoverageKinds) {
    for (kind, count) in kinds {
        let total = totals.entry(*kind).or_default();
        total.covered += count.covered;
        total.passed += count.passed;
        total.of += count.of;
    }
}

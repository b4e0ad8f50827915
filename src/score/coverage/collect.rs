//! Coverage and confusion over a run.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::counts::Counts;
use super::flows::{FlowCounts, Flows};
use super::hints::{Caller, hints};
use super::missing::missing;
use super::reach::Reach;
use super::result::{CoverageKinds, CoverageRecord, FlowCoverage};
use super::seen::Seen;
use crate::flow::Program;
use crate::score::{ConfusionTable, DecisionTaken, DecisionsRecord};
use crate::simulator::{Request, Trace};

/// What the calls of a run came to. Each worker has its own; put together they are the same for any number of workers.
///
/// Calls are counted for the suite that is under way, and its counts are added to the run's when another one begins: a
/// call costs the same whether suites are told apart or not, and workers come to each suite once.
#[derive(Debug, Default)]
pub struct Coverage {
    /// By the address of the program, which is kept with its counts.
    programs: HashMap<usize, Counted>,
    /// The suite that is under way.
    suite: usize,
    /// By suite and program: what calls of the suites before came to.
    suites: BTreeMap<(usize, usize), Seen>,
}

#[derive(Debug)]
struct Counted {
    /// By calls of the suite that is under way.
    fresh: Counts,
    /// Whether there are any.
    touched: bool,
    /// By calls of the suites before.
    counts: Counts,
    confusion: ConfusionTable,
}

/// A scenario of the run.
#[derive(Clone, Copy, Debug)]
pub struct PlannedCall<'p> {
    /// Its suite, from 0.
    pub suite: usize,
    /// Its id.
    pub id: &'p str,
    /// The flows that it walks.
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
    /// By suite: over the flows that its scenarios can come to, by its own calls alone.
    pub suites: Vec<CoverageKinds>,
}

impl Coverage {
    /// Nothing counted yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a call of a suite through a program, with the decisions that were expected of it; `passed` says whether all
    /// its checks held. The trace may speak of nodes and outcomes that the program does not have: they are passed over.
    pub fn add(
        &mut self,
        suite: usize,
        program: &Arc<Program>,
        trace: &Trace,
        passed: bool,
        decisions: &[DecisionTaken],
    ) {
        if suite != self.suite {
            self.settle();
            self.suite = suite;
        }
        let counted = self.of(program);
        counted.touched = true;
        counted.fresh.add(trace, passed);
        counted.confusion.add(&program.table, trace, decisions);
    }

    /// The flows of a program that a call can come to, the entry first, as if no call had been made.
    pub fn of_nothing(program: &Arc<Program>) -> Vec<FlowCoverage> {
        let mut flows = Flows::default();
        let counts = Counts::new(program);
        flows.add(&counts, &Reach::new(program, &counts.layout));
        let entry = program.entry().source.path();
        let mut records: Vec<FlowCoverage> = flows.into_list().iter().map(FlowCounts::record).collect();
        records.sort_by_key(|flow| flow.file != entry);
        records
    }

    fn of(&mut self, program: &Arc<Program>) -> &mut Counted {
        self.programs.entry(Arc::as_ptr(program) as usize).or_insert_with(|| {
            let fresh = Counts::new(program);
            Counted { counts: fresh.clone(), fresh, touched: false, confusion: ConfusionTable::default() }
        })
    }

    /// Ends the suite that is under way.
    fn settle(&mut self) {
        for (&program, counted) in self.programs.iter_mut().filter(|(_, counted)| counted.touched) {
            self.suites.entry((self.suite, program)).or_default().note(&counted.fresh);
            counted.counts.merge(&counted.fresh);
            counted.fresh.clear();
            counted.touched = false;
        }
    }

    /// Adds what another worker counted.
    pub fn merge(&mut self, mut other: Self) {
        self.settle();
        other.settle();
        for counted in other.programs.into_values() {
            let own = self.of(&counted.counts.program);
            own.counts.merge(&counted.counts);
            own.confusion.merge(counted.confusion);
        }
        for (key, seen) in other.suites {
            self.suites.entry(key).or_default().merge(&seen);
        }
    }

    /// The records of the run. `planned` are all scenarios of the run in order, also those that were not run. What of
    /// their flows no call came to is missing, and they lend their data to the search for calls that would.
    pub fn finish<'p>(mut self, planned: impl Iterator<Item = PlannedCall<'p>>) -> Covered {
        self.settle();
        let mut order: Vec<Arc<Program>> = Vec::new();
        let mut seen: HashSet<usize> = HashSet::new();
        let mut of_suites: Vec<Vec<usize>> = Vec::new();
        let mut callers: Vec<Caller<'p>> = Vec::new();
        for PlannedCall { suite, id, program, request } in planned {
            let address = Arc::as_ptr(program) as usize;
            if seen.insert(address) {
                self.of(program);
                order.push(program.clone());
            }
            if of_suites.len() <= suite {
                of_suites.resize_with(suite + 1, Vec::new);
            }
            // Scenarios of one suite have few programs, mostly one.
            if !of_suites[suite].contains(&address) {
                of_suites[suite].push(address);
            }
            callers.push(Caller { id, program, request });
        }
        let mut flows = Flows::default();
        let mut tables = Vec::new();
        let mut all: HashMap<usize, (Counts, Reach)> = HashMap::new();
        for program in &order {
            let address = Arc::as_ptr(program) as usize;
            let Some(Counted { counts, confusion, fresh, .. }) = self.programs.remove(&address) else { continue };
            let reach = Reach::new(program, &counts.layout);
            flows.add(&counts, &reach);
            all.insert(address, (fresh, reach));
            tables.push((counts.program, confusion));
        }
        let suites = (0..).zip(&of_suites).map(|(suite, programs)| self.of_suite(suite, programs, &mut all)).collect();
        let flows = flows.into_list();
        let mut lists: Vec<_> = flows.iter().map(missing).collect();
        hints(&flows, &mut lists, &callers);
        let mut coverage = CoverageRecord::default();
        for (counts, missing) in flows.iter().zip(lists) {
            let mut flow = counts.record();
            flow.missing = missing.into_iter().map(|missing| missing.item).collect();
            add(&mut coverage.totals, &flow.kinds);
            coverage.flows.push(flow);
        }
        Covered { coverage, decisions: crate::score::confusion::record(tables), suites }
    }

    /// The sums of a suite over the flows of its programs.
    fn of_suite(&self, suite: usize, programs: &[usize], all: &mut HashMap<usize, (Counts, Reach)>) -> CoverageKinds {
        let mut flows = Flows::default();
        let nothing = Seen::default();
        for program in programs {
            if let Some((counts, reach)) = all.get_mut(program) {
                self.suites.get(&(suite, *program)).unwrap_or(&nothing).fill(counts);
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

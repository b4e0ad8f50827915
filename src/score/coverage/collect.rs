//! Coverage and confusion over a run.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::counts::Counts;
use super::flows::{FlowCounts, Flows};
use super::hints::{Caller, hints};
use super::missing::missing;
use super::result::{CoverageKinds, CoverageRecord, FlowCoverage};
use crate::flow::Program;
use crate::score::{ConfusionTable, DecisionTaken, DecisionsRecord};
use crate::simulator::{Request, Trace};

/// What the calls of a run came to. Each worker has its own; put together they are the same for any number of workers.
#[derive(Debug, Default)]
pub struct Coverage {
    /// By the address of the program, which is kept with its counts.
    programs: HashMap<usize, (Counts, ConfusionTable)>,
}

impl Coverage {
    /// Nothing counted yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a call through a program, with the decisions that were expected of it; `passed` says whether all its checks
    /// held. The trace may speak of nodes and outcomes that the program does not have: they are passed over.
    pub fn add(&mut self, program: &Arc<Program>, trace: &Trace, passed: bool, decisions: &[DecisionTaken]) {
        let (counts, confusion) = self.of(program);
        counts.add(trace, passed);
        confusion.add(&program.table, trace, decisions);
    }

    /// The flows of a program that a call can come to, the entry first, as if no call had been made.
    pub fn of_nothing(program: &Arc<Program>) -> Vec<FlowCoverage> {
        let mut flows = Flows::default();
        flows.add(&Counts::new(program));
        let entry = program.entry().source.path();
        let mut records: Vec<FlowCoverage> = flows.into_list().iter().map(FlowCounts::record).collect();
        records.sort_by_key(|flow| flow.file != entry);
        records
    }

    fn of(&mut self, program: &Arc<Program>) -> &mut (Counts, ConfusionTable) {
        let empty = || (Counts::new(program), ConfusionTable::default());
        self.programs.entry(Arc::as_ptr(program) as usize).or_insert_with(empty)
    }

    /// Adds what another worker counted.
    pub fn merge(&mut self, other: Self) {
        for (counts, confusion) in other.programs.into_values() {
            let (own_counts, own_confusion) = self.of(&counts.program);
            own_counts.merge(&counts);
            own_confusion.merge(confusion);
        }
    }

    /// The records of the run. `planned` are all scenarios of the run in order, also those that were not run: their ids,
    /// programs and requests. What of their flows no call came to is missing, and they lend their data to the search for
    /// calls that would.
    pub fn finish<'p>(
        mut self,
        planned: impl Iterator<Item = (&'p str, &'p Arc<Program>, &'p Request)>,
    ) -> (CoverageRecord, DecisionsRecord) {
        let mut order: Vec<Arc<Program>> = Vec::new();
        let mut seen: HashSet<usize> = HashSet::new();
        let mut callers: Vec<Caller<'p>> = Vec::new();
        for (id, program, request) in planned {
            if seen.insert(Arc::as_ptr(program) as usize) {
                self.of(program);
                order.push(program.clone());
            }
            callers.push(Caller { id, program, request });
        }
        let mut flows = Flows::default();
        let mut tables = Vec::new();
        for program in &order {
            let Some((counts, confusion)) = self.programs.remove(&(Arc::as_ptr(program) as usize)) else { continue };
            flows.add(&counts);
            tables.push((counts.program, confusion));
        }
        let flows = flows.into_list();
        let mut lists: Vec<_> = flows.iter().map(missing).collect();
        hints(&flows, &mut lists, &callers);
        let mut record = CoverageRecord::default();
        for (counts, missing) in flows.iter().zip(lists) {
            let mut flow = counts.record();
            flow.missing = missing.into_iter().map(|missing| missing.item).collect();
            add(&mut record.totals, &flow.kinds);
            record.flows.push(flow);
        }
        (record, crate::score::confusion::record(tables))
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

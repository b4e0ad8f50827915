//! Reachability of the cases of a switch or a queue check, which are tested in order.

use std::collections::HashMap;

use crate::flow::expression::{Always, Expression, Interval};
use crate::flow::{Case, Kind, Node};

/// Maximum number of earlier cases that each case is compared with, because the work is quadratic.
const MAX_COMPARED_CASES: usize = 1_000;

/// What is known about one case.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum CaseFact {
    /// It can hold.
    MayHold,
    /// It is the same in every call.
    Always(Always),
    /// The case at this index is earlier and has the same condition.
    Repeats(usize),
    /// The case at this index is earlier and holds for every number for which this one holds.
    Covered(usize),
    /// The case at this index is earlier and holds for some of its numbers, and for others.
    Overlaps(usize),
}

/// What is known about all cases of a node.
#[derive(Clone, Debug)]
pub(super) struct CaseFacts {
    /// By case.
    pub list: Vec<CaseFact>,
    /// The first case that always holds or always fails with a mistake: no later case is tested,
    /// and the default is never used.
    pub last: Option<usize>,
}

impl CaseFacts {
    /// Analyses a node; none if it has no cases.
    pub(super) fn analyse(node: &Node) -> Option<Self> {
        let cases = match &node.kind {
            Kind::Switch(switch) => &switch.cases,
            Kind::QueueCheck(check) => &check.cases,
            _ => return None,
        };
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut intervals: Vec<(usize, Interval)> = Vec::new();
        let mut list = Vec::with_capacity(cases.len());
        for (index, case) in cases.iter().enumerate() {
            list.push(match case {
                // The reader reports duplicate names.
                Case::Equals(_) => CaseFact::MayHold,
                Case::When(condition) => case_fact(index, condition, &mut seen, &mut intervals),
            });
        }
        let last = list
            .iter()
            .position(|case_fact| matches!(case_fact, CaseFact::Always(Always::Boolean(true) | Always::Mistake(_))));
        Some(Self { list, last })
    }

    /// Whether the outcome with this index and name is possible.
    pub(super) fn possible(&self, outcome: usize, name: &str) -> bool {
        let before_last = self.last.is_none_or(|last| outcome <= last);
        match self.list.get(outcome) {
            Some(CaseFact::MayHold | CaseFact::Overlaps(_) | CaseFact::Always(Always::Boolean(true))) => before_last,
            Some(_) => false,
            None => name != "default" || self.last.is_none(),
        }
    }
}

fn case_fact<'e>(
    index: usize,
    condition: &'e Expression,
    seen: &mut HashMap<&'e str, usize>,
    intervals: &mut Vec<(usize, Interval)>,
) -> CaseFact {
    if let Some(always) = condition.always() {
        return CaseFact::Always(always);
    }
    let text = condition.text().trim();
    if let Some(&earlier) = seen.get(text) {
        return CaseFact::Repeats(earlier);
    }
    seen.insert(text, index);
    let Some(interval) = condition.interval() else { return CaseFact::MayHold };
    let mut overlap = None;
    for (earlier, other) in intervals.iter().take(MAX_COMPARED_CASES) {
        if other.slot == interval.slot && other.covers(&interval) {
            return CaseFact::Covered(*earlier);
        }
        // A wider case after a narrower one takes the remaining numbers, the usual way to write
        // bands.
        if other.meets(&interval) && !interval.covers(other) {
            overlap.get_or_insert(*earlier);
        }
    }
    intervals.push((index, interval));
    overlap.map_or(CaseFact::MayHold, CaseFact::Overlaps)
}

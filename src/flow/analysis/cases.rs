//! What becomes of the cases of a switch or a queue check, which are tried in order.

use std::collections::HashMap;

use crate::flow::expression::{Always, Expression, Interval};
use crate::flow::{Case, Kind, Node};

/// So many earlier cases are compared with each case; the work would be quadratic.
const COMPARED: usize = 1_000;

/// What becomes of one case.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fate {
    /// It may hold.
    MayHold,
    /// It is the same in every call.
    Always(Always),
    /// An earlier one, by its place, has the same condition.
    Repeats(usize),
    /// An earlier one holds for every number for which it holds.
    Covered(usize),
    /// An earlier one holds for some of its numbers, and for others.
    Overlaps(usize),
}

/// What becomes of all cases of a node.
#[derive(Clone, Debug)]
pub(super) struct Fates {
    /// By case.
    pub list: Vec<Fate>,
    /// The first case that is always decided: no later one is tried, nor the default taken.
    pub last: Option<usize>,
}

impl Fates {
    /// Of a node that has cases.
    pub(super) fn of(node: &Node) -> Option<Self> {
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
                // Two of one name are a mistake that the reader reports.
                Case::Equals(_) => Fate::MayHold,
                Case::When(condition) => fate(index, condition, &mut seen, &mut intervals),
            });
        }
        let last =
            list.iter().position(|fate| matches!(fate, Fate::Always(Always::Boolean(true) | Always::Mistake(_))));
        Some(Self { list, last })
    }

    /// Whether the outcome of this index and name can come.
    pub(super) fn comes(&self, outcome: usize, name: &str) -> bool {
        let before_last = self.last.is_none_or(|last| outcome <= last);
        match self.list.get(outcome) {
            Some(Fate::MayHold | Fate::Overlaps(_) | Fate::Always(Always::Boolean(true))) => before_last,
            Some(_) => false,
            None => name != "default" || self.last.is_none(),
        }
    }
}

fn fate<'e>(
    index: usize,
    condition: &'e Expression,
    seen: &mut HashMap<&'e str, usize>,
    intervals: &mut Vec<(usize, Interval)>,
) -> Fate {
    if let Some(always) = condition.always() {
        return Fate::Always(always);
    }
    let text = condition.text().trim();
    if let Some(&earlier) = seen.get(text) {
        return Fate::Repeats(earlier);
    }
    seen.insert(text, index);
    let Some(interval) = condition.interval() else { return Fate::MayHold };
    let mut overlap = None;
    for (earlier, other) in intervals.iter().take(COMPARED) {
        if other.slot == interval.slot && other.covers(&interval) {
            return Fate::Covered(*earlier);
        }
        // A wider case after a narrower one is what is left of it: the usual way to write bands.
        if other.meets(&interval) && !interval.covers(other) {
            overlap.get_or_insert(*earlier);
        }
    }
    intervals.push((index, interval));
    overlap.map_or(Fate::MayHold, Fate::Overlaps)
}

//! What the calls of one program came to.

use std::sync::Arc;

use super::layout::{Layout, NONE};
use crate::flow::{NodeTable, Program};
use crate::simulator::Trace;

/// A set of small numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn new(size: usize) -> Self {
        Self(vec![0; size.div_ceil(64)])
    }

    pub(super) fn set(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
    }

    pub(super) fn has(&self, index: usize) -> bool {
        self.0.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// Room for so many.
    pub(super) fn grow(&mut self, size: usize) {
        if self.0.len() < size.div_ceil(64) {
            self.0.resize(size.div_ceil(64), 0);
        }
    }

    /// Adds all of another set.
    pub(super) fn join(&mut self, other: &Self) {
        self.grow(other.0.len() * 64);
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word |= other;
        }
    }

    /// Takes all out.
    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }
}

/// Visits of a node, takings of an outcome, walks of an edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Times {
    /// By all calls.
    pub all: u64,
    /// By calls whose scenario passed.
    pub passed: u64,
}

impl Times {
    fn add(&mut self, passed: bool) {
        self.all += 1;
        self.passed += u64::from(passed);
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.all += other.all;
        self.passed += other.passed;
    }
}

/// The counts of one program, by the numbers of its layout.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    pub program: Arc<Program>,
    pub layout: Arc<Layout>,
    /// By node.
    pub nodes: Vec<Times>,
    /// By slot: taken.
    pub taken: Vec<Times>,
    /// By slot: walked to its target.
    pub walked: Vec<Times>,
    /// Pairs of edges walked by any call, and by one that passed.
    pub pairs: [Bits; 2],
}

/// A subflow node whose flow the call is in.
#[derive(Clone, Copy)]
struct Pending {
    node: u32,
    outcome: Option<u16>,
    /// The edge by which the call came to it.
    into: Option<usize>,
}

impl Counts {
    pub(super) fn new(program: &Arc<Program>) -> Self {
        let layout = Arc::new(Layout::new(program));
        let (nodes, slots) = (layout.flow.len(), layout.target.len());
        let pairs = layout.first_pair.last().copied().unwrap_or(0);
        Self {
            program: program.clone(),
            layout,
            nodes: vec![Times::default(); nodes],
            taken: vec![Times::default(); slots],
            walked: vec![Times::default(); slots],
            pairs: [Bits::new(pairs), Bits::new(pairs)],
        }
    }

    /// Adds a call. What the program does not have is passed over: a server may know another version of the flow.
    pub(super) fn add(&mut self, trace: &Trace, passed: bool) {
        let own = Arc::ptr_eq(&trace.table, &self.program.table);
        if own {
            self.walk(trace.steps.iter().map(|step| (step.node, step.outcome)), passed);
        } else {
            let table = self.program.table.clone();
            self.walk(trace.steps.iter().map(|step| translate(&table, trace, step.node, step.outcome)), passed);
        }
    }

    fn walk(&mut self, steps: impl Iterator<Item = (u32, Option<u16>)>, passed: bool) {
        let layout = self.layout.clone();
        let mut pending: Vec<Pending> = Vec::new();
        let mut into: Option<usize> = None;
        let mut steps = steps.peekable();
        while let Some((node, outcome)) = steps.next() {
            let Some(times) = self.nodes.get_mut(node as usize) else {
                into = None;
                continue;
            };
            times.add(passed);
            let slots = layout.slots(node as usize);
            let slot = slot(&layout, node, outcome);
            if let (Some(slot), true) = (slot, outcome.is_some()) {
                self.taken[slot].add(passed);
            }
            let Some(&(next, _)) = steps.peek() else { break };
            if layout.called[node as usize] == next {
                pending.push(Pending { node, outcome, into });
                into = None;
                continue;
            }
            let mut walked = slot.filter(|&slot| layout.target[slot] == next).map(|slot| (node, into, slot));
            if walked.is_none() && !pending.is_empty() {
                walked = back(&layout, &mut pending, (node, slots.is_empty()), next);
            }
            into = walked.map(|(_, _, slot)| slot);
            if let Some((node, before, slot)) = walked {
                self.walked[slot].add(passed);
                if let Some(pair) = before.and_then(|before| layout.pair(before, node as usize, slot)) {
                    self.pairs[0].set(pair);
                    if passed {
                        self.pairs[1].set(pair);
                    }
                }
            }
        }
    }

    /// Counts from 0 again.
    pub(super) fn clear(&mut self) {
        for times in [&mut self.nodes, &mut self.taken, &mut self.walked] {
            times.fill(Times::default());
        }
        self.pairs.iter_mut().for_each(Bits::clear);
    }

    /// Adds the counts of the same program.
    pub(super) fn merge(&mut self, other: &Self) {
        let each = |into: &mut [Times], from: &[Times]| {
            into.iter_mut().zip(from).for_each(|(into, from)| into.merge(*from));
        };
        each(&mut self.nodes, &other.nodes);
        each(&mut self.taken, &other.taken);
        each(&mut self.walked, &other.walked);
        for (pairs, other) in self.pairs.iter_mut().zip(&other.pairs) {
            pairs.join(other);
        }
    }
}

/// The slot of an outcome; of a jump, which has none, its only way.
fn slot(layout: &Layout, node: u32, outcome: Option<u16>) -> Option<usize> {
    let slots = layout.slots(node as usize);
    let jump = slots.len() == 1 && outcome.is_none() && layout.target[slots.start] != NONE;
    let slot = slots.start + usize::from(outcome.unwrap_or(if jump { 0 } else { u16::MAX }));
    slots.contains(&slot).then_some(slot)
}

/// The edge of a waiting subflow node by which the call went on, if it did. Flows that the call has left are forgotten.
fn back(
    layout: &Layout,
    pending: &mut Vec<Pending>,
    (node, ends): (u32, bool),
    next: u32,
) -> Option<(u32, Option<usize>, usize)> {
    let leads = |waiting: &Pending| {
        slot(layout, waiting.node, waiting.outcome)
            .filter(|&slot| waiting.outcome.is_some() && layout.target[slot] == next)
    };
    let flow_of = |node: u32| layout.flow.get(node as usize);
    let left = ends || flow_of(node) != flow_of(next);
    if !left {
        return None;
    }
    if let Some((depth, waiting, slot)) =
        pending.iter().enumerate().rev().find_map(|(depth, waiting)| leads(waiting).map(|slot| (depth, *waiting, slot)))
    {
        pending.truncate(depth);
        return Some((waiting.node, waiting.into, slot));
    }
    // An event of a flow that waits: whatever that flow had called is over.
    if let Some(depth) = pending.iter().rposition(|waiting| flow_of(waiting.node) == flow_of(next)) {
        pending.truncate(depth);
    }
    None
}

/// A step in the numbers of another table, by names; what that one does not know gets numbers that nothing has.
fn translate(table: &NodeTable, trace: &Trace, node: u32, outcome: Option<u16>) -> (u32, Option<u16>) {
    let Some(names) = trace.table.nodes.get(node as usize) else { return (NONE, None) };
    let Some(node) = table.find(&names.name) else { return (NONE, None) };
    let taken = outcome.and_then(|outcome| names.outcomes.get(outcome as usize));
    let known = |name| table.nodes.get(node as usize)?.outcomes.iter().position(|known| known == name);
    (node, taken.map(|name| known(name).and_then(|index| u16::try_from(index).ok()).unwrap_or(u16::MAX)))
}

//! Counts the hits of one program: nodes, outcomes, edges and pairs of edges.

use std::sync::Arc;

use super::layout::{NONE, ProgramLayout};
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

    /// Grows the set to hold numbers below `size`.
    pub(super) fn grow(&mut self, size: usize) {
        if self.0.len() < size.div_ceil(64) {
            self.0.resize(size.div_ceil(64), 0);
        }
    }

    /// Adds the numbers of another set.
    pub(super) fn join(&mut self, other: &Self) {
        self.grow(other.0.len() * 64);
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word |= other;
        }
    }

    /// Removes all numbers.
    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }
}

/// How often a node was visited, an outcome taken or an edge walked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct HitCounts {
    /// By all calls.
    pub all: u64,
    /// By calls whose scenario passed.
    pub passed: u64,
}

impl HitCounts {
    fn add(&mut self, passed: bool) {
        self.all += 1;
        self.passed += u64::from(passed);
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.all += other.all;
        self.passed += other.passed;
    }
}

/// The hits of one program, by the numbers of its layout.
#[derive(Clone, Debug)]
pub(super) struct ProgramCounts {
    pub program: Arc<Program>,
    pub layout: Arc<ProgramLayout>,
    /// By node.
    pub nodes: Vec<HitCounts>,
    /// By slot: how often it was taken.
    pub taken: Vec<HitCounts>,
    /// By slot: how often a call went on to its target.
    pub walked: Vec<HitCounts>,
    /// Pairs of edges walked by any call, and by one that passed.
    pub pairs: [Bits; 2],
}

/// A subflow node whose flow the call has not left.
#[derive(Clone, Copy)]
struct OpenSubflow {
    node: u32,
    outcome: Option<u16>,
    /// The edge by which the call reached it.
    into: Option<usize>,
}

impl ProgramCounts {
    pub(super) fn new(program: &Arc<Program>) -> Self {
        let layout = Arc::new(ProgramLayout::new(program));
        let (nodes, slots) = (layout.flow.len(), layout.target.len());
        let pairs = layout.first_pair.last().copied().unwrap_or(0);
        Self {
            program: program.clone(),
            layout,
            nodes: vec![HitCounts::default(); nodes],
            taken: vec![HitCounts::default(); slots],
            walked: vec![HitCounts::default(); slots],
            pairs: [Bits::new(pairs), Bits::new(pairs)],
        }
    }

    /// Adds a call. Nodes and outcomes that the program lacks are skipped: a server may run another
    /// version of the flow.
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
        let mut open: Vec<OpenSubflow> = Vec::new();
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
                open.push(OpenSubflow { node, outcome, into });
                into = None;
                continue;
            }
            let mut walked = slot.filter(|&slot| layout.target[slot] == next).map(|slot| (node, into, slot));
            if walked.is_none() && !open.is_empty() {
                walked = return_from_subflow(&layout, &mut open, (node, slots.is_empty()), next);
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

    /// Resets all counts to 0.
    pub(super) fn clear(&mut self) {
        for times in [&mut self.nodes, &mut self.taken, &mut self.walked] {
            times.fill(HitCounts::default());
        }
        self.pairs.iter_mut().for_each(Bits::clear);
    }

    /// Adds the counts of the same program.
    pub(super) fn merge(&mut self, other: &Self) {
        let each = |into: &mut [HitCounts], from: &[HitCounts]| {
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

/// The slot of an outcome, or the only slot of a jump, which has no outcome.
fn slot(layout: &ProgramLayout, node: u32, outcome: Option<u16>) -> Option<usize> {
    let slots = layout.slots(node as usize);
    let jump = slots.len() == 1 && outcome.is_none() && layout.target[slots.start] != NONE;
    let slot = slots.start + usize::from(outcome.unwrap_or(if jump { 0 } else { u16::MAX }));
    slots.contains(&slot).then_some(slot)
}

/// Finds the edge of an open subflow node by which the call went on, if any, and closes the flows
/// that the call has left.
fn return_from_subflow(
    layout: &ProgramLayout,
    open: &mut Vec<OpenSubflow>,
    (node, ends): (u32, bool),
    next: u32,
) -> Option<(u32, Option<usize>, usize)> {
    let leads = |subflow: &OpenSubflow| {
        slot(layout, subflow.node, subflow.outcome)
            .filter(|&slot| subflow.outcome.is_some() && layout.target[slot] == next)
    };
    let flow_of = |node: u32| layout.flow.get(node as usize);
    let left = ends || flow_of(node) != flow_of(next);
    if !left {
        return None;
    }
    if let Some((depth, subflow, slot)) =
        open.iter().enumerate().rev().find_map(|(depth, subflow)| leads(subflow).map(|slot| (depth, *subflow, slot)))
    {
        open.truncate(depth);
        return Some((subflow.node, subflow.into, slot));
    }
    // An event of an open flow ends the flows that it had called.
    if let Some(depth) = open.iter().rposition(|subflow| flow_of(subflow.node) == flow_of(next)) {
        open.truncate(depth);
    }
    None
}

/// Translates a step to the numbers of another table, by names. What that table lacks gets invalid
/// numbers.
fn translate(table: &NodeTable, trace: &Trace, node: u32, outcome: Option<u16>) -> (u32, Option<u16>) {
    let Some(names) = trace.table.nodes.get(node as usize) else { return (NONE, None) };
    let Some(node) = table.find(&names.name) else { return (NONE, None) };
    let taken = outcome.and_then(|outcome| names.outcomes.get(outcome as usize));
    let known = |name| table.nodes.get(node as usize)?.outcomes.iter().position(|known| known == name);
    (node, taken.map(|name| known(name).and_then(|index| u16::try_from(index).ok()).unwrap_or(u16::MAX)))
}

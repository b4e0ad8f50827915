//! Every node, outcome, edge and pair of edges of a program gets a number, so that counting a call is adding to arrays.

use crate::flow::{Jump, Kind, Program};

/// Stands for none.
pub(super) const NONE: u32 = u32::MAX;
/// Pairs of edges through one node are counted up to so many; a busier node has none.
const MOST_PAIRS: usize = 1 << 20;

/// The numbers of one program.
///
/// A slot is an outcome of a node, or the one way of a jump. The numbers of each flow follow each other and do not depend
/// on the program, so that counts of one flow from several programs can be added up.
#[derive(Debug)]
pub(super) struct Layout {
    /// By node: its first slot; one more entry at the end.
    pub first_slot: Vec<u32>,
    /// By slot: the node that it leads to, or [`NONE`].
    pub target: Vec<u32>,
    /// By slot: its place among those of the same flow that lead to the same node, or [`NONE`].
    pub place: Vec<u32>,
    /// By node: its first pair, counted from the program's; one more entry at the end.
    pub first_pair: Vec<usize>,
    /// By node: whether it takes pairs.
    pub pairs: Vec<bool>,
    /// By node: its flow.
    pub flow: Vec<u32>,
    /// By node: the first node of the flow that it calls as a subflow, or [`NONE`].
    pub called: Vec<u32>,
}

impl Layout {
    pub(super) fn new(program: &Program) -> Self {
        let mut layout = Self {
            first_slot: vec![0],
            target: Vec::new(),
            place: Vec::new(),
            first_pair: vec![0],
            pairs: Vec::new(),
            flow: Vec::new(),
            called: Vec::new(),
        };
        for index in 0..program.flows.len() {
            layout.nodes(program, index);
        }
        layout.number_edges();
        layout
    }

    fn nodes(&mut self, program: &Program, index: usize) {
        let start = |flow: u32| -> Option<u32> {
            Some(program.first_node.get(flow as usize)? + program.flows.get(flow as usize)?.start as u32)
        };
        let (Some(flow), Some(&first)) = (program.flows.get(index), program.first_node.get(index)) else { return };
        let calls = program.calls.get(index).map_or(&[][..], Vec::as_slice);
        for (place, node) in flow.nodes.iter().enumerate() {
            let called = calls.get(place).copied().flatten().and_then(start);
            self.flow.push(index as u32);
            self.target.extend(
                node.outcomes.iter().map(|outcome| outcome.target.map_or(NONE, |target| first + target as u32)),
            );
            match &node.kind {
                Kind::Jump(Jump::Node(target)) => self.target.push(first + *target as u32),
                Kind::Jump(Jump::Flow(_)) => self.target.push(called.unwrap_or(NONE)),
                _ => {}
            }
            let subflow = matches!(node.kind, Kind::Subflow(_));
            self.called.push(called.filter(|_| subflow).unwrap_or(NONE));
            // A program has fewer outcomes than bytes in its files.
            self.first_slot.push(self.target.len() as u32);
        }
    }

    fn number_edges(&mut self) {
        let nodes = self.flow.len();
        let mut leading = vec![0_u32; nodes];
        self.place = vec![NONE; self.target.len()];
        for node in 0..nodes {
            for slot in self.slots(node) {
                let to = self.target[slot] as usize;
                if let Some(count) = leading.get_mut(to)
                    && self.flow[to] == self.flow[node]
                {
                    self.place[slot] = *count;
                    *count += 1;
                }
            }
        }
        for (node, &leading) in leading.iter().enumerate() {
            let pairs = (leading as usize).saturating_mul(self.slots(node).len());
            let counted = pairs <= MOST_PAIRS;
            let before = self.first_pair[node];
            self.pairs.push(counted);
            self.first_pair.push(before + if counted { pairs } else { 0 });
        }
    }

    /// The slots of a node; empty for one that the program does not have.
    pub(super) fn slots(&self, node: usize) -> std::ops::Range<usize> {
        match (self.first_slot.get(node), self.first_slot.get(node + 1)) {
            (Some(&first), Some(&end)) => first as usize..end as usize,
            _ => 0..0,
        }
    }

    /// The number of a pair: an edge into a node, and one out of it.
    pub(super) fn pair(&self, into: usize, node: usize, out: usize) -> Option<usize> {
        let place = self.place.get(into).copied().filter(|&place| place != NONE)?;
        let slots = self.slots(node);
        let inside = *self.pairs.get(node)? && slots.contains(&out);
        inside.then(|| self.first_pair[node] + place as usize * slots.len() + (out - slots.start))
    }

    /// The numbers of a flow's nodes, slots and pairs.
    pub(super) fn of_flow(&self, program: &Program, flow: usize) -> [std::ops::Range<usize>; 3] {
        let first = program.first_node.get(flow).map_or(0, |&first| first as usize);
        let end = first + program.flows.get(flow).map_or(0, |flow| flow.nodes.len());
        let slot = |node: usize| self.first_slot.get(node).map_or(0, |&slot| slot as usize);
        let pair = |node: usize| self.first_pair.get(node).copied().unwrap_or(0);
        [first..end, slot(first)..slot(end), pair(first)..pair(end)]
    }
}

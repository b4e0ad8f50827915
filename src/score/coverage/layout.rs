//! Numbers the nodes, outcomes, edges and pairs of edges of a program, so that hits are counted in
//! arrays.

use crate::flow::{Jump, Kind, Program};

/// No node, or no edge.
pub(super) const NONE: u32 = u32::MAX;
/// Maximum number of pairs of edges through one node. The pairs of a node with more are not
/// counted.
const MAX_PAIRS_PER_NODE: usize = 1 << 20;

/// The numbers of one program.
///
/// A slot is an outcome of a node, or the only edge of a jump. The numbers of a flow are contiguous
/// and, counted from their first, the same in every program, so that hits of one flow from several
/// programs can be added.
#[derive(Debug)]
pub(super) struct ProgramLayout {
    /// By node: its first slot; one more entry at the end.
    pub first_slot: Vec<u32>,
    /// By slot: the node that it leads to, or [`NONE`].
    pub target: Vec<u32>,
    /// By slot: its rank among the slots of the same flow that lead to the same node, or [`NONE`].
    pub rank: Vec<u32>,
    /// By node: its first pair; one more entry at the end.
    pub first_pair: Vec<usize>,
    /// By node: whether its pairs are counted.
    pub pairs: Vec<bool>,
    /// By node: its flow.
    pub flow: Vec<u32>,
    /// By node: the first node of the flow that it calls as a subflow, or [`NONE`].
    pub called: Vec<u32>,
}

impl ProgramLayout {
    pub(super) fn new(program: &Program) -> Self {
        let mut layout = Self {
            first_slot: vec![0],
            target: Vec::new(),
            rank: Vec::new(),
            first_pair: vec![0],
            pairs: Vec::new(),
            flow: Vec::new(),
            called: Vec::new(),
        };
        for index in 0..program.flows.len() {
            layout.number_nodes(program, index);
        }
        layout.number_edges();
        layout
    }

    fn number_nodes(&mut self, program: &Program, index: usize) {
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
            // A program has fewer outcomes than its files have bytes, and a file ends at 4 GiB.
            self.first_slot.push(self.target.len() as u32);
        }
    }

    fn number_edges(&mut self) {
        let nodes = self.flow.len();
        let mut leading = vec![0_u32; nodes];
        self.rank = vec![NONE; self.target.len()];
        for node in 0..nodes {
            for slot in self.slots(node) {
                let to = self.target[slot] as usize;
                if let Some(count) = leading.get_mut(to)
                    && self.flow[to] == self.flow[node]
                {
                    self.rank[slot] = *count;
                    *count += 1;
                }
            }
        }
        for (node, &leading) in leading.iter().enumerate() {
            let pairs = (leading as usize).saturating_mul(self.slots(node).len());
            let counted = pairs <= MAX_PAIRS_PER_NODE;
            let before = self.first_pair[node];
            self.pairs.push(counted);
            self.first_pair.push(before + if counted { pairs } else { 0 });
        }
    }

    /// The slots of a node; empty for a node that the program does not have.
    pub(super) fn slots(&self, node: usize) -> std::ops::Range<usize> {
        match (self.first_slot.get(node), self.first_slot.get(node + 1)) {
            (Some(&first), Some(&end)) => first as usize..end as usize,
            _ => 0..0,
        }
    }

    /// The number of a pair: an edge into a node, and one out of it.
    pub(super) fn pair(&self, into: usize, node: usize, out: usize) -> Option<usize> {
        let rank = self.rank.get(into).copied().filter(|&rank| rank != NONE)?;
        let slots = self.slots(node);
        let inside = *self.pairs.get(node)? && slots.contains(&out);
        inside.then(|| self.first_pair[node] + rank as usize * slots.len() + (out - slots.start))
    }

    /// The ranges of a flow's nodes, slots and pairs.
    pub(super) fn flow_ranges(&self, program: &Program, flow: usize) -> [std::ops::Range<usize>; 3] {
        let first = program.first_node.get(flow).map_or(0, |&first| first as usize);
        let end = first + program.flows.get(flow).map_or(0, |flow| flow.nodes.len());
        let slot = |node: usize| self.first_slot.get(node).map_or(0, |&slot| slot as usize);
        let pair = |node: usize| self.first_pair.get(node).copied().unwrap_or(0);
        [first..end, slot(first)..slot(end), pair(first)..pair(end)]
    }
}

//! Determines what a call can reach, from the graph of the flows alone.

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::Dfs;

use super::layout::{NONE, ProgramLayout};
use super::possible::possible_outcomes;
use crate::flow::{Kind, Program};

/// The nodes and outcomes of a program that a call can reach.
#[derive(Debug)]
pub(super) struct Reachability {
    /// By node.
    pub nodes: Vec<bool>,
    /// By slot: whether the node can take it, if a call reaches the node.
    pub slots: Vec<bool>,
}

impl Reachability {
    /// Searches from the roots: the start of the entry flow and, for each flow that a call can
    /// reach, its start and the nodes of its events and global keys. Follows every outcome that a
    /// node can take, also into called flows.
    pub(super) fn new(program: &Program, layout: &ProgramLayout) -> Self {
        let mut slots = vec![true; layout.target.len()];
        let mut graph: DiGraph<(), ()> = DiGraph::new();
        let nodes: Vec<NodeIndex> = layout.flow.iter().map(|_| graph.add_node(())).collect();
        // One node per flow: a call that reaches the flow can reach all of its roots.
        let flows: Vec<NodeIndex> = program.flows.iter().map(|_| graph.add_node(())).collect();
        for (index, (flow, &whole)) in program.flows.iter().zip(&flows).enumerate() {
            let first = program.first_node.get(index).map_or(0, |&first| first as usize);
            let events = &flow.events;
            let roots = [Some(flow.start), events.on_hangup, events.on_answer, events.on_error].into_iter().flatten();
            let roots = roots.chain(events.on_signal.iter().map(|&(_, node)| node));
            for root in roots.chain(events.keys.iter().map(|&(_, node)| node)) {
                if let Some(&root) = nodes.get(first + root) {
                    graph.add_edge(whole, root, ());
                }
            }
            for (place, node) in flow.nodes.iter().enumerate() {
                let here = first + place;
                let range = layout.slots(here);
                for (slot, possible) in range.clone().zip(possible_outcomes(program, index, place)) {
                    slots[slot] = possible;
                }
                for slot in range.filter(|&slot| slots[slot] && layout.target[slot] != NONE) {
                    if let Some(&to) = nodes.get(layout.target[slot] as usize) {
                        graph.add_edge(nodes[here], to, ());
                    }
                }
                let called = program.calls.get(index).and_then(|calls| calls.get(place).copied().flatten());
                if let (Kind::Subflow(_) | Kind::Jump(_), Some(called)) = (&node.kind, called)
                    && let Some(&whole) = flows.get(called as usize)
                {
                    graph.add_edge(nodes[here], whole, ());
                }
            }
        }
        let mut reached = vec![false; graph.node_count()];
        if let Some(&entry) = flows.first() {
            let mut search = Dfs::new(&graph, entry);
            while let Some(node) = search.next(&graph) {
                reached[node.index()] = true;
            }
        }
        reached.truncate(nodes.len());
        Self { nodes: reached, slots }
    }
}

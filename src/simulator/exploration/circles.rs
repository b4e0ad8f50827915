//! Whether a call of a program could run in circles at all, by its graph alone.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::flow::{Flow, Jump, Kind, Node, Program, Until};

/// Whether there is a cycle in which nothing need happen: no key, no answer, no draw, no time. False is certain.
pub(super) fn has_circle(program: &Program) -> bool {
    let mut graph: DiGraph<(), ()> = DiGraph::new();
    let count: usize = program.flows.iter().map(|flow| flow.nodes.len()).sum();
    for _ in 0..count {
        graph.add_node(());
    }
    for (index, (flow, &first)) in program.flows.iter().zip(&program.first_node).enumerate() {
        for (place, node) in flow.nodes.iter().enumerate() {
            let from = first as usize + place;
            let called = program.calls.get(index).and_then(|calls| calls.get(place).copied().flatten());
            let start = called.and_then(|called| {
                let flow = program.flows.get(called as usize)?;
                Some(*program.first_node.get(called as usize)? as usize + flow.start)
            });
            let inside = instant(flow, node).into_iter().map(|target| first as usize + target);
            for target in inside.chain(start).filter(|&target| target < count) {
                graph.add_edge(NodeIndex::new(from), NodeIndex::new(target), ());
            }
        }
    }
    // The call comes back to a subflow node from within: its outcomes follow it in any case.
    kosaraju_scc(&graph).iter().any(|component| match component.as_slice() {
        [one] => graph.contains_edge(*one, *one),
        _ => true,
    })
}

/// Where the call may be led from a node in no time and without a key. A node that asks a caller who is gone has the
/// outcome `error` at once; any mistake leads to `on_error`.
fn instant(flow: &Flow, node: &Node) -> Vec<usize> {
    let error = node.outcomes.iter().filter(|outcome| &*outcome.name == "error");
    let error = error.filter_map(|outcome| outcome.target).chain(flow.events.on_error);
    // Whatever the caller does there, a key is used, or this time passes.
    let takes_ms = match &node.kind {
        Kind::Lookup(_) | Kind::Random(_) => return error.collect(),
        Kind::Wait(wait) => match wait.until {
            Until::Elapsed(ms) => ms,
            Until::Event { timeout_ms, .. } => timeout_ms,
        },
        Kind::Menu(menu) => menu.no_input_ms,
        Kind::Collect(collect) => collect.no_input_ms,
        Kind::Bot(bot) => bot.no_input_ms,
        Kind::Record(record) => record.silence_ms.min(record.max_ms),
        _ => 0,
    };
    if takes_ms > 0 {
        return error.collect();
    }
    let jump = match &node.kind {
        Kind::Jump(Jump::Node(target)) => Some(*target),
        _ => None,
    };
    let outcomes = node.outcomes.iter().filter_map(|outcome| outcome.target);
    error.chain(outcomes).chain(jump).chain(flow.events.on_answer).collect()
}

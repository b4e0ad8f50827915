//! The graph of a flow, for reachability and cycles.

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::Dfs;

#[cfg(test)]
use super::linked::Linked;
use super::subject::Subject;
#[cfg(test)]
use crate::flow::Program;
use crate::flow::{Flow, Jump, Kind, Node, Unwired};

/// Nodes by their index in the flow.
pub(super) type Graph = DiGraph<(), ()>;

/// The edges of a node for possible outcomes, and its jump, each with the name of the outcome.
pub(super) fn edges<'s>(subject: &'s Subject<'_>, index: usize) -> impl Iterator<Item = (&'s str, usize)> + 's {
    let node = &subject.flow.nodes[index];
    let jump = match &node.kind {
        Kind::Jump(Jump::Node(target)) => Some(*target),
        _ => None,
    };
    let outcomes = node.outcomes.iter().zip(&subject.possible[index]);
    let wired =
        outcomes.filter(|(_, possible)| **possible).filter_map(|(outcome, _)| Some((&*outcome.name, outcome.target?)));
    wired.chain(jump.map(|target| ("", target))).filter(|&(_, target)| target < subject.flow.nodes.len())
}

/// The graph of all nodes with the edges that `wanted` accepts by node and outcome.
pub(super) fn graph(subject: &Subject<'_>, wanted: impl Fn(usize, &str) -> bool) -> Graph {
    let mut graph = with_nodes(subject.flow.nodes.len());
    for (index, _) in subject.nodes() {
        for (name, target) in edges(subject, index) {
            if wanted(index, name) {
                graph.add_edge(NodeIndex::new(index), NodeIndex::new(target), ());
            }
        }
    }
    graph
}

/// Creates a graph of `count` nodes without edges.
pub(super) fn with_nodes(count: usize) -> Graph {
    let mut graph = Graph::with_capacity(count, count * 2);
    for _ in 0..count {
        graph.add_node(());
    }
    graph
}

/// For each node, whether a root leads there.
pub(super) fn reach(graph: &Graph, roots: impl IntoIterator<Item = usize>) -> Vec<bool> {
    let mut search = Dfs::empty(graph);
    let mut reached = vec![false; graph.node_count()];
    for root in roots.into_iter().filter(|&root| root < graph.node_count()) {
        search.move_to(NodeIndex::new(root));
        while let Some(node) = search.next(graph) {
            reached[node.index()] = true;
        }
    }
    reached
}

/// The entry points of a flow: its start and its events.
pub(super) fn roots(flow: &Flow) -> impl Iterator<Item = usize> + '_ {
    let events = &flow.events;
    [Some(flow.start), events.on_hangup, events.on_answer, events.on_error]
        .into_iter()
        .flatten()
        .chain(events.on_signal.iter().map(|&(_, target)| target))
        .chain(events.keys.iter().map(|&(_, target)| target))
}

/// For each flow of a program, for each node, whether the flow's start or one of its events leads
/// there through possible outcomes.
#[cfg(test)]
pub(crate) fn reachable(program: &Program) -> Vec<Vec<bool>> {
    let linked = Linked::new(program);
    let of = |index: usize| {
        let subject = Subject::new(program, index, &linked);
        reach(&graph(&subject, |_, _| true), roots(subject.flow))
    };
    (0..program.flows.len()).map(of).collect()
}

/// For each flow of a program, for each node, for each outcome, whether the outcome is possible.
/// False is certain.
#[cfg(test)]
pub(crate) fn possible(program: &Program) -> Vec<Vec<Vec<bool>>> {
    let linked = Linked::new(program);
    (0..program.flows.len()).map(|index| Subject::new(program, index, &linked).possible).collect()
}

/// The effect of an outcome without an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnwiredEffect {
    /// The call ends as intended.
    Ends,
    /// The call fails: the flow does not say what happens here.
    Stuck,
    /// The call continues at this node.
    Event(usize),
    /// The node asks again.
    Again,
    /// An unhandled error, or a caller who has hung up.
    Other,
}

/// The effect of an outcome without an edge, by the rules of `docs/flows.md` in their order.
pub(crate) fn unwired_effect(flow: &Flow, node: &Node, outcome: &str) -> UnwiredEffect {
    let events = &flow.events;
    match (&node.kind, outcome) {
        (_, "error") => events.on_error.map_or(UnwiredEffect::Other, UnwiredEffect::Event),
        (Kind::Queue(_), "answered") => events.on_answer.map_or(UnwiredEffect::Ends, UnwiredEffect::Event),
        (Kind::Transfer(transfer), "connected") if transfer.attended => {
            events.on_answer.map_or(UnwiredEffect::Ends, UnwiredEffect::Event)
        }
        (Kind::Transfer(_), "connected") => UnwiredEffect::Ends,
        (Kind::Queue(_), "abandoned") | (Kind::Record(_), "hung_up") => UnwiredEffect::Other,
        (kind, name) if super::subject::is_failure(kind, name) => UnwiredEffect::Again,
        _ => match flow.unwired {
            Unwired::Stuck => UnwiredEffect::Stuck,
            Unwired::End => UnwiredEffect::Ends,
            Unwired::Error => events.on_error.map_or(UnwiredEffect::Stuck, UnwiredEffect::Event),
        },
    }
}

//! A flow as a graph.

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

/// The edges of a node for outcomes that can come, and its jump; each with the name of the outcome.
pub(super) fn edges<'s>(subject: &'s Subject<'_>, index: usize) -> impl Iterator<Item = (&'s str, usize)> + 's {
    let node = &subject.flow.nodes[index];
    let jump = match &node.kind {
        Kind::Jump(Jump::Node(target)) => Some(*target),
        _ => None,
    };
    let outcomes = node.outcomes.iter().zip(&subject.comes[index]);
    let wired =
        outcomes.filter(|(_, comes)| **comes).filter_map(|(outcome, _)| Some((&*outcome.name, outcome.target?)));
    wired.chain(jump.map(|target| ("", target))).filter(|&(_, target)| target < subject.flow.nodes.len())
}

/// The graph of all nodes with the edges that are wanted: from the node, by the outcome of this name.
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

/// So many nodes without edges.
pub(super) fn with_nodes(count: usize) -> Graph {
    let mut graph = Graph::with_capacity(count, count * 2);
    for _ in 0..count {
        graph.add_node(());
    }
    graph
}

/// For each node, whether a way leads there from one of the roots.
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

/// Where calls come into a flow: its start and its events.
pub(super) fn roots(flow: &Flow) -> impl Iterator<Item = usize> + '_ {
    let events = &flow.events;
    [Some(flow.start), events.on_hangup, events.on_answer, events.on_error]
        .into_iter()
        .flatten()
        .chain(events.on_signal.iter().map(|&(_, target)| target))
        .chain(events.keys.iter().map(|&(_, target)| target))
}

/// For each flow of a program, for each node, whether some way leads there from the flow's start or one of its events,
/// by outcomes that can come at all.
#[cfg(test)]
pub(crate) fn reachable(program: &Program) -> Vec<Vec<bool>> {
    let linked = Linked::new(program);
    let of = |index: usize| {
        let subject = Subject::new(program, index, &linked);
        reach(&graph(&subject, |_, _| true), roots(subject.flow))
    };
    (0..program.flows.len()).map(of).collect()
}

/// For each flow of a program, for each node, for each outcome, whether the outcome can come at all. False is certain.
#[cfg(test)]
pub(crate) fn possible(program: &Program) -> Vec<Vec<Vec<bool>>> {
    let linked = Linked::new(program);
    (0..program.flows.len()).map(|index| Subject::new(program, index, &linked).comes).collect()
}

/// What an outcome without an edge does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unled {
    /// The call ends as its flow means it to.
    Ends,
    /// The call fails: nobody decided what happens here.
    Stuck,
    /// The call goes on at this node.
    Event(usize),
    /// The node asks again.
    Again,
    /// A mistake that nobody handles, or a caller who is gone.
    Other,
}

/// What the outcome of this name does, which has no edge, by the rules of `docs/flows.md` in their order.
pub(crate) fn unled(flow: &Flow, node: &Node, outcome: &str) -> Unled {
    let events = &flow.events;
    match (&node.kind, outcome) {
        (_, "error") => events.on_error.map_or(Unled::Other, Unled::Event),
        (Kind::Queue(_), "answered") => events.on_answer.map_or(Unled::Ends, Unled::Event),
        (Kind::Transfer(transfer), "connected") if transfer.attended => {
            events.on_answer.map_or(Unled::Ends, Unled::Event)
        }
        (Kind::Transfer(_), "connected") => Unled::Ends,
        (Kind::Queue(_), "abandoned") | (Kind::Record(_), "hung_up") => Unled::Other,
        (kind, name) if super::subject::is_failure(kind, name) => Unled::Again,
        _ => match flow.unwired {
            Unwired::Stuck => Unled::Stuck,
            Unwired::End => Unled::Ends,
            Unwired::Error => events.on_error.map_or(Unled::Stuck, Unled::Event),
        },
    }
}

//! `flow/no-end` and `flow/trap`

use std::collections::HashSet;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::NodeIndex;

use super::graph::{Graph, UnwiredEffect, edges, reach, roots, unwired_effect, with_nodes};
use super::subject::Subject;
use crate::flow::{Jump, Kind};
use crate::source::diagnostics::rules::{NO_END, TRAP};
use crate::source::diagnostics::{Diagnostics, quoted};

/// Maximum number of nodes of a cycle listed in the message.
const MAX_LISTED: usize = 6;

/// The edges of every node, and where calls end.
struct Exits {
    graph: Graph,
    /// By node: whether the call may end there as intended, or leave the flow.
    ends: Vec<bool>,
    /// By node: whether the call may get stuck there.
    stuck: Vec<bool>,
}

/// Reports a flow without an end, or else its traps. Returns false if the flow has no end; its dead
/// ends are then part of that finding.
pub(super) fn check(subject: &Subject<'_>, found: &mut Diagnostics) -> bool {
    let flow = subject.flow;
    let exits = Exits::new(subject);
    let from_start = reach(&exits.graph, [flow.start]);
    if !from_start.iter().zip(&exits.ends).any(|(&reached, &ends)| reached && ends) {
        let stuck = subject.nodes().find(|&(index, _)| from_start[index] && exits.stuck[index]);
        let what = match stuck {
            Some((_, node)) => format!("wire the outcomes of node {}, or 'end' the call there", quoted(&node.id.value)),
            None => "lead a path to an 'end', 'return', 'transfer' or 'queue' node".to_owned(),
        };
        let message = format!("no call ends in flow {}", quoted(&flow.id.value));
        found.push(NO_END.finding(&flow.source, flow.id.span, message).help(what));
        return false;
    }
    traps(subject, &exits, found);
    true
}

fn traps(subject: &Subject<'_>, exits: &Exits, found: &mut Diagnostics) {
    let flow = subject.flow;
    let reached = reach(&exits.graph, roots(flow));
    let mut cycles: Vec<Vec<usize>> = Vec::new();
    for component in kosaraju_scc(&exits.graph) {
        let alone = component.len() == 1;
        let Some(&first) = component.first() else { continue };
        if !reached[first.index()] || component.iter().any(|node| exits.ends[node.index()] || exits.stuck[node.index()])
        {
            continue;
        }
        let is_cycle = !alone || exits.graph.contains_edge(first, first);
        let members: HashSet<NodeIndex> = component.iter().copied().collect();
        let leaves = component.iter().any(|&node| exits.graph.neighbors(node).any(|next| !members.contains(&next)));
        if is_cycle && !leaves {
            let mut nodes: Vec<usize> = component.iter().map(|node| node.index()).collect();
            nodes.sort_unstable();
            cycles.push(nodes);
        }
    }
    cycles.sort_unstable();
    for cycle in cycles {
        let Some(&first) = cycle.first() else { continue };
        let node = &flow.nodes[first];
        let mut names: Vec<String> =
            cycle.iter().take(MAX_LISTED).map(|&node| quoted(&flow.nodes[node].id.value)).collect();
        if cycle.len() > MAX_LISTED {
            names.push(format!("{} more", cycle.len() - MAX_LISTED));
        }
        let message = match names.as_slice() {
            [one] => format!("no path leads out of node {one}"),
            names => format!("no path leads out of the cycle of {}", names.join(", ")),
        };
        let help = "lead one of its outcomes to a node outside, such as an 'end'";
        found.push(TRAP.finding(&flow.source, node.id.span, message).label("a call cannot leave this node").help(help));
    }
}

impl Exits {
    fn new(subject: &Subject<'_>) -> Self {
        let flow = subject.flow;
        let count = flow.nodes.len();
        let mut exits = Self { graph: with_nodes(count), ends: vec![false; count], stuck: vec![false; count] };
        for (index, node) in subject.nodes() {
            let from = NodeIndex::new(index);
            for (_, target) in edges(subject, index) {
                exits.graph.add_edge(from, NodeIndex::new(target), ());
            }
            exits.ends[index] = match &node.kind {
                Kind::End(_) | Kind::Return(_) | Kind::Jump(Jump::Flow(_)) => true,
                Kind::Subflow(_) => {
                    // An unknown flow may do anything.
                    subject.callee(index).and_then(|callee| subject.linked.ends.get(callee)).copied().unwrap_or(true)
                }
                _ => false,
            };
            for (place, outcome) in node.outcomes.iter().enumerate() {
                if outcome.target.is_some() || !subject.possible[index][place] {
                    continue;
                }
                match unwired_effect(flow, node, &outcome.name) {
                    UnwiredEffect::Ends => exits.ends[index] = true,
                    UnwiredEffect::Stuck => exits.stuck[index] = true,
                    UnwiredEffect::Event(target) if target < count && is_way_out(&node.kind, &outcome.name) => {
                        exits.graph.add_edge(from, NodeIndex::new(target), ());
                    }
                    UnwiredEffect::Event(_) | UnwiredEffect::Again | UnwiredEffect::Other => {}
                }
            }
        }
        exits
    }
}

/// Whether an outcome that leads to an event's node is an exit from a cycle. An error at a node
/// that only plays prompts is not: only a mistake in a prompt causes one.
fn is_way_out(kind: &Kind, name: &str) -> bool {
    name != "error"
        || !matches!(kind, Kind::Play(_) | Kind::Menu(_) | Kind::Collect(_) | Kind::Record(_) | Kind::Wait(_))
}

//! `flow/no-end` and `flow/trap`

use std::collections::HashSet;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::NodeIndex;

use super::graph::{Graph, Unled, edges, reach, roots, unled, with_nodes};
use super::subject::Subject;
use crate::flow::{Jump, Kind};
use crate::source::diagnostics::rules::{NO_END, TRAP};
use crate::source::diagnostics::{Diagnostics, quoted};

/// So many nodes of a cycle are named.
const NAMED: usize = 6;

/// The ways on from every node, and where calls end.
struct Ways {
    graph: Graph,
    /// By node: the call may end there as its flow means it to, or leave the flow.
    ends: Vec<bool>,
    /// By node: the call may get stuck there.
    stuck: Vec<bool>,
}

/// Reports a flow without an end, else its traps; false if it has no end, of which dead ends are a part.
pub(super) fn check(subject: &Subject<'_>, found: &mut Diagnostics) -> bool {
    let flow = subject.flow;
    let ways = Ways::of(subject);
    let from_start = reach(&ways.graph, [flow.start]);
    if !from_start.iter().zip(&ways.ends).any(|(&reached, &ends)| reached && ends) {
        let stuck = subject.nodes().find(|&(index, _)| from_start[index] && ways.stuck[index]);
        let what = match stuck {
            Some((_, node)) => format!("lead on from node {}, or 'end' the call there", quoted(&node.id.value)),
            None => "lead one of its ways to an 'end', 'return', 'transfer' or 'queue' node".to_owned(),
        };
        let message = format!("no call comes to an end in flow {}", quoted(&flow.id.value));
        found.push(NO_END.finding(&flow.source, flow.id.span, message).help(what));
        return false;
    }
    traps(subject, &ways, found);
    true
}

fn traps(subject: &Subject<'_>, ways: &Ways, found: &mut Diagnostics) {
    let flow = subject.flow;
    let reached = reach(&ways.graph, roots(flow));
    let mut cycles: Vec<Vec<usize>> = Vec::new();
    for component in kosaraju_scc(&ways.graph) {
        let alone = component.len() == 1;
        let Some(&first) = component.first() else { continue };
        if !reached[first.index()] || component.iter().any(|node| ways.ends[node.index()] || ways.stuck[node.index()]) {
            continue;
        }
        let is_cycle = !alone || ways.graph.contains_edge(first, first);
        let members: HashSet<NodeIndex> = component.iter().copied().collect();
        let leaves = component.iter().any(|&node| ways.graph.neighbors(node).any(|next| !members.contains(&next)));
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
        let mut names: Vec<String> = cycle.iter().take(NAMED).map(|&node| quoted(&flow.nodes[node].id.value)).collect();
        if cycle.len() > NAMED {
            names.push(format!("{} more", cycle.len() - NAMED));
        }
        let message = match names.as_slice() {
            [one] => format!("no way leads out of node {one}"),
            names => format!("no way leads out of the cycle of {}", names.join(", ")),
        };
        let help = "lead one of its outcomes to a node outside, such as an 'end'";
        found.push(TRAP.finding(&flow.source, node.id.span, message).label("a call that is here stays").help(help));
    }
}

impl Ways {
    fn of(subject: &Subject<'_>) -> Self {
        let flow = subject.flow;
        let count = flow.nodes.len();
        let mut ways = Self { graph: with_nodes(count), ends: vec![false; count], stuck: vec![false; count] };
        for (index, node) in subject.nodes() {
            let from = NodeIndex::new(index);
            for (_, target) in edges(subject, index) {
                ways.graph.add_edge(from, NodeIndex::new(target), ());
            }
            ways.ends[index] = match &node.kind {
                Kind::End(_) | Kind::Return(_) | Kind::Jump(Jump::Flow(_)) => true,
                Kind::Subflow(_) => {
                    // A flow that is not known may do anything.
                    subject.callee(index).and_then(|callee| subject.linked.ends.get(callee)).copied().unwrap_or(true)
                }
                _ => false,
            };
            for (place, outcome) in node.outcomes.iter().enumerate() {
                if outcome.target.is_some() || !subject.comes[index][place] {
                    continue;
                }
                match unled(flow, node, &outcome.name) {
                    Unled::Ends => ways.ends[index] = true,
                    Unled::Stuck => ways.stuck[index] = true,
                    Unled::Event(target) if target < count && is_way_out(&node.kind, &outcome.name) => {
                        ways.graph.add_edge(from, NodeIndex::new(target), ());
                    }
                    Unled::Event(_) | Unled::Again | Unled::Other => {}
                }
            }
        }
        ways
    }
}

/// Whether an outcome that leads to an event's node is a way out of a cycle. A mistake at a node that only talks to the
/// caller is none: nothing but a slip in a prompt makes one.
fn is_way_out(kind: &Kind, name: &str) -> bool {
    name != "error"
        || !matches!(kind, Kind::Play(_) | Kind::Menu(_) | Kind::Collect(_) | Kind::Record(_) | Kind::Wait(_))
}

//! `flow/unreachable`

use petgraph::algo::kosaraju_scc;
use petgraph::graph::NodeIndex;
use petgraph::visit::Dfs;

use super::graph::{graph, reach, roots};
use super::subject::Subject;
use crate::source::diagnostics::rules::UNREACHABLE;
use crate::source::diagnostics::{Diagnostics, quoted};

/// Maximum number of nodes listed in one help.
const MAX_LISTED: usize = 5;

/// Reports the first node of each unreachable part; the help lists the nodes behind it.
pub(super) fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    let flow = subject.flow;
    let graph = graph(subject, |_, _| true);
    let reached = reach(&graph, roots(flow));
    if reached.iter().all(|&reached| reached) {
        return;
    }
    // Kosaraju's algorithm is iterative, unlike Tarjan's: a flow may be one long chain.
    let components = kosaraju_scc(&graph);
    let mut component_of = vec![0; graph.node_count()];
    for (number, component) in components.iter().enumerate() {
        component.iter().for_each(|node| component_of[node.index()] = number);
    }
    let led_to_from_outside = |component: &[NodeIndex]| {
        component.iter().any(|&node| {
            graph
                .neighbors_directed(node, petgraph::Incoming)
                .any(|before| component_of[before.index()] != component_of[node.index()])
        })
    };
    let first = |component: &Vec<NodeIndex>| component.iter().map(|node| node.index()).min();
    let unreached = components.iter().filter(|component| component.iter().all(|node| !reached[node.index()]));
    let mut heads: Vec<usize> =
        unreached.filter(|component| !led_to_from_outside(component)).filter_map(first).collect();
    heads.sort_unstable();
    let mut search = Dfs::empty(&graph);
    for head in heads {
        let node = &flow.nodes[head];
        search.move_to(NodeIndex::new(head));
        let mut behind = Vec::new();
        while let Some(next) = search.next(&graph) {
            if next.index() != head && !reached[next.index()] {
                behind.push(next.index());
            }
        }
        behind.sort_unstable();
        let message = format!("no path leads to node {}", quoted(&node.id.value));
        let mut diagnostic =
            UNREACHABLE.finding(&flow.source, node.id.span, message).label("no call reaches this node");
        let mut help = "lead an edge or an event here, or remove the node".to_owned();
        if !behind.is_empty() {
            let mut names: Vec<String> =
                behind.iter().take(MAX_LISTED).map(|&node| quoted(&flow.nodes[node].id.value)).collect();
            if behind.len() > MAX_LISTED {
                names.push(format!("{} more", behind.len() - MAX_LISTED));
            }
            help += &format!("; nodes behind it: {}", names.join(", "));
        }
        if let Some((from, name)) = blocked(subject, head) {
            let from = &flow.nodes[from];
            let label = format!("outcome {} leads there, but it is impossible", quoted(name));
            let location = crate::source::diagnostics::Location { source: flow.source.clone(), span: from.id.span };
            diagnostic = diagnostic.related(location, label);
        }
        found.push(diagnostic.help(help));
    }
}

/// A node with an edge to this one whose outcome is impossible.
fn blocked<'a>(subject: &Subject<'a>, target: usize) -> Option<(usize, &'a str)> {
    subject.nodes().find_map(|(index, node)| {
        let outcomes = node.outcomes.iter().zip(&subject.possible[index]);
        let mut never = outcomes.filter(|(outcome, possible)| !**possible && outcome.target == Some(target));
        never.next().map(|(outcome, _)| (index, &*outcome.name))
    })
}

//! A flow's coverage as a graph to be drawn.

use std::collections::HashMap;

use crate::report::drawing::{Edge, Graph, Mark, Node, Shape};
use crate::score::{FlowCoverage, NodeCoverage, OutcomeCoverage, Then};

/// The flow as a graph: its start first, then the other nodes in file order. `counted` says whether it shows what the run's
/// calls came to; without, it shows the flow alone.
///
/// A node's id is its id in the flow, as in `nodes` of the record. Outcomes that lead nowhere are there if they count as
/// something to cover.
pub(crate) fn flow_graph(flow: &FlowCoverage, counted: bool) -> Graph {
    let mut order: Vec<&NodeCoverage> = flow.nodes.iter().collect();
    order.sort_by_key(|node| node.node != flow.start);
    let places: HashMap<&str, usize> = (0..).zip(&order).map(|(place, node)| (node.node.as_str(), place)).collect();
    let mut nodes: Vec<Node> = order.iter().map(|node| drawn(node, counted)).collect();
    let start = places.get(flow.start.as_str()).map(|&place| (place, "start"));
    let events = flow.events.iter().filter_map(|entry| Some((*places.get(entry.node.as_str())?, entry.event.as_str())));
    for (place, name) in start.into_iter().chain(events) {
        if let Some(node) = nodes.get_mut(place) {
            node.entries.push(name.to_owned());
        }
    }
    let mut edges = Vec::new();
    for (from, node) in order.iter().enumerate() {
        for outcome in &node.outcomes {
            let to = outcome.to.as_deref().and_then(|to| places.get(to).copied());
            // An edge that never comes is part of the flow; an outcome without one is nothing at all then.
            let shown = if counted { to.is_some() || outcome.counts } else { is_own(flow, node, outcome) };
            if shown {
                edges.push(edge(from, to, node, outcome, counted));
            }
        }
    }
    let title = if flow.name.is_empty() { &flow.flow } else { &flow.name };
    Graph { title: title.clone(), nodes, edges }
}

/// Whether an outcome is part of the flow as its author thinks of it: neither asking again, nor hanging up, nor a key that
/// works everywhere.
fn is_own(flow: &FlowCoverage, node: &NodeCoverage, outcome: &OutcomeCoverage) -> bool {
    let Some(to) = &outcome.to else { return outcome.counts && !matches!(outcome.then, None | Some(Then::Again)) };
    let key =
        flow.events.iter().any(|entry| entry.node == *to && entry.event.strip_prefix("key ") == Some(&outcome.outcome));
    !key || node.kind == "jump"
}

fn drawn(node: &NodeCoverage, counted: bool) -> Node {
    let mut subtitle = node.kind.replace('_', " ");
    if let Some(called) = &node.calls {
        subtitle = format!("{subtitle}: {called}");
    } else if node.label.is_some() {
        subtitle = format!("{subtitle} · {}", node.node);
    }
    let said = node.says.iter().map(|says| format!("“{says}”"));
    let detail = said.chain([format!("line {}", node.line)]).collect::<Vec<_>>().join("\n");
    Node {
        id: node.node.clone(),
        title: node.label.clone().unwrap_or_else(|| node.node.clone()),
        subtitle,
        detail,
        shape: shape(&node.kind),
        entries: Vec::new(),
        mark: if node.reachable { mark(node.visits, node.passed, counted) } else { Mark::Unreachable },
        visits: counted.then_some(node.visits),
    }
}

fn edge(from: usize, to: Option<usize>, node: &NodeCoverage, outcome: &OutcomeCoverage, counted: bool) -> Edge {
    let times = if to.is_some() { outcome.walked } else { outcome.taken };
    let alone = node.outcomes.iter().filter(|other| other.to.is_some() || other.counts).count() == 1;
    let note = match outcome.then.filter(|_| to.is_none()) {
        Some(Then::Again) => "asks again",
        Some(Then::Ends) => "ends here",
        Some(Then::Stuck) => "stuck",
        Some(Then::Event) if matches!(outcome.outcome.as_str(), "answered" | "connected") => "on_answer",
        Some(Then::Event) => "on_error",
        None => "",
    };
    Edge {
        from,
        to,
        label: if alone && outcome.outcome == "next" { String::new() } else { outcome.outcome.clone() },
        note: note.to_owned(),
        mark: if !outcome.counts { Mark::Unreachable } else { mark(times, outcome.passed, counted) },
        count: counted.then_some(times),
    }
}

fn mark(times: u64, passed: u64, counted: bool) -> Mark {
    match (counted, times, passed) {
        (false, ..) => Mark::Plain,
        (true, 0, _) => Mark::Never,
        (true, _, 0) => Mark::FailedOnly,
        _ => Mark::Visited,
    }
}

fn shape(kind: &str) -> Shape {
    match kind {
        "start" => Shape::Start,
        "end" | "return" => Shape::End,
        "decision" | "switch" | "hours" | "random" | "loop" | "queue_check" => Shape::Choice,
        "menu" | "collect" | "bot" | "record" => Shape::Input,
        "subflow" | "jump" => Shape::Call,
        "queue" | "transfer" | "callback" => Shape::HandOver,
        _ => Shape::Step,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::EventEntry;

    fn outcome(name: &str, to: Option<&str>, then: Option<Then>, taken: u64, passed: u64) -> OutcomeCoverage {
        let to = to.map(str::to_owned);
        OutcomeCoverage {
            outcome: name.into(),
            walked: to.as_ref().map_or(0, |_| taken),
            to,
            then,
            counts: true,
            taken,
            passed,
        }
    }

    fn node(name: &str, kind: &str, visits: u64, passed: u64, outcomes: Vec<OutcomeCoverage>) -> NodeCoverage {
        NodeCoverage {
            node: name.into(),
            kind: kind.into(),
            label: None,
            says: Some("Hello".into()),
            calls: None,
            line: 3,
            reachable: name != "lost",
            visits,
            passed,
            outcomes,
        }
    }

    fn flow() -> FlowCoverage {
        FlowCoverage {
            flow: "bank".into(),
            start: "menu".into(),
            events: vec![EventEntry { event: "key *".into(), node: "menu".into() }],
            nodes: vec![
                node("desk", "queue_check", 2, 0, Vec::new()),
                node(
                    "menu",
                    "menu",
                    9,
                    8,
                    vec![
                        outcome("1", Some("desk"), None, 2, 0),
                        outcome("*", Some("menu"), None, 0, 0),
                        outcome("no_match", None, Some(Then::Again), 7, 7),
                        outcome("max_attempts", None, Some(Then::Stuck), 0, 0),
                    ],
                ),
                node("lost", "end", 0, 0, Vec::new()),
            ],
            ..FlowCoverage::default()
        }
    }

    #[test]
    fn the_start_comes_first_and_marks_say_who_came() {
        let graph = flow_graph(&flow(), true);
        let nodes: Vec<_> =
            graph.nodes.iter().map(|node| (&*node.id, node.mark, node.shape, node.entries.join(","))).collect();
        assert_eq!(
            nodes,
            [
                ("menu", Mark::Visited, Shape::Input, "start,key *".to_owned()),
                ("desk", Mark::FailedOnly, Shape::Choice, String::new()),
                ("lost", Mark::Unreachable, Shape::End, String::new()),
            ]
        );
        let edges: Vec<_> =
            graph.edges.iter().map(|edge| (&*edge.label, edge.to, &*edge.note, edge.mark, edge.count)).collect();
        assert_eq!(
            edges,
            [
                ("1", Some(1), "", Mark::FailedOnly, Some(2)),
                ("*", Some(0), "", Mark::Never, Some(0)),
                ("no_match", None, "asks again", Mark::Visited, Some(7)),
                ("max_attempts", None, "stuck", Mark::Never, Some(0)),
            ]
        );
        assert_eq!(graph.nodes[0].detail, "“Hello”\nline 3");
    }

    #[test]
    fn without_a_run_only_what_the_author_thinks_of_is_there() {
        let graph = flow_graph(&flow(), false);
        let marks: Vec<Mark> = graph.nodes.iter().map(|node| node.mark).collect();
        assert_eq!(marks, [Mark::Plain, Mark::Plain, Mark::Unreachable]);
        let edges: Vec<_> = graph.edges.iter().map(|edge| (&*edge.label, edge.mark, edge.count)).collect();
        assert_eq!(edges, [("1", Mark::Plain, None), ("max_attempts", Mark::Plain, None)]);
    }
}

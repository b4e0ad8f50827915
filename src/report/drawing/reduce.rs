//! The part of a very large graph that a picture can show.

use std::collections::VecDeque;

use super::graph::{Edge, Graph};

/// Maximum number of nodes of a drawing; larger ones are illegible and make pages that browsers
/// cannot open.
const MAX_NODES: usize = 1_000;

/// Keeps the nodes nearest to the start, if there are more than a picture can show; edges to others
/// become notes that name them. None if everything is shown.
pub(super) fn reduce(graph: &Graph) -> Option<Graph> {
    let count = graph.nodes.len();
    if count <= MAX_NODES {
        return None;
    }
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    for edge in &graph.edges {
        if let (Some(of_node), Some(to)) = (out.get_mut(edge.from), edge.to.filter(|&to| to < count)) {
            of_node.push(to);
        }
    }
    let mut place: Vec<Option<usize>> = vec![None; count];
    let mut nodes = Vec::with_capacity(MAX_NODES);
    for root in super::edges::roots(graph) {
        let mut queue = VecDeque::from([root]);
        while let Some(node) = queue.pop_front() {
            if place[node].is_some() || nodes.len() == MAX_NODES {
                continue;
            }
            place[node] = Some(nodes.len());
            nodes.push(graph.nodes[node].clone());
            queue.extend(&out[node]);
        }
    }
    let edges = graph.edges.iter().filter_map(|edge| {
        let from = place.get(edge.from).copied().flatten()?;
        let to = edge.to.map(|to| (place.get(to).copied().flatten(), graph.nodes.get(to)));
        Some(match to {
            Some((None, Some(beyond))) => {
                Edge { from, to: None, note: format!("to {}, not shown", beyond.title), ..edge.clone() }
            }
            Some((place, _)) => Edge { from, to: Some(place?), ..edge.clone() },
            None => Edge { from, ..edge.clone() },
        })
    });
    let edges = edges.collect();
    Some(Graph { title: graph.title.clone(), nodes, edges })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::graph::Node;

    #[test]
    fn the_nearest_are_shown_and_the_others_named() {
        let node = |index: usize| Node { id: format!("n{index}"), title: format!("N{index}"), ..Node::default() };
        let edge = |from, to| Edge { from, to: Some(to), ..Edge::default() };
        let count = 1_500;
        let chain = Graph {
            title: "chain".into(),
            nodes: (0..count).map(node).collect(),
            edges: (1..count).map(|to| edge(to - 1, to)).chain([edge(0, 1_400), edge(1_499, 1_499)]).collect(),
        };
        let reduced = reduce(&chain).expect("there are too many");
        assert_eq!(reduced.nodes.len(), MAX_NODES);
        // 900 nodes from the start, and 100 from where a short cut leads.
        assert!(reduced.nodes.iter().any(|node| node.id == "n1499"));
        let named: Vec<&str> =
            reduced.edges.iter().map(|edge| edge.note.as_str()).filter(|note| !note.is_empty()).collect();
        assert_eq!(named, ["to N900, not shown"]);
        assert_eq!(reduce(&Graph { nodes: (0..MAX_NODES).map(node).collect(), ..Graph::default() }), None);
    }
}

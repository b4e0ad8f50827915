//! Edges between the same two nodes as one; which are drawn as lines, which are named in a row of their node.

use std::collections::HashMap;

use super::graph::{Graph, Mark};

/// All edges of a node that lead to the same place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub from: usize,
    pub to: Option<usize>,
    /// The names of the edges, without empty ones.
    pub labels: Vec<String>,
    /// What comes instead, where it leads nowhere.
    pub note: String,
    pub mark: Mark,
    /// The sum of the counts; none where nothing was counted.
    pub count: Option<u64>,
    pub drawn: Drawn,
}

/// How a way is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drawn {
    /// As a line.
    Line,
    /// As a row that names the target: the line would lead back.
    Back,
    /// As a row that names the target: the line would lead across the whole picture.
    Named,
    /// As a row that says that it leads to its own node.
    Again,
    /// As a row that leads nowhere.
    Nowhere,
}

/// The ways of a graph, in the order of the nodes that they leave and of their first edges; none of the lines leads back to
/// where it could have come from.
pub(super) fn ways(graph: &Graph) -> Vec<Vec<Way>> {
    let mut ways = joined(graph);
    fold_back(graph, &mut ways);
    ways
}

fn joined(graph: &Graph) -> Vec<Vec<Way>> {
    let count = graph.nodes.len();
    let mut ways: Vec<Vec<Way>> = vec![Vec::new(); count];
    // Outcomes that lead nowhere are told apart by their marks and notes: there is no line that could show the difference.
    let mut known: HashMap<(usize, Option<usize>, Option<(Mark, &str)>), usize> = HashMap::new();
    for edge in &graph.edges {
        if edge.to.is_some_and(|to| to >= count) {
            continue;
        }
        let Some(of_node) = ways.get_mut(edge.from) else { continue };
        let apart = edge.to.is_none().then_some((edge.mark, &*edge.note));
        let place = *known.entry((edge.from, edge.to, apart)).or_insert_with(|| {
            let drawn = match edge.to {
                None => Drawn::Nowhere,
                Some(to) if to == edge.from => Drawn::Again,
                Some(_) => Drawn::Line,
            };
            of_node.push(Way {
                from: edge.from,
                to: edge.to,
                labels: Vec::new(),
                note: edge.note.clone(),
                mark: edge.mark,
                count: None,
                drawn,
            });
            of_node.len() - 1
        });
        let Some(way) = of_node.get_mut(place) else { continue };
        if !edge.label.is_empty() {
            way.labels.push(edge.label.clone());
        }
        // What any of its edges came to, the way came to.
        way.mark = way.mark.min(edge.mark);
        way.count = match (way.count, edge.count) {
            (Some(sum), Some(count)) => Some(sum.saturating_add(count)),
            (sum, count) => sum.or(count),
        };
    }
    ways
}

/// Names the targets of ways that lead back: to a node from which their own was come to, searched depth first from the first
/// node, from those by which the graph is entered, and from the rest.
fn fold_back(graph: &Graph, ways: &mut [Vec<Way>]) {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Not,
        OnPath,
        Done,
    }
    let mut seen = vec![Seen::Not; ways.len()];
    let entered = (0..ways.len()).filter(|&node| graph.nodes.get(node).is_some_and(|node| !node.entries.is_empty()));
    for root in (0..ways.len().min(1)).chain(entered).chain(0..ways.len()) {
        if seen[root] != Seen::Not {
            continue;
        }
        seen[root] = Seen::OnPath;
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.last_mut() {
            let Some(way) = ways[*node].get_mut(*next) else {
                seen[*node] = Seen::Done;
                path.pop();
                continue;
            };
            *next += 1;
            let Some(to) = way.to.filter(|_| way.drawn == Drawn::Line) else { continue };
            match seen[to] {
                Seen::Not => {
                    seen[to] = Seen::OnPath;
                    path.push((to, 0));
                }
                Seen::OnPath => way.drawn = Drawn::Back,
                Seen::Done => {}
            }
        }
    }
}

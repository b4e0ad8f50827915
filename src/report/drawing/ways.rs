//! Edges between the same two nodes as one; which are drawn as lines, which are named in a row of their node.

use std::collections::{HashMap, VecDeque};

use petgraph::algo::dominators::simple_fast;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::graph::{Graph, Mark};

/// A node that more lines than this lead to keeps only the shortest of them.
const MOST_LINES_IN: usize = 3;

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
    fold_far(graph, &mut ways);
    ways
}

/// The nodes in the order in which reading begins at them: the first, those by which the graph is entered, the rest.
pub(super) fn roots(graph: &Graph) -> impl Iterator<Item = usize> {
    let entered = graph.nodes.iter().enumerate().filter(|(_, node)| !node.entries.is_empty()).map(|(index, _)| index);
    let count = graph.nodes.len();
    (0..count.min(1)).chain(entered).chain(0..count)
}

fn joined(graph: &Graph) -> Vec<Vec<Way>> {
    let count = graph.nodes.len();
    let mut ways: Vec<Vec<Way>> = vec![Vec::new(); count];
    // Outcomes that lead nowhere are told apart by their marks and notes: there is no line that could show the difference.
    type Place<'g> = (usize, Option<usize>, Option<(Mark, &'g str)>);
    let mut known: HashMap<Place<'_>, usize> = HashMap::new();
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

/// Names the targets of ways that lead back, so that no lines run in a circle: to a node by which every call came to theirs,
/// and, in circles with several entries, to a node that is no further from where reading begins.
fn fold_back(graph: &Graph, ways: &mut [Vec<Way>]) {
    let (levels, begins) = levels(graph, ways);
    // No line leads back to where reading began later: those between the one and the other are in no circle.
    let mut lined = lined(ways, |from, to| begins[from] == begins[to]);
    let root = lined.add_node(());
    for begin in begins.iter().enumerate().filter_map(|(node, &begin)| (node == begin).then_some(begin)) {
        lined.add_edge(root, NodeIndex::new(begin), ());
    }
    let dominators = simple_fast(&lined, root);
    fold(ways, |from, to| {
        dominators.dominators(NodeIndex::new(from)).is_some_and(|mut above| above.any(|node| node.index() == to))
    });
    let mut circle = vec![0; ways.len()];
    for (number, component) in kosaraju_scc(&self::lined(ways, |_, _| true)).iter().enumerate() {
        for node in component {
            circle[node.index()] = number;
        }
    }
    fold(ways, |from, to| circle[from] == circle[to] && (levels[to], to) <= (levels[from], from));
}

fn fold(ways: &mut [Vec<Way>], back: impl Fn(usize, usize) -> bool) {
    for way in ways.iter_mut().flatten().filter(|way| way.drawn == Drawn::Line) {
        if way.to.is_some_and(|to| back(way.from, to)) {
            way.drawn = Drawn::Back;
        }
    }
}

/// The lines that are wanted.
fn lined(ways: &[Vec<Way>], wanted: impl Fn(usize, usize) -> bool) -> DiGraph<(), ()> {
    let mut graph = DiGraph::with_capacity(ways.len() + 1, ways.len() * 2);
    for _ in ways {
        graph.add_node(());
    }
    for (from, to) in lines(ways).filter_map(|way| Some((way.from, way.to?))).filter(|&(from, to)| wanted(from, to)) {
        graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
    }
    graph
}

/// Names the targets of ways to nodes that many lead to, such as the desk that every failure ends at, but for those from
/// the nearest: else one node at the end of everything draws out the picture and covers it with lines.
fn fold_far(graph: &Graph, ways: &mut [Vec<Way>]) {
    let (levels, _) = levels(graph, ways);
    let mut leading = vec![0_usize; ways.len()];
    for to in lines(ways).filter_map(|way| way.to) {
        leading[to] += 1;
    }
    for way in ways.iter_mut().flatten().filter(|way| way.drawn == Drawn::Line) {
        let Some(to) = way.to else { continue };
        if leading[to] > MOST_LINES_IN && levels[way.from] + 1 != levels[to] {
            way.drawn = Drawn::Named;
        }
    }
}

/// For each node the fewest lines that lead to it from where reading begins, and the node where it does: the first root from
/// which lines lead there.
fn levels(graph: &Graph, ways: &[Vec<Way>]) -> (Vec<usize>, Vec<usize>) {
    let mut levels = vec![0; ways.len()];
    let mut begins = vec![usize::MAX; ways.len()];
    for root in roots(graph) {
        if begins[root] != usize::MAX {
            continue;
        }
        begins[root] = root;
        let mut queue = VecDeque::from([root]);
        while let Some(node) = queue.pop_front() {
            for to in ways[node].iter().filter(|way| way.drawn == Drawn::Line).filter_map(|way| way.to) {
                if begins[to] == usize::MAX {
                    begins[to] = root;
                    levels[to] = levels[node] + 1;
                    queue.push_back(to);
                }
            }
        }
    }
    (levels, begins)
}

fn lines(ways: &[Vec<Way>]) -> impl Iterator<Item = &Way> {
    ways.iter().flatten().filter(|way| way.drawn == Drawn::Line)
}

//! Edges grouped by target, and whether a group is drawn as a line or as a row of its node that
//! names the target.

use std::collections::{HashMap, VecDeque};

use petgraph::algo::dominators::simple_fast;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::graph::{Graph, Mark};

/// A node that more lines than this enter keeps only those from neighbouring levels.
const MAX_LINES_IN: usize = 3;

/// All edges of a node that lead to the same target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EdgeGroup {
    pub from: usize,
    pub to: Option<usize>,
    /// The names of the edges, without empty ones.
    pub labels: Vec<String>,
    /// What happens instead, for an outcome without a target.
    pub note: String,
    pub mark: Mark,
    /// The sum of the counts; none where nothing was counted.
    pub count: Option<u64>,
    pub drawn: Drawn,
}

/// How a group of edges is drawn.
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

/// Groups the edges of each node by target, in the order of their first edges. The groups that are
/// drawn as lines form no cycle.
pub(super) fn group_edges(graph: &Graph) -> Vec<Vec<EdgeGroup>> {
    let mut groups = join_edges(graph);
    fold_back(graph, &mut groups);
    fold_far(graph, &mut groups);
    groups
}

/// The nodes in the order in which reading begins at them: the first, those by which the graph is
/// entered, the rest.
pub(super) fn roots(graph: &Graph) -> impl Iterator<Item = usize> {
    let entered = graph.nodes.iter().enumerate().filter(|(_, node)| !node.entries.is_empty()).map(|(index, _)| index);
    let count = graph.nodes.len();
    (0..count.min(1)).chain(entered).chain(0..count)
}

fn join_edges(graph: &Graph) -> Vec<Vec<EdgeGroup>> {
    let count = graph.nodes.len();
    let mut groups: Vec<Vec<EdgeGroup>> = vec![Vec::new(); count];
    // Outcomes that lead nowhere are told apart by their marks and notes: there is no line that
    // could show the difference.
    type Target<'g> = (usize, Option<usize>, Option<(Mark, &'g str)>);
    let mut known: HashMap<Target<'_>, usize> = HashMap::new();
    for edge in &graph.edges {
        if edge.to.is_some_and(|to| to >= count) {
            continue;
        }
        let Some(of_node) = groups.get_mut(edge.from) else { continue };
        let apart = edge.to.is_none().then_some((edge.mark, &*edge.note));
        let index = *known.entry((edge.from, edge.to, apart)).or_insert_with(|| {
            let drawn = match edge.to {
                None => Drawn::Nowhere,
                Some(to) if to == edge.from => Drawn::Again,
                Some(_) => Drawn::Line,
            };
            of_node.push(EdgeGroup {
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
        let Some(group) = of_node.get_mut(index) else { continue };
        if !edge.label.is_empty() {
            group.labels.push(edge.label.clone());
        }
        // A group is visited as soon as one of its edges is.
        group.mark = group.mark.min(edge.mark);
        group.count = match (group.count, edge.count) {
            (Some(sum), Some(count)) => Some(sum.saturating_add(count)),
            (sum, count) => sum.or(count),
        };
    }
    groups
}

/// Makes back edges rows, so that the lines form no cycle: edges to a dominator of their node and,
/// in cycles with several entries, edges to a node that is no further from the start.
fn fold_back(graph: &Graph, groups: &mut [Vec<EdgeGroup>]) {
    let (levels, begins) = levels(graph, groups);
    // No line leads back to where reading began later: those between the one and the other are in
    // no circle.
    let mut lined = lined(groups, |from, to| begins[from] == begins[to]);
    let root = lined.add_node(());
    for begin in begins.iter().enumerate().filter_map(|(node, &begin)| (node == begin).then_some(begin)) {
        lined.add_edge(root, NodeIndex::new(begin), ());
    }
    let dominators = simple_fast(&lined, root);
    fold(groups, |from, to| {
        dominators.dominators(NodeIndex::new(from)).is_some_and(|mut above| above.any(|node| node.index() == to))
    });
    let mut circle = vec![0; groups.len()];
    for (number, component) in kosaraju_scc(&self::lined(groups, |_, _| true)).iter().enumerate() {
        for node in component {
            circle[node.index()] = number;
        }
    }
    fold(groups, |from, to| circle[from] == circle[to] && (levels[to], to) <= (levels[from], from));
}

fn fold(groups: &mut [Vec<EdgeGroup>], back: impl Fn(usize, usize) -> bool) {
    for group in groups.iter_mut().flatten().filter(|group| group.drawn == Drawn::Line) {
        if group.to.is_some_and(|to| back(group.from, to)) {
            group.drawn = Drawn::Back;
        }
    }
}

/// The lines that are wanted.
fn lined(groups: &[Vec<EdgeGroup>], wanted: impl Fn(usize, usize) -> bool) -> DiGraph<(), ()> {
    let mut graph = DiGraph::with_capacity(groups.len() + 1, groups.len() * 2);
    for _ in groups {
        graph.add_node(());
    }
    for (from, to) in
        lines(groups).filter_map(|group| Some((group.from, group.to?))).filter(|&(from, to)| wanted(from, to))
    {
        graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
    }
    graph
}

/// Makes edges to nodes that many enter rows, such as those to the desk where every failure ends,
/// unless they leave a neighbouring level: else one such node stretches the picture and covers it
/// with lines.
fn fold_far(graph: &Graph, groups: &mut [Vec<EdgeGroup>]) {
    let (levels, _) = levels(graph, groups);
    let mut leading = vec![0_usize; groups.len()];
    for to in lines(groups).filter_map(|group| group.to) {
        leading[to] += 1;
    }
    for group in groups.iter_mut().flatten().filter(|group| group.drawn == Drawn::Line) {
        let Some(to) = group.to else { continue };
        if leading[to] > MAX_LINES_IN && levels[group.from] + 1 != levels[to] {
            group.drawn = Drawn::Named;
        }
    }
}

/// For each node the fewest lines that lead to it from where reading begins, and the node where it
/// does: the first root from which lines lead there.
fn levels(graph: &Graph, groups: &[Vec<EdgeGroup>]) -> (Vec<usize>, Vec<usize>) {
    let mut levels = vec![0; groups.len()];
    let mut begins = vec![usize::MAX; groups.len()];
    for root in roots(graph) {
        if begins[root] != usize::MAX {
            continue;
        }
        begins[root] = root;
        let mut queue = VecDeque::from([root]);
        while let Some(node) = queue.pop_front() {
            for to in groups[node].iter().filter(|group| group.drawn == Drawn::Line).filter_map(|group| group.to) {
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

fn lines(groups: &[Vec<EdgeGroup>]) -> impl Iterator<Item = &EdgeGroup> {
    groups.iter().flatten().filter(|group| group.drawn == Drawn::Line)
}

//! Boxes and lines get their places.

use std::collections::BTreeSet;

use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir};

/// Between two columns and between two boxes of a column, in px.
const BETWEEN_COLUMNS: i32 = 60;
const BETWEEN_BOXES: i32 = 22;
const BETWEEN_LINES: i32 = 12;
/// Sweeps of the quick layout.
const SWEEPS: usize = 6;

/// The size of a box, in px.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub width: i32,
    pub height: i32,
}

/// Where everything is, in px; nothing lies left of, or above, 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// The upper left corners of the boxes.
    pub boxes: Vec<(i32, i32)>,
    /// For each line, for each column that it crosses, the column's left edge and the height at which it crosses.
    pub routes: Vec<Vec<(i32, i32)>>,
}

/// How many columns lie between the ends of each line, at least 1, where each box stands as far left as its lines allow.
/// `lines` lead from one box to another and never in a circle; those that do count 1.
pub(super) fn spans(lines: &[(usize, usize)], count: usize) -> Vec<usize> {
    let columns = columns(lines, count);
    lines.iter().map(|&(from, to)| columns[to].saturating_sub(columns[from]).max(1)).collect()
}

/// The column of each box: one further than the furthest of those that lead to it.
fn columns(lines: &[(usize, usize)], count: usize) -> Vec<usize> {
    let mut leading = vec![0_usize; count];
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    for &(from, to) in lines {
        leading[to] += 1;
        out[from].push(to);
    }
    let mut columns = vec![0; count];
    let mut ready: Vec<usize> = (0..count).filter(|&node| leading[node] == 0).collect();
    while let Some(node) = ready.pop() {
        for &to in &out[node] {
            columns[to] = columns[to].max(columns[node] + 1);
            leading[to] -= 1;
            if leading[to] == 0 {
                ready.push(to);
            }
        }
    }
    columns
}

/// Lays out a graph whose lines never lead in a circle, with boxes of one width. Time grows with the square of its size.
pub(super) fn place(sizes: &[Size], lines: &[(usize, usize)]) -> Layout {
    let Some(wide) = sizes.iter().map(|size| size.width).max() else { return Layout::default() };
    let mut graph: Graph<NodeLabel, EdgeLabel> =
        Graph::with_options(GraphOptions { directed: true, multigraph: false, compound: false });
    for (index, size) in sizes.iter().enumerate() {
        let label = NodeLabel { width: f64::from(size.width), height: f64::from(size.height), ..NodeLabel::default() };
        graph.set_node(index.to_string(), Some(label));
    }
    for (from, to) in lines {
        graph.set_edge(from.to_string(), to.to_string(), Some(EdgeLabel::default()), None);
    }
    let options = LayoutOptions {
        rankdir: RankDir::LR,
        nodesep: f64::from(BETWEEN_BOXES),
        edgesep: f64::from(BETWEEN_LINES),
        ranksep: f64::from(BETWEEN_COLUMNS),
        ..LayoutOptions::default()
    };
    dagre::layout(&mut graph, Some(options));
    let mut middles = BTreeSet::new();
    let mut boxes = Vec::with_capacity(sizes.len());
    for (index, size) in sizes.iter().enumerate() {
        let node = graph.node(&index.to_string());
        let (x, y) = node.and_then(|node| node.x.zip(node.y)).unwrap_or_default();
        middles.insert(rounded(x));
        boxes.push((rounded(x - f64::from(size.width) / 2.0), rounded(y - f64::from(size.height) / 2.0)));
    }
    let mut routes = Vec::with_capacity(lines.len());
    for (from, to) in lines {
        let points = graph.edge(&from.to_string(), &to.to_string(), None).map_or(&[][..], |edge| &edge.points);
        let inner = points.get(1..points.len().saturating_sub(1)).unwrap_or_default();
        // Between columns dagre has room for labels, which stand in the boxes here.
        let crossed = inner.iter().filter(|point| middles.contains(&rounded(point.x)));
        routes.push(crossed.map(|point| (rounded(point.x - f64::from(wide) / 2.0), rounded(point.y))).collect());
    }
    let mut layout = Layout { boxes, routes };
    layout.move_to_origin();
    layout
}

/// The same for large graphs, in time that grows with its size; lines lead from one column to the next.
pub(super) fn place_quickly(sizes: &[Size], lines: &[(usize, usize)]) -> Layout {
    let Some(wide) = sizes.iter().map(|size| size.width).max() else { return Layout::default() };
    let column_of = columns(lines, sizes.len());
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); column_of.iter().max().map_or(0, |last| last + 1)];
    for (node, &column) in column_of.iter().enumerate() {
        columns[column].push(node);
    }
    let mut neighbours = [vec![Vec::new(); sizes.len()], vec![Vec::new(); sizes.len()]];
    for &(from, to) in lines {
        neighbours[0][to].push(from);
        neighbours[1][from].push(to);
    }
    let mut tops: Vec<i64> = vec![0; sizes.len()];
    for column in &columns {
        stack(column, sizes, &mut tops, |_| 0);
    }
    for sweep in 0..SWEEPS {
        let side = &neighbours[sweep % 2];
        for step in 0..columns.len() {
            let column = if sweep % 2 == 0 { step } else { columns.len() - 1 - step };
            let wish = |tops: &[i64], node: usize| {
                let near = &side[node];
                // A box has fewer neighbours than an i64 can count.
                if near.is_empty() {
                    tops[node]
                } else {
                    near.iter().map(|&near| tops[near]).sum::<i64>() / near.len() as i64
                }
            };
            let wishes: Vec<i64> = columns[column].iter().map(|&node| wish(&tops, node)).collect();
            let mut order: Vec<(i64, usize)> = wishes.into_iter().zip(columns[column].iter().copied()).collect();
            order.sort_unstable();
            columns[column] = order.iter().map(|&(_, node)| node).collect();
            stack(&columns[column], sizes, &mut tops, |place| order[place].0);
        }
    }
    let clamped = |top: i64| i32::try_from(top).unwrap_or(i32::MAX / 2);
    let left = |column: usize| i32::try_from(column).unwrap_or(0).saturating_mul(wide + BETWEEN_COLUMNS);
    let least = tops.iter().min().copied().unwrap_or(0);
    Layout {
        boxes: column_of.iter().zip(&tops).map(|(&column, &top)| (left(column), clamped(top - least))).collect(),
        routes: vec![Vec::new(); lines.len()],
    }
}

/// Puts the boxes of a column below each other, each as near to where it wishes to be as those above it allow, and then all
/// of them so that the wishes are met on average.
fn stack(column: &[usize], sizes: &[Size], tops: &mut [i64], wish: impl Fn(usize) -> i64) {
    let mut next = i64::MIN;
    let mut off = 0;
    for (place, &node) in column.iter().enumerate() {
        let top = wish(place).max(next);
        off += top - wish(place);
        tops[node] = top;
        next = top + i64::from(sizes[node].height + BETWEEN_BOXES);
    }
    let off = off / column.len().max(1) as i64;
    for &node in column {
        tops[node] -= off;
    }
}

fn rounded(value: f64) -> i32 {
    // What is not a number, which dagre is not known to give, becomes 0.
    value.round() as i32
}

impl Layout {
    fn move_to_origin(&mut self) {
        let least = |pick: fn(&(i32, i32)) -> i32| {
            self.boxes.iter().chain(self.routes.iter().flatten()).map(pick).min().unwrap_or(0)
        };
        let (x, y) = (least(|place| place.0), least(|place| place.1));
        for place in self.boxes.iter_mut().chain(self.routes.iter_mut().flatten()) {
            *place = (place.0 - x, place.1 - y);
        }
    }
}

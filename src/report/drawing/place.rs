//! Boxes and lines get their places.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};

use dagre::graph::{Graph, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir};
use petgraph::unionfind::UnionFind;

/// Between two columns and between two boxes of a column, in px.
const BETWEEN_COLUMNS: i32 = 52;
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

/// Lays out a graph whose lines never lead in a circle, with boxes of one width; `lines` are in the order in which they leave
/// their boxes from top to bottom. Parts that no line connects stand below the first one, side by side. Time grows with the
/// square of the size. None should dagre fail, which it is not known to do for such graphs.
pub(super) fn place(sizes: &[Size], lines: &[(usize, usize)]) -> Option<Layout> {
    let parts = parts(sizes.len(), lines);
    let mut layout = Layout { boxes: vec![(0, 0); sizes.len()], routes: vec![Vec::new(); lines.len()] };
    let mut wide = 0;
    let (mut x, mut y, mut next_y) = (0, 0, 0);
    for (number, part) in parts.iter().enumerate() {
        let placed = place_part(sizes, lines, part)?;
        let right = part.nodes.iter().zip(&placed.boxes).map(|(&node, place)| place.0 + sizes[node].width);
        let right = right.max().unwrap_or(0);
        if number == 0 {
            wide = right;
        }
        if number == 1 || x + right > wide {
            (x, y) = (0, next_y);
        }
        let moved = |&(left, top): &(i32, i32)| (x + left, y + top);
        for (&node, place) in part.nodes.iter().zip(&placed.boxes) {
            layout.boxes[node] = moved(place);
            next_y = next_y.max(layout.boxes[node].1 + sizes[node].height + 2 * BETWEEN_BOXES);
        }
        for (&line, route) in part.lines.iter().zip(&placed.routes) {
            layout.routes[line] = route.iter().map(moved).collect();
            let lowest = layout.routes[line].iter().map(|place| place.1 + 2 * BETWEEN_BOXES).max();
            next_y = next_y.max(lowest.unwrap_or(0));
        }
        x += right + BETWEEN_COLUMNS;
    }
    Some(layout)
}

/// Nodes that lines connect, and these lines.
#[derive(Debug, Default)]
struct Part {
    nodes: Vec<usize>,
    lines: Vec<usize>,
}

/// The parts in the order of their first nodes.
fn parts(count: usize, lines: &[(usize, usize)]) -> Vec<Part> {
    let mut sets = UnionFind::new(count);
    for &(from, to) in lines {
        sets.union(from, to);
    }
    let mut number_of = HashMap::new();
    let mut parts: Vec<Part> = Vec::new();
    for node in 0..count {
        let number = *number_of.entry(sets.find(node)).or_insert_with(|| {
            parts.push(Part::default());
            parts.len() - 1
        });
        parts[number].nodes.push(node);
    }
    for (line, &(from, _)) in lines.iter().enumerate() {
        parts[number_of[&sets.find(from)]].lines.push(line);
    }
    parts
}

/// Lays out one part by dagre; places are in the order of its nodes and lines.
fn place_part(sizes: &[Size], lines: &[(usize, usize)], part: &Part) -> Option<Layout> {
    let mut graph: Graph<NodeLabel, EdgeLabel> =
        Graph::with_options(GraphOptions { directed: true, multigraph: false, compound: false });
    for &node in &part.nodes {
        let Size { width, height } = sizes[node];
        let label = NodeLabel { width: f64::from(width), height: f64::from(height), ..NodeLabel::default() };
        graph.set_node(node.to_string(), Some(label));
    }
    for &line in &part.lines {
        let (from, to) = lines[line];
        graph.set_edge(from.to_string(), to.to_string(), Some(EdgeLabel::default()), None);
    }
    let options = LayoutOptions {
        rankdir: RankDir::LR,
        nodesep: f64::from(BETWEEN_BOXES),
        edgesep: f64::from(BETWEEN_LINES),
        ranksep: f64::from(BETWEEN_COLUMNS),
        ..LayoutOptions::default()
    };
    // A graph that is half laid out is thrown away: nothing of it is seen.
    catch_unwind(AssertUnwindSafe(|| dagre::layout(&mut graph, Some(options)))).ok()?;
    let middle = |node: usize| {
        let label = graph.node(&node.to_string());
        label.and_then(|label| label.x.zip(label.y)).unwrap_or((f64::NAN, f64::NAN))
    };
    if part.nodes.iter().any(|&node| !middle(node).0.is_finite() || !middle(node).1.is_finite()) {
        return None;
    }
    // dagre does not know in which order lines leave a box: upside down they may cross less.
    let crossed = crossings(lines, part, |node| middle(node).1);
    let sign = if crossed.0 > crossed.1 { -1.0 } else { 1.0 };
    let mut layout = Layout::default();
    let mut middles = BTreeSet::new();
    for &node in &part.nodes {
        let (x, y) = middle(node);
        middles.insert(rounded(x));
        let Size { width, height } = sizes[node];
        layout.boxes.push((rounded(x - f64::from(width) / 2.0), rounded(sign * y - f64::from(height) / 2.0)));
    }
    let half = part.nodes.first().map_or(0.0, |&node| f64::from(sizes[node].width) / 2.0);
    for &line in &part.lines {
        let (from, to) = lines[line];
        let points = graph.edge(&from.to_string(), &to.to_string(), None).map_or(&[][..], |edge| &edge.points);
        let inner = points.get(1..points.len().saturating_sub(1)).unwrap_or_default();
        // Between columns dagre has room for labels, which stand in the boxes here.
        let crossed = inner.iter().filter(|point| middles.contains(&rounded(point.x)));
        layout.routes.push(crossed.map(|point| (rounded(point.x - half), rounded(sign * point.y))).collect());
    }
    layout.move_to_origin();
    Some(layout)
}

/// How many pairs of lines that leave one box cross, and how many would if the picture stood upside down.
fn crossings(lines: &[(usize, usize)], part: &Part, height: impl Fn(usize) -> f64) -> (usize, usize) {
    let mut crossed = (0, 0);
    for (place, &line) in part.lines.iter().enumerate() {
        let (from, to) = lines[line];
        for &(_, other) in part.lines[place + 1..].iter().map(|&line| &lines[line]).take_while(|line| line.0 == from) {
            match height(to).total_cmp(&height(other)) {
                Ordering::Greater => crossed.0 += 1,
                Ordering::Less => crossed.1 += 1,
                Ordering::Equal => {}
            }
        }
    }
    crossed
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
    value.round() as i32
}

impl Layout {
    /// Moves everything so that the least of all coordinates is 0.
    pub(super) fn move_to_origin(&mut self) {
        let least = |pick: fn(&(i32, i32)) -> i32| {
            self.boxes.iter().chain(self.routes.iter().flatten()).map(pick).min().unwrap_or(0)
        };
        let (x, y) = (least(|place| place.0), least(|place| place.1));
        for place in self.boxes.iter_mut().chain(self.routes.iter_mut().flatten()) {
            *place = (place.0 - x, place.1 - y);
        }
    }
}

//! Layered layout: boxes in columns from left to right, lines as straight as the boxes between
//! their ends allow.
//!
//! The method is Sugiyama's, in three steps that each have a module: [`columns`] assigns boxes to
//! columns, [`order`] orders each column so that few lines cross, [`heights`] places everything
//! vertically. All numbers are integers, so that every machine computes the same picture.

mod columns;
mod heights;
mod layers;
mod order;

use std::collections::HashMap;

use petgraph::unionfind::UnionFind;

pub(super) use columns::spans;
use layers::Layers;

/// Between two columns, in px.
const COLUMN_GAP: i32 = 52;
/// Between two boxes of a column, in px.
const BOX_GAP: i32 = 22;

/// The size of a box, in px.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub width: i32,
    pub height: i32,
}

/// A line from one box to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub from: usize,
    pub to: usize,
    /// Where it leaves its box, in px from the upper edge.
    pub leaves_at: i32,
    /// Where it enters its target, in px from the upper edge.
    pub enters_at: i32,
}

/// The coordinates of everything, in px; the smallest ones are 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// The upper left corners of the boxes.
    pub boxes: Vec<(i32, i32)>,
    /// For each line, for each column that it crosses, the column's left edge and the height at
    /// which it crosses.
    pub routes: Vec<Vec<(i32, i32)>>,
}

/// Lays out an acyclic graph; `lines` are in the order in which they leave their boxes from top to
/// bottom. Parts that no line connects stand below the first one, side by side.
pub(super) fn lay_out(sizes: &[Size], lines: &[Line]) -> Layout {
    let parts = split_into_parts(sizes.len(), lines);
    let mut layout = Layout { boxes: vec![(0, 0); sizes.len()], routes: vec![Vec::new(); lines.len()] };
    let mut first_width = 0;
    let (mut x, mut y, mut next_y) = (0, 0, 0);
    for (number, part) in parts.iter().enumerate() {
        let placed = lay_out_part(sizes, lines, part);
        let right = part.nodes.iter().zip(&placed.boxes).map(|(&node, corner)| corner.0 + sizes[node].width);
        let right = right.max().unwrap_or(0);
        if number == 0 {
            first_width = right;
        }
        if number == 1 || x + right > first_width {
            (x, y) = (0, next_y);
        }
        let moved = |&(left, top): &(i32, i32)| (x + left, y + top);
        for (&node, corner) in part.nodes.iter().zip(&placed.boxes) {
            layout.boxes[node] = moved(corner);
            next_y = next_y.max(layout.boxes[node].1 + sizes[node].height + 2 * BOX_GAP);
        }
        for (&line, route) in part.lines.iter().zip(&placed.routes) {
            layout.routes[line] = route.iter().map(moved).collect();
            let lowest = layout.routes[line].iter().map(|crossing| crossing.1 + 2 * BOX_GAP).max();
            next_y = next_y.max(lowest.unwrap_or(0));
        }
        x += right + COLUMN_GAP;
    }
    layout
}

/// Nodes that lines connect, and these lines.
#[derive(Debug, Default)]
struct Part {
    nodes: Vec<usize>,
    lines: Vec<usize>,
}

/// The connected parts in the order of their first nodes.
fn split_into_parts(count: usize, lines: &[Line]) -> Vec<Part> {
    let mut sets = UnionFind::new(count);
    for line in lines {
        sets.union(line.from, line.to);
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
    for (index, line) in lines.iter().enumerate() {
        parts[number_of[&sets.find(line.from)]].lines.push(index);
    }
    parts
}

/// Lays out one part; the result is in the order of its nodes and lines.
fn lay_out_part(sizes: &[Size], lines: &[Line], part: &Part) -> Layout {
    let local: HashMap<usize, usize> = part.nodes.iter().enumerate().map(|(index, &node)| (node, index)).collect();
    let sizes: Vec<Size> = part.nodes.iter().map(|&node| sizes[node]).collect();
    let lines = part.lines.iter().map(|&line| lines[line]);
    let lines: Vec<Line> = lines.map(|line| Line { from: local[&line.from], to: local[&line.to], ..line }).collect();
    let ends: Vec<(usize, usize)> = lines.iter().map(|line| (line.from, line.to)).collect();
    let columns = columns::assign(&ends, sizes.len());
    let mut layers = Layers::new(&sizes, &lines, &columns);
    order::reduce_crossings(&mut layers);
    let tops = heights::assign(&layers);
    let highest = tops.iter().min().copied().unwrap_or(0);
    let column_width = sizes.iter().map(|size| size.width).max().unwrap_or(0) + COLUMN_GAP;
    // At most 1,000 nodes of less than 1,000 px each, but for a menu of thousands of choices: those
    // saturate.
    let corner = |item: usize| {
        let left = i32::try_from(layers.items[item].column).unwrap_or(i32::MAX).saturating_mul(column_width);
        (left, i32::try_from(tops[item] - highest).unwrap_or(i32::MAX / 2))
    };
    Layout {
        boxes: (0..sizes.len()).map(corner).collect(),
        routes: layers.routes.iter().map(|route| route.clone().map(corner).collect()).collect(),
    }
}

//! Columns of items: boxes, and a point for each column that a line crosses.

use std::ops::Range;

use super::{BOX_GAP, Line, Size};

/// Between two lines that cross a column, and between a line and a box, in px.
const LINE_GAP: i32 = 12;
const LINE_TO_BOX_GAP: i32 = 16;

/// A graph in columns; every segment leads to the next one.
#[derive(Debug)]
pub(super) struct Layers {
    /// The boxes in their order, then the points of lines.
    pub items: Vec<Item>,
    /// The items of each column, from top to bottom.
    pub columns: Vec<Vec<usize>>,
    /// The points of each line.
    pub routes: Vec<Range<usize>>,
    boxes: usize,
}

/// A box or a point.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    pub column: usize,
    pub height: i32,
    /// Segments from the column before, and to the next one from top to bottom.
    pub entering: Vec<Segment>,
    pub leaving: Vec<Segment>,
}

/// The part of a line between two neighbouring columns, as seen from one of its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// The item at the other end.
    pub other: usize,
    /// Where it meets this item, and the other, in px from the upper edge.
    pub here_at: i32,
    pub other_at: i32,
}

impl Layers {
    /// With the items of each column in the order in which a search from the first box along the
    /// lines comes to them.
    pub(super) fn new(sizes: &[Size], lines: &[Line], columns: &[usize]) -> Self {
        let mut items: Vec<Item> = sizes
            .iter()
            .zip(columns)
            .map(|(size, &column)| Item { column, height: size.height, ..Item::default() })
            .collect();
        let mut routes = Vec::with_capacity(lines.len());
        for line in lines {
            let first = items.len();
            let mut last = (line.from, line.leaves_at);
            for column in columns[line.from] + 1..columns[line.to] {
                items.push(Item { column, ..Item::default() });
                let point = (items.len() - 1, 0);
                connect(&mut items, last, point);
                last = point;
            }
            connect(&mut items, last, (line.to, line.enters_at));
            routes.push(first..items.len());
        }
        let count = columns.iter().max().map_or(0, |last| last + 1);
        let mut layers = Layers { items, columns: vec![Vec::new(); count], routes, boxes: sizes.len() };
        layers.fill_columns();
        layers
    }

    pub(super) fn is_point(&self, item: usize) -> bool {
        item >= self.boxes
    }

    /// From the upper edge of an item to that of the one below it, at least.
    pub(super) fn distance(&self, upper: usize, lower: usize) -> i64 {
        let gap = match (self.is_point(upper), self.is_point(lower)) {
            (true, true) => LINE_GAP,
            (false, false) => BOX_GAP,
            _ => LINE_TO_BOX_GAP,
        };
        i64::from(self.items[upper].height) + i64::from(gap)
    }

    fn fill_columns(&mut self) {
        let mut seen = vec![false; self.items.len()];
        for root in 0..self.boxes {
            if !self.items[root].entering.is_empty() && root > 0 {
                continue;
            }
            let mut stack = vec![root];
            while let Some(item) = stack.pop() {
                if std::mem::replace(&mut seen[item], true) {
                    continue;
                }
                self.columns[self.items[item].column].push(item);
                stack.extend(self.items[item].leaving.iter().rev().map(|segment| segment.other));
            }
        }
    }
}

fn connect(items: &mut [Item], (from, leaves_at): (usize, i32), (to, enters_at): (usize, i32)) {
    items[from].leaving.push(Segment { other: to, here_at: leaves_at, other_at: enters_at });
    items[to].entering.push(Segment { other: from, here_at: enters_at, other_at: leaves_at });
}

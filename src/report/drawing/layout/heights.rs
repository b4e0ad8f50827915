//! The vertical coordinates of the items of each column.
//!
//! Each pass gives the items of one column the coordinates nearest to what their lines ask for, in
//! the order and with the distances that the column has: an isotonic regression, solved exactly by
//! pooling adjacent violators. The first passes take means, which let every line pull; the last
//! ones medians, which leave most lines exactly straight.

use super::layers::{Layers, Segment};

/// Passes over all columns with means, and with medians.
const MEAN_PASSES: usize = 16;
const MEDIAN_PASSES: usize = 8;

/// How strongly a segment pulls: one that crosses columns at both ends shows its bends most.
const WEIGHTS: [i64; 3] = [1, 2, 8];

/// What a line asks for, as the coordinate that the item would have in a column without heights and
/// distances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wish {
    at: i64,
    weight: i64,
}

/// Neighbours of a column that touch each other.
#[derive(Debug)]
struct Block {
    at: i64,
    items: usize,
    /// In ascending order.
    wishes: Vec<Wish>,
}

/// The upper edge of each item.
pub(super) fn assign(layers: &Layers) -> Vec<i64> {
    let mut tops = vec![0; layers.items.len()];
    for column in &layers.columns {
        let mut top = 0;
        for pair in column.windows(2) {
            top += layers.distance(pair[0], pair[1]);
            tops[pair[1]] = top;
        }
    }
    for pass in 0..MEAN_PASSES + MEDIAN_PASSES {
        let (centre, sides): (fn(&[Wish]) -> i64, _) = match pass {
            0..2 => (mean, if pass == 0 { (true, false) } else { (false, true) }),
            2..MEAN_PASSES => (mean, (true, true)),
            _ => (median, (true, true)),
        };
        for step in 0..layers.columns.len() {
            let column = if pass % 2 == 0 { step } else { layers.columns.len() - 1 - step };
            place_column(layers, &layers.columns[column], &mut tops, centre, sides);
        }
    }
    tops
}

fn place_column(
    layers: &Layers,
    column: &[usize],
    tops: &mut [i64],
    centre: fn(&[Wish]) -> i64,
    (left, right): (bool, bool),
) {
    let mut blocks: Vec<Block> = Vec::new();
    let mut offset = 0;
    for (index, &item) in column.iter().enumerate() {
        if let Some(above) = index.checked_sub(1) {
            offset += layers.distance(column[above], item);
        }
        let mut wishes = Vec::new();
        let mut wish = |segment: &Segment| {
            let points = usize::from(layers.is_point(item)) + usize::from(layers.is_point(segment.other));
            let at = tops[segment.other] + i64::from(segment.other_at - segment.here_at) - offset;
            wishes.push(Wish { at, weight: WEIGHTS[points] });
        };
        if left {
            layers.items[item].entering.iter().for_each(&mut wish);
        }
        if right {
            layers.items[item].leaving.iter().for_each(&mut wish);
        }
        if wishes.is_empty() {
            wishes.push(Wish { at: tops[item] - offset, weight: 1 });
        }
        wishes.sort_unstable();
        let mut block = Block { at: centre(&wishes), items: 1, wishes };
        while let Some(above) = blocks.pop_if(|above| above.at > block.at) {
            let wishes = merge(above.wishes, block.wishes);
            block = Block { at: centre(&wishes), items: above.items + block.items, wishes };
        }
        blocks.push(block);
    }
    let mut items = column.iter();
    let mut offset = 0;
    let mut above = None;
    for block in &blocks {
        for &item in items.by_ref().take(block.items) {
            offset += above.map_or(0, |above| layers.distance(above, item));
            above = Some(item);
            tops[item] = block.at + offset;
        }
    }
}

fn mean(wishes: &[Wish]) -> i64 {
    let (sum, weight) =
        wishes.iter().fold((0, 0), |(sum, weight), wish| (sum + wish.at * wish.weight, weight + wish.weight));
    sum.div_euclid(weight.max(1))
}

/// The weighted median; of two the lower number.
fn median(wishes: &[Wish]) -> i64 {
    let all: i64 = wishes.iter().map(|wish| wish.weight).sum();
    let mut passed = 0;
    let middle = wishes.iter().find(|wish| {
        passed += wish.weight;
        2 * passed >= all
    });
    middle.map_or(0, |wish| wish.at)
}

fn merge(left: Vec<Wish>, right: Vec<Wish>) -> Vec<Wish> {
    let mut merged = left;
    merged.extend(right);
    // Two ascending runs: a stable sort merges them in linear time.
    merged.sort();
    merged
}

//! The order of the items in each column, with few crossings of lines.

use super::layers::{Layers, Segment};

/// Sweeps without improvement after which the search ends, and how many there are at most.
const MAX_FRUITLESS_SWEEPS: usize = 4;
const MAX_SWEEPS: usize = 24;
/// Rounds of swaps of neighbours after each sweep, at most.
const MAX_SWAP_ROUNDS: usize = 8;
/// The distance of two neighbours of a column on the scale on which means of positions are
/// computed.
const STEP: i64 = 1 << 16;

/// Sweeps over the columns from left to right and back, each time sorting items by the mean
/// position of their neighbours, and keeps the order with the fewest crossings.
pub(super) fn reduce_crossings(layers: &mut Layers) {
    let mut positions = vec![0; layers.items.len()];
    for column in 0..layers.columns.len() {
        number(layers, column, &mut positions);
    }
    swap_neighbours(layers, &mut positions);
    let mut fewest = count_crossings(layers, &positions);
    let mut best = layers.columns.clone();
    let mut fruitless = 0;
    for sweep in 0..MAX_SWEEPS {
        if fewest == 0 || fruitless == MAX_FRUITLESS_SWEEPS {
            break;
        }
        for step in 0..layers.columns.len() {
            let rightward = sweep % 2 == 0;
            let column = if rightward { step } else { layers.columns.len() - 1 - step };
            sort_by_means(layers, column, rightward, &mut positions);
        }
        swap_neighbours(layers, &mut positions);
        let crossings = count_crossings(layers, &positions);
        fruitless += 1;
        if crossings < fewest {
            (fewest, fruitless) = (crossings, 0);
            best.clone_from(&layers.columns);
        }
    }
    layers.columns = best;
}

fn number(layers: &Layers, column: usize, positions: &mut [usize]) {
    for (position, &item) in layers.columns[column].iter().enumerate() {
        positions[item] = position;
    }
}

/// Sorts a column by the mean position of the neighbours at one side. Items without any keep their
/// position.
fn sort_by_means(layers: &mut Layers, column: usize, rightward: bool, positions: &mut [usize]) {
    let mean = |item: usize| {
        let segments = if rightward { &layers.items[item].entering } else { &layers.items[item].leaving };
        let sum: i64 = segments.iter().map(|segment| position_of_end(layers, segment, positions)).sum();
        // A column has fewer items than an i64 can count.
        let count = segments.len() as i64;
        if count == 0 { positions[item] as i64 * STEP } else { sum / count }
    };
    let mut keyed: Vec<(i64, usize)> = layers.columns[column].iter().map(|&item| (mean(item), item)).collect();
    keyed.sort_by_key(|keyed| keyed.0);
    layers.columns[column] = keyed.into_iter().map(|(_, item)| item).collect();
    number(layers, column, positions);
}

/// The position of a segment's other end: that of the item, and a fraction for where it meets the
/// item.
fn position_of_end(layers: &Layers, segment: &Segment, positions: &[usize]) -> i64 {
    let height = i64::from(layers.items[segment.other].height.max(1));
    positions[segment.other] as i64 * STEP + i64::from(segment.other_at) * (STEP / 2) / height
}

/// Swaps items with the next of their column as long as that leaves fewer crossings.
fn swap_neighbours(layers: &mut Layers, positions: &mut [usize]) {
    for _ in 0..MAX_SWAP_ROUNDS {
        let mut swapped = false;
        for column in 0..layers.columns.len() {
            for upper in 1..layers.columns[column].len() {
                let (a, b) = (layers.columns[column][upper - 1], layers.columns[column][upper]);
                if crossings_of_pair(layers, a, b, positions) > crossings_of_pair(layers, b, a, positions) {
                    layers.columns[column].swap(upper - 1, upper);
                    positions.swap(a, b);
                    swapped = true;
                }
            }
        }
        if !swapped {
            break;
        }
    }
}

/// How many pairs of lines of two items cross where the first stands above the second.
fn crossings_of_pair(layers: &Layers, upper: usize, lower: usize, positions: &[usize]) -> usize {
    let crossings = |uppers: &[Segment], lowers: &[Segment]| -> usize {
        let key = |segment: &Segment| (positions[segment.other], segment.other_at);
        let below = |lower: &&Segment, upper: &Segment| key(lower) < key(upper);
        uppers.iter().map(|upper| lowers.iter().filter(|lower| below(lower, upper)).count()).sum()
    };
    let (upper, lower) = (&layers.items[upper], &layers.items[lower]);
    crossings(&upper.entering, &lower.entering) + crossings(&upper.leaving, &lower.leaving)
}

/// How many pairs of segments cross, all in all.
fn count_crossings(layers: &Layers, positions: &[usize]) -> usize {
    let mut crossings = 0;
    for columns in layers.columns.windows(2) {
        let [left, right] = columns else { continue };
        // A Fenwick tree of the ends so far: how many lie below the next one.
        let mut tree = vec![0_usize; right.len() + 1];
        let segments = left.iter().flat_map(|&item| &layers.items[item].leaving);
        for (count, segment) in segments.enumerate() {
            let end = positions[segment.other] + 1;
            let (mut above, mut at) = (0, end);
            while at > 0 {
                above += tree[at];
                at &= at - 1;
            }
            crossings += count - above;
            at = end;
            while at < tree.len() {
                tree[at] += 1;
                at += at & at.wrapping_neg();
            }
        }
    }
    crossings
}

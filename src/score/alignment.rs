//! Global alignment of an expected path with the nodes that the call walked.
//!
//! An expected item that was not walked costs 1 (a node, `a|b` and `?` are one item each), and so
//! does a node that was walked and not expected. Matches are free, and so are the nodes that `...`
//! absorbs. A mismatch costs one of each, so that without patterns the cost is |E| + |T| − 2·LCS(E,
//! T), the insertion and deletion distance (Needleman and Wunsch, "A general method applicable to
//! the search for similarities in the amino acid sequence of two proteins", J. Mol. Biol. 48,
//! 1970).

use crate::suite::PathItem;

/// Cells of the table of one alignment, one byte each. Larger problems are divided first.
const MAX_TABLE_CELLS: usize = 1 << 24;

/// One row of an alignment: both sides where they match or `...` absorbs the node; else one side,
/// which costs 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// An index into the expected items.
    pub item: Option<u32>,
    /// An index into the nodes walked.
    pub step: Option<u32>,
}

/// The step of the traceback from a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Move {
    Match,
    Missing,
    Extra,
    Absorb,
    End,
}

/// Returns the rows of the cheapest alignment in order.
///
/// Among alignments of equal cost, items match as early as possible, a missing item stands before
/// an extra node, and `...` absorbs as few nodes as possible. A path that holds is aligned without
/// a table, in O(|E| + |T|) where it has at most one `...`. Otherwise the common head and tail are
/// aligned first and the rest takes O(|E|·|T|) time and bounded memory.
pub(super) fn align(items: &[PathItem], nodes: &[u32]) -> Vec<Pair> {
    align_exact(items, nodes).unwrap_or_else(|| align_cheapest(items, nodes, MAX_TABLE_CELLS))
}

/// Counts the rows with one side only.
pub(super) fn cost(pairs: &[Pair]) -> usize {
    pairs.iter().filter(|pair| pair.item.is_none() || pair.step.is_none()).count()
}

fn align_cheapest(items: &[PathItem], nodes: &[u32], cells: usize) -> Vec<Pair> {
    let mut aligner = Aligner { cells, pairs: Vec::with_capacity(items.len().max(nodes.len())) };
    aligner.align(items, nodes, 0, 0);
    aligner.pairs
}

fn matches(item: &PathItem, node: u32) -> bool {
    match item {
        PathItem::Nodes(nodes) => nodes.contains(&node),
        PathItem::AnyOne => true,
        PathItem::AnyMany => false,
    }
}

fn is_free(item: &PathItem) -> bool {
    matches!(item, PathItem::AnyMany)
}

fn pair(item: usize, step: usize) -> Pair {
    // Suites and traces are far shorter than 2^32: sources end at 4 GiB.
    Pair { item: Some(item as u32), step: Some(step as u32) }
}

/// Aligns a path that holds as a glob is matched: each `...` absorbs as few nodes as possible.
fn align_exact(items: &[PathItem], nodes: &[u32]) -> Option<Vec<Pair>> {
    let mandatory = items.iter().filter(|item| !is_free(item)).count();
    if mandatory > nodes.len() || (mandatory == items.len() && mandatory < nodes.len()) {
        return None;
    }
    let mut starts = vec![nodes.len(); items.len()];
    let (mut item, mut step) = (0, 0);
    // The last `...` and the first node after those that it absorbs.
    let mut star: Option<(usize, usize)> = None;
    while item < items.len() || step < nodes.len() {
        match items.get(item) {
            Some(wanted) if is_free(wanted) => {
                starts[item] = step;
                star = Some((item, step));
                item += 1;
            }
            Some(wanted) if nodes.get(step).is_some_and(|&node| matches(wanted, node)) => {
                starts[item] = step;
                item += 1;
                step += 1;
            }
            _ => {
                let (at, taken) = star.filter(|&(_, taken)| taken < nodes.len())?;
                star = Some((at, taken + 1));
                (item, step) = (at + 1, taken + 1);
            }
        }
    }
    let mut pairs = Vec::with_capacity(nodes.len());
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(nodes.len());
        pairs.extend((start..end).map(|step| pair(index, step)));
    }
    Some(pairs)
}

struct Aligner {
    cells: usize,
    pairs: Vec<Pair>,
}

impl Aligner {
    /// Appends the rows of the subproblem that begins at `item` and `step` of the whole.
    fn align(&mut self, items: &[PathItem], nodes: &[u32], item: usize, step: usize) {
        let common = items.iter().zip(nodes).take_while(|(item, node)| matches(item, **node)).count();
        self.pairs.extend((0..common).map(|index| pair(item + index, step + index)));
        let (items, nodes, item, step) = (&items[common..], &nodes[common..], item + common, step + common);
        let tail = items.iter().rev().zip(nodes.iter().rev()).take_while(|(item, node)| matches(item, **node)).count();
        let (inner, walked) = (&items[..items.len() - tail], &nodes[..nodes.len() - tail]);
        if inner.len() < 2 || (inner.len() + 1).saturating_mul(walked.len() + 1) <= self.cells {
            self.align_by_table(inner, walked, item, step);
        } else {
            // Hirschberg, "A linear space algorithm for computing maximal common subsequences",
            // CACM 18 (1975).
            let (first, second) = inner.split_at(inner.len() / 2);
            let before = prefix_costs(first.iter(), walked.iter());
            let after = prefix_costs(second.iter().rev(), walked.iter().rev());
            let total = |cut: &usize| before[*cut] + after[walked.len() - cut];
            let cut = (0..=walked.len()).min_by_key(total).unwrap_or(0);
            self.align(first, &walked[..cut], item, step);
            self.align(second, &walked[cut..], item + first.len(), step + cut);
        }
        let (item, step) = (item + inner.len(), step + walked.len());
        self.pairs.extend((0..tail).map(|index| pair(item + index, step + index)));
    }

    /// As [`align`](Self::align), by a full table of moves: filled from the end, so that the
    /// traceback runs forwards.
    fn align_by_table(&mut self, items: &[PathItem], nodes: &[u32], item: usize, step: usize) {
        let width = nodes.len() + 1;
        let mut moves = vec![Move::Extra; items.len() * width];
        // costs[j]: the items after the current one against nodes[j..].
        let mut costs: Vec<u32> = (0..width as u32).rev().collect();
        for (index, wanted) in items.iter().enumerate().rev() {
            let row = &mut moves[index * width..(index + 1) * width];
            // The cost at the diagonal of the current cell, before this row overwrote it.
            let mut diagonal = costs[nodes.len()];
            let (end, last) = if is_free(wanted) { (Move::End, 0) } else { (Move::Missing, 1) };
            row[nodes.len()] = end;
            costs[nodes.len()] += last;
            for (j, &node) in nodes.iter().enumerate().rev() {
                let below = costs[j];
                let right = costs[j + 1];
                (row[j], costs[j]) = if is_free(wanted) {
                    if below <= right { (Move::End, below) } else { (Move::Absorb, right) }
                } else if matches(wanted, node) && diagonal <= below.min(right) + 1 {
                    (Move::Match, diagonal)
                } else if below <= right {
                    (Move::Missing, below + 1)
                } else {
                    (Move::Extra, right + 1)
                };
                diagonal = below;
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < items.len() || j < nodes.len() {
            let next = if i < items.len() { moves[i * width + j] } else { Move::Extra };
            let (here, there) = (Some((item + i) as u32), Some((step + j) as u32));
            match next {
                Move::Match | Move::Absorb => self.pairs.push(Pair { item: here, step: there }),
                Move::Missing => self.pairs.push(Pair { item: here, step: None }),
                Move::Extra => self.pairs.push(Pair { item: None, step: there }),
                Move::End => {}
            }
            i += usize::from(matches!(next, Move::Match | Move::Missing | Move::End));
            j += usize::from(matches!(next, Move::Match | Move::Absorb | Move::Extra));
        }
    }
}

/// Returns, for each k, the cost of all items against the first k nodes.
fn prefix_costs<'a>(
    items: impl Iterator<Item = &'a PathItem>,
    nodes: impl ExactSizeIterator<Item = &'a u32> + Clone,
) -> Vec<u32> {
    let mut row: Vec<u32> = (0..=nodes.len() as u32).collect();
    for item in items {
        let mut diagonal = row[0];
        row[0] += u32::from(!is_free(item));
        for (k, &node) in nodes.clone().enumerate() {
            let above = row[k + 1];
            row[k + 1] = if is_free(item) {
                above.min(row[k])
            } else {
                let apart = above.min(row[k]) + 1;
                if matches(item, node) { diagonal.min(apart) } else { apart }
            };
            diagonal = above;
        }
    }
    row
}

#[cfg(test)]
mod tests;

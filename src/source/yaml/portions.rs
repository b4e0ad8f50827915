//! A large file is parsed in portions, side by side.
//!
//! Nearly all large files are one mapping that ends with a long list in block style: the scenarios of a suite. Such a list can
//! be cut where an item begins, because nothing that began before can go on in a line that is indented like the list: each
//! portion is a list of its own for the parser. Whatever is not as it seemed from the lines alone (text in quotes that goes
//! on over a cut, a second document, an alias) makes at least one portion invalid; then the file is parsed as a whole, which
//! is also the only place where mistakes are explained.

use std::ops::Range;
use std::sync::Arc;

use super::build::{Builder, Built};
use super::{Data, Limits, Node};
use crate::source::diagnostics::Source;
use crate::source::threads::side_by_side;

/// A portion has at least so many bytes: parsing them takes some milliseconds, a thread a small part of one.
const LEAST: usize = 1 << 17;

/// The tree of a text without mistakes that can be cut; none for every other text.
pub(super) fn portions(source: &Arc<Source>, limits: &Limits) -> Option<Node> {
    let most = source.text().len() / LEAST;
    if most < 2 {
        return None;
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    cut_into(threads.min(most), source, limits)
}

fn cut_into(count: usize, source: &Arc<Source>, limits: &Limits) -> Option<Node> {
    let text = source.text();
    let ranges = cuts(source, count)?;
    // In the whole text the list stands one level deeper.
    let inner = Limits { depth: limits.depth.checked_sub(1)?, ..*limits };
    let portion = |range: &Range<usize>| sound(text, range.clone(), if range.start == 0 { limits } else { &inner });
    let portions: Option<Vec<_>> = side_by_side(ranges.len(), &ranges, portion).into_iter().collect();
    let mut portions = portions?.into_iter();
    let (mut root, mut nodes) = portions.next()?;
    let Data::Mapping(entries) = &mut root.data else { return None };
    let list = &mut entries.last_mut()?.value;
    let Data::Sequence(items) = &mut list.data else { return None };
    for (portion, more) in portions {
        let Data::Sequence(more_items) = portion.data else { return None };
        items.extend(more_items);
        list.span.end = portion.span.end;
        // The list itself is counted already.
        nodes += more - 1;
    }
    root.span.end = list.span.end;
    (nodes <= limits.nodes).then_some(root)
}

/// The tree of a part of a text with its places in the whole, and how many nodes it has; none where there is a mistake
/// in it, or anything else that needs the whole text.
fn sound(text: &str, range: Range<usize>, limits: &Limits) -> Option<(Node, usize)> {
    let offset = range.start as u32;
    let source = Source::new("", text.get(range)?);
    let Built { root, diagnostics, stop, nodes, needs_whole } = Builder::new(&source, source.text(), limits).run();
    let mut root = root.filter(|_| diagnostics.is_empty() && stop.is_none() && !needs_whole)?;
    shift(&mut root, offset);
    Some((root, nodes))
}

/// Moves a tree to where its text begins.
fn shift(node: &mut Node, offset: u32) {
    node.span = node.span.behind(offset);
    match &mut node.data {
        Data::Scalar(_) => {}
        Data::Sequence(items) => items.iter_mut().for_each(|item| shift(item, offset)),
        Data::Mapping(entries) => entries.iter_mut().for_each(|entry| {
            entry.key.span = entry.key.span.behind(offset);
            shift(&mut entry.value, offset);
        }),
    }
}

/// About `count` ranges of about one length that make up the text: the first has everything up to some item of the list that the
/// text ends with, each other one begins with an item. None where there are not two.
fn cuts(source: &Source, count: usize) -> Option<Vec<Range<usize>>> {
    let items = items(source);
    let text = source.text();
    let each = text.len() / count.max(1) + 1;
    let mut ranges = Vec::with_capacity(count);
    let mut start = 0;
    // The first item stays with what is before it.
    for &item in items.iter().skip(1) {
        if item - start >= each {
            ranges.push(start..item);
            start = item;
        }
    }
    ranges.push(start..text.len());
    (ranges.len() > 1).then_some(ranges)
}

/// Where the lines begin that look like items of the list of the last key: those with a dash that are indented like the first.
fn items(source: &Source) -> Vec<usize> {
    let mut items = Vec::new();
    let mut indentation = None;
    for (start, line) in source.lines() {
        let content = line.trim_start_matches(' ');
        let column = line.len() - content.len();
        if content.starts_with("- ") {
            if column == *indentation.get_or_insert(column) {
                items.push(start);
            }
        } else if column == 0 && !content.starts_with(['#', '\r', '\n']) {
            items.clear();
            indentation = None;
        }
    }
    items
}

#[cfg(test)]
mod tests;

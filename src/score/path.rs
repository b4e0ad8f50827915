//! Compares the expected path with the path that the call took.

use std::fmt::Write;

use super::alignment::{self, Pair};
use super::checks::{Checks, Mismatch, node_name};
use super::{Aligned, CheckKind, PathFit};
use crate::simulator::Trace;
use crate::suite::PathItem;

/// Maximum number of nodes that the description of a walked path lists.
const MAX_SHOWN_NODES: usize = 60;

/// The alignment of a path and its measures.
pub(super) struct PathAlignment {
    /// The measures.
    pub fit: PathFit,
    /// The rows.
    pub pairs: Vec<Pair>,
}

/// Measures a path.
///
/// fitness = 1 − cost / worst with the costs of [`alignment`]. `worst` is the cost of the cheapest
/// alignment that matches nothing: the number of items other than `...`, plus the number of nodes
/// walked unless a `...` absorbs them. It is at least `cost`, so the fitness lies within 0 to 1; it
/// is 1 exactly where the path holds. Without patterns it is 2·LCS/(|E|+|T|). Where the expected
/// path is empty and no node was walked it is 1.
pub(super) fn fit(items: &[PathItem], trace: &Trace) -> PathAlignment {
    let nodes: Vec<u32> = trace.steps.iter().map(|step| step.node).collect();
    let pairs = alignment::align(items, &nodes);
    let cost = alignment::cost(&pairs);
    let mandatory = items.iter().filter(|&item| *item != PathItem::AnyMany).count();
    let worst = mandatory + if mandatory == items.len() { nodes.len() } else { 0 };
    let named = items.iter().filter(|item| is_named(item)).count();
    let found = pairs
        .iter()
        .filter(|pair| pair.step.is_some() && pair.item.is_some_and(|item| is_named(&items[item as usize])));
    let expected = pairs.iter().filter(|pair| pair.step.is_some() && pair.item.is_some()).count();
    let fit = PathFit {
        fitness: if cost == 0 { 1.0 } else { (worst - cost) as f64 / worst as f64 },
        recall: ratio(found.count(), named),
        precision: ratio(expected, nodes.len()),
        alignment: if cost == 0 { Vec::new() } else { rows(items, &pairs, trace) },
    };
    PathAlignment { fit, pairs }
}

fn is_named(item: &PathItem) -> bool {
    matches!(item, PathItem::Nodes(_))
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn rows(items: &[PathItem], pairs: &[Pair], trace: &Trace) -> Vec<Aligned> {
    let expected = |item: u32| describe_item(&items[item as usize], trace);
    let taken = |step: u32| trace.node_name(&trace.steps[step as usize]).to_owned();
    pairs.iter().map(|pair| Aligned { expected: pair.item.map(expected), taken: pair.step.map(taken) }).collect()
}

/// Adds the check and returns the alignment, where a path is expected.
pub(super) fn check(checks: &mut Checks) -> Option<PathAlignment> {
    let (expect, trace) = (checks.expect, checks.trace);
    let placed = expect.path.as_ref()?;
    let fitted = fit(&placed.value, trace);
    let held = alignment::cost(&fitted.pairs) == 0;
    checks.add(CheckKind::Path, None, held, placed, || Mismatch {
        expected: placed.value.iter().map(|item| describe_item(item, trace)).collect::<Vec<_>>().join(", "),
        actual: describe_walk(trace),
    });
    Some(fitted)
}

fn describe_item(item: &PathItem, trace: &Trace) -> String {
    match item {
        PathItem::Nodes(nodes) => {
            nodes.iter().map(|&node| node_name(trace, node).to_string()).collect::<Vec<_>>().join("|")
        }
        PathItem::AnyOne => "?".to_owned(),
        PathItem::AnyMany => "...".to_owned(),
    }
}

fn describe_walk(trace: &Trace) -> String {
    if trace.steps.is_empty() {
        return "no node was walked".to_owned();
    }
    let mut text =
        trace.steps.iter().take(MAX_SHOWN_NODES).map(|step| trace.node_name(step)).collect::<Vec<_>>().join(", ");
    if trace.steps.len() > MAX_SHOWN_NODES {
        // Writing to a String cannot fail.
        let _ = write!(text, ", … {} more", trace.steps.len() - MAX_SHOWN_NODES);
    }
    text
}

#[cfg(test)]
mod tests;

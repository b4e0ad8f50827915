//! The two scores of the CXone flow simulator's tutorial, computed from measured figures.

use super::Accuracy;
use crate::simulator::Trace;
use crate::suite::PathItem;

/// Deducted from the decision density for each revisit, and from the accuracy once.
const REVISIT_PENALTY: f64 = 0.1;
/// Deducted from the accuracy once, where anything expected was not reached.
const UNREACHED_PENALTY: f64 = 0.05;

/// The nodes that a call walked, and the number of revisits.
pub(super) struct Visits {
    words: Vec<u64>,
    /// Executions of a node that had been executed before.
    pub revisits: usize,
}

impl Visits {
    /// Counts the visits of a trace.
    pub(super) fn from_trace(trace: &Trace) -> Self {
        let mut visits = Self { words: vec![0; trace.table.nodes.len().div_ceil(64)], revisits: 0 };
        for step in &trace.steps {
            visits.revisits += usize::from(visits.has(step.node));
            if let Some(word) = visits.words.get_mut(step.node as usize / 64) {
                *word |= 1 << (step.node % 64);
            }
        }
        visits
    }

    /// Whether a node was walked.
    pub(super) fn has(&self, node: u32) -> bool {
        self.words.get(node as usize / 64).is_some_and(|word| word & (1 << (node % 64)) != 0)
    }
}

/// clamp(decisions / nodes − 0.1 · revisits, 0, 1): executions of decision nodes, all executions,
/// and executions of a node that had been executed before. 0 for a call that walked no node.
pub(super) fn decision_density(trace: &Trace, visits: &Visits) -> f64 {
    if trace.steps.is_empty() {
        return 0.0;
    }
    let is_decision = |node: u32| trace.table.nodes.get(node as usize).is_some_and(|names| names.decision);
    let decisions = trace.steps.iter().filter(|step| is_decision(step.node)).count();
    (decisions as f64 / trace.steps.len() as f64 - REVISIT_PENALTY * visits.revisits as f64).clamp(0.0, 1.0)
}

/// clamp(accuracy − 0.1 where a node was revisited − 0.05 where an expected decision or node of the
/// path was never reached, 0, 1); none where no decision was expected.
pub(super) fn tutorial_accuracy(accuracy: &Accuracy, path: Option<&[PathItem]>, visits: &Visits) -> Option<f64> {
    let missed = |item: &PathItem| match item {
        PathItem::Nodes(nodes) => !nodes.iter().any(|&node| visits.has(node)),
        PathItem::AnyOne | PathItem::AnyMany => false,
    };
    let ratio = accuracy.ratio()?;
    let cycles = if visits.revisits > 0 { REVISIT_PENALTY } else { 0.0 };
    let unreached = accuracy.not_reached > 0 || path.is_some_and(|items| items.iter().any(missed));
    Some((ratio - cycles - if unreached { UNREACHED_PENALTY } else { 0.0 }).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests;

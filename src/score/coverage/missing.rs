//! What no call came to.

use super::flows::{FlowCounts, Slot};
use super::result::{CoverageKind, MissingItem};
use crate::flow::Node;

/// A missing item, with its numbers in its flow.
pub(super) struct Missing {
    /// For the record.
    pub item: MissingItem,
    /// The node that it is, or of which it is an outcome or an edge.
    pub node: usize,
    /// The index of the outcome among the node's; none for a node. A jump's way has none either.
    pub outcome: Option<u16>,
}

/// The missing items of a flow in file order: each thing once. Of a node that was never visited no outcomes are listed,
/// and of an outcome that was never taken no edge.
pub(super) fn missing(counts: &FlowCounts) -> Vec<Missing> {
    let mut list = Vec::new();
    for (index, node, slots) in counts.each() {
        if !counts.is_reachable(index) {
            continue;
        }
        let id = &node.id.value;
        if counts.visits(index).all == 0 {
            let item = item(counts, CoverageKind::Nodes, id.to_string(), node.id.span.start);
            list.push(Missing { item, node: index, outcome: None });
            continue;
        }
        for (place, (number, slot)) in slots.iter().enumerate() {
            if !counts.is_counted(index, node, (*number, slot)) {
                continue;
            }
            let (kind, text) = if counts.taken(*number).all == 0 && !slot.jump {
                (CoverageKind::Outcomes, format!("{id}: {}", slot.name))
            } else if slot.wired && counts.walked(*number).all == 0 {
                (CoverageKind::Edges, edge(counts, node, slot))
            } else {
                continue;
            };
            let outcome = u16::try_from(place).ok().filter(|_| kind == CoverageKind::Outcomes);
            list.push(Missing { item: item(counts, kind, text, slot.start), node: index, outcome });
        }
    }
    list
}

fn edge(counts: &FlowCounts, node: &Node, slot: &Slot<'_>) -> String {
    let target = slot.target.and_then(|target| counts.flow.nodes.get(target)).map_or("…", |node| &node.id.value);
    format!("{}: {} -> {target}", node.id.value, slot.name)
}

fn item(counts: &FlowCounts, kind: CoverageKind, item: String, start: u32) -> MissingItem {
    let source = &counts.flow.source;
    let position = source.position(start);
    let file = source.path().to_owned();
    MissingItem { kind, item, file, line: position.line, column: Some(position.column), hint: None }
}

//! Lists the gaps: what no call covered.

use super::flows::{FlowCounts, Slot};
use super::result::{CoverageKind, MissingItem};
use crate::flow::Node;

/// A missing item, with its numbers in its flow.
pub(super) struct Missing {
    /// For the record.
    pub item: MissingItem,
    /// The node, also of an outcome or an edge.
    pub node: usize,
    /// The index of the outcome among the node's; none for a node or an edge.
    pub outcome: Option<u16>,
}

/// Lists the missing items of a flow in file order, each gap once: no outcomes of a node that was
/// never visited, and no edge of an outcome that was never taken.
pub(super) fn list_missing(counts: &FlowCounts) -> Vec<Missing> {
    let mut list = Vec::new();
    for (index, node, slots) in counts.nodes_with_slots() {
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

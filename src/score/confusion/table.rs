//! Counts decisions by node, expected outcome and actual outcome.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::result::{Confusion, ConfusionRow, DecisionsRecord, FlowDecisions, WrongDecision};
use crate::flow::{Flow, NodeTable, Program};
use crate::simulator::Trace;

/// Maximum number of wrong decisions that the record lists.
const MAX_WORST_DECISIONS: usize = 10;

/// The actual outcome of an expected decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DecisionOutcome {
    /// The outcome taken, an index into the node's outcomes.
    Outcome(u16),
    /// The call ended in the node.
    Ended,
    /// The call never reached the node, or not often enough.
    NeverReached,
}

/// An expected decision with its actual outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScoredDecision {
    /// The node, an index into the trace's table.
    pub node: u32,
    /// The expected outcome, an index into the node's outcomes.
    pub expected: u16,
    /// The actual outcome.
    pub taken: DecisionOutcome,
}

/// The decisions in the calls of one program.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConfusionTable {
    counts: HashMap<ScoredDecision, u64>,
}

impl ConfusionTable {
    /// Adds the decisions of one call. Their indices refer to the table of the trace. Where that is
    /// not the program's own, they are translated by name, and names that the program lacks are
    /// skipped.
    pub(crate) fn add(&mut self, table: &Arc<NodeTable>, trace: &Trace, decisions: &[ScoredDecision]) {
        for &decision in decisions {
            let own = if Arc::ptr_eq(table, &trace.table) {
                Some(decision)
            } else {
                translate(table, &trace.table, decision)
            };
            if let Some(decision) = own {
                *self.counts.entry(decision).or_default() += 1;
            }
        }
    }

    /// Adds other counts of the same program.
    pub(crate) fn merge(&mut self, other: Self) {
        for (decision, count) in other.counts {
            *self.counts.entry(decision).or_default() += count;
        }
    }
}

fn translate(to: &NodeTable, from: &NodeTable, decision: ScoredDecision) -> Option<ScoredDecision> {
    let names = from.nodes.get(decision.node as usize)?;
    let node = to.find(&names.name)?;
    let outcomes = &to.nodes.get(node as usize)?.outcomes;
    let outcome = |index: u16| {
        let name = names.outcomes.get(usize::from(index))?;
        u16::try_from(outcomes.iter().position(|known| known == name)?).ok()
    };
    let taken = match decision.taken {
        DecisionOutcome::Outcome(index) => DecisionOutcome::Outcome(outcome(index)?),
        other => other,
    };
    Some(ScoredDecision { node, expected: outcome(decision.expected)?, taken })
}

type FlowKey = (String, String, String);
/// By node and expected outcome.
type Rows = BTreeMap<(usize, u16), BTreeMap<DecisionOutcome, u64>>;

/// Builds the record: merges the tables of programs by flow.
pub(in crate::score) fn build_record(tables: Vec<(Arc<Program>, ConfusionTable)>) -> DecisionsRecord {
    let mut record = DecisionsRecord::default();
    let mut total = 0;
    for ((flow, version, file), (model, rows)) in merge_by_flow(tables) {
        let mut nodes: Vec<Confusion> = Vec::new();
        let mut last = None;
        for ((index, expected), taken) in rows {
            let Some(node) = model.nodes.get(index) else { continue };
            let name = |outcome: u16| {
                node.outcomes.get(usize::from(outcome)).map_or_else(String::new, |outcome| outcome.name.to_string())
            };
            let line = model.source.position(node.id.span.start).line;
            if last != Some(index) {
                last = Some(index);
                nodes.push(Confusion { node: node.id.value.to_string(), line, rows: Vec::new() });
            }
            let mut row = ConfusionRow { expected: name(expected), ..ConfusionRow::default() };
            for (&taken, &count) in &taken {
                row.count += count;
                match taken {
                    DecisionOutcome::Outcome(outcome) => *row.taken.entry(name(outcome)).or_default() += count,
                    DecisionOutcome::Ended => row.ended += count,
                    DecisionOutcome::NeverReached => row.never_reached += count,
                }
                if taken != DecisionOutcome::Outcome(expected) {
                    record.worst.push(WrongDecision {
                        flow: flow.clone(),
                        node: node.id.value.to_string(),
                        file: file.clone(),
                        line,
                        expected: name(expected),
                        taken: if let DecisionOutcome::Outcome(outcome) = taken { Some(name(outcome)) } else { None },
                        never_reached: taken == DecisionOutcome::NeverReached,
                        count,
                        cost: 0.0,
                    });
                }
            }
            total += row.count;
            if let Some(confusion) = nodes.last_mut() {
                confusion.rows.push(row);
            }
        }
        record.flows.push(FlowDecisions { flow, version, file, nodes });
    }
    // A stable sort: equal losses stay in the order of flows, nodes and outcomes.
    record.worst.sort_by_key(|wrong| std::cmp::Reverse(wrong.count));
    record.worst.truncate(MAX_WORST_DECISIONS);
    for wrong in &mut record.worst {
        wrong.cost = wrong.count as f64 / total as f64;
    }
    record
}

fn merge_by_flow(tables: Vec<(Arc<Program>, ConfusionTable)>) -> BTreeMap<FlowKey, (Arc<Flow>, Rows)> {
    let mut flows: BTreeMap<FlowKey, (Arc<Flow>, Rows)> = BTreeMap::new();
    for (program, table) in tables {
        for (decision, count) in table.counts {
            // The last flow of the program whose first node is not after the node.
            let index = program.first_node.partition_point(|&first| first <= decision.node).checked_sub(1);
            let found = index.and_then(|index| Some((program.flows.get(index)?, *program.first_node.get(index)?)));
            let Some((flow, first)) = found else { continue };
            let key = (flow.id.value.to_string(), flow.version.to_string(), flow.source.path().to_owned());
            let (_, rows) = flows.entry(key).or_insert_with(|| (flow.clone(), Rows::new()));
            let row = rows.entry(((decision.node - first) as usize, decision.expected)).or_default();
            *row.entry(decision.taken).or_default() += count;
        }
    }
    flows
}

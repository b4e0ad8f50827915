//! Counting decisions.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::result::{Confusion, ConfusionRow, DecisionsRecord, FlowDecisions, WrongDecision};
use crate::flow::{Flow, NodeTable, Program};
use crate::simulator::Trace;

/// So many of the wrong decisions are named.
const WORST: usize = 10;

/// What became of a decision that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Taken {
    /// This outcome was taken, an index into the node's.
    Outcome(u16),
    /// The call ended in the node.
    Ended,
    /// The call never came to the node, or not often enough.
    NeverReached,
}

/// One decision that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DecisionTaken {
    /// The node, an index into the trace's table.
    pub node: u32,
    /// The outcome expected, an index into the node's.
    pub expected: u16,
    /// What became of it.
    pub taken: Taken,
}

/// The decisions of one program's calls.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConfusionTable {
    counts: HashMap<DecisionTaken, u64>,
}

impl ConfusionTable {
    /// Adds the decisions of one call. Their indices are those of the trace's table; where that is not the program's own,
    /// names tell what is meant, and what the program does not have is passed over.
    pub(crate) fn add(&mut self, table: &Arc<NodeTable>, trace: &Trace, decisions: &[DecisionTaken]) {
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

    /// Adds the counts of the same program.
    pub(crate) fn merge(&mut self, other: Self) {
        for (decision, count) in other.counts {
            *self.counts.entry(decision).or_default() += count;
        }
    }
}

fn translate(to: &NodeTable, from: &NodeTable, decision: DecisionTaken) -> Option<DecisionTaken> {
    let names = from.nodes.get(decision.node as usize)?;
    let node = to.find(&names.name)?;
    let outcomes = &to.nodes.get(node as usize)?.outcomes;
    let outcome = |index: u16| {
        let name = names.outcomes.get(usize::from(index))?;
        u16::try_from(outcomes.iter().position(|known| known == name)?).ok()
    };
    let taken = match decision.taken {
        Taken::Outcome(index) => Taken::Outcome(outcome(index)?),
        other => other,
    };
    Some(DecisionTaken { node, expected: outcome(decision.expected)?, taken })
}

type FlowKey = (String, String, String);
/// By node and expected outcome.
type Rows = BTreeMap<(usize, u16), BTreeMap<Taken, u64>>;

/// The record: the programs' tables put together by flow.
pub(in crate::score) fn record(tables: Vec<(Arc<Program>, ConfusionTable)>) -> DecisionsRecord {
    let mut flows: BTreeMap<FlowKey, (Arc<Flow>, Rows)> = BTreeMap::new();
    for (program, table) in tables {
        for (decision, count) in table.counts {
            // The program's last flow whose first node is not after it.
            let index = program.first_node.partition_point(|&first| first <= decision.node).checked_sub(1);
            let found = index.and_then(|index| Some((program.flows.get(index)?, *program.first_node.get(index)?)));
            let Some((flow, first)) = found else { continue };
            let key = (flow.id.value.to_string(), flow.version.to_string(), flow.source.path().to_owned());
            let (_, rows) = flows.entry(key).or_insert_with(|| (flow.clone(), Rows::new()));
            let row = rows.entry(((decision.node - first) as usize, decision.expected)).or_default();
            *row.entry(decision.taken).or_default() += count;
        }
    }
    let mut record = DecisionsRecord::default();
    let mut total = 0;
    for ((flow, version, file), (model, rows)) in flows {
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
                    Taken::Outcome(outcome) => *row.taken.entry(name(outcome)).or_default() += count,
                    Taken::Ended => row.ended += count,
                    Taken::NeverReached => row.never_reached += count,
                }
                if taken != Taken::Outcome(expected) {
                    record.worst.push(WrongDecision {
                        flow: flow.clone(),
                        node: node.id.value.to_string(),
                        file: file.clone(),
                        line,
                        expected: name(expected),
                        taken: if let Taken::Outcome(outcome) = taken { Some(name(outcome)) } else { None },
                        never_reached: taken == Taken::NeverReached,
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
    // A stable sort: what costs the same stays in the order of flows, files and outcomes.
    record.worst.sort_by_key(|wrong| std::cmp::Reverse(wrong.count));
    record.worst.truncate(WORST);
    for wrong in &mut record.worst {
        wrong.cost = wrong.count as f64 / total as f64;
    }
    record
}

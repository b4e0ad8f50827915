//! Flows linked together: what a call can reach from one entry flow, ready to be executed.

use std::sync::Arc;

use super::model::{Flow, Node};
use super::Name;

/// An entry flow with every flow that its subflows and jumps can reach.
///
/// Invariants: `flows[0]` is the entry; node `i` of flow `f` is node `first_node[f] + i` of the program; every target
/// of an outcome lies in the same flow; flow ids are unique.
#[derive(Debug)]
pub struct Program {
    /// The flows, the entry first.
    pub flows: Vec<Arc<Flow>>,
    /// The program-wide index of each flow's first node.
    pub first_node: Vec<u32>,
    /// Names of all nodes and outcomes.
    pub table: Arc<NodeTable>,
    /// For each flow, the program's flow index of each of its subflow and jump nodes by node index.
    pub calls: Vec<Vec<Option<u32>>>,
}

/// The names that a trace's indices stand for: all that a reader of traces needs of a program.
#[derive(Debug, Default, PartialEq)]
pub struct NodeTable {
    /// The nodes by their program-wide index.
    pub nodes: Vec<NodeNames>,
}

/// The names of one node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeNames {
    /// As suites and reports call it: the id in the entry flow, `flow/id` in others.
    pub name: Name,
    /// Its type.
    pub kind: &'static str,
    /// Whether it takes the caller's input.
    pub input: bool,
    /// Whether its outcome is a decision.
    pub decision: bool,
    /// Its outcomes in order.
    pub outcomes: Vec<Name>,
    /// For each outcome, the program-wide index of the node that its edge leads to; none where it is not wired.
    pub targets: Vec<Option<u32>>,
}

impl Program {
    /// The flow and the node of a program-wide index.
    pub fn node(&self, index: u32) -> (&Arc<Flow>, &Node) {
        let flow = self.first_node.partition_point(|&first| first <= index) - 1;
        (&self.flows[flow], &self.flows[flow].nodes[(index - self.first_node[flow]) as usize])
    }
}

impl NodeTable {
    /// The program-wide index of a node by the name that suites use.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.nodes.iter().position(|node| &*node.name == name).map(|index| index as u32)
    }
}

//! Linked flows: everything that a call can reach from one entry flow, ready to execute.

use std::collections::HashMap;
use std::sync::Arc;

use super::Name;
use super::model::Flow;
use super::node::Node;

/// An entry flow and every flow that its subflows and jumps can reach.
///
/// Invariants: `flows[0]` is the entry; node `i` of flow `f` is node `first_node[f] + i` of the
/// program; every target of an outcome is in the same flow; flow ids are unique; every flow has at
/// least one node.
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
    /// For each flow, for each slot, whether it may hold a secret: `Flow::secret`, propagated
    /// through `in` and `out` of subflows and through jumps, which carry variables by name.
    pub secret: Vec<Vec<bool>>,
    pub(super) dispositions: Vec<Name>,
    pub(super) asked: Asked,
}

/// The names that stubs can answer, each once, in file order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// Services of lookups.
    pub services: Vec<Name>,
    /// Events of waits.
    pub events: Vec<Name>,
    /// Nodes that ask something outside the flow, by their names in suites: lookup, transfer,
    /// callback, random, bot, effect, and wait for an event.
    pub nodes: Vec<Name>,
}

impl Asked {
    /// All names, services first.
    pub fn iter(&self) -> impl Iterator<Item = &Name> {
        self.services.iter().chain(&self.events).chain(&self.nodes)
    }
}

/// The names behind the indices of a trace: all that readers of traces need of a program.
#[derive(Debug, Default, PartialEq)]
pub struct NodeTable {
    /// The nodes by their program-wide index.
    pub nodes: Vec<NodeNames>,
    indices: HashMap<Name, u32>,
}

/// The names of one node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeNames {
    /// Its name in suites and reports: the id in the entry flow, `flow/id` in others.
    pub name: Name,
    /// Its flow; none for nodes of the entry flow.
    pub flow: Option<Name>,
    /// What people call it.
    pub label: Option<Name>,
    /// Its type.
    pub kind: &'static str,
    /// Whether it reads the caller's input.
    pub input: bool,
    /// Whether its outcome is a decision.
    pub decision: bool,
    /// Its outcomes in order.
    pub outcomes: Vec<Name>,
    /// For each outcome, the program-wide index of the node that its edge leads to; none if it is
    /// not wired.
    pub targets: Vec<Option<u32>>,
}

impl Program {
    /// The entry flow.
    pub fn entry(&self) -> &Arc<Flow> {
        &self.flows[0]
    }

    /// The flow and the node of a program-wide index.
    ///
    /// # Panics
    /// If the program has no node with this index.
    pub fn node(&self, index: u32) -> (&Arc<Flow>, &Node) {
        let flow = self.first_node.partition_point(|&first| first <= index) - 1;
        (&self.flows[flow], &self.flows[flow].nodes[(index - self.first_node[flow]) as usize])
    }

    /// The closed set of dispositions of a call: `completed`, `transferred`, `hung_up`,
    /// `abandoned`, `failed`, then those of `end` nodes and the names of `return` nodes outside any
    /// subflow, each once.
    pub fn dispositions(&self) -> &[Name] {
        &self.dispositions
    }

    /// The names that stubs can answer.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// The variables of the entry flow, declared ones first.
    pub fn variables(&self) -> impl Iterator<Item = &Name> {
        self.entry().variables()
    }
}

impl Flow {
    /// The variables of the flow, declared ones first, without the reserved `metric` of queue
    /// checks.
    pub fn variables(&self) -> impl Iterator<Item = &Name> {
        self.slots.iter().filter(|name| &***name != "metric")
    }
}

impl NodeTable {
    /// Creates a table of nodes in the order of their program-wide indices. If two have the same
    /// name, `find` returns the first.
    pub fn new(nodes: Vec<NodeNames>) -> Self {
        let mut indices = HashMap::with_capacity(nodes.len());
        for (index, node) in (0..).zip(&nodes) {
            indices.entry(node.name.clone()).or_insert(index);
        }
        Self { nodes, indices }
    }

    /// Finds the program-wide index of a node by its name in suites.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.indices.get(name).copied()
    }
}

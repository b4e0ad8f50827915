//! Flows linked together: what a call can reach from one entry flow, ready to be executed.

use std::collections::HashMap;
use std::sync::Arc;

use super::Name;
use super::link::link;
use super::model::Flow;
use super::node::Node;
use super::read::read;
use crate::source::diagnostics::{Diagnostics, Source};
use crate::source::yaml::Limits;

/// An entry flow with every flow that its subflows and jumps can reach.
///
/// Invariants: `flows[0]` is the entry; node `i` of flow `f` is node `first_node[f] + i` of the program; every target
/// of an outcome lies in the same flow; flow ids are unique; every flow has at least one node.
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
    /// For each flow, for each slot, whether it may hold a secret: [`Flow::secret`], followed through `in` and `out`
    /// of subflows and through jumps, which carry variables by name.
    pub secret: Vec<Vec<bool>>,
    pub(super) dispositions: Vec<Name>,
    pub(super) asked: Asked,
}

/// The names that stubs may answer for, each once in its list, in file order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// Services of lookups.
    pub services: Vec<Name>,
    /// Events of waits.
    pub events: Vec<Name>,
    /// Nodes, as suites name them: lookup, transfer, callback, random, bot, effect, and wait for an event.
    pub nodes: Vec<Name>,
}

impl Asked {
    /// All names, services first.
    pub fn iter(&self) -> impl Iterator<Item = &Name> {
        self.services.iter().chain(&self.events).chain(&self.nodes)
    }
}

/// The names that a trace's indices stand for: all that a reader of traces needs of a program.
#[derive(Debug, Default, PartialEq)]
pub struct NodeTable {
    /// The nodes by their program-wide index.
    pub nodes: Vec<NodeNames>,
    indices: HashMap<Name, u32>,
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
    /// A program of flows that lie in memory, the entry first; each may name every other.
    ///
    /// # Errors
    /// What is wrong between the flows: two with one id, a subflow or jump that names none of them, variables and
    /// returns that do not fit.
    ///
    /// # Panics
    /// When there is no flow.
    pub fn from_flows(flows: impl IntoIterator<Item = Flow>) -> Result<Arc<Self>, Diagnostics> {
        let flows: Vec<Arc<Flow>> = flows.into_iter().map(Arc::new).collect();
        assert!(!flows.is_empty(), "a program has an entry flow");
        let all: Vec<usize> = (0..flows.len()).collect();
        let visible = vec![all; flows.len()];
        let mut diagnostics = Diagnostics::new();
        link(flows, &visible, &mut diagnostics).map(Arc::new).ok_or(diagnostics)
    }

    /// Reads and links flows given as texts, the entry first; messages call them `flow-1.yaml` and so on. The files
    /// that they list under `subflows` are not looked for: each may name every other.
    ///
    /// # Errors
    /// Everything that is wrong with them, warnings included. Warnings alone are no error and are dropped.
    pub fn parse(texts: &[&str]) -> Result<Arc<Self>, Diagnostics> {
        let mut diagnostics = Diagnostics::new();
        let mut flows = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let source = Source::new(format!("flow-{}.yaml", index + 1), *text);
            flows.extend(read(&source, &Limits::default(), &mut diagnostics));
        }
        if flows.is_empty() || flows.len() != texts.len() {
            return Err(diagnostics);
        }
        Self::from_flows(flows).map_err(|found| {
            diagnostics.extend(found);
            diagnostics
        })
    }

    /// The entry flow.
    pub fn entry(&self) -> &Arc<Flow> {
        &self.flows[0]
    }

    /// The flow and the node of a program-wide index.
    ///
    /// # Panics
    /// When the program has no node with this index.
    pub fn node(&self, index: u32) -> (&Arc<Flow>, &Node) {
        let flow = self.first_node.partition_point(|&first| first <= index) - 1;
        (&self.flows[flow], &self.flows[flow].nodes[(index - self.first_node[flow]) as usize])
    }

    /// The closed set of outcomes that a call of this program can have: `completed`, `transferred`, `hung_up`,
    /// `abandoned`, `failed`, then the dispositions of its `end` nodes and the names with which a `return` outside of
    /// any subflow ends the call, each once.
    pub fn dispositions(&self) -> &[Name] {
        &self.dispositions
    }

    /// The names that stubs may answer for.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// The variables that the entry flow names, declared ones first.
    pub fn variables(&self) -> impl Iterator<Item = &Name> {
        self.entry().variables()
    }
}

impl Flow {
    /// The variables that it names, declared ones first; the reserved `metric` of queue checks is none.
    pub fn variables(&self) -> impl Iterator<Item = &Name> {
        self.slots.iter().filter(|name| &***name != "metric")
    }
}

impl NodeTable {
    /// A table of nodes in the order of their program-wide indices. Of two with one name the first is found.
    pub fn new(nodes: Vec<NodeNames>) -> Self {
        let mut indices = HashMap::with_capacity(nodes.len());
        for (index, node) in (0..).zip(&nodes) {
            indices.entry(node.name.clone()).or_insert(index);
        }
        Self { nodes, indices }
    }

    /// The program-wide index of a node by the name that suites use.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.indices.get(name).copied()
    }
}

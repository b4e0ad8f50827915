//! The symbol table of a program: the names that a suite can refer to.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::flow::{Kind, Name, Program, Queue, QueueCheck, QueueState, Until};

/// Everything of a program that suites name, ready to be looked up.
#[derive(Debug)]
pub(super) struct SymbolTable {
    /// The program.
    pub program: Arc<Program>,
    /// The variables of all flows.
    pub variables: HashSet<Name>,
    /// What lookups ask, by name.
    pub services: Vec<(Name, Service)>,
    /// The nodes that a stub's key answers for: of a service or event, or by the node's own name.
    stubs: HashMap<Name, Vec<u32>>,
    /// Queues and their usual state.
    pub queues: HashMap<Name, QueueState>,
}

/// What the lookups of one service can say and ask.
#[derive(Debug, Default)]
pub(super) struct Service {
    /// The outcomes of all of its lookups.
    pub outcomes: Vec<Name>,
    /// The inputs of all of its lookups.
    pub inputs: Vec<Name>,
}

impl SymbolTable {
    /// Of this program.
    pub(super) fn new(program: &Arc<Program>) -> Self {
        let mut symbols = Self {
            program: program.clone(),
            variables: HashSet::new(),
            services: Vec::new(),
            stubs: HashMap::new(),
            queues: HashMap::new(),
        };
        for flow in &program.flows {
            symbols.variables.extend(flow.variables().cloned());
            for (name, state) in &flow.queues {
                // The flow that comes first decides, the entry flow above all.
                symbols.queues.entry(name.clone()).or_insert_with(|| state.clone());
            }
        }
        for (index, names) in program.table.nodes.iter().enumerate() {
            let index = index as u32;
            symbols.node(index, &names.name, &names.outcomes);
        }
        symbols
    }

    fn node(&mut self, index: u32, name: &Name, outcomes: &[Name]) {
        let program = self.program.clone();
        let mut keys = vec![name.clone()];
        match &program.node(index).1.kind {
            Kind::Lookup(lookup) => {
                let at = self.services.iter().position(|(service, _)| *service == lookup.service);
                let at = at.unwrap_or_else(|| {
                    self.services.push((lookup.service.clone(), Service::default()));
                    self.services.len() - 1
                });
                let service = &mut self.services[at].1;
                outcomes.iter().for_each(|outcome| push(&mut service.outcomes, outcome));
                lookup.inputs.iter().for_each(|(input, _)| push(&mut service.inputs, input));
                keys.push(lookup.service.clone());
            }
            Kind::Wait(wait) => match &wait.until {
                Until::Event { name, .. } => keys.push(name.clone()),
                Until::Elapsed(_) => return,
            },
            Kind::Bot(_) | Kind::Transfer(_) | Kind::Callback(_) | Kind::Effect(_) | Kind::Random(_) => {}
            Kind::Queue(Queue { queue, .. }) | Kind::QueueCheck(QueueCheck { queue, .. }) => {
                self.queues.entry(queue.clone()).or_default();
                return;
            }
            _ => return,
        }
        keys.dedup();
        for key in keys {
            self.stubs.entry(key).or_default().push(index);
        }
    }

    /// The index of a node.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.program.table.find(name)
    }

    /// The outcomes of a node; none of a node that there is not.
    pub(super) fn outcomes(&self, node: u32) -> &[Name] {
        self.program.table.nodes.get(node as usize).map_or(&[], |node| &node.outcomes)
    }

    /// The nodes that a stub of this name answers for, by the rule that a node's own name wins.
    pub(super) fn stubbed(&self, key: &str) -> Option<&[u32]> {
        self.stubs.get(key).map(Vec::as_slice)
    }

    /// The names under which something can be stubbed, sorted.
    pub(super) fn stub_keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.stubs.keys().map(|key| &**key).collect();
        keys.sort_unstable();
        keys
    }

    /// The node that was meant by a name that is none: the one of that id in another flow, or the
    /// nearest.
    pub(super) fn meant(&self, name: &str) -> Option<&str> {
        let names = || self.program.table.nodes.iter().map(|node| &*node.name);
        let elsewhere = names().find(|known| known.rsplit_once('/').is_some_and(|(_, id)| id == name));
        elsewhere.or_else(|| crate::source::diagnostics::closest(name, names()))
    }

    /// A service by its name.
    pub(super) fn service(&self, name: &str) -> Option<(&Name, &Service)> {
        self.services.iter().find(|(known, _)| **known == *name).map(|(name, service)| (name, service))
    }
}

fn push(names: &mut Vec<Name>, name: &Name) {
    if !names.contains(name) {
        names.push(name.clone());
    }
}

//! What one simulated call did.

use std::sync::Arc;

use super::event::LoggedEvent;
use crate::flow::{Name, NodeTable, Value};

/// The course of one call: byte-identical for the same flows, request and seed.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The names behind the indices.
    pub table: Arc<NodeTable>,
    /// Node executions in order.
    pub steps: Vec<Step>,
    /// The variables of the entry flow at the end, in slot order, then those the request added; secret ones are marked.
    pub variables: Vec<Variable>,
    /// How it ended: a disposition, `transferred`, `hung_up`, `abandoned` or `failed`.
    pub outcome: Name,
    /// Virtual length in ms.
    pub duration_ms: u64,
    /// Why it failed, where it failed.
    pub failure: Option<String>,
    /// What kept the simulation from being one; the scenario is then an error, whatever it expected.
    pub fault: Option<Fault>,
    /// Questions to other systems in order.
    pub lookups: Vec<LookupCall>,
    /// What the caller heard, in order.
    pub prompts: Vec<Spoken>,
    /// Keys that the caller pressed and somebody listened to.
    pub keypresses: u32,
    /// How long prompts were heard, in ms.
    pub prompt_ms: u64,
    /// Items of the request that were never used: the call ended before.
    pub unused_items: u32,
    /// Keys that were pressed and never used.
    pub unused_keys: u32,
    /// What happened, in order of time.
    pub(crate) events: Vec<LoggedEvent>,
}

/// One execution of one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The node, an index into the trace's table.
    pub node: u32,
    /// Its outcome, an index into the node's outcomes; none where the node has none, or the call ended in it.
    pub outcome: Option<u16>,
    /// From the call's start to its entry, in ms.
    pub at_ms: u64,
    /// How long it took, in ms.
    pub duration_ms: u64,
    /// The keys (or the utterance) that it used; `•` for each key of a secret entry.
    pub input: Option<Box<str>>,
    /// What went wrong in it, where its outcome is an error.
    pub message: Option<Box<str>>,
}

/// A variable at the end of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: Name,
    /// Its value; never printed where it is secret.
    pub value: Value,
    /// Whether it may hold a secret.
    pub secret: bool,
}

/// Why a simulation could not be carried through.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A lookup without a stub: an answer cannot be invented.
    #[error(
        "no stub answers for '{service}', which node '{node}' asks; write for example 'stubs: {{ {service}: success }}'"
    )]
    Unstubbed {
        /// The service.
        service: Name,
        /// The node.
        node: Name,
    },
    /// A stub that answers with an outcome that the node does not have.
    #[error("the stub '{stub}' answers '{outcome}', which is not an outcome of node '{node}'")]
    UnknownOutcome {
        /// The stub's name.
        stub: Name,
        /// Its answer.
        outcome: Name,
        /// The node.
        node: Name,
    },
    /// A node that reads the clock, in a scenario that has none.
    #[error(
        "node '{node}' reads the clock and the scenario has none; write for example 'clock: {{ at: 2026-03-02T10:00:00 }}'"
    )]
    NoClock {
        /// The node.
        node: Name,
    },
}

/// One question to another system.
#[derive(Clone, Debug, PartialEq)]
pub struct LookupCall {
    /// The step that asked.
    pub step: u32,
    /// The service.
    pub service: Name,
    /// The inputs; a secret one is the text `[secret]`.
    pub inputs: Vec<(Name, Value)>,
    /// The outcome.
    pub outcome: Name,
}

/// One prompt as the caller heard it.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// The step that played it.
    pub step: u32,
    /// The text; `[asset-id]` for a recording; secrets are masked.
    pub text: Name,
    /// How long it was heard, in ms.
    pub heard_ms: u64,
    /// Whether a key cut it short.
    pub interrupted: bool,
}

impl Trace {
    /// The name of a step's outcome.
    pub fn outcome_name(&self, step: &Step) -> Option<&Name> {
        self.table.nodes.get(step.node as usize)?.outcomes.get(step.outcome? as usize)
    }

    /// The name of a step's node.
    pub fn node_name(&self, step: &Step) -> &str {
        self.table.nodes.get(step.node as usize).map_or("", |node| &node.name)
    }

    /// The executions of input nodes: the interactive steps of the call.
    pub fn interactions(&self) -> usize {
        self.steps.iter().filter(|step| self.table.nodes.get(step.node as usize).is_some_and(|node| node.input)).count()
    }
}

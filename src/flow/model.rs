//! A flow as its file says it, but for what its nodes do: settings, variables, media, hours and queues. `docs/flows.md` is the reference.

use std::sync::Arc;

use super::expression::Slots;
use super::node::Node;
use super::schedule::Schedule;
use super::{Name, Value};
use crate::source::diagnostics::{Source, Span, Spanned};

/// One flow.
#[derive(Debug)]
pub struct Flow {
    /// The file it was read from.
    pub source: Arc<Source>,
    /// Its id, unique among the flows of a run.
    pub id: Spanned<Name>,
    /// What people call it; the id where the file gives no name.
    pub name: String,
    /// Its version, a text; `1` where the file gives none.
    pub version: Name,
    /// The first node, an index into `nodes`.
    pub start: usize,
    /// The language of prompts where the variable `language` does not decide.
    pub language: Option<Name>,
    /// What becomes of an outcome without an edge.
    pub unwired: Unwired,
    /// Its variables by slot: those declared first, in their order, then every other one that a node or an expression
    /// of the flow names.
    pub slots: Slots,
    /// The initial values of the declared variables: the slots `0..declared.len()`.
    pub declared: Vec<Declared>,
    /// For each slot, whether the flow itself gives it a value: declares it, or has a node that sets it.
    pub written: Vec<bool>,
    /// For each slot, whether it may hold a secret as far as this flow alone is concerned: filled by a `secret`
    /// collect, or by an expression that reads such a slot. [`Program::secret`](super::Program::secret) follows
    /// secrets across flows.
    pub secret: Vec<bool>,
    /// Pairs of slots: a secret in the first makes one of the second.
    pub taints: Vec<(usize, usize)>,
    /// Recorded media by id.
    pub assets: Vec<(Name, Asset)>,
    /// Opening hours by name.
    pub schedules: Vec<(Name, Arc<Schedule>)>,
    /// The usual state of its queues by name.
    pub queues: Vec<(Name, QueueState)>,
    /// Extra entries into the graph.
    pub events: Events,
    /// The nodes in file order.
    pub nodes: Vec<Node>,
    /// Files of other flows that it names, relative to its own.
    pub subflow_files: Vec<Spanned<String>>,
}

/// A declared variable.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Where its name stands.
    pub span: Span,
    /// Its value at the start of every call.
    pub initial: Value,
}

/// The policy for outcomes without an edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unwired {
    /// The call fails: nobody decided what happens here.
    #[default]
    Stuck,
    /// The call ends as completed.
    End,
    /// The flow's error node takes over; the call fails where there is none.
    Error,
}

/// Recorded media.
#[derive(Clone, Debug, PartialEq)]
pub struct Asset {
    /// Of which kind.
    pub kind: AssetKind,
    /// How long it plays, in ms.
    pub duration_ms: u64,
}

/// The kinds of media of the simulator's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AssetKind {
    /// A recording.
    Audio,
    /// Speech synthesis.
    Tts,
    /// A video.
    Video,
}

/// The state of a queue when a call meets it; queues are arithmetic on virtual time.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueState {
    /// Whether it takes calls.
    pub open: bool,
    /// Agents that work for it.
    pub agents: u32,
    /// Calls that wait already.
    pub waiting: u32,
    /// How long an agent is busy with a call, in ms.
    pub handle_time_ms: u64,
    /// How many calls may wait.
    pub capacity: u32,
    /// A fixed wait in ms that replaces the estimate.
    pub wait_ms: Option<u64>,
}

impl Default for QueueState {
    /// Open, one free agent, nobody waiting, 3 min a call, no bound.
    fn default() -> Self {
        Self { open: true, agents: 1, waiting: 0, handle_time_ms: 180_000, capacity: u32::MAX, wait_ms: None }
    }
}

/// Extra entries into the graph, each a node's index.
#[derive(Clone, Debug, Default)]
pub struct Events {
    /// When the caller hangs up.
    pub on_hangup: Option<usize>,
    /// When somebody answers and the outcome is not wired.
    pub on_answer: Option<usize>,
    /// For an unwired `error`.
    pub on_error: Option<usize>,
    /// By the signal's name.
    pub on_signal: Vec<(Name, usize)>,
    /// By a single key that the input node itself does not use.
    pub keys: Vec<(char, usize)>,
}

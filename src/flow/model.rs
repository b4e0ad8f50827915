//! The model of a flow file except its nodes: settings, variables, media, schedules and queues.
//! `docs/flows.md` is the reference.

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
    /// The display name; the id if the file gives none.
    pub name: String,
    /// Its version, a text; `1` if the file gives none.
    pub version: Name,
    /// The first node, an index into `nodes`.
    pub start: usize,
    /// The language of prompts unless the variable `language` sets one.
    pub language: Option<Name>,
    /// The policy for outcomes without an edge.
    pub unwired: Unwired,
    /// Its variables by slot: the declared ones in order, then all others that its nodes and
    /// expressions name.
    pub slots: Slots,
    /// The initial values of the declared variables: the slots `0..declared.len()`.
    pub declared: Vec<Declared>,
    /// For each slot, whether the flow declares it or has a node that sets it.
    pub written: Vec<bool>,
    /// For each slot, whether it may hold a secret within this flow: set by a `secret` collect, or
    /// by an expression that reads such a slot. [`Program::secret`](super::Program::secret) follows
    /// secrets across flows.
    pub secret: Vec<bool>,
    /// Pairs of slots: if the first holds a secret, so does the second.
    pub taints: Vec<(usize, usize)>,
    /// Recorded media by id.
    pub assets: Vec<(Name, Asset)>,
    /// Opening hours by name.
    pub schedules: Vec<(Name, Arc<Schedule>)>,
    /// The default state of its queues by name.
    pub queues: Vec<(Name, QueueState)>,
    /// Event handlers: additional entry points.
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
    /// The call fails: the flow does not say what happens here.
    #[default]
    Stuck,
    /// The call ends as completed.
    End,
    /// The call continues at the flow's error node; it fails if there is none.
    Error,
}

/// Recorded media.
#[derive(Clone, Debug, PartialEq)]
pub struct Asset {
    /// Its kind.
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

/// The state of a queue when a call enters it. Queues are simulated by arithmetic on virtual time.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueState {
    /// Whether it accepts calls.
    pub open: bool,
    /// Number of agents who serve it.
    pub agents: u32,
    /// Number of calls that are waiting.
    pub waiting: u32,
    /// Handle time of an agent for a call, in ms.
    pub handle_time_ms: u64,
    /// Maximum number of waiting calls.
    pub capacity: u32,
    /// A fixed wait in ms that replaces the estimate.
    pub wait_ms: Option<u64>,
}

impl Default for QueueState {
    /// Open, one free agent, no waiting calls, 3 min per call, no capacity limit.
    fn default() -> Self {
        Self { open: true, agents: 1, waiting: 0, handle_time_ms: 180_000, capacity: u32::MAX, wait_ms: None }
    }
}

/// Event handlers: additional entry points, each a node's index.
#[derive(Clone, Debug, Default)]
pub struct Events {
    /// When the caller hangs up.
    pub on_hangup: Option<usize>,
    /// When a call is answered and the outcome is not wired.
    pub on_answer: Option<usize>,
    /// For an unwired `error`.
    pub on_error: Option<usize>,
    /// By the signal's name.
    pub on_signal: Vec<(Name, usize)>,
    /// By a single key that the input node itself does not use.
    pub keys: Vec<(char, usize)>,
}

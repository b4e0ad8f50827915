//! The model of a node: its settings by type, and the targets of its outcomes. `docs/flows.md` is
//! the reference.

mod branch;
mod input;
mod line;
mod prompt;

use super::Name;
use super::expression::Expression;
use crate::source::diagnostics::{Span, Spanned};

pub(crate) use branch::*;
pub(crate) use input::*;
pub(crate) use line::*;
pub(crate) use prompt::*;

/// One step of a flow.
#[derive(Debug)]
pub struct Node {
    /// Its id and span.
    pub id: Spanned<Name>,
    /// What it does.
    pub kind: Kind,
    /// Its closed set of outcomes, in the order of the type's definition: named ones (choices,
    /// cases, intents) first. An input node of a flow with global keys has another outcome for each
    /// key that it does not use itself, named like the key and wired to the key's node.
    pub outcomes: Vec<Outcome>,
    /// Its display name.
    pub label: Option<String>,
}

/// One outcome of a node.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its name.
    pub name: Name,
    /// The node it leads to, an index into the flow's nodes; none if it is unwired.
    pub target: Option<usize>,
    /// The span of the edge, or of the node if it is unwired.
    pub span: Span,
}

/// The type of a node with its settings. [`Kind::type_name`] is its `type` in flow files.
#[derive(Debug)]
pub enum Kind {
    /// The conventional first node; does nothing.
    Start,
    Play(Play),
    Menu(Menu),
    Collect(Collect),
    Bot(Bot),
    /// A boolean expression.
    Decision(Expression),
    Switch(Switch),
    /// Assignments in order: slot and expression.
    Set(Vec<(usize, Expression)>),
    Lookup(Lookup),
    Hours(Hours),
    /// A random draw: the weight of each outcome, in their order.
    Random(Vec<u32>),
    Loop(Loop),
    Subflow(Subflow),
    Jump(Jump),
    QueueCheck(QueueCheck),
    Queue(Queue),
    Transfer(Transfer),
    Record(Record),
    Callback(Callback),
    Wait(Wait),
    Effect(Effect),
    End(End),
    /// Returns to the calling subflow node with this outcome.
    Return(Name),
}

/// Calls another flow and continues when it returns.
#[derive(Debug)]
pub struct Subflow {
    /// Its id.
    pub flow: Spanned<Name>,
    /// The called flow's variable, by name, and the expression that sets it.
    pub inputs: Vec<(Spanned<Name>, Expression)>,
    /// The slot that is set, and the called flow's variable, by name.
    pub outputs: Vec<(usize, Spanned<Name>)>,
}

/// Continues at another node or flow without returning.
#[derive(Debug)]
pub enum Jump {
    /// To a node of the same flow.
    Node(usize),
    /// To another flow's start.
    Flow(Spanned<Name>),
}

/// Ends the call.
#[derive(Debug)]
pub struct End {
    /// The prompts played before the call ends.
    pub prompts: Vec<Prompt>,
    /// The disposition of the call.
    pub disposition: Name,
}

impl Kind {
    /// Its name in flow files, traces and reports.
    pub fn type_name(&self) -> &'static str {
        match self {
            Kind::Start => "start",
            Kind::Play(_) => "play",
            Kind::Menu(_) => "menu",
            Kind::Collect(_) => "collect",
            Kind::Bot(_) => "bot",
            Kind::Decision(_) => "decision",
            Kind::Switch(_) => "switch",
            Kind::Set(_) => "set",
            Kind::Lookup(_) => "lookup",
            Kind::Hours(_) => "hours",
            Kind::Random(_) => "random",
            Kind::Loop(_) => "loop",
            Kind::Subflow(_) => "subflow",
            Kind::Jump(_) => "jump",
            Kind::QueueCheck(_) => "queue_check",
            Kind::Queue(_) => "queue",
            Kind::Transfer(_) => "transfer",
            Kind::Record(_) => "record",
            Kind::Callback(_) => "callback",
            Kind::Wait(_) => "wait",
            Kind::Effect(_) => "effect",
            Kind::End(_) => "end",
            Kind::Return(_) => "return",
        }
    }

    /// Whether it reads the caller's input.
    pub fn is_input(&self) -> bool {
        match self {
            Kind::Menu(_) | Kind::Collect(_) | Kind::Bot(_) | Kind::Record(_) => true,
            Kind::Play(play) => play.detect,
            Kind::Wait(wait) => wait.detect,
            _ => false,
        }
    }

    /// Whether its outcome is a decision: it has more than one outcome besides `error`.
    pub fn is_decision(&self) -> bool {
        !matches!(self, Kind::Start | Kind::Set(_) | Kind::Jump(_) | Kind::Effect(_) | Kind::End(_) | Kind::Return(_))
            && !matches!(self, Kind::Play(play) if !play.detect)
    }
}

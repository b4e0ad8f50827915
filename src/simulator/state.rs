//! Where a call is: everything that its further course depends on.

use std::collections::VecDeque;

use super::frame::Frame;
use super::guard::Window;
use super::request::{Input, Request};
use super::trace::Fault;
use crate::flow::expression::EvaluationError;
use crate::flow::{Flow, Name, Program};

/// A call between two nodes. It can be copied and continued with other input.
#[derive(Clone, Debug)]
pub(super) struct State<'a> {
    /// Virtual ms since the call's start.
    pub now: u64,
    /// The node that comes next, an index into the current flow.
    pub node: usize,
    /// The flow that the call is in.
    pub frame: Frame,
    /// The flows that wait for it, the first flow first.
    pub callers: Vec<Frame>,
    /// The digests of the waiting flows, as one.
    pub callers_digest: u64,
    /// The caller's items that were not used yet.
    pub items: &'a [Input],
    /// Keys that were pressed and wait for an input node.
    pub buffer: VecDeque<char>,
    /// How often each stub answered, by its place in the request; empty before the first answer.
    pub answered: Vec<u32>,
    /// How often each node with a draw was visited, by program-wide index.
    pub draws: Vec<(u32, u32)>,
    /// When the caller hangs up, in ms.
    pub hang_up_at: Option<u64>,
    /// Set once the caller is gone: the call's outcome then.
    pub gone: Option<Gone>,
    /// The next of the request's signals.
    pub signal: usize,
    /// The error node that the call is in, by program-wide index.
    pub handling: Option<u32>,
    /// Whether an answer was handled by the flow.
    pub on_answer_ran: bool,
    /// Node executions so far.
    pub steps: u32,
    /// The last node that was executed, by program-wide index.
    pub executed: Option<u32>,
    /// The node that the call is at.
    pub last: Arrival,
    /// Since something happened.
    pub window: Window,
    /// How the call ended.
    pub end: Option<Box<End>>,
}

impl<'a> State<'a> {
    /// A call at its start.
    pub(super) fn new(program: &Program, request: &'a Request) -> Self {
        let (frame, node) = match program.flows.first() {
            Some(flow) => (Self::first_frame(flow, request), flow.start),
            None => (Frame::nowhere(), 0),
        };
        Self {
            now: 0,
            node,
            frame,
            callers: Vec::new(),
            callers_digest: 0,
            items: &request.keypad,
            buffer: VecDeque::new(),
            answered: Vec::new(),
            draws: Vec::new(),
            hang_up_at: request.call.hang_up_after_ms,
            gone: None,
            signal: 0,
            handling: None,
            on_answer_ran: false,
            steps: 0,
            executed: None,
            last: Arrival::default(),
            window: Window::default(),
            end: None,
        }
    }

    /// The entry flow with the request's variables; those that it does not know are kept beside.
    fn first_frame(flow: &Flow, request: &Request) -> Frame {
        let mut frame = Frame::new(0, flow, None);
        for (name, value) in request.variables.iter() {
            match flow.slots.get(name) {
                Some(slot) => frame.preset(slot, value.clone()),
                None => frame.carry(name, value.clone(), false),
            }
        }
        frame
    }
}

/// The node that a call is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Arrival {
    /// By program-wide index.
    pub node: u32,
    /// How many flows wait.
    pub depth: usize,
    /// How many times in a row it is executed then.
    pub times: u32,
}

/// Why there is no caller any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gone {
    /// He hung up.
    HungUp,
    /// He hung up while waiting in a queue.
    Abandoned,
}

/// How a call ended.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub outcome: Name,
    pub failure: Option<String>,
    pub fault: Option<Fault>,
}

impl End {
    /// With this outcome. Ends are rare and large, so they travel in a box.
    pub(super) fn with(outcome: Name) -> Box<Self> {
        Box::new(Self { outcome, failure: None, fault: None })
    }
}

/// What interrupts a node while time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// The caller hangs up.
    HungUp,
    /// The call lasts longer than it may.
    TooLong,
}

/// Why a node could not come to an outcome of its own.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Time ran out.
    Halt(Halt),
    /// A mistake of the flow: the node's outcome is `error`.
    Mistake(String),
    /// The clock was read and there is none.
    NoClock,
    /// The simulation cannot go on.
    Fault(Box<Fault>),
}

impl From<Halt> for Trouble {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl From<EvaluationError> for Trouble {
    fn from(error: EvaluationError) -> Self {
        match error {
            EvaluationError::NoClock => Self::NoClock,
            error => Self::Mistake(error.to_string()),
        }
    }
}

/// What the execution of a node came to.
#[derive(Debug)]
pub(super) enum Turn {
    /// This outcome, by its index.
    Outcome(u16),
    /// This outcome, and the node asks again.
    Again(u16),
    /// The node has no outcome; the call is already where it goes on.
    Moved,
    /// Back at the node that called the flow, which gets this outcome; where that is an error, with its message.
    Returned(Option<u16>, Option<String>),
    /// A mistake in a node that has no outcome for it.
    Mistaken(String),
    /// The caller hung up in it, which may be an outcome.
    HungUp(Option<u16>),
    /// The call ends.
    End(Box<End>),
}

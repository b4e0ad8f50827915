//! Where a call is: everything that its further course depends on.

use std::collections::VecDeque;

use super::frame::Frame;
use super::guard::Window;
use super::request::Request;
use super::timers::{Timer, Timers};
use super::trace::Fault;
use crate::flow::expression::EvaluationError;
use crate::flow::{Flow, Name, Program};

/// A call between two nodes. It can be copied and continued with other input.
#[derive(Clone, Debug)]
pub(super) struct State {
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
    /// How many inputs the caller has given.
    pub given: usize,
    /// Keys that were pressed and wait for an input node.
    pub buffer: VecDeque<char>,
    /// How often each stub answered, by its place in the request; empty before the first answer.
    pub answered: Vec<u32>,
    /// How often each node with a draw was visited, by program-wide index.
    pub draws: Vec<(u32, u32)>,
    /// What happens at a set moment.
    pub timers: Timers,
    /// Whether the caller is still there.
    pub caller: CallerState,
    /// How many of the request's signals have come.
    pub signals: usize,
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

impl State {
    /// A call at its start.
    pub(super) fn new(program: &Program, request: &Request) -> Self {
        let (frame, node) = match program.flows.first() {
            Some(flow) => (Self::first_frame(flow, request), flow.start),
            None => (Frame::nowhere(), 0),
        };
        let mut timers = Timers::new();
        timers.set(Timer::HangUp, request.call.hang_up_after_ms);
        timers.set(Timer::Signal, request.call.signals.first().map(|&(at_ms, _)| at_ms));
        timers.set(Timer::Deadline, Some(request.guards.duration_ms));
        Self {
            now: 0,
            node,
            frame,
            callers: Vec::new(),
            callers_digest: 0,
            given: 0,
            buffer: VecDeque::new(),
            answered: Vec::new(),
            draws: Vec::new(),
            timers,
            caller: CallerState::Present,
            signals: 0,
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

/// Whether there is a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallerState {
    /// On the line.
    Present,
    /// They hung up.
    HungUp,
    /// They hung up while waiting in a queue.
    Abandoned,
}

impl CallerState {
    pub(super) fn is_gone(self) -> bool {
        self != Self::Present
    }
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
pub(super) enum Interrupt {
    /// The caller hangs up.
    HungUp,
    /// An agent answers.
    Answered,
    /// A signal comes.
    Signalled,
    /// The call lasts longer than it may.
    TooLong,
}

/// Why a node could not come to an outcome of its own.
#[derive(Debug)]
pub(super) enum NodeError {
    /// A timer fired.
    Interrupt(Interrupt),
    /// A mistake of the flow: the node's outcome is `error`.
    Mistake(String),
    /// The clock was read and there is none.
    NoClock,
    /// The simulation cannot go on.
    Fault(Box<Fault>),
}

impl From<Interrupt> for NodeError {
    fn from(interrupt: Interrupt) -> Self {
        Self::Interrupt(interrupt)
    }
}

impl From<Fault> for NodeError {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl From<EvaluationError> for NodeError {
    fn from(error: EvaluationError) -> Self {
        match error {
            EvaluationError::NoClock => Self::NoClock,
            error => Self::Mistake(error.to_string()),
        }
    }
}

/// What the execution of a node came to.
#[derive(Debug)]
pub(super) enum StepResult {
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

//! Settings of the nodes that act on the line: queues, transfers, callbacks and waits.

use super::branch::Case;
use super::prompt::Prompt;
use crate::flow::Name;
use crate::flow::expression::Template;

/// Branches by the state of a queue.
#[derive(Debug)]
pub struct QueueCheck {
    /// The name of the queue.
    pub queue: Name,
    /// The metric.
    pub metric: Metric,
    /// The slot of the reserved variable `metric`, which the cases' conditions read.
    pub metric_slot: usize,
    /// Case k is outcome k; every one is [`Case::When`].
    pub cases: Vec<Case>,
}

/// The metric of a queue check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// The estimated wait in whole seconds; null if no agent ever answers.
    EstimatedWait,
    /// Number of waiting calls.
    Waiting,
    /// Number of agents.
    Agents,
    /// Whether it accepts calls.
    Open,
}

/// Waits for an agent.
#[derive(Debug)]
pub struct Queue {
    /// Its name.
    pub queue: Name,
    /// The required skill; recorded in the trace only.
    pub skill: Option<Name>,
    /// The priority of the call; recorded in the trace only.
    pub priority: i64,
    /// The prompts repeated while the caller waits.
    pub treatment: Vec<Prompt>,
    /// Interval between starts of the treatment in ms, at least 1,000.
    pub treatment_every_ms: u64,
    /// Maximum wait, in ms.
    pub max_wait_ms: u64,
}

/// Transfers the call to a number.
#[derive(Debug)]
pub struct Transfer {
    /// The destination.
    pub number: Template,
    /// Whether the flow stays on the line until the call is answered.
    pub attended: bool,
    /// Maximum ringing time, in ms.
    pub timeout_ms: u64,
}

/// Schedules a callback.
#[derive(Debug)]
pub struct Callback {
    /// The number to call.
    pub number: Template,
    /// When to call, as text.
    pub when: Option<Template>,
}

/// Waits for a duration or an event.
#[derive(Debug)]
pub struct Wait {
    /// The end of the wait.
    pub until: Until,
    /// The prompts played meanwhile.
    pub music: Vec<Prompt>,
    /// Whether it detects keys meanwhile.
    pub detect: bool,
}

/// The end of a wait.
#[derive(Debug)]
pub enum Until {
    /// A duration in ms.
    Elapsed(u64),
    /// An event by name, at most `timeout_ms`.
    Event {
        /// The event's name.
        name: Name,
        /// Maximum wait, in ms.
        timeout_ms: u64,
    },
}

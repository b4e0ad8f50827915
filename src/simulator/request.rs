//! What a simulated call is given.

use std::sync::Arc;

use crate::flow::{AssetKind, Name, QueueState, Value};

/// One call to be simulated. Everything that a call's course depends on is in here and in the flows.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What the caller keys: each item answers the next input node that asks.
    pub keypad: Vec<Input>,
    /// Variables of the entry flow that replace or add to its initial values. Shared: many calls have the same.
    pub variables: Arc<[(Name, Value)]>,
    /// Media that the call may use beyond the flow's own.
    pub media: Arc<[MediaReference]>,
    /// The two ends of the line and the caller's habits.
    pub call: Call,
    /// When the call comes in; without it, a node that reads the clock is a fault.
    pub clock: Option<Clock>,
    /// What other systems answer.
    pub stubs: Arc<Stubs>,
    /// Decides every draw.
    pub seed: u64,
    /// Where the engine stops a call that does not end.
    pub guards: Guards,
}

/// What the caller does at one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Presses keys (0-9 * # A-D): the first `at_ms` after the prompt's start, or else `REACTION_MS` after its end;
    /// the others `gap_ms` apart, or else `KEY_GAP_MS`.
    Keys {
        /// The keys in order; not empty.
        keys: Box<str>,
        /// Between two keys, in ms.
        gap_ms: Option<u64>,
        /// From the prompt's start to the first key, in ms.
        at_ms: Option<u64>,
    },
    /// Presses keys before the prompt starts.
    Ahead(Box<str>),
    /// Does nothing.
    Silence,
    /// Hangs up; `at_ms` after the prompt's start, or else `REACTION_MS` after its end.
    HangUp {
        /// From the prompt's start, in ms.
        at_ms: Option<u64>,
    },
    /// Says something to a bot.
    Say(Box<str>),
    /// Speaks for so many ms, to a recording.
    Speak(u64),
}

/// From the end of a prompt to the first key of a caller who listened to it, in ms.
pub(crate) const REACTION_MS: u64 = 1_000;
/// From one key to the next, in ms.
pub(crate) const KEY_GAP_MS: u64 = 250;
/// How long a spoken word lasts, in ms: 150 words a minute.
pub(crate) const WORD_MS: u64 = 400;
/// How long a transfer rings where no stub says otherwise, in ms.
pub(crate) const RING_MS: u64 = 3_000;

/// Media by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaReference {
    /// The id.
    pub asset: Name,
    /// Of which kind.
    pub kind: AssetKind,
}

/// The two ends of the line and the caller's habits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Call {
    /// The caller's number.
    pub ani: Option<Name>,
    /// The number called.
    pub dnis: Option<Name>,
    /// The caller hangs up this long after the call's start, in ms, wherever it is then.
    pub hang_up_after_ms: Option<u64>,
    /// How long the caller waits in a queue, in ms.
    pub patience_ms: Option<u64>,
    /// Signals from outside: the time in ms from the call's start and the name, in order of time.
    pub signals: Vec<(u64, Name)>,
}

/// When a call comes in.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    /// The instant.
    pub at: jiff::Timestamp,
    /// The zone in which expressions see it.
    pub zone: jiff::tz::TimeZone,
}

/// What other systems answer, and how queues stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stubs {
    /// By node (as suites name it) or by service (lookups), event (waits): the node's own wins. Sorted by name.
    pub answers: Vec<(Name, Answers)>,
    /// Queues by name, in place of the flow's. Sorted by name.
    pub queues: Vec<(Name, QueueState)>,
}

/// The answers of one stub: the k-th call gets the k-th, every further one the last. Not empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// In order.
    pub list: Vec<Answer>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The outcome that the node takes.
    pub outcome: Name,
    /// Fields of the answer.
    pub outputs: Vec<(Name, Value)>,
    /// How long it takes, in virtual ms.
    pub latency_ms: Option<u64>,
    /// What a failure says.
    pub message: Option<String>,
}

/// Where a call that does not end is stopped. Each ends it as failed, with a message that names the guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards {
    /// Node executions.
    pub steps: u32,
    /// The same node in a row.
    pub repeats: u32,
    /// Flows inside flows.
    pub depth: u32,
    /// Virtual ms.
    pub duration_ms: u64,
}

impl Default for Guards {
    /// 1,000 steps, 10 in a row, 200 flows deep, 4 hours.
    fn default() -> Self {
        Self { steps: 1_000, repeats: 10, depth: 200, duration_ms: 4 * 3_600_000 }
    }
}

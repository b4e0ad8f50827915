//! What the services answer in a rehearsal.

/// What one request gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scripted {
    /// How long the answer takes, in virtual ms.
    pub latency_ms: u64,
    /// The answer.
    pub answer: ScriptedAnswer,
}

/// The answers that can be scripted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptedAnswer {
    /// 201 for a prompt, 200 with the id `tr_` and the interaction's for a transcript.
    Good,
    /// This status, 100 to 599. A success (200 to 299) has the body that it should have, but for a transcript 202 is one that
    /// is still being made. 401 is what remains after the client has fetched a new token.
    Status {
        /// The status.
        status: u16,
        /// When to come again.
        retry_after: Option<ScriptedRetryAfter>,
    },
    /// No connection.
    NoConnection,
    /// A success whose body is cut off.
    Malformed,
}

/// A `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScriptedRetryAfter {
    /// In seconds.
    Seconds(u64),
    /// As a date this many seconds after the answer's own.
    DateIn(u64),
}

impl Scripted {
    /// The good answer at once.
    pub const GOOD: Self = Self { latency_ms: 0, answer: ScriptedAnswer::Good };

    /// An answer with this status at once.
    pub const fn status(status: u16) -> Self {
        Self { latency_ms: 0, answer: ScriptedAnswer::Status { status, retry_after: None } }
    }
}

//! Scripted responses of the services in a rehearsal.

/// The response to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scripted {
    /// The latency, in virtual ms.
    pub latency_ms: u64,
    /// The response.
    pub answer: ScriptedAnswer,
}

/// The kinds of responses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptedAnswer {
    /// 201 for a prompt, 200 with the id `tr_` and the interaction's for a transcript.
    Good,
    /// This status, 100 to 599. A success (200 to 299) has a valid body, but 202 for a transcript
    /// means that it is in progress. 401 means that a new token is refused as well.
    Status {
        /// The status.
        status: u16,
        /// The header `Retry-After`.
        retry_after: Option<ScriptedRetryAfter>,
    },
    /// No connection.
    NoConnection,
    /// A success whose body is cut off.
    Malformed,
}

/// The value of a `Retry-After` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScriptedRetryAfter {
    /// In seconds.
    Seconds(u64),
    /// As a date, this many seconds after the `Date` of the response.
    DateIn(u64),
}

impl Scripted {
    /// A success without latency.
    pub const GOOD: Self = Self { latency_ms: 0, answer: ScriptedAnswer::Good };

    /// A status without latency.
    pub const fn status(status: u16) -> Self {
        Self { latency_ms: 0, answer: ScriptedAnswer::Status { status, retry_after: None } }
    }
}

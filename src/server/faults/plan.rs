//! Rules for what goes wrong.

use std::time::Duration;

use crate::server::{Endpoint, Latency};

/// All that goes wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaultPlan {
    /// Decides the draws in place of the server's seed.
    pub seed: Option<u64>,
    /// How far the server's clock is ahead (or, negative, behind), in ms: the `Date` header and dates in `Retry-After`.
    pub clock_skew_ms: i64,
    /// How much earlier than it says a token expires.
    pub tokens_expire_early: Duration,
    /// In order: delays add up, of the others the first that strikes a request counts.
    pub rules: Vec<Rule>,
}

/// One thing that goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Where; none is everywhere.
    pub on: Option<Endpoint>,
    /// Which requests.
    pub when: When,
    /// What.
    pub fault: Fault,
}

/// Which requests of an endpoint a rule strikes; the first has the number 1.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// Each with this probability, drawn by its number.
    Probability(f64),
    /// Every n-th; at least 1.
    Every(u64),
    /// These numbers, sorted.
    At(Vec<u64>),
}

/// What goes wrong with one request.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// It takes longer.
    Delay(Latency),
    /// It is answered with this status, 400 to 599.
    Status {
        /// The status.
        status: u16,
        /// When to come again.
        retry_after: Option<RetryAfter>,
    },
    /// The connection is reset before the request is looked at.
    Reset,
    /// The request takes effect, then the connection is reset.
    LostAnswer,
    /// The connection ends in the middle of the answer.
    Truncated,
    /// The answer is complete and its JSON is not.
    Malformed,
    /// The answer is a page of HTML.
    WrongType,
    /// The answer arrives in pieces.
    SlowBody {
        /// All of it takes so long.
        over: Duration,
    },
    /// The token of the request has expired before its time.
    RevokedToken,
    /// This request and the next ones of the endpoint are refused with 401, whatever their token.
    Unauthorized {
        /// How many in all, at least 1.
        requests: u64,
    },
    /// The simulation runs for ever.
    NeverCompletes,
    /// The simulation fails.
    Fails,
    /// The simulation is carried out with another version of the flow.
    OtherVersion,
}

/// A `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// In whole seconds, rounded up.
    Seconds(Duration),
    /// As a date, this long after now on the server's clock.
    Date(Duration),
}

impl Fault {
    /// The words for the faults, in the order of the reference.
    pub(super) const NAMES: [&'static str; 13] = [
        "delay",
        "status",
        "reset",
        "lost_answer",
        "truncated",
        "malformed",
        "wrong_type",
        "slow_body",
        "revoked_token",
        "unauthorized",
        "never_completes",
        "fails",
        "other_version",
    ];

    /// Whether it is one of a simulation: it strikes submissions only.
    pub(super) fn of_simulation(&self) -> bool {
        matches!(self, Self::NeverCompletes | Self::Fails | Self::OtherVersion)
    }
}

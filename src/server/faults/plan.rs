//! The fault plan: which requests fail, and how.

use std::time::Duration;

use crate::server::{Endpoint, Latency};

/// Everything that goes wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaultPlan {
    /// The seed of the draws, in place of the server's.
    pub seed: Option<u64>,
    /// How far the server's clock is ahead (or, negative, behind), in ms: the `Date` header and
    /// dates in `Retry-After`.
    pub clock_skew_ms: i64,
    /// How much earlier than announced a token expires.
    pub tokens_expire_early: Duration,
    /// In order: delays add up; of the other faults, the first one that strikes a request applies.
    pub rules: Vec<FaultRule>,
}

/// One fault and the requests that it strikes.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultRule {
    /// The endpoint; none for all of them.
    pub on: Option<Endpoint>,
    /// The requests of the endpoint.
    pub when: RequestSelector,
    /// The fault.
    pub fault: Fault,
}

/// Selects requests of an endpoint by number; the first request has the number 1.
#[derive(Clone, Debug, PartialEq)]
pub enum RequestSelector {
    /// Each request with this probability.
    Probability(f64),
    /// Every n-th request; at least 1.
    Every(u64),
    /// These numbers, sorted.
    At(Vec<u64>),
}

/// What goes wrong with one request.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The response is delayed.
    Delay(Latency),
    /// The response has this status, 400 to 599, and the request has no effect.
    Status {
        /// The status.
        status: u16,
        /// The header `Retry-After`.
        retry_after: Option<RetryAfter>,
    },
    /// The connection is reset, and the request has no effect.
    Reset,
    /// The request takes effect, then the connection is reset.
    LostAnswer,
    /// The connection ends in the middle of the response.
    Truncated,
    /// The response is complete, but its JSON is not.
    Malformed,
    /// The response is an HTML page.
    WrongType,
    /// The response arrives in chunks.
    SlowBody {
        /// The time until the last chunk.
        over: Duration,
    },
    /// The token of the request expires early.
    RevokedToken,
    /// This request and the next ones of the endpoint are refused with 401, whatever their token.
    Unauthorized {
        /// The number of requests, at least 1.
        requests: u64,
    },
    /// The simulation never completes.
    NeverCompletes,
    /// The simulation fails.
    Fails,
    /// The simulation runs another version of the flow.
    OtherVersion,
}

/// The value of a `Retry-After` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// In whole seconds, rounded up.
    Seconds(Duration),
    /// As a date, this long from now by the server's clock.
    Date(Duration),
}

impl Fault {
    /// The names of the faults in fault files, in the order of the reference.
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

    /// Whether the fault is one of simulations and strikes submissions only.
    pub(super) fn is_for_simulations(&self) -> bool {
        matches!(self, Self::NeverCompletes | Self::Fails | Self::OtherVersion)
    }
}

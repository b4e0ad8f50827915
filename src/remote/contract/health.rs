//! The health of a server.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The body of `GET /health`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Health {
    /// `ok`, or `stopping` (then with status 503).
    pub status: Cow<'static, str>,
    /// The version of callpath.
    pub version: Cow<'static, str>,
    /// The number of flows, not counting versions.
    pub flows: usize,
    /// The number of simulations submitted since the start.
    pub simulations: u64,
    /// The number of simulations in the store whose results were never read.
    pub awaited: usize,
}

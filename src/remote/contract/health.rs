//! How a server is.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The body of `GET /health`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Health {
    /// `ok`, or `stopping` (then with status 503).
    pub status: Cow<'static, str>,
    /// The program's version.
    pub version: Cow<'static, str>,
    /// Flows that can be called, versions not counted.
    pub flows: usize,
    /// Simulations submitted since the start.
    pub simulations: u64,
    /// Those among them that are kept and whose results nobody has got yet.
    pub awaited: usize,
}

//! The shortest feasible call to the same end.

use super::Request;
use crate::flow::{Name, Program};

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fewest {
    /// So many executions of input nodes are the fewest.
    Interactions(usize),
    /// The search gave up at its bound: there may be a shorter call, or none.
    Unknown,
}

/// The fewest executions of input nodes with which some caller could reach the end `(ends_at, outcome)` under the same
/// variables, stubs, queues, clock and seed as `request`, knowing the data (digits, utterances) that `request`'s caller keyed.
///
/// `at_most` is the number that the request's own call took: it reached that end, so the answer is never greater.
pub fn fewest_interactions(
    _program: &Program,
    _request: &Request,
    _ends_at: u32,
    _outcome: &Name,
    _at_most: usize,
) -> Fewest {
    todo!()
}

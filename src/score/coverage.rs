//! Coverage of the flows by the calls of a run. `docs/coverage.md` is the reference.
//!
//! ```text
//! possible      the outcomes that a node can take
//! layout        numbers the nodes, outcomes, edges and pairs of edges of a program
//! reachability  what a call can reach, from the graph alone
//! counts        hits of one program, by these numbers
//! suites        what one suite covered, without counts
//! flows         the hits of all programs, merged by flow
//! missing       the gaps
//! hints         searches for calls that would close the gaps
//! collect       all of it over a run
//! ```

mod collect;
mod counts;
mod flows;
mod hints;
mod layout;
mod missing;
mod possible;
mod reachability;
mod result;
mod suites;
#[cfg(test)]
mod tests;

pub use collect::Coverage;
pub(crate) use collect::{Covered, PlannedCall};
pub use result::CoverageKind;
#[cfg(test)]
pub(crate) use result::EventEntry;
pub(crate) use result::{
    CoverageKinds, CoverageRecord, FlowCoverage, MissingItem, NodeCoverage, OutcomeCoverage, Then,
};

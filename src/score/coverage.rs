//! Coverage: what of the flows a run's calls walked. `docs/coverage.md` is the reference.
//!
//! ```text
//! takes    which outcomes a node can take at all
//! layout   every node, outcome, edge and pair of edges of a program gets a number
//! reach    what a call can come to
//! counts   what the calls of one program came to, by these numbers
//! seen     the same of one suite, without how often
//! flows    the counts of all programs, put together by flow
//! collect  all of it over a run
//! ```

mod collect;
mod counts;
mod flows;
mod hints;
mod layout;
mod missing;
mod reach;
mod result;
mod seen;
mod takes;
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

//! Two runs, and what is other in the second.
//!
//! [`read()`] reads of a run record only what a comparison needs, scenario by scenario, so that runs of a hundred thousand
//! scenarios are read in less time than they took and in little memory; [`compare`] sets two of them side by side.

mod between;
mod case;
mod measures;
mod model;
mod read;

pub(crate) use between::compare;
pub(crate) use case::Run;
pub(crate) use model::{Comparison, Counts, Direction, MeasureChange, Scenario, Side, Step, compare_schema};
pub(crate) use read::read;

#[cfg(test)]
mod tests;

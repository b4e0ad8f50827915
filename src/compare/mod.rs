//! Two runs, and what is other in the second.
//!
//! [`read`] takes of a run record only what a comparison needs, scenario by scenario, so that runs of a hundred thousand
//! scenarios are read in less time than they took and in little memory; [`compare`] sets two of them side by side.

mod between;
mod case;
mod measures;
mod model;
mod read;
mod scan;

pub use between::compare;
pub use case::{Case, Run};
pub use model::{
    COMPARE_VERSION, Change, Comparison, Counts, Direction, FileChanges, MeasureChange, Scenario, Side, Step,
    StepChange, compare_schema,
};
pub use read::{ReadError, read};

#[cfg(test)]
mod tests;

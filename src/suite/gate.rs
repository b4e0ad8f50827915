//! Gates: minimum and maximum values that decide whether a run passes.
//!
//! This module reads them; the record holds the measured values and whether each gate passed.

mod error;
mod measure;
mod read;

pub(crate) use error::{GateError, Mistaken};
pub(crate) use measure::{Measure, Unit};
pub(crate) use read::Gate;
pub(crate) use read::over;

#[cfg(test)]
mod tests;

//! Errors of gate definitions.

use std::fmt;

/// Which part of a gate is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistaken {
    /// The name of the measure.
    Measure,
    /// The relation: `>=` or `<=`.
    Relation,
    /// The limit.
    Limit,
}

/// A gate that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct GateError {
    /// Which part is wrong.
    pub mistaken: Mistaken,
    /// What is wrong with it: one sentence.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl fmt::Display for GateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.help.iter().try_for_each(|help| write!(f, "; {help}"))
    }
}

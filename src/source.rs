//! Source files: YAML with positions, and diagnostics that point into them.

pub(crate) mod diagnostics;
pub(crate) mod yaml;

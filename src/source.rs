//! Source files: YAML with positions, and diagnostics that point into them.

pub(crate) mod diagnostics;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod yaml;

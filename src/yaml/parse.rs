//! Events of the YAML parser to a tree.

use std::path::Path;
use std::sync::Arc;

use super::Node;
use crate::diagnose::{Diagnostics, Source};

/// What a file may cost to read. Exceeding one is a diagnostic, never a crash or a hang.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a file.
    pub bytes: u64,
    /// Levels of nesting.
    pub depth: usize,
    /// Nodes after aliases are expanded.
    pub nodes: usize,
}

impl Default for Limits {
    /// 32 MiB, 64 levels, 5,000,000 nodes.
    fn default() -> Self {
        Self { bytes: 32 << 20, depth: 64, nodes: 5_000_000 }
    }
}

/// Reads a file into a source: checks size before reading, that it is a regular file, UTF-8 (a BOM is dropped), not
/// binary. `shown` is the path that messages print.
pub fn load(_path: &Path, _shown: &str, _limits: &Limits, _diagnostics: &mut Diagnostics) -> Option<Arc<Source>> {
    todo!()
}

/// Parses one document. Mistakes are appended to `diagnostics`; none means that there is nothing to go on with.
pub fn parse(_source: &Arc<Source>, _limits: &Limits, _diagnostics: &mut Diagnostics) -> Option<Node> {
    todo!()
}

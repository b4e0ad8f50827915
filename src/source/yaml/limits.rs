//! What a file may cost.

/// What a file may cost to read. Exceeding one is a diagnostic, never a crash or a hang.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a file; also the bytes of text that aliases may add to it.
    pub bytes: u64,
    /// Levels of nesting, aliases expanded. More than 255 makes no difference.
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

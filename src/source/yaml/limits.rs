//! Limits on the resources that parsing a file may use.

/// Limits on the resources that parsing a file may use. Exceeding one is a diagnostic, never a
/// crash or a hang.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Maximum size of a file in bytes; also the maximum bytes of text that aliases add to it.
    pub bytes: u64,
    /// Maximum levels of nesting after alias expansion. Values above 255 have no effect.
    pub depth: usize,
    /// Maximum number of nodes after alias expansion.
    pub nodes: usize,
}

impl Default for Limits {
    /// 32 MiB, 64 levels, 5,000,000 nodes.
    fn default() -> Self {
        Self { bytes: 32 << 20, depth: 64, nodes: 5_000_000 }
    }
}

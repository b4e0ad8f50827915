//! Suggestions within bounds.

use crate::source::diagnostics::closest;

/// So many names are compared for the suggestions of one flow: a large file in which everything is wrong must not
/// take minutes.
const COMPARISONS: usize = 1_000_000;

/// What is left of the comparisons.
pub(super) struct Suggestions {
    left: usize,
}

impl Default for Suggestions {
    fn default() -> Self {
        Self { left: COMPARISONS }
    }
}

impl Suggestions {
    /// The known name nearest to `typed`, as [`closest`] has it; none once too many names were compared.
    pub(super) fn closest<'k>(&mut self, typed: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
        if self.left == 0 {
            return None;
        }
        let left = &mut self.left;
        closest(typed, known.inspect(|_| *left = left.saturating_sub(1)))
    }
}

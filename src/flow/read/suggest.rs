//! Suggestions with a bounded cost.

use crate::source::diagnostics::closest;

/// Maximum number of comparisons for the suggestions of one flow, so that a large file full of
/// mistakes does not take minutes.
const MAX_COMPARISONS: usize = 1_000_000;

/// The remaining budget of comparisons.
pub(super) struct Suggestions {
    left: usize,
}

impl Default for Suggestions {
    fn default() -> Self {
        Self { left: MAX_COMPARISONS }
    }
}

impl Suggestions {
    /// The known name nearest to `typed` (see [`closest`]); none once the budget is used up.
    pub(super) fn closest<'k>(&mut self, typed: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
        if self.left == 0 {
            return None;
        }
        let left = &mut self.left;
        closest(typed, known.inspect(|_| *left = left.saturating_sub(1)))
    }
}

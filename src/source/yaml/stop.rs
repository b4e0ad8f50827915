//! Reasons to stop parsing a text before its end.

use crate::source::diagnostics::Diagnostic;

/// Maximum number of errors in a file before the rest of it is skipped.
pub(super) const MAX_ERRORS: usize = 100;

/// Why a text was not read to its end.
pub(super) enum ParseStop {
    /// The error cannot be recovered from.
    Fatal(Box<Diagnostic>),
    /// The character at this offset breaks the syntax but is probably meant as a text.
    Repairable { at: usize, diagnostic: Box<Diagnostic> },
}

impl ParseStop {
    pub(super) fn fatal(diagnostic: Diagnostic) -> Self {
        Self::Fatal(Box::new(diagnostic))
    }
}

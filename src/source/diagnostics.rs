//! Diagnostics: errors, warnings and notes about the files that users write.
//!
//! A [`Diagnostic`] names a rule, says what is wrong, points into a [`Source`] and offers help.
//! Every module above reports through it, so that messages about suites, flows and expressions all
//! look alike: file, line, column, the source line with a caret, and what to write instead.

mod diagnostic;
mod digest;
mod excerpt;
mod levels;
mod listing;
mod record;
mod render;
pub(crate) mod rules;
mod source;
mod suggest;
mod text;

pub use diagnostic::Diagnostics;
pub(crate) use diagnostic::{Diagnostic, Severity};
pub(crate) use digest::{hexadecimal, sha_256};
pub(crate) use levels::{Level, Levels};
pub(crate) use listing::{counted, render_all, summary};
pub(crate) use record::DiagnosticRecord;
pub(crate) use render::{Style, render};
pub use rules::RULES;
pub(crate) use source::{Location, Position};
pub use source::{Source, Span, Spanned};
pub(crate) use suggest::{closest, misspelt};
pub(crate) use text::{quoted, safe_text};

//! One kind of message for everything that can be wrong with what a user wrote.
//!
//! A [`Diagnostic`] names a rule, says what is wrong, points into a [`Source`] and offers help. Every room above
//! reports through it, so that a suite, a flow, an expression and a broken expectation all look alike: file, line,
//! column, the source line with a caret, and what to write instead.

mod diagnostic;
mod digest;
mod excerpt;
mod levels;
mod listing;
mod record;
mod render;
pub mod rules;
mod source;
mod suggest;
mod text;

pub use diagnostic::{Diagnostic, Diagnostics, Related, Severity};
pub use digest::{hexadecimal, sha_256};
pub use levels::{Level, Levels, UnknownRule};
pub use listing::{counted, render_all, summary};
pub use record::DiagnosticRecord;
pub use render::{Style, render};
pub use rules::{RULES, Rule};
pub use source::{Location, Position, Source, Span, Spanned};
pub use suggest::{closest, misspelt};
pub use text::{quoted, safe_text};

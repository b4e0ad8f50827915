//! Expressions: typed, bounded, compiled once.
//!
//! ```text
//! balance > 100 && language in ['en-US', 'es-MX'] && len(pin) == 4
//! ```
//!
//! There are no loops and no user-defined functions, nesting is bounded, and every evaluation ends in a value or in an
//! [`EvaluationError`] that names what clashed. Nothing is converted silently: `'12' > 3` is an error.

mod evaluate;
mod function;
mod parse;
mod syntax;
mod template;

pub use evaluate::{EvaluationError, Scope};
pub use parse::{ExpressionError, Expression};
pub use template::Template;

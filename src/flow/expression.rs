//! Expressions: typed, bounded, compiled once.
//!
//! ```text
//! balance > 100 && language in ['en-US', 'es-MX'] && len(pin) == 4
//! ```
//!
//! There are no loops and no user-defined functions, nesting is bounded, and every evaluation
//! returns a value or an [`EvaluationError`] that names the operands. There are no implicit
//! conversions: `'12' > 3` is an error.
//!
//! | binds | operators |
//! |---|---|
//! | loosest | <code>\|\|</code> `or` |
//! | | `&&` `and` |
//! | | `==` `!=` `<` `<=` `>` `>=` `in` `not in`, which cannot be chained |
//! | | `+` `-` |
//! | | `*` `/` `%` |
//! | | `!` `not` `-` before a value |
//! | tightest | `record.member` `list[0]` |
//!
//! Literals are `12`, `1.5`, `'text'`, `"text"` (with the escapes `\\ \' \"
//!  \t`), `true`, `false`, `null` and `[1, 2]`. Messages name variables and types but never print
//! the value of a variable, which may be secret.

mod call;
mod compiled;
mod error;
mod evaluate;
mod function;
mod inspect;
mod kinds;
mod operate;
mod operator;
mod parse;
mod place;
mod slots;
mod syntax;
mod system;
mod template;
mod token;
mod words;

#[cfg(test)]
mod tests;

pub use compiled::Expression;
pub use error::EvaluationError;
pub use evaluate::Scope;
pub(crate) use inspect::{Always, Interval};
pub use slots::Slots;
pub use system::System;
pub use template::Template;
pub(crate) use words::words;

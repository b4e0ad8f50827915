//! Errors of expression evaluation.

use super::syntax::{Form, Syntax};
use crate::flow::Name;
use crate::flow::value::visible;

/// Why an expression has no value. Operands are named by their source text and type, never by a
/// variable's value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// A variable that has no value.
    #[error("unknown variable '{name}'")]
    UnknownVariable {
        /// The variable.
        name: Name,
    },
    /// Two values of types that cannot be compared.
    #[error("cannot compare {left} with {right} by '{operator}'")]
    Incomparable {
        /// The operator as written in the language reference.
        operator: &'static str,
        /// The left operand and its type, for example `'amount' (text)`.
        left: Box<str>,
        /// The right operand and its type.
        right: Box<str>,
    },
    /// An arithmetic operator on values of unsupported types.
    #[error("cannot apply '{operator}' to {left} and {right}")]
    TypeClash {
        /// The operator.
        operator: &'static str,
        /// The left operand and its type, for example `'amount' (text)`.
        left: Box<str>,
        /// The right operand and its type.
        right: Box<str>,
    },
    /// A function, prefix or postfix operator on a value of the wrong type.
    #[error("'{operation}' needs {expected}, not {found}")]
    WrongType {
        /// The function or operator.
        operation: &'static str,
        /// The types it accepts, for example `a text or a list`.
        expected: Box<str>,
        /// The operand and its type, for example `5 (integer)`.
        found: Box<str>,
    },
    /// A whole expression that should be a condition.
    #[error("a condition must be true or false, but '{expression}' is {found}")]
    NotBoolean {
        /// The expression, shortened where it is long.
        expression: Box<str>,
        /// The type with its article, for example `a text`.
        found: Box<str>,
    },
    /// A divisor of zero.
    #[error("division by zero in '{expression}'")]
    DivisionByZero {
        /// The division.
        expression: Box<str>,
    },
    /// A number outside the range of 64-bit integers or finite doubles.
    #[error("the result of '{expression}' is out of range")]
    Overflow {
        /// The calculation.
        expression: Box<str>,
    },
    /// An argument of the right type that a function cannot use.
    #[error("'{function}' needs {expected}, which {argument} is not")]
    BadArgument {
        /// The function.
        function: &'static str,
        /// What it needs.
        expected: &'static str,
        /// The argument's source text.
        argument: Box<str>,
    },
    /// A record without the requested member.
    #[error("'{record}' has no member '{member}'")]
    MissingMember {
        /// The record's source text.
        record: Box<str>,
        /// The member.
        member: Name,
    },
    /// A list without the requested item; indices count from 0.
    #[error("'{expression}' is out of range, '{list}' has {length} items")]
    IndexOutOfRange {
        /// The access.
        expression: Box<str>,
        /// The list's source text.
        list: Box<str>,
        /// How many items the list has.
        length: usize,
    },
    /// `clock` in a scenario without one; scopes report it.
    #[error("the scenario has no clock")]
    NoClock,
    /// `call.ani` or `call.dnis` in a scenario without it; scopes report it.
    #[error("the scenario has no '{name}'")]
    NoCall {
        /// The requested name, as written.
        name: &'static str,
    },
    /// A result beyond the limits of the language.
    #[error("the result of '{expression}' is too large, {limit}")]
    TooLarge {
        /// The expression that produces the result.
        expression: Box<str>,
        /// The limit.
        limit: &'static str,
    },
}

/// Maximum number of characters of source text quoted in a message.
const MAX_QUOTED_CHARS: usize = 60;

/// Prepares source text for a message: escapes control characters and shortens long texts.
pub(super) fn shown(text: &str) -> Box<str> {
    let text = visible(text);
    match text.char_indices().nth(MAX_QUOTED_CHARS) {
        None => text.into(),
        Some((cut, _)) => format!("{}…", &text[..cut]).into(),
    }
}

/// The part of an expression's text from `start` to `end`, prepared for a message.
pub(super) fn excerpt(text: &str, start: u32, end: u32) -> Box<str> {
    shown(text.get(start as usize..end as usize).unwrap_or(text))
}

/// The name of a subexpression in messages: a constant verbatim, everything else in quotes.
pub(super) fn named(text: &str, syntax: &Syntax) -> Box<str> {
    match &syntax.form {
        Form::Constant(value) => shown(&value.literal()),
        _ => format!("'{}'", excerpt(text, syntax.start, syntax.end)).into(),
    }
}

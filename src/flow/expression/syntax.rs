//! The syntax tree of an expression.

use regex::Regex;

use super::System;
use super::function::Function;
use super::operator::{Arithmetic, Comparison};
use crate::flow::{Name, Value};

/// A subexpression and the bytes of the text that it covers.
#[derive(Clone, Debug)]
pub(super) struct Syntax {
    pub start: u32,
    pub end: u32,
    pub form: Form,
}

/// The form of a subexpression. Chains of one level of precedence are flat, so that a long sum is
/// not a deep tree.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Constant(Value),
    Variable(usize),
    System(System),
    List(Box<[Syntax]>),
    Member(Box<Syntax>, Name),
    Index(Box<Syntax>, Box<Syntax>),
    /// With the operator as written, for messages.
    Not(&'static str, Box<Syntax>),
    Negate(Box<Syntax>),
    And(Box<[Syntax]>),
    Or(Box<[Syntax]>),
    Compare(Comparison, Box<(Syntax, Syntax)>),
    Arithmetic(Box<Syntax>, Box<[(Arithmetic, Syntax)]>),
    Call(Function, Box<[Syntax]>),
    Matches(Box<Syntax>, Regex),
}

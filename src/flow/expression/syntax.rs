//! The tree of a parsed expression.

use regex::Regex;

use super::System;
use super::function::Function;
use crate::flow::{Name, Value};

/// A part of an expression with the bytes of the expression's text it covers.
#[derive(Clone, Debug)]
pub(super) struct Syntax {
    pub start: u32,
    pub end: u32,
    pub form: Form,
}

/// What a part is. Chains of one level of precedence are flat, so that a long sum is not a deep tree.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    NotIn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Comparison {
    pub(super) const fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
        }
    }
}

impl Arithmetic {
    pub(super) const fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

//! The tree that YAML is parsed into.

use crate::source::diagnostics::{Span, Spanned};

/// A value and its span.
#[derive(Clone, Debug)]
pub struct Node {
    /// The bytes it covers; for a value reached through an alias, the bytes of the anchored
    /// original.
    pub span: Span,
    /// The value.
    pub data: Data,
}

/// The three shapes of YAML.
#[derive(Clone, Debug)]
pub enum Data {
    /// A single value.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// A map; keys are scalars, in source order, each once. Merge keys (`<<`) are already resolved.
    Mapping(Vec<Entry>),
}

/// A scalar in its exact spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text after YAML's own unescaping and folding, otherwise exactly as written.
    pub text: Box<str>,
    /// Whether it is written without quotes and not as a block: only such a scalar can be null, a
    /// boolean or a number.
    pub plain: bool,
}

impl Scalar {
    /// Whether it is null: empty, `~` or `null`, unquoted.
    pub fn is_null(&self) -> bool {
        self.plain && matches!(&*self.text, "" | "~" | "null" | "Null" | "NULL")
    }
}

/// One entry of a mapping.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: Spanned<Box<str>>,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The scalar, if it is one.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.data {
            Data::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// Whether it is a null scalar.
    pub fn is_null(&self) -> bool {
        self.as_scalar().is_some_and(Scalar::is_null)
    }

    /// Whether it is null, an empty list or an empty mapping.
    pub fn is_empty(&self) -> bool {
        match &self.data {
            Data::Scalar(scalar) => scalar.is_null(),
            Data::Sequence(items) => items.is_empty(),
            Data::Mapping(entries) => entries.is_empty(),
        }
    }

    /// Describes its type in messages: `a list`, `a mapping`, `a number`, `nothing` and so on.
    pub fn describe(&self) -> &'static str {
        match &self.data {
            Data::Sequence(_) => "a list",
            Data::Mapping(_) => "a mapping",
            Data::Scalar(scalar) if scalar.is_null() => "nothing",
            Data::Scalar(scalar) if scalar.plain && matches!(&*scalar.text, "true" | "false") => "a boolean",
            Data::Scalar(scalar) if scalar.plain && scalar.text.parse::<f64>().is_ok() => "a number",
            Data::Scalar(_) => "a text",
        }
    }
}

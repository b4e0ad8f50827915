//! Converts YAML scalars and nodes to values.

use super::{Name, Value};
use crate::source::yaml::{Data, Node, Scalar};

impl Value {
    /// Converts a scalar. A quoted scalar is a text. An unquoted one is a text unless it is `true`,
    /// `false`, a form of null or a canonical number: `0123`, `+1555`, `1e3`, `0x12`, `1_000`, a
    /// number beyond 64 bits, `yes` and `no` are texts in their exact spelling.
    pub fn from_scalar(scalar: &Scalar) -> Self {
        if scalar.is_null() {
            return Self::Null;
        }
        let text = &*scalar.text;
        let plain = match text {
            _ if !scalar.plain => None,
            "true" => Some(Self::Boolean(true)),
            "false" => Some(Self::Boolean(false)),
            _ => Self::from_canonical(text),
        };
        plain.unwrap_or_else(|| text.into())
    }

    /// Converts a node with all its children. The YAML parser bounds the depth of the recursion.
    pub fn from_node(node: &Node) -> Self {
        match &node.data {
            Data::Scalar(scalar) => Self::from_scalar(scalar),
            Data::Sequence(items) => Self::List(items.iter().map(Self::from_node).collect()),
            Data::Mapping(entries) => Self::Record(
                entries.iter().map(|entry| (Name::from(&*entry.key.value), Self::from_node(&entry.value))).collect(),
            ),
        }
    }

    /// Parses a number in canonical spelling: `-?(0|[1-9][0-9]*)` within `i64`, or
    /// `-?(0|[1-9][0-9]*)\.[0-9]+` within the finite doubles.
    pub fn from_canonical(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits, None),
        };
        if !is_digits(whole) || (whole.len() > 1 && whole.starts_with('0')) {
            return None;
        }
        match fraction {
            None => text.parse().ok().map(Self::Integer),
            Some(fraction) if is_digits(fraction) => text.parse().ok().and_then(Self::decimal),
            Some(_) => None,
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

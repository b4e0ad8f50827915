//! The values that variables hold.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A name shared by many owners: a node id, an outcome, a variable.
pub type Name = Arc<str>;

/// The value of a variable: what JSON can say, with whole numbers kept apart from decimal ones.
///
/// Equality is strict: `Integer(1)` and `Decimal(1.0)` are equal as numbers in expressions (see
/// [`Value::same`]), but they are different values here. A `Decimal` is always finite.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A finite decimal number.
    Decimal(f64),
    /// A text. Keyed digits are texts: `0123` keeps its zero.
    Text(Name),
    /// A list.
    List(Arc<[Value]>),
    /// A record of named values, in the order given.
    Record(Arc<[(Name, Value)]>),
}
impl Serialize for Value { fn serialize<S: serde::Serializer>(&self, _s: S) -> Result<S::Ok, S::Error> { todo!() } }
impl<'de> Deserialize<'de> for Value { fn deserialize<D: serde::Deserializer<'de>>(_d: D) -> Result<Self, D::Error> { todo!() } }

//! The values of variables.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

mod json;
mod scalar;
mod show;
#[cfg(test)]
mod tests;

pub(crate) use show::visible;

/// A name shared by many owners: a node id, an outcome, a variable.
pub type Name = Arc<str>;

/// The value of a variable: a JSON value that distinguishes integers from decimals.
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

/// The type of a [`Value`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// [`Value::Null`].
    Null,
    /// [`Value::Boolean`].
    Boolean,
    /// [`Value::Integer`].
    Integer,
    /// [`Value::Decimal`].
    Decimal,
    /// [`Value::Text`].
    Text,
    /// [`Value::List`].
    List,
    /// [`Value::Record`].
    Record,
}

impl Kind {
    /// All seven, in the order of the enumeration.
    pub const ALL: [Kind; 7] =
        [Kind::Null, Kind::Boolean, Kind::Integer, Kind::Decimal, Kind::Text, Kind::List, Kind::Record];

    /// Its name in messages: `null`, `boolean`, `integer`, `decimal`, `text`, `list` or `record`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Decimal => "decimal",
            Kind::Text => "text",
            Kind::List => "list",
            Kind::Record => "record",
        }
    }
}

impl Value {
    /// Creates a decimal; none for infinities and NaN. Negative zero becomes zero.
    pub fn decimal(number: f64) -> Option<Self> {
        // Adding zero turns -0.0 into 0.0 and changes nothing else.
        number.is_finite().then_some(Self::Decimal(number + 0.0))
    }

    /// Its type.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Boolean(_) => Kind::Boolean,
            Self::Integer(_) => Kind::Integer,
            Self::Decimal(_) => Kind::Decimal,
            Self::Text(_) => Kind::Text,
            Self::List(_) => Kind::List,
            Self::Record(_) => Kind::Record,
        }
    }

    /// The name of its type in messages: `null`, `boolean`, `integer`, `decimal`, `text`, `list` or
    /// `record`.
    pub const fn type_name(&self) -> &'static str {
        self.kind().name()
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The member of a record; none for other values.
    pub fn member(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Record(members) => members.iter().find(|(member, _)| **member == *name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Whether two values are equal in expressions: numbers by their exact mathematical value (`1`
    /// is `1.0`), lists item by item, records by name in any order, everything else strictly.
    pub fn same(&self, other: &Value) -> bool {
        match (self, other) {
            (Self::Integer(_) | Self::Decimal(_), Self::Integer(_) | Self::Decimal(_)) => {
                self.compare_numbers(other) == Some(Ordering::Equal)
            }
            (Self::List(left), Self::List(right)) => {
                left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| left.same(right))
            }
            (Self::Record(left), Self::Record(right)) => same_record(left, right),
            _ => self == other,
        }
    }

    /// The order of two numbers by their exact mathematical value; none if one of them is not a
    /// number.
    pub fn compare_numbers(&self, other: &Value) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => Some(left.cmp(right)),
            (Self::Decimal(left), Self::Decimal(right)) => left.partial_cmp(right),
            (Self::Integer(left), Self::Decimal(right)) => Some(compare_mixed(*left, *right)),
            (Self::Decimal(left), Self::Integer(right)) => Some(compare_mixed(*right, *left).reverse()),
            _ => None,
        }
    }
}

fn same_record(left: &[(Name, Value)], right: &[(Name, Value)]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    if left.iter().zip(right).all(|((left, _), (right, _))| left == right) {
        return left.iter().zip(right).all(|((_, left), (_, right))| left.same(right));
    }
    let by_name: HashMap<&str, &Value> = right.iter().map(|(name, value)| (&**name, value)).collect();
    left.iter().all(|(name, value)| by_name.get(&**name).is_some_and(|other| value.same(other)))
}

/// Compares without converting the integer to a double, which would make 2^53 + 1 equal to 2^53.
fn compare_mixed(integer: i64, decimal: f64) -> Ordering {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0; // 2^63, exact
    if decimal >= LIMIT {
        return Ordering::Less;
    }
    if decimal < -LIMIT {
        return Ordering::Greater;
    }
    let whole = decimal.trunc();
    // `whole` is within i64, so the cast is exact.
    integer.cmp(&(whole as i64)).then_with(|| 0.0_f64.partial_cmp(&(decimal - whole)).unwrap_or(Ordering::Equal))
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value.into())
    }
}

impl From<Name> for Value {
    fn from(value: Name) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<Value>> for Value {
    fn from(value: Vec<Value>) -> Self {
        Self::List(value.into())
    }
}

//! Sets of types: the static type of an expression.

use std::fmt;
use std::ops::{BitAnd, BitOr};

use super::operator::{Arithmetic, Comparison};
use crate::flow::ValueKind as Kind;

/// The types that a value may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kinds(u8);

impl Kinds {
    pub(super) const NONE: Self = Self(0);
    pub(super) const NULL: Self = Self::single(Kind::Null);
    pub(super) const BOOLEAN: Self = Self::single(Kind::Boolean);
    pub(super) const INTEGER: Self = Self::single(Kind::Integer);
    pub(super) const DECIMAL: Self = Self::single(Kind::Decimal);
    pub(super) const TEXT: Self = Self::single(Kind::Text);
    pub(super) const LIST: Self = Self::single(Kind::List);
    pub(super) const RECORD: Self = Self::single(Kind::Record);
    pub(super) const NUMBER: Self = Self(Self::INTEGER.0 | Self::DECIMAL.0);
    pub(super) const ANY: Self = Self(0b111_1111);

    pub(super) const fn single(kind: Kind) -> Self {
        Self(1 << kind as u8)
    }

    pub(super) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn contains(self, kind: Kind) -> bool {
        self.0 & Self::single(kind).0 != 0
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |&kind| self.contains(kind))
    }

    /// The type if only one is possible.
    pub(super) fn only(self) -> Option<Kind> {
        let mut kinds = self.iter();
        kinds.next().filter(|_| kinds.next().is_none())
    }

    /// The types with articles: `a text or a list`.
    pub(super) fn with_article(self) -> String {
        let names: Vec<_> = self.names().map(|name| format!("{} {name}", article(name))).collect();
        names.join(" or ")
    }

    fn names(self) -> impl Iterator<Item = &'static str> {
        let number = self & Self::NUMBER == Self::NUMBER;
        let rest = if number { self.without(Self::NUMBER) } else { self };
        number.then_some("number").into_iter().chain(rest.iter().map(Kind::name))
    }

    /// The result types of an arithmetic operator; empty if it cannot be applied.
    pub(super) fn arithmetic(operator: Arithmetic, left: Self, right: Self) -> Self {
        pairs(left, right, |left, right| {
            let numbers = Self::NUMBER.contains(left) && Self::NUMBER.contains(right);
            let integers = left == Kind::Integer && right == Kind::Integer;
            match operator {
                Arithmetic::Add if left == Kind::Text && right == Kind::Text => Self::TEXT,
                Arithmetic::Remainder if !integers => Self::NONE,
                Arithmetic::Divide if integers => Self::NUMBER,
                _ if integers => Self::INTEGER,
                _ if numbers => Self::DECIMAL,
                _ => Self::NONE,
            }
        })
    }

    /// `BOOLEAN` if the operands can be compared, else empty.
    pub(super) fn comparison(operator: Comparison, left: Self, right: Self) -> Self {
        pairs(left, right, |left, right| {
            let possible = match operator {
                Comparison::Equal | Comparison::NotEqual => comparable(left, right),
                Comparison::In | Comparison::NotIn => {
                    right == Kind::List || (left == Kind::Text && right == Kind::Text)
                }
                _ => comparable(left, right) && (Self::NUMBER | Self::TEXT).contains(left) && right != Kind::Null,
            };
            if possible { Self::BOOLEAN } else { Self::NONE }
        })
    }
}

/// Whether `==` is defined: both of one type, both numbers, or one of them null.
pub(super) const fn comparable(left: Kind, right: Kind) -> bool {
    left as u8 == right as u8
        || (Kinds::NUMBER.contains(left) && Kinds::NUMBER.contains(right))
        || matches!(left, Kind::Null)
        || matches!(right, Kind::Null)
}

fn pairs(left: Kinds, right: Kinds, result: impl Fn(Kind, Kind) -> Kinds) -> Kinds {
    left.iter()
        .flat_map(|left| right.iter().map(move |right| (left, right)))
        .fold(Kinds::NONE, |all, (left, right)| all | result(left, right))
}

/// `a` or `an`.
pub(super) fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

impl BitOr for Kinds {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl BitAnd for Kinds {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.names().enumerate() {
            write!(f, "{}{name}", if index == 0 { "" } else { " or " })?;
        }
        Ok(())
    }
}

/// A type name with its article, `null` without.
pub(super) fn with_article(name: &str) -> String {
    if name == "null" { name.to_owned() } else { format!("{} {name}", article(name)) }
}

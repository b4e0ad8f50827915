//! Deserialisers for responses of foreign servers, which write the same values in other shapes.

use std::fmt;

use serde::de::{Error, IgnoredAny, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::flow::Name;

/// A value, or its default for null: programs in Go write an empty list or map as null.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A list without items of unknown kinds; null is an empty list.
pub(super) fn known<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Item<T> {
        Known(T),
        Unknown(IgnoredAny),
    }

    let items: Vec<Item<T>> = or_default(deserializer)?;
    let known = items.into_iter().filter_map(|item| match item {
        Item::Known(item) => Some(item),
        Item::Unknown(_) => None,
    });
    Ok(known.collect())
}

/// A count or a time in ms, also written as `1000.0`, `"1000"` or null; fractions are rounded.
pub(super) fn number<'de, D: Deserializer<'de>, T: TryFrom<u64>>(deserializer: D) -> Result<T, D::Error> {
    let number = deserializer.deserialize_any(NumberVisitor)?;
    T::try_from(number).map_err(|_| D::Error::invalid_value(Unexpected::Unsigned(number), &"a smaller number"))
}

/// A list of [`number`]s; null is an empty list.
pub(super) fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
    #[derive(Deserialize)]
    struct Item(#[serde(deserialize_with = "number")] u64);

    let items: Vec<Item> = or_default(deserializer)?;
    Ok(items.into_iter().map(|Item(number)| number).collect())
}

/// A name, also written as a number.
pub(super) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
    let name: Option<Name> = deserializer.deserialize_any(NameVisitor)?;
    name.ok_or_else(|| D::Error::invalid_type(Unexpected::Unit, &NameVisitor))
}

/// A name or null, also written as a number.
pub(super) fn optional_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Name>, D::Error> {
    deserializer.deserialize_any(NameVisitor)
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number that is not negative")
    }

    fn visit_unit<E: Error>(self) -> Result<u64, E> {
        Ok(0)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u64, E> {
        u64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<u64, E> {
        // 2^64 is the first decimal that does not fit.
        match number.round() {
            rounded if (0.0..18_446_744_073_709_551_616.0).contains(&rounded) => Ok(rounded as u64),
            _ => Err(E::invalid_value(Unexpected::Float(number), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
        let text = text.trim();
        match (text.parse::<u64>(), text.parse::<f64>()) {
            (Ok(number), _) => Ok(number),
            (_, Ok(number)) => self.visit_f64(number),
            _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }
}

struct NameVisitor;

impl Visitor<'_> for NameVisitor {
    type Value = Option<Name>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Name>, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Option<Name>, E> {
        Ok(Some(number.to_string().into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Option<Name>, E> {
        Ok(Some(number.to_string().into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<Name>, E> {
        Ok(Some(text.into()))
    }
}

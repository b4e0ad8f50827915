//! Names out of JSON: with one allocation each, where serde's own way takes two.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use crate::flow::Name;

/// A name, or any other text that is shared.
pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
    deserializer.deserialize_str(Text)
}

/// A name, or none for null.
pub(super) fn read_option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Name>, D::Error> {
    deserializer.deserialize_option(Optional)
}

/// A list of names; null is an empty one.
pub(super) fn read_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Name>, D::Error> {
    let names: Option<Vec<Item>> = Option::deserialize(deserializer)?;
    Ok(names.unwrap_or_default().into_iter().map(|Item(name)| name).collect())
}

/// An item of a list.
struct Item(Name);

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer).map(Self)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Name, E> {
        Ok(text.into())
    }
}

struct Optional;

impl<'de> Visitor<'de> for Optional {
    type Value = Option<Name>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("option")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        read(deserializer).map(Some)
    }
}

//! `null` where the contract has a list or an object.

use serde::{Deserialize, Deserializer};

/// A value, or its default where JSON has null: programs in Go write an empty list as null.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

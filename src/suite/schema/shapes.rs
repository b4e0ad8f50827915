//! Small schemas that larger ones are made of.

use serde_json::{Map, Value, json};

pub(super) use crate::source::yaml::shapes::{described, one_or_many, reference, text};

/// A text that is filled in before it is read.
pub(super) fn filled() -> Value {
    json!({ "type": "string", "pattern": "\\$\\{" })
}

/// The schema, or a text that is filled in and becomes such a value.
pub(super) fn or_filled(schema: Value) -> Value {
    json!({ "anyOf": [schema, filled()] })
}

/// A length of time.
pub(super) fn duration() -> Value {
    json!({ "type": "string", "minLength": 2, "examples": ["250ms", "4s", "1m 30s"] })
}

/// A whole number from `least` to `most`.
pub(super) fn integer(least: u64, most: u64) -> Value {
    or_filled(json!({ "type": "integer", "minimum": least, "maximum": most }))
}

/// One of a closed set of words.
pub(super) fn word(words: &[&str]) -> Value {
    or_filled(json!({ "enum": words }))
}

/// A list.
pub(super) fn list(items: Value) -> Value {
    or_filled(json!({ "type": "array", "items": items }))
}

/// A mapping whose keys are the user's.
pub(super) fn map(values: Value) -> Value {
    or_filled(json!({ "type": "object", "additionalProperties": values }))
}

/// A mapping with these keys and no others. A null under a key that is not required counts as not
/// there.
pub(super) fn object(required: &[&str], properties: &[(&str, Value)]) -> Value {
    let property = |(key, schema): &(&str, Value)| {
        let mut schema = schema.clone();
        if !required.contains(key) {
            let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            schema = json!({ "anyOf": [schema, { "type": "null" }] });
            if let Some(description) = description {
                schema["description"] = description;
            }
        }
        ((*key).to_owned(), schema)
    };
    let properties: Map<String, Value> = properties.iter().map(property).collect();
    json!({ "type": "object", "required": required, "additionalProperties": false, "properties": properties })
}

//! Small schemas that larger ones are made of.

use serde_json::{Map, Value, json};

/// A scalar taken as text: it need not stand in quotes.
pub(super) fn text() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

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

/// A list, or a single item in its place.
pub(super) fn one_or_many(item: Value) -> Value {
    json!({ "anyOf": [item, { "type": "array", "items": item }] })
}

/// A mapping whose keys are the user's.
pub(super) fn map(values: Value) -> Value {
    or_filled(json!({ "type": "object", "additionalProperties": values }))
}

/// A shared schema by its name.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// The same with a description. Draft 7 ignores what stands beside `$ref`, which is put one level deeper.
pub(super) fn described(schema: Value, description: &str) -> Value {
    let mut schema = if schema.get("$ref").is_some() { json!({ "allOf": [schema] }) } else { schema };
    schema["description"] = json!(description);
    schema
}

/// A mapping with these keys and no others. A null under a key that is not required counts as not there.
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

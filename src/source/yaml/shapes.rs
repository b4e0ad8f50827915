//! JSON Schema (draft 7) fragments for files that the [`Reader`](super::Reader) reads.

use serde_json::{Value, json};

/// A scalar read as text, with or without quotes.
pub(crate) fn text() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

/// A list, or a single item as a list of one.
pub(crate) fn one_or_many(item: Value) -> Value {
    json!({ "anyOf": [item, { "type": "array", "items": item }] })
}

/// A shared schema by its name.
pub(crate) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// Adds a description. Draft 7 ignores keys beside `$ref`, so a reference moves one level down.
pub(crate) fn described(schema: Value, description: &str) -> Value {
    let mut schema = if schema.get("$ref").is_some() { json!({ "allOf": [schema] }) } else { schema };
    schema["description"] = json!(description);
    schema
}

//! Pieces of JSON Schema (draft 7) for files that the [`Reader`](super::Reader) reads.

use serde_json::{Value, json};

/// A scalar taken as text: it need not stand in quotes.
pub(crate) fn text() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

/// A list, or a single item in its place.
pub(crate) fn one_or_many(item: Value) -> Value {
    json!({ "anyOf": [item, { "type": "array", "items": item }] })
}

/// A shared schema by its name.
pub(crate) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// The same with a description. Draft 7 ignores what stands beside `$ref`, which is put one level deeper.
pub(crate) fn described(schema: Value, description: &str) -> Value {
    let mut schema = if schema.get("$ref").is_some() { json!({ "allOf": [schema] }) } else { schema };
    schema["description"] = json!(description);
    schema
}

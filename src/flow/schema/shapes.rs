//! Schema fragments that larger schemas share.

use serde_json::{Map, Value, json};

pub(super) use crate::source::yaml::shapes::{described, one_or_many, reference, text};

/// The pattern of ids of flows and nodes.
pub(super) const ID: &str = "^[A-Za-z0-9_.:-]+$";
/// The pattern of one telephone key.
pub(super) const KEY: &str = "[0-9*#A-D]";

/// A text that is not empty.
pub(super) fn name() -> Value {
    json!({ "type": ["string", "number", "boolean"], "minLength": 1 })
}

/// The id of a node or a flow.
pub(super) fn id() -> Value {
    json!({ "type": ["string", "number", "boolean"], "pattern": ID })
}

/// An expression that can be null.
pub(super) fn expression() -> Value {
    json!({ "type": ["string", "number", "boolean", "null"] })
}

/// A single telephone key, or none.
pub(super) fn key() -> Value {
    json!({ "type": ["string", "integer"], "pattern": format!("^({KEY}|none)$"), "minimum": 0, "maximum": 9 })
}

pub(super) fn duration() -> Value {
    json!({ "type": "string", "minLength": 1, "examples": ["250ms", "4s", "1m 30s"] })
}

pub(super) fn boolean() -> Value {
    json!({ "type": "boolean" })
}

/// A whole number from `least` to `most`.
pub(super) fn integer(least: i64, most: i64) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most })
}

/// One of a closed set of words.
pub(super) fn word(words: &[&str]) -> Value {
    json!({ "enum": words })
}

pub(super) fn list(item: Value) -> Value {
    json!({ "type": "array", "items": item })
}

/// A mapping with user-defined keys.
pub(super) fn map(keys: Value, values: Value) -> Value {
    json!({ "type": "object", "propertyNames": keys, "additionalProperties": values })
}

/// A mapping with exactly these keys. Null under an optional key counts as absent.
pub(super) fn object(description: &str, required: &[&str], properties: &[(&str, Value)]) -> Value {
    let optional = |(key, schema): &(&str, Value)| {
        let schema = if required.contains(key) { schema.clone() } else { nullable(schema.clone()) };
        ((*key).to_owned(), schema)
    };
    let properties: Map<String, Value> = properties.iter().map(optional).collect();
    json!({
        "description": description,
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    })
}

/// The schema, or null.
fn nullable(mut schema: Value) -> Value {
    let none = json!("null");
    match schema.get_mut("type") {
        Some(Value::Array(types)) => {
            if !types.contains(&none) {
                types.push(none);
            }
            return schema;
        }
        Some(single) => {
            if *single != none {
                *single = json!([single, none]);
            }
            return schema;
        }
        None => {}
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.push(Value::Null);
        return schema;
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.push(json!({ "type": "null" }));
        return schema;
    }
    if schema.as_object().is_some_and(Map::is_empty) {
        return schema;
    }
    let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
    let mut nullable = json!({ "anyOf": [schema, { "type": "null" }] });
    nullable["description"] = description.unwrap_or_default();
    nullable
}

pub(super) fn name_keys() -> Value {
    json!({ "minLength": 1 })
}

/// The schema of a prompt.
pub(super) fn prompt() -> Value {
    let texts = map(name_keys(), text());
    let say = json!({ "anyOf": [text(), with(texts, "minProperties", json!(1))] });
    let spoken = object(
        "Speech.",
        &["say"],
        &[
            ("say", described(say, "A text, in which ${expression} is filled in; or texts by language.")),
            ("duration", described(duration(), "How long it lasts (default 400 ms a word).")),
            ("asset", json!({ "type": "null" })),
        ],
    );
    let recorded = object(
        "A recording.",
        &["asset"],
        &[
            ("asset", described(name(), "Its id, of the flow's assets or the scenario's media.")),
            ("say", json!({ "type": "null" })),
        ],
    );
    json!({ "anyOf": [text(), spoken, recorded] })
}

pub(super) fn with(mut schema: Value, key: &str, value: Value) -> Value {
    schema[key] = value;
    schema
}

/// The cases of a switch or a queue check as a list.
pub(super) fn cases() -> Value {
    let case = object(
        "A case.",
        &["name", "when"],
        &[
            ("name", described(name(), "The name of the outcome.")),
            ("when", described(text(), "The condition, an expression.")),
            ("to", described(id(), "The node it leads to.")),
        ],
    );
    with(list(case), "minItems", json!(1))
}

//! Builds the schema of one type of node.

use serde_json::{Map, Value, json};

use crate::flow::schema::shapes::{boolean, described, duration, id, map, object, reference, text, with};

/// The outcomes that `on` may wire.
pub(super) enum Outcomes {
    /// None: the node has no edges.
    None,
    /// These.
    Only(&'static [&'static str]),
    /// These, and ones that the node names.
    And(&'static [&'static str]),
}

/// The schema of one type: its own keys, and those that every node has.
pub(super) fn node(
    kind: &'static str,
    description: &str,
    required: &[&str],
    own: Vec<(&str, Value)>,
    outcomes: Outcomes,
) -> (&'static str, Value) {
    let mut properties = vec![("type", json!({ "const": kind }))];
    properties.extend(own);
    let (named, open) = match outcomes {
        Outcomes::None => (&[][..], false),
        Outcomes::Only(named) => (named, false),
        Outcomes::And(named) => (named, true),
    };
    if open || !named.is_empty() {
        let edges: Map<String, Value> = named.iter().map(|&outcome| (outcome.to_owned(), id())).collect();
        let others = if open { id() } else { json!(false) };
        let on = json!({ "type": "object", "properties": edges, "additionalProperties": others });
        properties.push(("on", described(on, "The node that each outcome leads to.")));
    }
    if named.contains(&"next") {
        properties.push(("next", described(id(), "The node that comes next.")));
    }
    properties.push(("label", described(text(), "What people call the node.")));
    properties.push(("meta", described(json!({ "type": "object" }), "Anything; kept, never read.")));
    let required: Vec<&str> = std::iter::once("type").chain(required.iter().copied()).collect();
    (kind, object(description, &required, &properties))
}

pub(super) fn prompts(description: &str) -> Value {
    described(reference("prompts"), description)
}

pub(super) fn flag(description: &str) -> Value {
    described(boolean(), description)
}

pub(super) fn time(description: &str) -> Value {
    described(duration(), description)
}

pub(super) fn filled(keys: Value, values: Value) -> Value {
    with(map(keys, values), "minProperties", json!(1))
}

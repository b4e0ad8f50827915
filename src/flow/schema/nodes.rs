//! The schemas of all types of nodes.

mod branch;
mod build;
mod data;
mod input;
mod line;
mod route;

use serde_json::{Map, Value};

use super::shapes::{described, one_or_many, prompt, reference};

/// The shared schemas: prompts, and one for each type of node.
pub(super) fn definitions() -> Value {
    let mut all = Map::new();
    all.insert("prompt".to_owned(), described(prompt(), "Something that is said or played."));
    all.insert("prompts".to_owned(), described(one_or_many(reference("prompt")), "A list of prompts, or one."));
    for (kind, schema) in kinds() {
        all.insert(kind.to_owned(), schema);
    }
    Value::Object(all)
}

/// References to the schemas of all types.
pub(super) fn references() -> Value {
    kinds().iter().map(|(kind, _)| reference(kind)).collect()
}

fn kinds() -> Vec<(&'static str, Value)> {
    let mut kinds = Vec::new();
    kinds.extend(data::schemas());
    kinds.extend(input::schemas());
    kinds.extend(branch::schemas());
    kinds.extend(route::schemas());
    kinds.extend(line::schemas());
    kinds
}

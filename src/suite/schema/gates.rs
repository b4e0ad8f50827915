//! The schema of a suite's gates.

use serde_json::{Value, json};

use super::shapes::{described, duration, object};
use crate::suite::gate::{Measure, Unit};

/// Measures of one suite and their limits; `_` is as good as `-` in their names.
pub(super) fn gates() -> Value {
    let mut limits: Vec<(&'static str, Value)> = Vec::new();
    for measure in Measure::ALL.into_iter().filter(|measure| !measure.is_of_run()) {
        limits.push((measure.name(), described(limit(measure.unit()), words(measure))));
    }
    let mut gates = object(&[], &limits);
    if let Some(known) = gates["properties"].as_object_mut() {
        let others: Vec<(String, Value)> =
            known.iter().map(|(name, limit)| (name.replace('-', "_"), limit.clone())).collect();
        known.extend(others);
    }
    gates
}

fn words(measure: Measure) -> &'static str {
    match measure.unit() {
        Unit::Ratio => "The least ratio.",
        Unit::Count => "The most in one call.",
        Unit::Seconds => "The longest virtual time of one call.",
    }
}

fn limit(unit: Unit) -> Value {
    match unit {
        Unit::Ratio => json!({
            "anyOf": [
                { "type": "number", "minimum": 0, "maximum": 1 },
                { "type": "string", "pattern": "^[0-9][0-9.]*( *%)?$|\\$\\{" },
            ]
        }),
        Unit::Count => json!({
            "anyOf": [
                { "type": "integer", "minimum": 0 },
                { "type": "string", "pattern": "^[0-9]+$|\\$\\{" },
            ]
        }),
        Unit::Seconds => duration(),
    }
}

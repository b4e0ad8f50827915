//! Schemas of the branching nodes.

use serde_json::{Value, json};

use super::build::{Outcomes, filled, node};
use crate::flow::schema::shapes::{cases, described, id, integer, name, name_keys, object, text};

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let weight = integer(1, 1_000_000_000);
    let label = object(
        "A label.",
        &["weight"],
        &[
            ("weight", described(weight.clone(), "Its share of the draws.")),
            ("to", described(id(), "The node it leads to.")),
        ],
    );
    let values = filled(name_keys(), id());
    vec![
        node(
            "decision",
            "Goes by a condition.",
            &["if"],
            vec![("if", described(text(), "The condition, an expression."))],
            Outcomes::Only(&["true", "false", "error"]),
        ),
        node(
            "switch",
            "Goes by a value, or by the first condition that holds.",
            &["cases"],
            vec![
                ("on_value", described(text(), "The value to be compared, an expression.")),
                (
                    "cases",
                    described(
                        json!({ "anyOf": [values, cases()] }),
                        "Nodes by value; without 'on_value' a list of { name, when, to }.",
                    ),
                ),
            ],
            Outcomes::And(&["default", "error"]),
        ),
        node(
            "hours",
            "Looks at the clock.",
            &["schedule"],
            vec![
                ("schedule", described(name(), "The name of one of the flow's schedules.")),
                ("emergency", described(text(), "A condition that goes before the schedule.")),
            ],
            Outcomes::Only(&["open", "closed", "holiday", "emergency", "error"]),
        ),
        node(
            "random",
            "Draws one of its labels.",
            &["weights"],
            vec![(
                "weights",
                described(filled(name_keys(), json!({ "anyOf": [weight, label] })), "Labels with their weights."),
            )],
            Outcomes::And(&[]),
        ),
        node(
            "loop",
            "Counts its entries.",
            &["times"],
            vec![
                ("times", described(text(), "How often it repeats: a number or an expression.")),
                ("counter", described(name(), "The variable that keeps the count, from 1.")),
            ],
            Outcomes::Only(&["repeat", "done", "error"]),
        ),
    ]
}

//! Schemas of the nodes that leave the flow.

use serde_json::{Value, json};

use super::build::{Outcomes, node, prompts};
use crate::flow::schema::shapes::{described, expression, id, map, name, name_keys, one_or_many, with};

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let (_, jump) = node(
        "jump",
        "Moves on to another node, or to another flow's start, without coming back.",
        &[],
        vec![("to", described(id(), "The node.")), ("flow", described(name(), "The id of the flow."))],
        Outcomes::None,
    );
    let jump = with(jump, "anyOf", json!([{ "required": ["to"] }, { "required": ["flow"] }]));
    vec![
        node(
            "subflow",
            "Calls another flow.",
            &["flow"],
            vec![
                ("flow", described(name(), "Its id.")),
                ("in", described(map(name_keys(), expression()), "Our expressions by its variables.")),
                ("out", described(map(name_keys(), name()), "Its variables by ours.")),
                ("returns", described(one_or_many(name()), "The names with which it returns, besides 'completed'.")),
            ],
            Outcomes::And(&["completed", "error"]),
        ),
        ("jump", jump),
        node(
            "end",
            "Ends the call.",
            &[],
            vec![
                ("disposition", described(name(), "The call's outcome (default completed).")),
                ("prompts", prompts("What the caller hears last.")),
            ],
            Outcomes::None,
        ),
        node(
            "return",
            "Goes back to the subflow node.",
            &[],
            vec![("name", described(name(), "The outcome that it takes there (default completed)."))],
            Outcomes::None,
        ),
    ]
}

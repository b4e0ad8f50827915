//! Schemas of the nodes that play prompts, set variables or call external systems.

use serde_json::Value;

use super::build::{Outcomes, filled, flag, node, prompts, time};
use crate::flow::schema::shapes::{described, expression, map, name, name_keys, one_or_many, text};

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let assignments = filled(name_keys(), expression());
    vec![
        node("start", "The conventional first node; does nothing.", &[], vec![], Outcomes::Only(&["next"])),
        node(
            "play",
            "Plays prompts.",
            &["prompts"],
            vec![
                ("prompts", prompts("What is played.")),
                ("barge_in", flag("A key cuts the prompts short (default true).")),
                ("detect", flag("Listens for keys while it plays (default false).")),
                ("clear_buffer", flag("Drops keys that were keyed before (default false).")),
            ],
            Outcomes::Only(&["next", "digit", "error"]),
        ),
        node(
            "set",
            "Sets variables.",
            &["set"],
            vec![("set", described(assignments, "Expressions by variable, evaluated in order."))],
            Outcomes::Only(&["next", "error"]),
        ),
        node(
            "lookup",
            "Asks another system.",
            &[],
            vec![
                ("service", described(name(), "The name that stubs answer for (default: the node's id).")),
                ("inputs", described(map(name_keys(), expression()), "Expressions by the name of the input.")),
                ("outputs", described(map(name_keys(), name()), "Fields of the answer by variable.")),
                ("timeout", time("How long it waits for an answer (default 10s).")),
                ("outcomes", described(one_or_many(name()), "Further outcomes.")),
            ],
            Outcomes::And(&["success", "not_found", "failure", "timeout", "error"]),
        ),
        node(
            "effect",
            "Any side setting of the platform; has no effect on the call.",
            &["kind"],
            vec![
                ("kind", described(name(), "Of which kind, such as recording or whisper.")),
                ("settings", described(map(name_keys(), text()), "Its settings by name.")),
            ],
            Outcomes::Only(&["next", "error"]),
        ),
    ]
}

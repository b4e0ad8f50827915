//! Schemas of the input nodes.

use serde_json::{Value, json};

use super::build::{Outcomes, filled, flag, node, prompts, time};
use crate::flow::schema::shapes::{KEY, described, id, integer, key, name, name_keys, object, one_or_many, text};

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![menu(), collect(), bot()]
}

fn menu() -> (&'static str, Value) {
    let choices = filled(json!({ "pattern": format!("^{KEY}+$") }), id());
    node(
        "menu",
        "Waits for one of several choices.",
        &["choices"],
        vec![
            asking(),
            ("choices", described(choices, "Nodes by the keys that choose them.")),
            no_input(),
            ("interdigit", time("How long it waits for each further key (default 2s).")),
            ("terminator", described(key(), "The key that ends the keying early (default none).")),
            ("max_attempts", attempts()),
            barge_in(),
            type_ahead(),
            clear_buffer(),
            ("variable", described(name(), "The variable that keeps the keys of the choice.")),
        ],
        Outcomes::And(&["no_input", "no_match", "max_attempts", "error"]),
    )
}

fn collect() -> (&'static str, Value) {
    let validation = object(
        "What the entry must satisfy: one of the three.",
        &[],
        &[
            ("regex", described(text(), "A regular expression for the whole entry.")),
            ("luhn", flag("The check digit of card numbers.")),
            ("date", described(text(), "A date that exists, such as MMDDYYYY.")),
        ],
    );
    node(
        "collect",
        "Collects digits.",
        &[],
        vec![
            asking(),
            ("variable", described(name(), "The variable for the digits.")),
            ("min", described(integer(0, 1_000), "Fewer keys are invalid (default 1).")),
            ("max", described(integer(1, 1_000), "So many keys complete the entry (default 20).")),
            ("terminator", described(key(), "The key that completes the entry, or none (default #).")),
            ("cancel", described(key(), "The key that gives up (default none).")),
            no_input(),
            ("interdigit", time("How long it waits for each further key (default 3s).")),
            ("max_attempts", attempts()),
            barge_in(),
            type_ahead(),
            clear_buffer(),
            ("validate", validation),
            ("secret", flag("The digits are not shown anywhere (default false).")),
        ],
        Outcomes::Only(&["ok", "no_input", "invalid", "cancelled", "max_attempts", "error"]),
    )
}

fn bot() -> (&'static str, Value) {
    let intent = object(
        "An intent.",
        &[],
        &[
            ("phrases", described(one_or_many(text()), "What a caller may say for it.")),
            ("to", described(id(), "The node it leads to.")),
        ],
    );
    node(
        "bot",
        "Understands what the caller says.",
        &["intents"],
        vec![
            asking(),
            (
                "intents",
                described(filled(name_keys(), json!({ "anyOf": [id(), intent] })), "Intents by name, or their nodes."),
            ),
            no_input(),
            ("max_attempts", attempts()),
            barge_in(),
            ("variable", described(name(), "The variable that keeps the utterance.")),
        ],
        Outcomes::And(&["no_intent", "no_input", "max_attempts", "error"]),
    )
}

fn attempts() -> Value {
    described(integer(1, 1_000), "Maximum number of attempts (default 3).")
}

fn asking() -> (&'static str, Value) {
    ("prompts", prompts("What the caller hears."))
}

fn barge_in() -> (&'static str, Value) {
    ("barge_in", flag("A key or a word cuts the prompts short (default true)."))
}

fn type_ahead() -> (&'static str, Value) {
    ("type_ahead", flag("Takes keys that were keyed before (default true)."))
}

fn clear_buffer() -> (&'static str, Value) {
    ("clear_buffer", flag("Drops keys that were keyed before (default false)."))
}

fn no_input() -> (&'static str, Value) {
    ("no_input", time("How long it waits for the caller to begin (default 5s)."))
}

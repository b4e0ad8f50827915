//! Schemas of the nodes that act on the line: queues, transfers, recordings, callbacks and waits.

use serde_json::{Value, json};

use super::build::{Outcomes, flag, node, prompts, time};
use crate::flow::schema::shapes::{cases, described, key, name, text, with, word};

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let mut schemas = queues();
    schemas.extend(calls());
    schemas.push(wait());
    schemas
}

fn queues() -> Vec<(&'static str, Value)> {
    let queue = || described(name(), "The name of the queue.");
    let metrics = word(&["estimated_wait", "waiting", "agents", "open"]);
    vec![
        node(
            "queue_check",
            "Asks how a queue stands.",
            &["queue", "metric", "cases"],
            vec![
                ("queue", queue()),
                ("metric", described(metrics, "What is asked for.")),
                ("cases", described(cases(), "Cases by a condition on 'metric'.")),
            ],
            Outcomes::And(&["default", "error"]),
        ),
        node(
            "queue",
            "Waits for an agent.",
            &["queue"],
            vec![
                ("queue", queue()),
                ("skill", described(name(), "What the agent must be able to do.")),
                ("priority", described(json!({ "type": "integer" }), "Its place among the waiting (default 0).")),
                ("treatment", prompts("What is played while waiting.")),
                ("treatment_every", time("From one start of it to the next, 1s or more (default 30s).")),
                ("max_wait", time("After so long it gives up (default 10m).")),
            ],
            Outcomes::Only(&["answered", "abandoned", "timeout", "full", "closed", "error"]),
        ),
    ]
}

fn calls() -> Vec<(&'static str, Value)> {
    vec![
        node(
            "transfer",
            "Hands the call to a number.",
            &["number"],
            vec![
                ("number", described(text(), "Where to; ${expression} is filled in.")),
                (
                    "mode",
                    described(word(&["blind", "attended"]), "Whether the flow stays on the line (default blind)."),
                ),
                ("timeout", time("How long it rings at most (default 30s).")),
            ],
            Outcomes::Only(&["connected", "busy", "no_answer", "failed", "invalid"]),
        ),
        node(
            "record",
            "Records the caller.",
            &[],
            vec![
                ("prompts", prompts("What the caller hears.")),
                ("max", time("The longest recording (default 2m).")),
                ("silence", time("A silence of this length ends it (default 5s).")),
                ("terminator", described(key(), "The key that ends it, or none (default #).")),
                ("variable", described(name(), "The variable that keeps its length in ms.")),
            ],
            Outcomes::Only(&["recorded", "no_audio", "hung_up", "too_long", "error"]),
        ),
        node(
            "callback",
            "Promises a call back.",
            &["number"],
            vec![
                ("number", described(text(), "Whom to call; ${expression} is filled in.")),
                ("when", described(text(), "When.")),
            ],
            Outcomes::Only(&["scheduled", "invalid_number", "full", "error"]),
        ),
    ]
}

fn wait() -> (&'static str, Value) {
    let (_, wait) = node(
        "wait",
        "Lets time pass: a duration, or until an event.",
        &[],
        vec![
            ("duration", time("How long.")),
            ("event", described(name(), "The name of the event.")),
            ("timeout", time("How long it waits for the event at most (default 30s).")),
            ("music", prompts("What the caller hears meanwhile.")),
            ("detect", flag("Listens for keys meanwhile (default false).")),
        ],
        Outcomes::Only(&["elapsed", "event", "digit", "error"]),
    );
    let wait = with(wait, "anyOf", json!([{ "required": ["duration"] }, { "required": ["event"] }]));
    let wait = with(wait, "dependencies", json!({ "timeout": ["event"] }));
    ("wait", wait)
}

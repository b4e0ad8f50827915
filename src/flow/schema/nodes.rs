//! A schema for every type of node.

use serde_json::{Map, Value, json};

use super::shapes::{
    KEY, boolean, cases, described, duration, expression, id, integer, key, map, name, name_keys, object, one_or_many,
    prompt, reference, text, with, word,
};

/// The outcomes that `on` may wire.
enum Outcomes {
    /// None: the node has no edges.
    None,
    /// These.
    Only(&'static [&'static str]),
    /// These, and ones that the node names.
    And(&'static [&'static str]),
}

use Outcomes::{And, None as NoOutcomes, Only};

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
    kinds.extend(simple());
    kinds.extend(inputs());
    kinds.extend(branches());
    kinds.extend(flows());
    kinds.extend(lines());
    kinds
}

/// The schema of one type: its own keys, and those that every node has.
fn node(
    kind: &'static str,
    description: &str,
    required: &[&str],
    own: Vec<(&str, Value)>,
    outcomes: Outcomes,
) -> (&'static str, Value) {
    let mut properties = vec![("type", json!({ "const": kind }))];
    properties.extend(own);
    let (named, open) = match outcomes {
        NoOutcomes => (&[][..], false),
        Only(named) => (named, false),
        And(named) => (named, true),
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

fn prompts(description: &str) -> Value {
    described(reference("prompts"), description)
}

fn flag(description: &str) -> Value {
    described(boolean(), description)
}

fn time(description: &str) -> Value {
    described(duration(), description)
}

fn filled(keys: Value, values: Value) -> Value {
    with(map(keys, values), "minProperties", json!(1))
}

fn simple() -> Vec<(&'static str, Value)> {
    let assignments = filled(name_keys(), expression());
    vec![
        node("start", "The conventional first node; does nothing.", &[], vec![], Only(&["next"])),
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
            Only(&["next", "digit", "error"]),
        ),
        node(
            "set",
            "Sets variables.",
            &["set"],
            vec![("set", described(assignments, "Expressions by variable, evaluated in order."))],
            Only(&["next", "error"]),
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
            And(&["success", "not_found", "failure", "timeout", "error"]),
        ),
        node(
            "effect",
            "Any side setting of the platform; has no effect on the call.",
            &["kind"],
            vec![
                ("kind", described(name(), "Of which kind, such as recording or whisper.")),
                ("settings", described(map(name_keys(), text()), "Its settings by name.")),
            ],
            Only(&["next", "error"]),
        ),
    ]
}

fn inputs() -> Vec<(&'static str, Value)> {
    let attempts = described(integer(1, 1_000), "How often it asks at most (default 3).");
    let validation = object(
        "What the entry must satisfy: one of the three.",
        &[],
        &[
            ("regex", described(text(), "A regular expression for the whole entry.")),
            ("luhn", flag("The check digit of card numbers.")),
            ("date", described(text(), "A date that exists, such as MMDDYYYY.")),
        ],
    );
    let intent = object(
        "An intent.",
        &[],
        &[
            ("phrases", described(one_or_many(text()), "What a caller may say for it.")),
            ("to", described(id(), "The node it leads to.")),
        ],
    );
    let choices = filled(json!({ "pattern": format!("^{KEY}+$") }), id());
    let asking = |prompt: &str| ("prompts", prompts(prompt));
    let barge_in = ("barge_in", flag("A key or a word cuts the prompts short (default true)."));
    let type_ahead = ("type_ahead", flag("Takes keys that were keyed before (default true)."));
    let clear_buffer = ("clear_buffer", flag("Drops keys that were keyed before (default false)."));
    let no_input = ("no_input", time("How long it waits for the caller to begin (default 5s)."));
    vec![
        node(
            "menu",
            "Waits for one of several choices.",
            &["choices"],
            vec![
                asking("What the caller hears."),
                ("choices", described(choices, "Nodes by the keys that choose them.")),
                no_input.clone(),
                ("interdigit", time("How long it waits for each further key (default 2s).")),
                ("terminator", described(key(), "The key that ends the keying early (default none).")),
                ("max_attempts", attempts.clone()),
                barge_in.clone(),
                type_ahead.clone(),
                clear_buffer.clone(),
                ("variable", described(name(), "The variable that keeps the keys of the choice.")),
            ],
            And(&["no_input", "no_match", "max_attempts", "error"]),
        ),
        node(
            "collect",
            "Collects digits.",
            &[],
            vec![
                asking("What the caller hears."),
                ("variable", described(name(), "The variable for the digits.")),
                ("min", described(integer(0, 1_000), "Fewer keys are invalid (default 1).")),
                ("max", described(integer(1, 1_000), "So many keys complete the entry (default 20).")),
                ("terminator", described(key(), "The key that completes the entry, or none (default #).")),
                ("cancel", described(key(), "The key that gives up (default none).")),
                no_input.clone(),
                ("interdigit", time("How long it waits for each further key (default 3s).")),
                ("max_attempts", attempts.clone()),
                barge_in.clone(),
                type_ahead,
                clear_buffer,
                ("validate", validation),
                ("secret", flag("The digits are not shown anywhere (default false).")),
            ],
            Only(&["ok", "no_input", "invalid", "cancelled", "max_attempts", "error"]),
        ),
        node(
            "bot",
            "Understands what the caller says.",
            &["intents"],
            vec![
                asking("What the caller hears."),
                (
                    "intents",
                    described(
                        filled(name_keys(), json!({ "anyOf": [id(), intent] })),
                        "Intents by name, or their nodes.",
                    ),
                ),
                no_input,
                ("max_attempts", attempts),
                barge_in,
                ("variable", described(name(), "The variable that keeps the utterance.")),
            ],
            And(&["no_intent", "no_input", "max_attempts", "error"]),
        ),
    ]
}

fn branches() -> Vec<(&'static str, Value)> {
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
            Only(&["true", "false", "error"]),
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
            And(&["default", "error"]),
        ),
        node(
            "hours",
            "Looks at the clock.",
            &["schedule"],
            vec![
                ("schedule", described(name(), "The name of one of the flow's schedules.")),
                ("emergency", described(text(), "A condition that goes before the schedule.")),
            ],
            Only(&["open", "closed", "holiday", "emergency", "error"]),
        ),
        node(
            "random",
            "Draws one of its labels.",
            &["weights"],
            vec![(
                "weights",
                described(filled(name_keys(), json!({ "anyOf": [weight, label] })), "Labels with their weights."),
            )],
            And(&[]),
        ),
        node(
            "loop",
            "Counts its entries.",
            &["times"],
            vec![
                ("times", described(text(), "How often it repeats: a number or an expression.")),
                ("counter", described(name(), "The variable that keeps the count, from 1.")),
            ],
            Only(&["repeat", "done", "error"]),
        ),
    ]
}

fn flows() -> Vec<(&'static str, Value)> {
    let (_, jump) = node(
        "jump",
        "Moves on to another node, or to another flow's start, without coming back.",
        &[],
        vec![("to", described(id(), "The node.")), ("flow", described(name(), "The id of the flow."))],
        NoOutcomes,
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
            And(&["completed", "error"]),
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
            NoOutcomes,
        ),
        node(
            "return",
            "Goes back to the subflow node.",
            &[],
            vec![("name", described(name(), "The outcome that it takes there (default completed)."))],
            NoOutcomes,
        ),
    ]
}

fn lines() -> Vec<(&'static str, Value)> {
    let queue = || described(name(), "The name of the queue.");
    let (_, wait) = node(
        "wait",
        "Lets time pass: a length of time, or until an event.",
        &[],
        vec![
            ("duration", time("How long.")),
            ("event", described(name(), "The name of the event.")),
            ("timeout", time("How long it waits for the event at most (default 30s).")),
            ("music", prompts("What the caller hears meanwhile.")),
            ("detect", flag("Listens for keys meanwhile (default false).")),
        ],
        Only(&["elapsed", "event", "digit", "error"]),
    );
    let wait = with(wait, "anyOf", json!([{ "required": ["duration"] }, { "required": ["event"] }]));
    let wait = with(wait, "dependencies", json!({ "timeout": ["event"] }));
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
            And(&["default", "error"]),
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
            Only(&["answered", "abandoned", "timeout", "full", "closed", "error"]),
        ),
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
            Only(&["connected", "busy", "no_answer", "failed", "invalid"]),
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
            Only(&["recorded", "no_audio", "hung_up", "too_long", "error"]),
        ),
        node(
            "callback",
            "Promises a call back.",
            &["number"],
            vec![
                ("number", described(text(), "Whom to call; ${expression} is filled in.")),
                ("when", described(text(), "When.")),
            ],
            Only(&["scheduled", "invalid_number", "full", "error"]),
        ),
        ("wait", wait),
    ]
}

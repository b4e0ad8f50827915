//! The JSON Schema of suite files, for editors.
//!
//! It is written by hand, as the reader of suites is, and tests hold the two together: what the
//! reader accepts is valid here. It is draft 7, the newest that the YAML language server supports.
//! Of the reader's rules it has those that a schema can express: keys, types, shapes; not whether a
//! node exists or an axis is used.

mod gates;
mod prompts;
mod shapes;

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use self::shapes::{
    described, duration, filled, integer, list, map, object, one_or_many, or_filled, reference, text, word,
};
use super::properties::{DESCRIPTION, MAX_PROPERTIES};
use super::settings::Kind;

/// The schema, a JSON Schema of draft 7. The kind of a suite decides which half of it counts, so
/// that an editor speaks of that kind only.
pub(crate) fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "callpath suite",
        "if": { "type": "object", "required": ["kind"], "properties": { "kind": { "const": "assist" } } },
        "then": of_kind(Kind::Assist),
        "else": of_kind(Kind::Ivr),
        "definitions": definitions(),
    })
}

/// A suite of one kind, or defaults for such suites.
fn of_kind(kind: Kind) -> Value {
    let (defaults, scenario, about) = match kind {
        Kind::Ivr => ("defaults", "scenario", "The simulated calls."),
        Kind::Assist => ("prompt_defaults", "prompt_scenario", "The prompts."),
    };
    let mut head = vec![
        ("suite", described(text(), "What the suite calls itself.")),
        ("description", described(text(), "What it is for.")),
        ("kind", described(word(&[kind.name()]), "The kind of suite: ivr, which may be left out, or assist.")),
        (
            "extends",
            described(
                text(),
                "A suite of the same kind, relative to this one, whose flow, tags and defaults are taken; ours win, key by key.",
            ),
        ),
        ("tags", described(tags(), "On every scenario.")),
        ("defaults", described(reference(defaults), "What scenarios say unless they say something else.")),
        ("gates", described(reference("gates"), "What the scenarios must reach together, or may cost at most.")),
    ];
    if kind == Kind::Ivr {
        let flow = described(text(), "The flow that the scenarios call: a file, relative to this one.");
        head.insert(3, ("flow", flow));
    }
    let scenarios = json!({ "type": "array", "minItems": 1, "items": reference(scenario) });
    let mut whole = head.clone();
    whole.push(("scenarios", described(scenarios, about)));
    // Only a text of the kind's own name leads here, and a null counts as not there.
    let mut suite = object(&["suite", "scenarios"], &whole);
    suite["description"] = json!("A suite: defaults and a list of scenarios.");
    let mut base = object(&["defaults"], &head);
    base["description"] = json!("Defaults for suites that extend this one.");
    json!({ "anyOf": [suite, base] })
}

fn definitions() -> Value {
    let mut definitions = json!({
        "defaults": defaults(),
        "gates": gates::gates(),
        "scenario": scenario(),
        "call": call(),
        "clock": clock(),
        "media": media(),
        "input": input(),
        "answer": answer(),
        "queue": queue(),
        "expect": expect(),
        "condition": condition(),
        "prompt": prompt(),
        "lookup": lookup(),
        "properties": properties(),
    });
    for (name, definition) in prompts::definitions() {
        definitions[name] = definition;
    }
    definitions
}

/// What defaults and scenarios have in common.
fn common() -> Vec<(&'static str, Value)> {
    vec![
        ("variables", described(map(json!({})), "Variables of the flow by name.")),
        ("media", described(list(reference("media")), "Media that the call may use beyond the flow's own.")),
        ("call", described(reference("call"), "The two ends of the line and the caller's habits.")),
        ("clock", described(reference("clock"), "When the call comes in.")),
        (
            "stubs",
            described(
                map(one_or_many(reference("answer"))),
                "What other systems answer, by service, event or node; the k-th question gets the k-th answer, every further one the last.",
            ),
        ),
        ("queues", described(map(reference("queue")), "How queues stand, over what the flow says.")),
        ("seed", described(integer(0, i64::MAX as u64), "Decides every draw (default: that of the run).")),
        ("timeout", described(duration(), "Wall time for one attempt (default: that of the run).")),
        ("time_limit", described(duration(), "Virtual time for the call (default 4h).")),
        (
            "retries",
            described(integer(0, 100), "How often a failed attempt is tried again (default: that of the run)."),
        ),
        ("properties", described(reference("properties"), PROPERTIES)),
        ("expect", described(reference("expect"), "What is expected of the call.")),
    ]
}

/// What `properties` are, in suites of either kind.
const PROPERTIES: &str = "Texts by name, such as a requirement or an owner; reports show them.";

fn properties() -> Value {
    or_filled(json!({
        "type": "object",
        "propertyNames": { "pattern": "\\S", "not": { "const": DESCRIPTION } },
        "additionalProperties": text(),
        "maxProperties": MAX_PROPERTIES,
    }))
}

fn defaults() -> Value {
    object(&[], &common())
}

/// What all scenarios have.
fn named() -> Vec<(&'static str, Value)> {
    vec![
        ("name", described(text(), "Its name, unique in the suite; `${axis}` is filled in.")),
        ("description", described(text(), "What the scenario is about; reports show it.")),
        ("tags", described(tags(), "More tags.")),
        ("skip", described(json!({ "type": ["string", "number"] }), "Why it is not run.")),
    ]
}

fn scenario() -> Value {
    let mut keys = named();
    keys.extend([
        ("flow", described(text(), "Another flow than the suite's.")),
        (
            "dtmf",
            described(
                one_or_many(reference("input")),
                "What the caller keys: each item answers the next input node that asks.",
            ),
        ),
    ]);
    keys.extend(common());
    keys.extend(expansion());
    object(&["name"], &keys)
}

/// What makes several scenarios of one.
fn expansion() -> Vec<(&'static str, Value)> {
    let axes = json!({ "type": "object", "additionalProperties": list_of_values(), "minProperties": 1 });
    let cells = json!({ "type": "array", "items": { "type": "object", "minProperties": 1 } });
    let rows = json!({ "type": "array", "items": { "type": "object", "minProperties": 1 }, "minItems": 1 });
    vec![
        ("matrix", described(axes, "Axes and their values: one scenario for each cell, the last axis fastest.")),
        ("exclude", described(cells.clone(), "Cells to leave out: values of some axes.")),
        ("include", described(cells, "Cells to add: a value for every axis.")),
        ("examples", described(rows, "One scenario for each row; all rows have the same keys.")),
    ]
}

fn list_of_values() -> Value {
    json!({ "type": "array", "minItems": 1 })
}

fn tags() -> Value {
    let tag = json!({ "type": ["string", "number", "boolean"], "pattern": "^[^\\s()!&|,]+$|\\$\\{" });
    one_or_many(tag)
}

fn call() -> Value {
    let signal = object(
        &["name", "at"],
        &[
            ("name", described(text(), "The signal's name.")),
            ("at", described(duration(), "When, from the call's start.")),
        ],
    );
    or_filled(object(
        &[],
        &[
            ("ani", described(text(), "The caller's number.")),
            ("dnis", described(text(), "The number called.")),
            ("hang_up_after", described(duration(), "The caller hangs up this long after the call's start.")),
            ("patience", described(duration(), "How long the caller waits in a queue.")),
            ("signals", described(list(signal), "Signals from outside.")),
        ],
    ))
}

fn clock() -> Value {
    or_filled(object(
        &[],
        &[
            (
                "at",
                described(
                    json!({ "type": "string" }),
                    "A local time such as 2026-03-02T10:00:00, or an instant with an offset or Z.",
                ),
            ),
            ("zone", described(json!({ "type": "string" }), "A time zone such as America/New_York (default UTC).")),
        ],
    ))
}

fn media() -> Value {
    or_filled(object(
        &["asset", "type"],
        &[("asset", described(text(), "Its id.")), ("type", described(word(&["audio", "tts", "video"]), "Its kind."))],
    ))
}

/// Keys of a telephone; unquoted digits are read as a number by editors.
fn keys() -> Value {
    json!({ "type": ["string", "integer", "number"], "pattern": "^[0-9*#A-D]+$|\\$\\{", "minimum": 0 })
}

fn input() -> Value {
    let form = |key: &'static str, schema: Value, description| object(&[key], &[(key, described(schema, description))]);
    json!({ "anyOf": [
        described(keys(), "Keys, pressed 250 ms apart, the first one 1 s after the prompt's end."),
        { "const": "silence", "description": "Keys nothing." },
        { "const": "hangup", "description": "Hangs up 1 s after the prompt's end." },
        object(&["keys"], &[
            ("keys", described(keys(), "The keys.")),
            ("gap", described(duration(), "Between two keys.")),
            ("at", described(duration(), "From the prompt's start to the first key: barge-in.")),
        ]),
        form("ahead", keys(), "Pressed before the prompt: type-ahead."),
        form("hangup", duration(), "Hangs up this long after the prompt's start."),
        form("say", text(), "Says this to a bot."),
        form("speak", duration(), "Speaks this long to a recording."),
    ] })
}

fn answer() -> Value {
    let full = object(
        &["outcome"],
        &[
            ("outcome", described(text(), "The outcome that the node takes.")),
            ("outputs", described(map(json!({})), "Fields of the answer.")),
            ("latency", described(duration(), "How long it takes, in virtual time.")),
            ("message", described(text(), "What a failure says.")),
        ],
    );
    let outputs = json!({ "type": ["object", "string", "number", "boolean", "null"] });
    let short = json!({
        "type": "object", "minProperties": 1, "maxProperties": 1,
        "not": { "required": ["outcome"] }, "additionalProperties": outputs,
        "description": "An outcome with its outputs, or with a message.",
    });
    json!({ "anyOf": [described(text(), "An outcome."), short, full] })
}

fn queue() -> Value {
    let count = || integer(0, u64::from(u32::MAX));
    or_filled(object(
        &[],
        &[
            ("open", described(or_filled(json!({ "type": "boolean" })), "Whether it takes calls.")),
            ("agents", described(count(), "Agents that work for it.")),
            ("waiting", described(count(), "Calls that wait already.")),
            ("handle_time", described(duration(), "How long an agent is busy with a call.")),
            ("capacity", described(count(), "How many calls may wait.")),
            ("wait", described(duration(), "A fixed wait in place of the estimate.")),
        ],
    ))
}

/// An exact value, or bounds of which at least one is given.
fn bound(value: Value) -> Value {
    let mut bounds = object(
        &[],
        &[
            ("at_least", described(value.clone(), "At least this.")),
            ("at_most", described(value.clone(), "At most this.")),
        ],
    );
    bounds["minProperties"] = json!(1);
    json!({ "anyOf": [value, bounds] })
}

fn expect() -> Value {
    let outcome_or_key = || json!({ "type": ["string", "number", "boolean"] });
    let efficiency = or_filled(json!({ "type": "number", "minimum": 0, "maximum": 1 }));
    let mut path = json!({ "type": "array", "minItems": 1, "items": text() });
    path = or_filled(path);
    let decision =
        json!({ "anyOf": [outcome_or_key(), { "type": "array", "minItems": 1, "items": outcome_or_key() }] });
    or_filled(object(
        &[],
        &[
            (
                "outcome",
                described(
                    text(),
                    "The call's outcome: a disposition of the flow, completed, transferred, hung_up, abandoned or failed.",
                ),
            ),
            ("ends_at", described(text(), "The node at which the call ended.")),
            ("path", described(path, "The nodes walked: `...` any nodes, `?` any one, `a|b` either.")),
            (
                "decisions",
                described(
                    map(decision),
                    "By node the outcome of its first visit, or a list by visit; `_` is not checked.",
                ),
            ),
            ("variables", described(map(reference("condition")), "By variable its value at the end, or a condition.")),
            ("never", described(one_or_many(text()), "Nodes that must not be walked.")),
            ("prompts", described(one_or_many(reference("prompt")), "Prompts heard.")),
            ("lookups", described(map(reference("lookup")), "Questions by service.")),
            ("efficiency", described(bound(efficiency), "The efficiency, from 0 to 1.")),
            ("duration", described(bound(duration()), "The virtual time.")),
            ("keypresses", described(bound(integer(0, i64::MAX as u64)), "The keys pressed.")),
            (
                "unused_input",
                described(word(&["allow", "forbid"]), "Whether keys and items may be left unused (default allow)."),
            ),
            ("failure", described(text(), "For outcome `failed`: a text that the message contains.")),
        ],
    ))
}

fn condition() -> Value {
    let limit = || json!({ "type": ["number", "string"] });
    let mut conditions = object(
        &[],
        &[
            ("equals", described(json!({}), "It equals this.")),
            ("not", described(json!({}), "It does not equal this.")),
            ("at_least", described(limit(), "It is at least this.")),
            ("at_most", described(limit(), "It is at most this.")),
            ("one_of", described(or_filled(list_of_values()), "It equals one of these.")),
            ("matches", described(text(), "As text it matches this regular expression.")),
            ("contains", described(json!({}), "Its text contains this, or it is a list that does.")),
            ("is", described(word(&["null", "set"]), "It is null or not there, or it is set.")),
        ],
    );
    conditions["minProperties"] = json!(1);
    json!({ "anyOf": [{ "not": { "type": "object" } }, conditions] })
}

fn prompt() -> Value {
    let conditions = object(
        &[],
        &[
            ("equals", described(text(), "The whole text.")),
            ("contains", described(text(), "A part of it.")),
            ("matches", described(text(), "A regular expression somewhere in it.")),
            ("node", described(text(), "Only prompts of this node.")),
            ("not", described(or_filled(json!({ "type": "boolean" })), "None such was heard.")),
        ],
    );
    let one = json!([{ "required": ["equals"] }, { "required": ["contains"] }, { "required": ["matches"] }]);
    json!({ "anyOf": [text(), { "allOf": [conditions, { "anyOf": one }] }] })
}

fn lookup() -> Value {
    let mut lookup = object(
        &[],
        &[
            ("times", described(bound(integer(0, i64::MAX as u64)), "How many there were.")),
            ("with", described(map(reference("condition")), "Inputs that one of them had.")),
            ("outcome", described(text(), "The outcome that this one had.")),
        ],
    );
    lookup["minProperties"] = json!(1);
    json!({ "anyOf": [lookup, filled()] })
}

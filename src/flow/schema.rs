//! The JSON Schema of flow files, for editors.
//!
//! The schema is written by hand, like the reader; a test checks that it accepts everything that
//! the reader accepts. Draft 7 is the newest that the YAML language server supports. A schema can
//! express keys, types and shapes, but not whether a node or a variable exists.

mod nodes;
mod shapes;

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use self::shapes::{
    ID, KEY, boolean, described, duration, id, integer, map, name_keys, object, one_or_many, text, word,
};

/// The schema, a JSON Schema of draft 7.
pub(crate) fn schema() -> Value {
    let mut schema = object(
        "A call flow: a directed graph of nodes that a call walks.",
        &["flow", "start", "nodes"],
        &[
            ("flow", described(id(), "The id of the flow, unique among the flows of a run.")),
            ("name", described(text(), "What people call it (default: its id).")),
            ("version", described(text(), "Its version (default 1).")),
            ("start", described(id(), "The node that the call begins with.")),
            ("language", described(text(), "The language of prompts unless the variable 'language' says otherwise.")),
            (
                "unwired",
                described(
                    word(&["stuck", "end", "error"]),
                    "What becomes of an outcome without an edge (default stuck).",
                ),
            ),
            (
                "subflows",
                described(one_or_many(text()), "Files, relative to this one, whose flows 'subflow' and 'jump' name."),
            ),
            ("variables", described(map(name_keys(), json!({})), "Initial values by variable.")),
            ("assets", described(map(name_keys(), asset()), "Recorded media by id.")),
            ("schedules", described(map(name_keys(), schedule()), "Opening hours by name.")),
            ("queues", described(map(name_keys(), queue()), "The usual state of queues by name.")),
            ("events", events()),
            ("nodes", nodes()),
        ],
    );
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!("callpath flow");
    schema["definitions"] = nodes::definitions();
    schema
}

fn asset() -> Value {
    object(
        "Recorded media.",
        &["type", "duration"],
        &[
            ("type", described(word(&["audio", "tts", "video"]), "Its kind.")),
            ("duration", described(duration(), "How long it plays.")),
        ],
    )
}

fn schedule() -> Value {
    let day = "\\s*(mon|tue|wed|thu|fri|sat|sun)\\s*";
    let days = format!("{day}(-{day})?");
    let time = "\\s*[0-9]{2}:[0-9]{2}\\s*";
    let ranges = one_or_many(json!({ "type": "string", "pattern": format!("^{time}-{time}$") }));
    let date = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
    let weekly = map(json!({ "pattern": format!("^(daily|{days}(,{days})*)$") }), ranges.clone());
    object(
        "Opening hours in the wall-clock time of a zone.",
        &["zone"],
        &[
            ("zone", described(text(), "The IANA name of the time zone, such as America/New_York.")),
            (
                "weekly",
                described(weekly, "Ranges such as 09:00-17:00 or 22:00-06:00 by day: mon-fri, sat, 'mon,wed', daily."),
            ),
            (
                "dates",
                described(
                    map(json!({ "pattern": date }), ranges),
                    "Ranges that replace the weekly ones of a date; [] is closed all day.",
                ),
            ),
            ("holidays", described(one_or_many(json!({ "type": "string", "pattern": date })), "Dates of holidays.")),
        ],
    )
}

fn queue() -> Value {
    let most = i64::from(u32::MAX);
    object(
        "The state of a queue when a call meets it.",
        &[],
        &[
            ("open", described(boolean(), "Whether it takes calls (default true).")),
            ("agents", described(integer(0, most), "Agents that work for it (default 1).")),
            ("waiting", described(integer(0, most), "Calls that wait already (default 0).")),
            ("handle_time", described(duration(), "How long an agent is busy with a call (default 3m).")),
            ("capacity", described(integer(0, most), "How many calls may wait (default: any number).")),
            ("wait", described(duration(), "A fixed wait in place of the estimate.")),
        ],
    )
}

fn events() -> Value {
    object(
        "Extra entries into the graph.",
        &[],
        &[
            ("on_hangup", described(id(), "When the caller hangs up.")),
            ("on_answer", described(id(), "When somebody answers and that outcome is not wired.")),
            ("on_error", described(id(), "For an outcome 'error' that is not wired.")),
            ("on_signal", described(map(name_keys(), id()), "By a signal of the scenario.")),
            (
                "keys",
                described(
                    map(json!({ "pattern": format!("^{KEY}$") }), id()),
                    "By a key that an input node itself does not use.",
                ),
            ),
        ],
    )
}

fn nodes() -> Value {
    json!({
        "description": "The nodes by id.",
        "type": "object",
        "minProperties": 1,
        "propertyNames": { "pattern": ID },
        "additionalProperties": { "oneOf": nodes::references() },
    })
}

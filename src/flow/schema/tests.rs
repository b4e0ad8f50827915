//! The schema and the reader agree.

use std::sync::LazyLock;

use jsonschema::Validator;

use super::*;
use crate::flow::read::tests::{flow, mistakes, valid::EVERY};
use crate::source::diagnostics::{Diagnostics, Source};
use crate::source::yaml::{Limits, parse};

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| jsonschema::draft7::new(&schema()).expect("a schema"));

/// What the schema has to say about a flow file.
fn complaints(text: &str) -> Vec<String> {
    let source = Source::new("flow.yaml", text);
    let node = parse(&source, &Limits::default(), &mut Diagnostics::new()).expect("a tree");
    let value = serde_json::to_value(crate::flow::Value::from_node(&node)).expect("JSON");
    VALIDATOR.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path())).collect()
}

#[test]
fn it_is_a_schema_of_draft_7() {
    assert!(jsonschema::draft7::meta::is_valid(&schema()));
}

#[test]
fn every_type_has_a_schema() {
    for kind in crate::flow::read::type_names() {
        assert!(schema()["definitions"][kind]["properties"]["type"]["const"] == *kind, "{kind}");
    }
    assert_eq!(crate::flow::read::type_names().count(), nodes::references().as_array().map_or(0, Vec::len));
}

#[test]
fn every_object_but_meta_and_maps_of_names_is_closed() {
    fn walk(schema: &Value, path: &str, open: &mut Vec<String>) {
        let is_object = schema["type"] == "object" || schema["type"][0] == "object";
        if is_object && schema.get("additionalProperties").is_none() {
            open.push(path.to_owned());
        }
        match schema {
            Value::Object(members) => {
                members.iter().for_each(|(key, value)| walk(value, &format!("{path}/{key}"), open))
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, path, open)),
            _ => {}
        }
    }
    let mut open = Vec::new();
    walk(&schema(), "", &mut open);
    assert!(open.iter().all(|path| path.ends_with("/meta")), "{open:?}");
    assert_eq!(open.len(), crate::flow::read::type_names().count());
}

/// Flows that stretch what the reader accepts.
const ODD: [&str; 8] = [
    EVERY,
    "flow: 7\nstart: 1\nversion: 2.5\nname: true\nnodes: { 1: { type: end, label: 3 } }",
    "flow: f\nstart: a\nname: ~\nlanguage:\nevents:\nvariables:\nsubflows:\nassets:\nnodes: { a: { type: end, prompts: ~, disposition: null, meta: ~ } }",
    "flow: f\nstart: a\nsubflows: x.yaml\nnodes: { a: { type: lookup, outcomes: slow, on: { slow: a } } }",
    "flow: f\nstart: a\nnodes: { a: { type: play, prompts: 5, next: b }, b: { type: jump, to: a, flow: ~ }, c: { type: play, prompts: { say: { en: 1 }, asset: ~ } } }",
    "flow: f\nstart: a\nnodes: { a: { type: collect, terminator: 9, cancel: none, validate: { luhn: false, regex: ~ }, on: {} } }",
    "flow: f\nstart: a\nschedules: { s: { zone: UTC, weekly: { ' mon - tue , fri': ' 08:00 - 24:00 ', sat: [] }, holidays: 2026-01-01 } }\nnodes: { a: { type: hours, schedule: s } }",
    "flow: f\nstart: a\nnodes: { a: { type: random, weights: { x: 1, y: { weight: 2 } } }, b: { type: bot, intents: { x: a, y: { phrases: hi }, z: {} } }, c: { type: decision, if: true } }",
];

#[test]
fn what_the_reader_accepts_is_valid() {
    for text in ODD {
        flow(text);
        assert_eq!(complaints(text), Vec::<String>::new(), "{text}");
    }
}

/// The body of the only node `a` of a flow, with what is wrong with it.
const WRONG: [&str; 24] = [
    "{ type: nothing }",
    "{ next: a }",
    "{ type: start, onn: {} }",
    "{ type: start, on: { previous: a } }",
    "{ type: play }",
    "{ type: play, prompts: [{ asset: x, duration: 3s }] }",
    "{ type: play, prompts: { say: {} } }",
    "{ type: play, prompts: Hi, barge_in: 'true' }",
    "{ type: menu, choices: {} }",
    "{ type: menu, choices: { E: a } }",
    "{ type: collect, terminator: '12' }",
    "{ type: collect, max: 0 }",
    "{ type: collect, min: four }",
    "{ type: collect, validate: { luhm: true } }",
    "{ type: bot, intents: { x: { phrase: hi } } }",
    "{ type: switch, cases: [] }",
    "{ type: switch, cases: [{ name: x }] }",
    "{ type: random, weights: { x: 0 } }",
    "{ type: jump }",
    "{ type: end, next: a }",
    "{ type: wait, duration: 5 }",
    "{ type: wait, duration: 5s, timeout: 3s }",
    "{ type: queue_check, queue: q, metric: length, cases: [{ name: x, when: 'true' }] }",
    "{ type: set, set: { x: [1] } }",
];

/// Lines of the head of a flow that are wrong.
const WRONG_HEADS: [&str; 12] = [
    "strat: a",
    "unwired: stick",
    "assets: { x: { type: audio } }",
    "assets: { x: { type: sound, duration: 3s } }",
    "schedules: { x: { weekly: {} } }",
    "schedules: { x: { zone: UTC, weekly: { monday: [] } } }",
    "schedules: { x: { zone: UTC, weekly: { mon: ['9-17'] } } }",
    "schedules: { x: { zone: UTC, dates: { tomorrow: [] } } }",
    "queues: { x: { agents: -1 } }",
    "queues: { x: { agent: 1 } }",
    "events: { on_hang_up: a }",
    "events: { keys: { '12': a } }",
];

#[test]
fn what_is_wrong_is_wrong_for_both() {
    let nodes = WRONG.map(|node| format!("flow: f\nstart: a\nnodes:\n  a: {node}\n"));
    let heads = WRONG_HEADS.map(|line| format!("flow: f\nstart: a\n{line}\nnodes: {{ a: {{ type: end }} }}\n"));
    for text in nodes.iter().chain(&heads) {
        assert!(mistakes(text).contains("error["), "the reader accepts\n{text}");
        assert!(!complaints(text).is_empty(), "the schema accepts\n{text}");
    }
    for key in ["flow", "start", "nodes"] {
        let all = [("flow", "f"), ("start", "a"), ("nodes", "{ a: { type: end } }")];
        let text: String =
            all.iter().filter(|(other, _)| *other != key).map(|(key, value)| format!("{key}: {value}\n")).collect();
        assert!(mistakes(&text).contains("flow/missing-key") && !complaints(&text).is_empty(), "{text}");
    }
}

//! The schema and the reader agree.

use std::sync::LazyLock;

use jsonschema::Validator;

use super::*;
use crate::source::diagnostics::{Diagnostics, Source};
use crate::source::yaml::{Limits, parse};
use crate::suite::tests::{load_text, said};

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| jsonschema::draft7::new(&schema()).expect("a schema"));

/// Whether the schema accepts a suite file.
fn valid(text: &str) -> bool {
    let source = Source::new("s.yaml", text);
    let node = parse(&source, &Limits::default(), &mut Diagnostics::new()).expect("a tree");
    VALIDATOR.is_valid(&crate::flow::Value::from_node(&node).to_json())
}

fn scenario(body: &str) -> String {
    format!("suite: S\nflow: flows/bank.yaml\nscenarios:\n  - name: x\n{body}")
}

#[test]
fn it_is_a_schema_of_draft_7() {
    assert!(jsonschema::draft7::meta::is_valid(&schema()));
}

#[test]
fn what_the_reader_accepts_is_valid() {
    let good: Vec<String> = [
        "suite: 7\nkind: ivr\ndescription: ~\ntags: a\nflow: flows/bank.yaml\ndefaults: { clock: ~ }\nscenarios: [{ name: 1, skip: 2 }]",
        "suite: S\nscenarios:\n  - { name: x, flow: flows/bank.yaml, expect: { outcome: served }, dtmf: silence }\n",
        "suite: S\nflow: flows/bank.yaml\ngates: { accuracy: 0.9, check_accuracy: 95%, joint-accuracy-low: ~, keypresses: 12, duration: 2m }\nscenarios: [{ name: 1, skip: 2 }]",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain(
        [
            "    dtmf: [0123, 1, \"12#\", silence, hangup, { keys: 12, gap: 4s, at: 1s }, { ahead: \"1\" }, { hangup: 2s }, { say: 1 }, { speak: 12s }]\n    expect: { outcome: served }\n",
            "    matrix: { k: [[1, \"#\"]], n: [2] }\n    dtmf: [\"${k}\"]\n    retries: \"${n}\"\n    seed: \"${n}\"\n    expect: { keypresses: \"${n}\" }\n",
            "    examples: [{ a: 1 }, { a: ~ }]\n    variables: { x: \"${a}\", y: { z: [1] } }\n    expect: { variables: { queue: ~, balance: { at_least: 1, is: null }, language: { one_of: [a] } } }\n",
            "    stubs: { balance: success, account: [timeout, { success: { a: 1 } }, { failure: text }, { failure: ~ }, { outcome: success, latency: 1s, outputs: { a: [1] }, message: m }], flip: none }\n    queues: { cards: { open: false, agents: 1, wait: 2s } }\n    expect: { outcome: served }\n",
            "    description: \"${env:REGION} 1\"\n    properties: { requirement: R-1, ticket: 4711, urgent: true, none: \"\", \"${env:REGION}\": x }\n    expect: { outcome: served }\n",
            "    call: { ani: 123, signals: [{ name: x, at: 1s }] }\n    clock: { at: 2026-01-01T10:00:00Z, zone: Europe/Berlin }\n    media: [{ asset: 1, type: tts }]\n    timeout: 1m 30s\n    time_limit: PT5S\n    expect: { duration: 1m, efficiency: { at_most: 1 } }\n",
            "    expect: { path: [welcome, \"?\", ..., bye|desk], decisions: { main_menu: 1, branch_hours: [open, _] }, never: desk, prompts: [a, { matches: x, not: true, node: welcome }], lookups: { balance: { times: 2, with: { customer: { contains: x } } } }, unused_input: allow }\n",
        ]
        .map(scenario),
    )
    .collect();
    for text in good {
        let loaded = load_text(&text);
        assert!(loaded.rejected.is_empty(), "{text}\n{}", said(&loaded));
        assert!(valid(&text), "{text}");
    }
    assert!(valid("flow: x\ndefaults: { seed: 1 }\n"));
}

#[test]
fn what_is_invalid_is_not_accepted_by_the_reader_either() {
    let wrong: Vec<String> = [
        "suite: S\nflow: flows/bank.yaml\nscenarios: []\n",
        "flow: flows/bank.yaml\nscenarios: [{ name: x, expect: { outcome: served } }]\n",
        "suite: S\nflow: flows/bank.yaml\nscenarois: [{ name: x }]\n",
        "suite: S\nkind: chat\nflow: flows/bank.yaml\nscenarios: [{ name: x, expect: { outcome: served } }]\n",
        "suite: S\nflow: flows/bank.yaml\nscenarios: [{ expect: { outcome: served } }]\n",
        "suite: S\nflow: flows/bank.yaml\ndefaults: { retires: 1 }\nscenarios: [{ name: x, expect: { outcome: served } }]\n",
        "- a\n",
        "suite: S\nflow: flows/bank.yaml\ngates: { accuracy: 2 }\nscenarios: [{ name: 1, skip: 2 }]",
        "suite: S\nflow: flows/bank.yaml\ngates: { acuracy: 1 }\nscenarios: [{ name: 1, skip: 2 }]",
        "suite: S\nflow: flows/bank.yaml\ngates: { coverage.nodes: 1 }\nscenarios: [{ name: 1, skip: 2 }]",
        "suite: S\nflow: flows/bank.yaml\ngates: { keypresses: -1 }\nscenarios: [{ name: 1, skip: 2 }]",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain(
        [
            "expects: { outcome: served }",
            "dtmf: [12E]",
            "dtmf: [\"\"]",
            "dtmf: [[1]]",
            "dtmf: [~]",
            "dtmf: [{ keys: 1, hangup: 2s }]",
            "dtmf: [{ gap: 1s }]",
            "media: [{ asset: a, type: sound }]",
            "media: [{ asset: a }]",
            "tags: [\"a b\"]",
            "seed: -1",
            "retries: \"2\"",
            "timeout: 30",
            "skip: true",
            "matrix: {}",
            "matrix: { a: [] }",
            "matrix: { a: 1 }",
            "examples: []",
            "exclude: [{}]",
            "variables: [1]",
            "call: { any: 1 }",
            "description: [a]",
            "properties: [a]",
            "properties: { a: [b] }",
            "properties: { a: { b: c } }",
            "properties: { a: ~ }",
            "properties: { \"\": x }",
            "properties: { \" \": x }",
            "properties: { description: x }",
            "call: { signals: [{ name: x }] }",
            "clock: { zone: UTC, time: x }",
            "stubs: { balance: { success: {}, failure: x } }",
            "stubs: { balance: { outcome: success, delay: 1s } }",
            "queues: { cards: { agent: 1 } }",
            "queues: { cards: { agents: -1 } }",
            "expect: { efficiency: 2 }",
            "expect: { keypresses: {} }",
            "expect: { keypresses: { at_lest: 1 } }",
            "expect: { unused_input: maybe }",
            "expect: { path: [] }",
            "expect: { path: welcome }",
            "expect: { decisions: { main_menu: [] } }",
            "expect: { variables: { queue: {} } }",
            "expect: { variables: { queue: { equal: 1 } } }",
            "expect: { variables: { queue: { one_of: [] } } }",
            "expect: { prompts: [{ node: welcome }] }",
            "expect: { lookups: { balance: {} } }",
        ]
        .map(|line| scenario(&format!("    {line}\n"))),
    )
    .collect();
    for text in wrong {
        assert!(!valid(&text), "{text}");
        assert!(!load_text(&text).rejected.is_empty(), "{text}");
    }
}

/// A suite of prompts with one scenario.
fn assist(body: &str) -> String {
    format!("kind: assist\nsuite: S\nscenarios:\n  - name: x\n{body}")
}

#[test]
fn what_the_reader_accepts_of_prompts_is_valid() {
    let good: Vec<String> = [
        "kind: assist\nsuite: 7\ndescription: ~\ntags: a\ndefaults: { service: ~, burst: ~ }\ngates: { result_accuracy: 95% }\nscenarios: [{ name: 1, skip: 2, properties: { a: b } }]",
        "kind: assist\nsuite: S\ndefaults: { properties: { a: 1 }, service: { min_sentiment: -0.3, required_skills: billing, agent_limit: none, tenant_limit: { burst: 1, per_second: 0.5 }, when_limited: refuse, attempts: 1, pause: 0s, transcript: { queue: 1, give_up_after: 1m } }, seed: 1, timeout: 1s, retries: 1 }\nscenarios:\n  - { name: x, service: { when_limited: { wait: 5s } }, expect: { result: delivered } }\n",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain(
        [
            "    sentiment: -0.45\n    agent: { id: 7, skills: [], tenant: t, known: false }\n    expect: { result: ineligible, reason: 1 }\n",
            "    answers: [503, ok, { status: 429, retry_after: 2s }, { status: 429, retry_after: { date_in: 2s }, latency: 1s }, { answer: malformed, latency: 1ms }, { answer: 201 }]\n    transcript: no_connection\n    expect: { statuses: [503, none, _], pauses: [_, 1s, { at_most: 2s }], attempts: 3 }\n",
            "    matrix: { s: [1, 0], n: [3] }\n    sentiment: \"${s}\"\n    burst: { count: \"${n}\" }\n    answers: ${env:STATUS:-503}\n    expect: { counts: { delivered: \"${n}\" } }\n",
            "    prompt: { interaction: 1, id: 2, content: 3, priority: LOW, ui: { component: INLINE, position: INLINE, timeout: 1s }, keywords: k }\n    fallback: none\n    stop_at: 1s\n    expect: { shown: { content: 3, uiConfig.timeoutMs: { at_least: 1 } }, transcript: { id: t, took: 1s, questions: { at_least: 1 } } }\n",
            "    burst: [{ count: 3, every: 1ms, after: 1s, agents: [a, b], sentiment: -1, answers: [503] }, { count: 1 }]\n    fallback: { content: x, priority: MEDIUM }\n    expect: { result: [delivered, _], counts: { rate_limited: { at_least: 1 } }, limited_by: tenant, retry_after: 1s, waited: 0s, duration: { at_most: 1s }, transcript: pending }\n",
        ]
        .map(assist),
    )
    .collect();
    for text in good {
        let loaded = load_text(&text);
        assert!(loaded.rejected.is_empty(), "{text}\n{}", said(&loaded));
        assert!(valid(&text), "{text}");
    }
    assert!(valid("kind: assist\ndefaults: { sentiment: 1 }\n"));
}

#[test]
fn what_is_invalid_of_prompts_is_not_accepted_by_the_reader_either() {
    let wrong: Vec<String> = [
        "kind: assist\nsuite: S\nflow: flows/bank.yaml\nscenarios: [{ name: x, skip: y }]\n",
        "kind: assist\nsuite: S\nscenarios: []\n",
        "kind: asist\nsuite: S\nscenarios: [{ name: x, skip: y }]\n",
        "kind: assist\nsuite: S\ndefaults: { call: { ani: 1 } }\nscenarios: [{ name: x, skip: y }]\n",
        "kind: assist\nsuite: S\nscenarios: [{ expect: { result: delivered } }]\n",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain(
        [
            "properties: { a: [b] }",
            "dtmf: [1]",
            "time_limit: 1s",
            "sentiment: \"0\"",
            "sentiment: 2",
            "sentiment: -1.01",
            "answers: []",
            "answers: 20",
            "answers: 600",
            "answers: reset",
            "answers: { latency: 1s }",
            "answers: { status: 503, answer: ok }",
            "answers: { answer: ok, retry_after: 1s }",
            "answers: { status: 429, retry_after: 2 }",
            "service: { min_sentimnt: 1 }",
            "service: { attempts: 0 }",
            "service: { agent_limit: unlimited }",
            "service: { agent_limit: { burst: 1 } }",
            "service: { agent_limit: { burst: 0, per_second: 1 } }",
            "service: { agent_limit: { burst: 1, per_second: 0 } }",
            "service: { when_limited: wait }",
            "service: { when_limited: { wait: 5 } }",
            "service: { transcript: { patience: 1s } }",
            "agent: { known: maybe }",
            "agent: agt_1",
            "prompt: { priority: high }",
            "prompt: { ui: { component: CARDS } }",
            "prompt: { ui: { timeout: 15 } }",
            "fallback: some",
            "fallback: { text: x }",
            "burst: 3",
            "burst: { every: 1s }",
            "burst: { count: 0 }",
            "burst: { count: 1000001 }",
            "stop_at: 3",
            "expect: { result: joined }",
            "expect: { result: [delivered, joined] }",
            "expect: { counts: { delivred: 1 } }",
            "expect: { counts: { delivered: -1 } }",
            "expect: { attempts: {} }",
            "expect: { statuses: [99] }",
            "expect: { pauses: 1s }",
            "expect: { limited_by: tenants }",
            "expect: { transcript: joined }",
            "expect: { transcript: {} }",
            "expect: { shown: { timeoutMs: 1 } }",
            "expect: { outcome: served }",
        ]
        .map(|line| {
            let expect = if line.starts_with("expect") { "" } else { "    expect: { result: delivered }\n" };
            assist(&format!("    {line}\n{expect}"))
        }),
    )
    .collect();
    for text in wrong {
        assert!(!valid(&text), "{text}");
        assert!(!load_text(&text).rejected.is_empty(), "{text}");
    }
}

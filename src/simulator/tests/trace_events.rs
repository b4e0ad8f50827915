//! The events of calls.

use std::fmt::Write;

use super::dump::{flow, keys, program, stubs};
use crate::flow::Program;
use crate::simulator::{Call, Request, Trace, simulate};

/// The events as lines of JSON.
fn events(program: &Program, request: &Request) -> String {
    lines(&simulate(program, request))
}

fn lines(trace: &Trace) -> String {
    trace.full_events().iter().fold(String::new(), |mut out, event| {
        writeln!(out, "{}", serde_json::to_string(event).unwrap()).unwrap();
        out
    })
}

#[test]
fn a_call_is_told_in_order() {
    let program = program(&[
        r##"
flow: bank
start: main
variables: { language: en-US, balance: 0, pin: null }
nodes:
  main: { type: menu, label: The menu, prompts: [one two, three], choices: { "1": pin, "2": bye } }
  pin: { type: collect, prompts: [code], variable: pin, max: 4, secret: true, on: { ok: find } }
  find:
    type: lookup
    service: balance
    inputs: { pin: pin, language: language }
    outputs: { balance: amount }
    on: { success: sub, not_found: bye, failure: bye, timeout: bye }
  sub: { type: subflow, flow: farewell, in: { amount: balance }, on: { completed: bye } }
  bye: { type: end }
"##,
        r##"
flow: farewell
start: say
variables: { amount: 0 }
nodes:
  say: { type: effect, kind: voice, settings: { gender: female, note: "${amount}" }, next: back }
  back: { type: return }
"##,
    ]);
    let stubs = stubs("balance: success{amount=120;rate=3} +2s").into();
    let request = Request { keypad: keys("1@500ms 4321"), stubs, ..Request::default() };
    insta::assert_snapshot!(events(&program, &request));
}

/// What reached whom: a wrong number, queue, skill, priority, callback or setting is seen in the trace.
#[test]
fn destinations_are_told_in_full() {
    let program = flow(
        r##"
start: wait
variables: { desk: "+15550100" }
queues: { cards: { agents: 1, waiting: 1, handle_time: 10s } }
nodes:
  wait: { type: queue, queue: cards, skill: fraud, priority: 3, max_wait: 5s, on: { answered: bye, timeout: later, abandoned: bye, full: bye, closed: bye } }
  later: { type: callback, number: "${desk}", when: tomorrow, on: { scheduled: desk, invalid_number: desk } }
  desk: { type: transfer, number: "${desk}", on: { busy: bye, no_answer: bye, failed: bye, invalid: bye } }
  bye: { type: end }
"##,
    );
    let request = Request::default();
    insta::assert_snapshot!(events(&program, &request));
    let queue = "start: wait\nnodes:\n  wait: { type: queue, queue: cards }\n";
    let answered = events(&flow(queue), &request);
    assert!(answered.contains(r#"{"kind":"answered","at_ms":0}"#), "{answered}");
}

/// A key that no node took may have been meant for a secret entry.
#[test]
fn keys_that_may_be_secret_are_masked() {
    let ask = |secret: bool| {
        flow(&format!(
            "start: a\nnodes:\n  a: {{ type: menu, prompts: [x], choices: {{ '1': b }} }}\n  \
             b: {{ type: collect, prompts: [x], max: 2, secret: {secret}, variable: b, on: {{ ok: c }} }}\n  c: {{ type: end }}\n"
        ))
    };
    let pressed = |secret, items| {
        let request = Request { keypad: keys(items), ..Request::default() };
        let trace = simulate(&ask(secret), &request);
        let lines = lines(&trace);
        let keys = lines.lines().filter(|line| line.contains("key_pressed"));
        keys.map(|line| line.split("\"key\":\"").nth(1).unwrap().trim_end_matches("\"}")).collect::<String>()
    };
    assert_eq!(pressed(false, "1 42"), "142");
    assert_eq!(pressed(true, "1 42"), "1••");
    assert_eq!(pressed(true, "142"), "1••", "typed ahead");
    assert_eq!(pressed(false, "14277"), "14277");
    assert_eq!(pressed(true, "14277"), "1••••", "nobody took the last two");
}

/// A caller who hangs up in the middle of an entry has pressed what came before.
#[test]
fn an_interrupted_entry_shows_the_keys_pressed_so_far() {
    let program = flow(
        "start: a\nnodes:\n  a: { type: collect, prompts: [x], max: 9, variable: a, on: { ok: b } }\n  b: { type: end }\n",
    );
    let call = Call { hang_up_after_ms: Some(2_000), ..Call::default() };
    let request = Request { keypad: keys("123/400ms"), call, ..Request::default() };
    insta::assert_snapshot!(events(&program, &request), @r#"
    {"kind":"entered","at_ms":0,"node":"a","visit":1}
    {"kind":"prompt","at_ms":0,"text":"x"}
    {"kind":"key_pressed","at_ms":1400,"key":"1"}
    {"kind":"key_pressed","at_ms":1800,"key":"2"}
    "#);
}

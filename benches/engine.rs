//! The engine alone: calls a second on one core, traces built.

use std::sync::Arc;

use callpath::internal::flow::{Name, Program, Value};
use callpath::internal::simulator::{
    Answer, Answers, Clock, Fewest, Input, Request, Searcher, Stubs, WallLimit, simulate,
};
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// Ten nodes: greeting, hours, menu, PIN, lookup, decision, set, menu, effect, end.
const FLOW: &str = r##"
flow: bench
start: welcome
variables: { language: en-US, balance: 0, tries: 0, priority: high }
schedules: { office: { zone: America/New_York, weekly: { mon-fri: ["09:00-17:00"] } } }
nodes:
  welcome: { type: play, prompts: ["Welcome to Acme Bank, your call may be recorded for training."], next: office }
  office: { type: hours, schedule: office, on: { open: main, closed: bye, holiday: bye } }
  main:
    type: menu
    prompts: ["For balances press 1. For cards press 2. To end the call press 3."]
    choices: { "1": pin, "2": bye, "3": bye }
    on: { max_attempts: bye }
  pin:
    type: collect
    prompts: ["Please enter your four digit code, followed by the hash key."]
    variable: pin
    min: 4
    max: 6
    secret: true
    on: { ok: balance_lookup, max_attempts: bye }
  balance_lookup:
    type: lookup
    service: balance
    inputs: { pin: pin }
    outputs: { balance: balance }
    on: { success: enough, not_found: bye, failure: bye, timeout: bye }
  enough: { type: decision, if: "balance > 100 && priority == 'high'", on: { true: note, false: note } }
  note: { type: set, set: { tries: "tries + 1" }, next: more }
  more:
    type: menu
    prompts: ["Your balance is ${balance} dollars. For anything else press 1, else 2."]
    choices: { "1": main, "2": mark }
    on: { max_attempts: bye }
  mark: { type: effect, kind: logging, settings: { note: done }, next: thanks }
  thanks: { type: end, prompts: ["Thank you for calling. Good bye."] }
  bye: { type: end, prompts: ["We are sorry. Good bye."] }
"##;

fn program() -> Arc<Program> {
    Program::parse(&[FLOW]).unwrap_or_else(|found| panic!("{found:?}"))
}

fn request(keys: &[&str]) -> Request {
    let answer = Answer {
        outcome: "success".into(),
        outputs: vec![(Name::from("balance"), Value::Integer(120))],
        latency_ms: Some(200),
        message: None,
    };
    let keys = keys.iter().map(|&keys| Input::Keys { keys: keys.into(), gap_ms: None, at_ms: None });
    Request {
        keypad: keys.collect(),
        variables: Arc::from([
            (Name::from("priority"), Value::from("high")),
            (Name::from("tier"), Value::from("gold")),
        ]),
        clock: Some(Clock {
            at: "2026-03-02T15:00:00Z".parse().expect("a timestamp"),
            zone: jiff::tz::TimeZone::get("America/New_York").expect("a bundled zone"),
        }),
        stubs: Arc::new(Stubs {
            answers: vec![("balance".into(), Answers { list: vec![answer] })],
            queues: Vec::new(),
        }),
        ..Request::default()
    }
}

#[divan::bench]
fn ten_nodes(bencher: divan::Bencher) {
    let (program, request) = (program(), request(&["1", "4321#", "2"]));
    let trace = simulate(&program, &request);
    assert_eq!((trace.steps.len(), &*trace.outcome), (10, "completed"));
    bencher.counter(ItemsCount::new(1_usize)).bench(|| simulate(&program, &request));
}

/// The call takes no detour: the graph alone says so.
#[divan::bench]
fn fewest_of_a_direct_call(bencher: divan::Bencher) {
    let (program, request) = (program(), request(&["1", "4321#", "2"]));
    let trace = simulate(&program, &request);
    let (end, taken) = (trace.steps[9].node, trace.interactions());
    let searcher = Searcher::new();
    bencher.counter(ItemsCount::new(1_usize)).bench(|| {
        let found = searcher.fewest_interactions(&program, &request, end, &trace.outcome, taken, WallLimit::default());
        assert!(matches!(found, Fewest::Interactions(_)));
        found
    });
}

/// Silence, a wrong key, a second round: searched anew each time.
#[divan::bench]
fn fewest_of_a_detour(bencher: divan::Bencher) {
    let (program, request) = (program(), request(&["", "1", "4321#", "1", "9", "1", "4321#", "2"]));
    let trace = simulate(&program, &request);
    let (end, taken) = (trace.steps[trace.steps.len() - 1].node, trace.interactions());
    bencher.counter(ItemsCount::new(1_usize)).bench(|| {
        Searcher::new().fewest_interactions(&program, &request, end, &trace.outcome, taken, WallLimit::default())
    });
}

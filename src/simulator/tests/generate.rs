//! Random flows as text, and random callers.

use std::fmt::Write;
use std::sync::Arc;

use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use super::dump::{clock, program};
use crate::flow::{Name, Program, QueueState, Value};
use crate::simulator::{Answer, Answers, Call, Guards, Input, Request, Stubs};

/// Draws from a seed.
pub(crate) struct Dice(SplitMix64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(SplitMix64::seed_from_u64(seed))
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn one<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.below(list.len() as u64) as usize]
    }

    fn on(&mut self, nodes: u64, outcomes: &[&str], percent: u64) -> String {
        let mut wired = Vec::new();
        for outcome in outcomes {
            if self.chance(percent) {
                wired.push(format!("{outcome}: n{}", self.below(nodes)));
            }
        }
        format!("on: {{ {} }}", wired.join(", "))
    }
}

/// Two flows of random nodes that know each other; every type of node may occur.
pub(crate) fn any_program(dice: &mut Dice) -> Arc<Program> {
    let (main, inner) = (any_flow(dice, "main", "inner"), any_flow(dice, "inner", "main"));
    program(&[&main, &inner])
}

fn any_flow(dice: &mut Dice, id: &str, other: &str) -> String {
    let nodes = 2 + dice.below(9);
    let mut out = format!("flow: {id}\nstart: n0\nunwired: {}\n", dice.one(&["stuck", "end", "error"]));
    out += "variables: { a: 1, b: x, pin: null, language: en-US }\n";
    out += "queues: { q: { agents: 2, waiting: 3, handle_time: 1m, capacity: 9 } }\n";
    out += "schedules: { s: { zone: America/New_York, weekly: { mon-fri: [\"09:00-17:00\"] } } }\n";
    out += "assets: { m: { type: audio, duration: 2s } }\nevents:\n  keys: {";
    if dice.chance(50) {
        write!(out, " \"*\": n{}", dice.below(nodes)).unwrap();
    }
    out += " }\n";
    for event in ["on_hangup", "on_answer", "on_error"] {
        if dice.chance(40) {
            writeln!(out, "  {event}: n{}", dice.below(nodes)).unwrap();
        }
    }
    writeln!(out, "  on_signal: {{ alarm: n{} }}\nnodes:", dice.below(nodes)).unwrap();
    for node in 0..nodes {
        let text = if node + 1 == nodes { "type: end".to_owned() } else { any_node(dice, nodes, other) };
        writeln!(out, "  n{node}: {{ {text} }}").unwrap();
    }
    out
}

fn any_node(dice: &mut Dice, nodes: u64, other: &str) -> String {
    let prompt = dice.one(&[
        "prompts: [\"one two\"]",
        "prompts: []",
        "prompts: [{ asset: m }, { asset: missing }]",
        "prompts: [\"a is ${a}, pin is ${pin}\", { say: { en-US: hello, es-MX: hola dos }, duration: 1500ms }]",
    ]);
    let flag = |dice: &mut Dice, name: &str| format!("{name}: {}", dice.chance(50));
    let keying = format!(
        "{prompt}, {}, {}, {}, max_attempts: {}",
        flag(dice, "barge_in"),
        flag(dice, "type_ahead"),
        flag(dice, "clear_buffer"),
        1 + dice.below(3)
    );
    let to = dice.below(nodes);
    let again = dice.below(nodes);
    match dice.below(24) {
        0 => format!("type: start, next: n{to}"),
        1 | 2 => format!("type: play, {prompt}, {}, next: n{to}", flag(dice, "clear_buffer")),
        3 => format!(
            "type: play, {prompt}, detect: true, {}, {}",
            flag(dice, "barge_in"),
            dice.on(nodes, &["next", "digit", "error"], 80)
        ),
        4..=6 => {
            let choices = dice.one(&["\"1\": nA, \"2\": nB", "\"1\": nA, \"12\": nB, \"#\": nA", "\"3\": nB"]);
            let choices = choices.replace("nA", &format!("n{to}")).replace("nB", &format!("n{again}"));
            let on = dice.on(nodes, &["no_input", "no_match", "max_attempts", "error"], 40);
            format!("type: menu, {keying}, choices: {{ {choices} }}, variable: b, {on}")
        }
        7 | 8 => {
            let validate = dice.one(&["", ", validate: { luhn: true }", ", validate: { regex: \"[1-3]+\" }"]);
            let on = dice.on(nodes, &["ok", "no_input", "invalid", "cancelled", "max_attempts", "error"], 60);
            format!(
                "type: collect, {keying}, variable: pin, secret: true, min: {}, max: 4, cancel: \"9\"{validate}, {on}",
                dice.below(4)
            )
        }
        9 => format!(
            "type: bot, {prompt}, intents: {{ yes: {{ phrases: [yes, sure thing], to: n{to} }} }}, variable: b, {}",
            dice.on(nodes, &["no_intent", "max_attempts"], 50)
        ),
        10 => format!(
            "type: decision, if: {}, {}",
            dice.one(&["a > 3", "\"b == '1'\"", "a / 0 == 1", "clock.hour > 9"]),
            dice.on(nodes, &["true", "false"], 90)
        ),
        11 => format!(
            "type: switch, on_value: a, cases: {{ \"1\": n{to}, \"2\": n{again} }}, {}",
            dice.on(nodes, &["default"], 80)
        ),
        12 | 13 => {
            format!("type: set, set: {{ a: {} }}, next: n{to}", dice.one(&["a + 1", "1 - a", "a * 1000000", "7"]))
        }
        14 => format!(
            "type: lookup, service: crm, inputs: {{ pin: pin, a: a }}, outputs: {{ a: amount }}, {}",
            dice.on(nodes, &["success", "not_found", "failure", "timeout"], 80)
        ),
        15 => format!("type: hours, schedule: s, {}", dice.on(nodes, &["open", "closed", "holiday"], 90)),
        16 => format!("type: random, weights: {{ x: {{ weight: 2, to: n{to} }}, y: {{ weight: 1, to: n{again} }} }}"),
        17 => format!(
            "type: loop, times: {}, counter: a, {}",
            dice.one(&["3", "a", "0"]),
            dice.on(nodes, &["repeat", "done"], 90)
        ),
        18 => format!(
            "type: subflow, flow: {other}, in: {{ a: a + 1, pin: pin }}, out: {{ pin: pin }}, returns: [no], {}",
            dice.on(nodes, &["completed", "no", "error"], 70)
        ),
        19 => dice
            .one(&["type: return", "type: return", "type: jump, flow: OTHER", "type: jump, to: nT"])
            .replace("OTHER", other)
            .replace("nT", &format!("n{to}")),
        20 => format!(
            "type: queue, queue: q, treatment: [hold on], max_wait: {}, {}",
            dice.one(&["1m", "5m"]),
            dice.on(nodes, &["answered", "abandoned", "timeout"], 40)
        ),
        21 => format!(
            "type: transfer, number: \"{}\", mode: {}, {}",
            dice.one(&["+15550100", "${pin}", "1"]),
            dice.one(&["blind", "attended"]),
            dice.on(nodes, &["busy", "no_answer", "invalid"], 60)
        ),
        22 => format!(
            "type: record, {prompt}, max: 20s, variable: a, {}",
            dice.on(nodes, &["recorded", "no_audio", "hung_up"], 60)
        ),
        _ => format!(
            "type: wait, {}, music: [la], detect: true, {}",
            dice.one(&["duration: 3s", "event: paid, timeout: 9s"]),
            dice.on(nodes, &["elapsed", "event", "digit"], 80)
        ),
    }
}

/// A caller with random items, habits, stubs and clock.
pub(crate) fn any_request(dice: &mut Dice) -> Request {
    let keypad = (0..dice.below(9)).map(|_| any_item(dice)).collect();
    let mut list = Vec::new();
    for _ in 0..1 + dice.below(3) {
        list.push(Answer {
            outcome: dice.one(&["success", "not_found", "failure"]).into(),
            outputs: vec![("amount".into(), Value::Integer(dice.below(9) as i64))],
            latency_ms: dice.chance(50).then(|| dice.below(20_000)),
            message: None,
        });
    }
    let mut answers: Vec<(Name, Answers)> = Vec::new();
    if dice.chance(85) {
        answers.push(("crm".into(), Answers { list }));
    }
    if dice.chance(50) {
        let event = Answer {
            outcome: "event".into(),
            outputs: Vec::new(),
            latency_ms: Some(dice.below(12_000)),
            message: None,
        };
        answers.push(("paid".into(), Answers { list: vec![event] }));
    }
    let wait = QueueState { wait_ms: Some(dice.below(200_000)), ..QueueState::default() };
    let queues = if dice.chance(50) { vec![("q".into(), wait)] } else { Vec::new() };
    Request {
        keypad,
        variables: Arc::from([(Name::from("a"), Value::Integer(dice.below(5) as i64)), ("beside".into(), Value::Null)]),
        call: Call {
            hang_up_after_ms: dice.chance(25).then(|| dice.below(40_000)),
            patience_ms: dice.chance(30).then(|| dice.below(100_000)),
            signals: if dice.chance(20) { vec![(dice.below(20_000), "alarm".into())] } else { Vec::new() },
            ..Call::default()
        },
        clock: if dice.chance(80) { clock("2026-03-02T16:59:30") } else { None },
        stubs: Arc::new(Stubs { answers, queues }),
        seed: dice.below(100),
        guards: Guards { steps: 50 + dice.below(100) as u32, ..Guards::default() },
        ..Request::default()
    }
}

fn any_item(dice: &mut Dice) -> Input {
    let keys = dice.one(&["1", "2", "12", "123#", "18", "#", "*", "9", "3", "1231", "44#1"]);
    let keys = Input::Keys {
        keys: keys.into(),
        gap_ms: dice.chance(20).then(|| dice.below(5_000)),
        at_ms: dice.chance(30).then(|| dice.below(9_000)),
    };
    match dice.below(12) {
        0 => Input::Silence,
        1 => Input::Ahead(dice.one(&["1", "12", "1123#", "9"]).into()),
        2 if dice.chance(50) => Input::HangUp { at_ms: dice.chance(50).then(|| dice.below(5_000)) },
        3 => Input::Say(dice.one(&["yes please", "no", ""]).into()),
        4 => Input::Speak(dice.below(30_000)),
        _ => keys,
    }
}

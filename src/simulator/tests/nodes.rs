//! Each node type and its outcomes: playing, deciding, computing, asking other systems.

use std::sync::Arc;

use super::dump::{clock, dump, flow, keys, path, request, run, stubs, walk};
use crate::flow::{AssetKind, Name, Program, Value};
use crate::simulator::{Call, MediaReference, Request, simulate};

#[test]
fn a_first_line() {
    let program = flow(
        r#"
start: welcome
variables: { tries: 0 }
nodes:
  welcome: { type: play, prompts: ["Welcome to Acme."], next: main }
  main:
    type: menu
    prompts: ["Press 1 or 2."]
    choices: { "1": check, "2": bye }
    variable: chosen
  check: { type: decision, if: "tries < 1", on: { true: again, false: bye } }
  again: { type: set, set: { tries: "tries + 1" }, next: main }
  bye: { type: end, prompts: ["Good bye."] }
"#,
    );
    insta::assert_snapshot!(run(&program, &request("1 2")), @r#"
    0 +1200 welcome -> next
        "Welcome to Acme." 1200
    1200 +2600 main [1] -> 1
        "Press 1 or 2." 1600
    3800 +0 check -> true
    3800 +0 again -> next
    3800 +2600 main [2] -> 2
        "Press 1 or 2." 1600
    6400 +800 bye
        "Good bye." 800
    completed 7200
    keys 2 used, 0 unused
    tries = 1
    chosen = '2'
    "#);
}

/// One node `x` of which every outcome ends the call by its own name.
fn one(head: &str, node: &str, outcomes: &str) -> Arc<Program> {
    let mut on = String::new();
    let mut ends = String::new();
    for outcome in outcomes.split_whitespace() {
        on += &format!("\"{outcome}\": \"end.{outcome}\", ");
        ends += &format!("  \"end.{outcome}\": {{ type: end, disposition: \"{outcome}\" }}\n");
    }
    flow(&format!(
        "start: begin\n{head}\nnodes:\n  begin: {{ type: start, next: x }}\n  x:\n    {node}\n    on: {{ {on} }}\n{ends}"
    ))
}

fn with_stubs(items: &str, lines: &str) -> Request {
    Request { keypad: keys(items), stubs: Arc::new(stubs(lines)), ..Request::default() }
}

#[test]
fn prompts_are_chosen_by_language() {
    let text = |language: &str| {
        flow(&format!(
            r#"
start: x
language: es-MX
variables: {{ language: {language} }}
nodes:
  x: {{ type: play, prompts: [{{ say: {{ en-US: "Hello there", es-MX: Hola }} }}], next: y }}
  y: {{ type: end }}
"#
        ))
    };
    insta::assert_snapshot!(run(&text("en-US"), &request("")), @r#"
    0 +800 x -> next
        "Hello there" 800
    800 +0 y
    completed 800
    keys 0 used, 0 unused
    language = 'en-US'
    "#);
    insta::assert_snapshot!(run(&text("fr-CA"), &request("")), @r#"
    0 +400 x -> next
        "Hola" 400
    400 +0 y
    completed 400
    keys 0 used, 0 unused
    language = 'fr-CA'
    "#);
    insta::assert_snapshot!(run(&text("null"), &request("")), @r#"
    0 +400 x -> next
        "Hola" 400
    400 +0 y
    completed 400
    keys 0 used, 0 unused
    language = null
    "#);
}

#[test]
fn recordings_come_from_the_flow_or_the_scenario() {
    let program = one(
        "assets: { jingle: { type: audio, duration: 6s } }",
        "type: play\n    prompts: [{ asset: jingle }, { asset: other }, { asset: third }]",
        "next error",
    );
    let media = |ids: &[&str]| {
        let reference = |id: &&str| MediaReference { asset: Name::from(*id), kind: AssetKind::Audio };
        Request { media: ids.iter().map(reference).collect(), ..Request::default() }
    };
    insta::assert_snapshot!(run(&program, &media(&["other", "third"])), @r#"
    0 +0 begin -> next
    0 +6000 x -> next
        "[jingle]" 6000
        "[other]" 0
        "[third]" 0
    6000 +0 end.next
    next 6000
    keys 0 used, 0 unused
    "#);
    insta::assert_snapshot!(run(&program, &media(&["other"])), @r"
    0 +0 begin -> next
    0 +0 x -> error (recording 'third' is neither among the flow's assets nor the scenario's media)
    0 +0 end.error
    error 0
    keys 0 used, 0 unused
    ");
}

#[test]
fn a_mistake_in_a_prompt_is_an_error() {
    let program = one(
        "variables: { count: 0 }",
        r#"type: play
    prompts: ["It is ${10 / count}"]"#,
        "next error",
    );
    insta::assert_snapshot!(run(&program, &request("")), @r"
    0 +0 begin -> next
    0 +0 x -> error (division by zero in '10 / count')
    0 +0 end.error
    error 0
    keys 0 used, 0 unused
    count = 0
    ");
}

#[test]
fn keys_that_wait_cut_a_plain_prompt_short() {
    let text = |settings: &str| {
        flow(&format!(
            r#"
start: a
nodes:
  a: {{ type: menu, prompts: [x], choices: {{ "1": b }} }}
  b: {{ type: play, prompts: ["one two three"], next: c{settings} }}
  c: {{ type: menu, prompts: [x], choices: {{ "2": d }} }}
  d: {{ type: end }}
"#
        ))
    };
    insta::assert_snapshot!(run(&text(""), &request("12")), @r#"
    0 +1400 a [1] -> 1
        "x" 400
    1400 +0 b -> next
    1400 +0 c [2] -> 2
    1400 +0 d
    completed 1400
    keys 2 used, 0 unused
    "#);
    insta::assert_snapshot!(run(&text(", barge_in: false"), &request("12")), @r#"
    0 +1400 a [1] -> 1
        "x" 400
    1400 +1200 b -> next
        "one two three" 1200
    2600 +0 c [2] -> 2
    2600 +0 d
    completed 2600
    keys 2 used, 0 unused
    "#);
    insta::assert_snapshot!(run(&text(", clear_buffer: true"), &request("12 2")), @r#"
    0 +1400 a [1] -> 1
        "x" 400
    1400 +1200 b -> next
        "one two three" 1200
    2600 +1400 c [2] -> 2
        "x" 400
    4000 +0 d
    completed 4000
    keys 2 used, 1 unused
    "#);
}

#[test]
fn a_play_may_listen() {
    let program = one(
        "events: { keys: { \"*\": begin } }",
        "type: play\n    detect: true\n    prompts: [{ say: x, duration: 4s }]",
        "next digit",
    );
    insta::assert_snapshot!(run(&program, &request("12")), @r#"
    0 +0 begin -> next
    0 +1000 x [1] -> digit
        "x" 1000 cut
    1000 +0 end.digit
    digit 1000
    keys 1 used, 1 unused
    "#);
    insta::assert_snapshot!(run(&program, &request("1@4s")), @r#"
    0 +0 begin -> next
    0 +4000 x [1] -> digit
        "x" 4000
    4000 +0 end.digit
    digit 4000
    keys 1 used, 0 unused
    "#);
    insta::assert_snapshot!(run(&program, &request("1@4001ms")), @r#"
    0 +0 begin -> next
    0 +4000 x -> next
        "x" 4000
    4000 +0 end.next
    next 4000
    keys 0 used, 1 unused
    "#);
    insta::assert_snapshot!(run(&program, &request("-")), @r#"
    0 +0 begin -> next
    0 +4000 x -> next
        "x" 4000
    4000 +0 end.next
    next 4000
    keys 0 used, 0 unused
    "#);
    insta::assert_snapshot!(walk(&program, "* <1"), @"begin:next x:* begin:next x:digit end.digit = digit");
}

#[test]
fn a_play_that_cannot_be_cut_short_hears_nothing_before_its_end() {
    let program = one(
        "",
        "type: play\n    detect: true\n    barge_in: false\n    prompts: [{ say: x, duration: 600ms }]",
        "next digit",
    );
    insta::assert_snapshot!(run(&program, &request("123@100ms")), @r#"
    0 +0 begin -> next
    0 +600 x [3] -> digit
        "x" 600
    600 +0 end.digit
    digit 600
    keys 1 used, 2 unused
    "#);
    insta::assert_snapshot!(walk(&program, "1"), @"begin:next x:digit end.digit = digit");
}

#[test]
fn decisions_take_true_and_false() {
    let program = one(
        "variables: { n: 1, t: a }",
        r#"type: decision
    if: "n > 0 && t == 'a'""#,
        "true false error",
    );
    let with =
        |name: &str, value: Value| Request { variables: Arc::from([(Name::from(name), value)]), ..Request::default() };
    insta::assert_snapshot!(path(&simulate(&program, &request(""))), @"begin:next x:true end.true = true");
    insta::assert_snapshot!(path(&simulate(&program, &with("n", Value::Integer(0)))), @"begin:next x:false end.false = false");
    insta::assert_snapshot!(run(&program, &with("n", Value::from("1"))), @r"
    0 +0 begin -> next
    0 +0 x -> error (cannot compare 'n' (text) with 0 (integer) by '>')
    0 +0 end.error
    error 0
    keys 0 used, 0 unused
    n = '1'
    t = 'a'
    ");
}

#[test]
fn variables_that_the_flow_does_not_know_come_back() {
    let program = one("variables: { n: 1 }", "type: set\n    set: { m: n + 1, n: m * 2 }", "next error");
    let variables = Arc::from([(Name::from("queue"), Value::from("cards")), (Name::from("n"), Value::Integer(20))]);
    insta::assert_snapshot!(run(&program, &Request { variables, ..Request::default() }), @r"
    0 +0 begin -> next
    0 +0 x -> next
    0 +0 end.next
    next 0
    keys 0 used, 0 unused
    n = 42
    m = 21
    queue = 'cards'
    ");
}

#[test]
fn assignments_before_a_mistake_are_kept() {
    let program = one("variables: { n: 1, t: a }", "type: set\n    set: { n: n + 1, t: t - 1 }", "next error");
    insta::assert_snapshot!(run(&program, &request("")), @r"
    0 +0 begin -> next
    0 +0 x -> error (cannot apply '-' to 't' (text) and 1 (integer))
    0 +0 end.error
    error 0
    keys 0 used, 0 unused
    n = 2
    t = 'a'
    ");
}

#[test]
fn a_switch_compares_values_as_texts() {
    let program = flow(
        r#"
start: x
variables: { v: 2 }
nodes:
  x: { type: switch, on_value: v, cases: { "1": y, "2": y, "true": y }, on: { default: y } }
  y: { type: end }
"#,
    );
    let with = |value: Value| {
        let request = Request { variables: Arc::from([(Name::from("v"), value)]), ..Request::default() };
        path(&simulate(&program, &request))
    };
    insta::assert_snapshot!(with(Value::Integer(2)), @"x:2 y = completed");
    insta::assert_snapshot!(with(Value::Boolean(true)), @"x:true y = completed");
    insta::assert_snapshot!(with(Value::Null), @"x:default y = completed");
}

#[test]
fn a_switch_takes_the_first_case_that_holds() {
    let program = flow(
        r#"
start: x
variables: { v: 5 }
nodes:
  x:
    type: switch
    cases:
      - { name: small, when: "v < 3", to: a }
      - { name: middle, when: "v < 10", to: a }
      - { name: any, when: "true", to: a }
  a: { type: end }
"#,
    );
    insta::assert_snapshot!(walk(&program, ""), @"x:middle a = completed");
}

fn lookup() -> Arc<Program> {
    one(
        "variables: { account: \"77\", balance: 5, name: none }",
        "type: lookup\n    service: crm\n    timeout: 3s\n    inputs: { id: account, twice: account + account }\n    outputs: { balance: balance, name: full_name }\n    outcomes: [blocked]",
        "blocked success not_found failure timeout error",
    )
}

#[test]
fn lookups_are_answered_by_stubs() {
    insta::assert_snapshot!(run(&lookup(), &with_stubs("", "crm: success{balance=120} +2s")), @r"
    0 +0 begin -> next
    0 +2000 x -> success
        crm(id='77', twice='7777') = success
    2000 +0 end.success
    success 2000
    keys 0 used, 0 unused
    account = '77'
    balance = 120
    name = null
    ");
    insta::assert_snapshot!(run(&lookup(), &with_stubs("", "crm: blocked{full_name=Bo}")), @r"
    0 +0 begin -> next
    0 +0 x -> blocked
        crm(id='77', twice='7777') = blocked
    0 +0 end.blocked
    blocked 0
    keys 0 used, 0 unused
    account = '77'
    balance = null
    name = 'Bo'
    ");
    insta::assert_snapshot!(run(&lookup(), &with_stubs("", "crm: failure \"no line\"")), @r"
    0 +0 begin -> next
    0 +0 x -> failure (no line)
        crm(id='77', twice='7777') = failure
    0 +0 end.failure
    failure 0
    keys 0 used, 0 unused
    account = '77'
    balance = 5
    name = 'none'
    ");
    insta::assert_snapshot!(run(&lookup(), &with_stubs("", "crm: success +3001ms")), @r"
    0 +0 begin -> next
    0 +3000 x -> timeout
        crm(id='77', twice='7777') = timeout
    3000 +0 end.timeout
    timeout 3000
    keys 0 used, 0 unused
    account = '77'
    balance = 5
    name = 'none'
    ");
}

#[test]
fn a_stub_for_the_node_wins_over_one_for_its_service() {
    let request = with_stubs("", "crm: success\nx: not_found");
    insta::assert_snapshot!(path(&simulate(&lookup(), &request)), @"begin:next x:not_found end.not_found = not_found");
}

#[test]
fn answers_come_in_order_and_the_last_one_stays() {
    let program = flow(
        r#"
start: rounds
nodes:
  rounds: { type: loop, times: 4, on: { repeat: ask, done: bye } }
  ask: { type: lookup, on: { success: other, not_found: other, failure: other, timeout: other } }
  other: { type: lookup, service: ask, on: { success: rounds, not_found: rounds, failure: rounds, timeout: rounds } }
  bye: { type: end }
"#,
    );
    insta::assert_snapshot!(path(&simulate(&program, &with_stubs("", "ask: failure, not_found, success"))), @"rounds:repeat ask:failure other:not_found rounds:repeat ask:success other:success rounds:repeat ask:success other:success rounds:repeat ask:success other:success rounds:done bye = completed");
}

#[test]
fn a_lookup_without_a_stub_is_a_fault() {
    insta::assert_snapshot!(run(&lookup(), &request("")), @r"
    0 +0 begin -> next
    0 +0 x (no stub answers for 'crm', which node 'x' asks; write for example 'stubs: { crm: success }')
    failed 0 (no stub answers for 'crm', which node 'x' asks; write for example 'stubs: { crm: success }') FAULT
    keys 0 used, 0 unused
    account = '77'
    balance = 5
    name = 'none'
    ");
    insta::assert_snapshot!(run(&lookup(), &with_stubs("", "crm: bogus")), @r"
    0 +0 begin -> next
    0 +0 x (the stub 'crm' answers 'bogus', which is not an outcome of node 'x')
    failed 0 (the stub 'crm' answers 'bogus', which is not an outcome of node 'x') FAULT
    keys 0 used, 0 unused
    account = '77'
    balance = 5
    name = 'none'
    ");
}

#[test]
fn effects_leave_the_call_as_it_is() {
    let program =
        one("variables: { n: 0 }", "type: effect\n    kind: voice\n    settings: { rate: \"${n}\" }", "next error");
    insta::assert_snapshot!(run(&program, &request("")), @r"
    0 +0 begin -> next
    0 +0 x -> next
    0 +0 end.next
    next 0
    keys 0 used, 0 unused
    n = 0
    ");
    insta::assert_snapshot!(run(&program, &with_stubs("", "x: error \"refused\"")), @r"
    0 +0 begin -> next
    0 +0 x -> error (refused)
    0 +0 end.error
    error 0
    keys 0 used, 0 unused
    n = 0
    ");
}

fn office() -> Arc<Program> {
    one(
        r#"variables: { fire: false }
schedules:
  office: { zone: America/New_York, weekly: { mon-fri: ["09:00-17:00"] }, holidays: ["2026-07-03"] }"#,
        "type: hours\n    schedule: office\n    emergency: fire",
        "open closed holiday emergency error",
    )
}

#[test]
fn hours_follow_the_clock() {
    let at = |at: &str| path(&simulate(&office(), &Request { clock: clock(at), ..Request::default() }));
    insta::assert_snapshot!(at("2026-03-02T09:00"), @"begin:next x:open end.open = open");
    insta::assert_snapshot!(at("2026-03-02T17:00"), @"begin:next x:closed end.closed = closed");
    insta::assert_snapshot!(at("2026-07-03T10:00"), @"begin:next x:holiday end.holiday = holiday");
    let variables = Arc::from([(Name::from("fire"), Value::Boolean(true))]);
    insta::assert_snapshot!(run(&office(), &Request { variables, ..Request::default() }), @r"
    0 +0 begin -> next
    0 +0 x -> emergency
    0 +0 end.emergency
    emergency 0
    keys 0 used, 0 unused
    fire = true
    ");
    insta::assert_snapshot!(run(&office(), &request("")), @r"
    0 +0 begin -> next
    0 +0 x (node 'x' reads the clock and the scenario has none; write for example 'clock: { at: 2026-03-02T10:00:00 }')
    failed 0 (node 'x' reads the clock and the scenario has none; write for example 'clock: { at: 2026-03-02T10:00:00 }') FAULT
    keys 0 used, 0 unused
    fire = false
    ");
}

#[test]
fn the_clock_goes_on_during_the_call() {
    let program = flow(
        r#"
start: welcome
schedules: { office: { zone: America/New_York, weekly: { mon-fri: ["09:00-17:00"] } } }
nodes:
  welcome: { type: play, prompts: [{ say: "It is ${clock.time} on ${clock.weekday} ${clock.date}", duration: 10s }], next: x }
  x: { type: hours, schedule: office, on: { open: y, closed: y, holiday: y } }
  y: { type: decision, if: "clock.hour == 17 and clock.minute == 0", on: { true: z, false: z } }
  z: { type: end }
"#,
    );
    insta::assert_snapshot!(run(&program, &Request { clock: clock("2026-03-02T16:59:50"), ..Request::default() }), @r#"
    0 +10000 welcome -> next
        "It is 16:59 on mon 2026-03-02" 10000
    10000 +0 x -> closed
    10000 +0 y -> true
    10000 +0 z
    completed 10000
    keys 0 used, 0 unused
    "#);
    insta::assert_snapshot!(path(&simulate(&program, &Request { clock: clock("2026-03-02T16:59:49"), ..Request::default() })), @"welcome:next x:open y:false z = completed");
    insta::assert_snapshot!(run(&program, &request("")), @r"
    0 +0 welcome (node 'welcome' reads the clock and the scenario has none; write for example 'clock: { at: 2026-03-02T10:00:00 }')
    failed 0 (node 'welcome' reads the clock and the scenario has none; write for example 'clock: { at: 2026-03-02T10:00:00 }') FAULT
    keys 0 used, 0 unused
    ");
}

#[test]
fn expressions_see_the_call() {
    let program = one(
        "",
        r#"type: decision
    if: "starts_with(call.ani, '+1') and call.dnis == '800'""#,
        "true false error",
    );
    let call = Call { ani: Some("+15550100".into()), dnis: Some("800".into()), ..Call::default() };
    insta::assert_snapshot!(path(&simulate(&program, &Request { call, ..Request::default() })), @"begin:next x:true end.true = true");
    insta::assert_snapshot!(run(&program, &request("")), @r"
    0 +0 begin -> next
    0 +0 x -> error (the scenario has no 'call.ani')
    0 +0 end.error
    error 0
    keys 0 used, 0 unused
    ");
}

#[test]
fn draws_depend_on_the_seed_and_can_be_forced() {
    let program = flow(
        r#"
start: rounds
nodes:
  rounds: { type: loop, times: 6, on: { repeat: draw, done: bye } }
  draw: { type: random, weights: { a: { weight: 50, to: rounds }, b: { weight: 50, to: rounds } } }
  bye: { type: end }
"#,
    );
    let seeded = |seed| path(&simulate(&program, &Request { seed, ..Request::default() }));
    insta::assert_snapshot!(seeded(0), @"rounds:repeat draw:b rounds:repeat draw:a rounds:repeat draw:a rounds:repeat draw:b rounds:repeat draw:a rounds:repeat draw:a rounds:done bye = completed");
    insta::assert_snapshot!(seeded(1), @"rounds:repeat draw:b rounds:repeat draw:b rounds:repeat draw:b rounds:repeat draw:b rounds:repeat draw:a rounds:repeat draw:a rounds:done bye = completed");
    insta::assert_snapshot!(path(&simulate(&program, &with_stubs("", "draw: b, a"))), @"rounds:repeat draw:b rounds:repeat draw:a rounds:repeat draw:a rounds:repeat draw:a rounds:repeat draw:a rounds:repeat draw:a rounds:done bye = completed");
}

#[test]
fn loops_count_their_rounds_and_start_anew() {
    let program = flow(
        r#"
start: outer
variables: { total: 0 }
nodes:
  outer: { type: loop, times: 2, on: { repeat: inner, done: bye } }
  inner: { type: loop, times: "1 + 1", counter: k, on: { repeat: add, done: outer } }
  add: { type: set, set: { total: "total + k" }, next: inner }
  bye: { type: end }
"#,
    );
    insta::assert_snapshot!(run(&program, &request("")), @r"
    0 +0 outer -> repeat
    0 +0 inner -> repeat
    0 +0 add -> next
    0 +0 inner -> repeat
    0 +0 add -> next
    0 +0 inner -> done
    0 +0 outer -> repeat
    0 +0 inner -> repeat
    0 +0 add -> next
    0 +0 inner -> repeat
    0 +0 add -> next
    0 +0 inner -> done
    0 +0 outer -> done
    0 +0 bye
    completed 0
    keys 0 used, 0 unused
    total = 6
    k = 2
    ");
    let never = flow(
        "start: x\nvariables: { n: 0 }\nnodes:\n  x: { type: loop, times: n, on: { repeat: x, done: y } }\n  y: { type: end }\n",
    );
    insta::assert_snapshot!(walk(&never, ""), @"x:done y = completed");
    let text = Arc::from([(Name::from("n"), Value::from("3"))]);
    insta::assert_snapshot!(run(&never, &Request { variables: text, ..Request::default() }), @r"
    0 +0 x -> error ('times' must be a whole number, but 'n' is of type text)
    failed 0 (error at 'x': 'times' must be a whole number, but 'n' is of type text)
    keys 0 used, 0 unused
    n = '3'
    ");
}

#[test]
fn transfers_ring_and_connect() {
    let text = "type: transfer\n    number: \"${number}\"\n    timeout: 20s";
    let program = one("variables: { number: \"+15550100\" }", text, "connected busy no_answer failed invalid");
    insta::assert_snapshot!(run(&program, &request("")), @r"
    0 +0 begin -> next
    0 +3000 x -> connected
    3000 +0 end.connected
    connected 3000
    keys 0 used, 0 unused
    number = '+15550100'
    ");
    insta::assert_snapshot!(run(&program, &with_stubs("", "x: busy +1s")), @r"
    0 +0 begin -> next
    0 +1000 x -> busy
    1000 +0 end.busy
    busy 1000
    keys 0 used, 0 unused
    number = '+15550100'
    ");
    insta::assert_snapshot!(run(&program, &with_stubs("", "x: no_answer")), @r"
    0 +0 begin -> next
    0 +20000 x -> no_answer
    20000 +0 end.no_answer
    no_answer 20000
    keys 0 used, 0 unused
    number = '+15550100'
    ");
    insta::assert_snapshot!(run(&program, &with_stubs("", "x: connected +21s")), @r"
    0 +0 begin -> next
    0 +20000 x -> no_answer
    20000 +0 end.no_answer
    no_answer 20000
    keys 0 used, 0 unused
    number = '+15550100'
    ");
    let number = |value: Value| Request { variables: Arc::from([(Name::from("number"), value)]), ..Request::default() };
    insta::assert_snapshot!(run(&program, &number(Value::from("nobody"))), @r"
    0 +0 begin -> next
    0 +0 x -> invalid ('nobody' is not a number that can be dialled)
    0 +0 end.invalid
    invalid 0
    keys 0 used, 0 unused
    number = 'nobody'
    ");
    insta::assert_snapshot!(dump(&simulate(&program, &number(Value::from("sip:desk@acme.example")))), @r"
    0 +0 begin -> next
    0 +3000 x -> connected
    3000 +0 end.connected
    connected 3000
    keys 0 used, 0 unused
    number = 'sip:desk@acme.example'
    ");
}

#[test]
fn callbacks_are_promised() {
    let text = "type: callback\n    number: \"${call.ani}\"\n    when: \"${clock.date}\"";
    let program = one("", text, "scheduled invalid_number full error");
    let call = Call { ani: Some("5550100".into()), ..Call::default() };
    let base = Request { call, clock: clock("2026-03-02T12:00"), ..Request::default() };
    insta::assert_snapshot!(run(&program, &base), @r"
    0 +0 begin -> next
    0 +0 x -> scheduled
    0 +0 end.scheduled
    scheduled 0
    keys 0 used, 0 unused
    ");
    let full = Request { stubs: Arc::new(stubs("x: full")), ..base.clone() };
    insta::assert_snapshot!(path(&simulate(&program, &full)), @"begin:next x:full end.full = full");
    let call = Call { ani: Some("anonymous".into()), ..Call::default() };
    insta::assert_snapshot!(path(&simulate(&program, &Request { call, ..base.clone() })), @"begin:next x:invalid_number end.invalid_number = invalid_number");
    insta::assert_snapshot!(run(&program, &Request { call: Call::default(), ..base }), @r"
    0 +0 begin -> next
    0 +0 x -> error (the scenario has no 'call.ani')
    0 +0 end.error
    error 0
    keys 0 used, 0 unused
    ");
}

#[test]
fn waits_end_by_time_by_event_or_by_a_key() {
    let time = one(
        "",
        "type: wait\n    duration: 10s\n    music: [{ say: la, duration: 15s }]\n    detect: true",
        "elapsed digit",
    );
    insta::assert_snapshot!(run(&time, &request("-")), @r#"
    0 +0 begin -> next
    0 +10000 x -> elapsed
        "la" 10000
    10000 +0 end.elapsed
    elapsed 10000
    keys 0 used, 0 unused
    "#);
    insta::assert_snapshot!(run(&time, &request("5@2s")), @r#"
    0 +0 begin -> next
    0 +2000 x [5] -> digit
        "la" 2000 cut
    2000 +0 end.digit
    digit 2000
    keys 1 used, 0 unused
    "#);
    let event = one("", "type: wait\n    event: payment\n    timeout: 30s", "elapsed event error");
    insta::assert_snapshot!(run(&event, &with_stubs("", "payment: event +12s")), @r"
    0 +0 begin -> next
    0 +12000 x -> event
    12000 +0 end.event
    event 12000
    keys 0 used, 0 unused
    ");
    insta::assert_snapshot!(run(&event, &with_stubs("", "payment: event +30001ms")), @r"
    0 +0 begin -> next
    0 +30000 x -> elapsed
    30000 +0 end.elapsed
    elapsed 30000
    keys 0 used, 0 unused
    ");
    insta::assert_snapshot!(run(&event, &request("")), @r"
    0 +0 begin -> next
    0 +30000 x -> elapsed
    30000 +0 end.elapsed
    elapsed 30000
    keys 0 used, 0 unused
    ");
}

//! "Hanging up" of docs/flows.md: anywhere, and what runs afterwards.

use std::sync::Arc;

use super::dump::{flow, keys, program, request, run, stubs};
use crate::flow::Program;
use crate::simulator::{Call, Request};

/// 2 s of greeting, a menu with 1 s of prompt, then a lookup of 3 s, a wait, a queue, a transfer.
fn line() -> Arc<Program> {
    flow(
        r#"
start: welcome
variables: { noted: 0 }
queues: { all: { agents: 1, waiting: 1, handle_time: 1m } }
events: { on_hangup: note }
nodes:
  welcome: { type: play, prompts: [{ say: hello, duration: 2s }], next: main }
  main:
    type: menu
    prompts: [{ say: press, duration: 1s }]
    choices: { "1": ask, "2": pause, "3": line, "4": desk, "5": bye }
  ask: { type: lookup, on: { success: bye } }
  pause: { type: wait, duration: 1m, on: { elapsed: bye } }
  line: { type: queue, queue: all, on: { timeout: bye } }
  desk: { type: transfer, number: "100", on: { invalid: bye } }
  bye: { type: end, prompts: [{ say: bye, duration: 2s }] }
  note: { type: set, set: { noted: "noted + 1" }, next: farewell }
  farewell: { type: play, prompts: ["nobody hears this"], next: again }
  again: { type: menu, prompts: [x], choices: { "1": bye }, on: { error: over } }
  over: { type: end, disposition: over }
"#,
    )
}

fn after(items: &str, ms: u64) -> String {
    let call = Call { hang_up_after_ms: Some(ms), ..Call::default() };
    let stubs = Arc::new(stubs("ask: success +3s"));
    run(&line(), &Request { keypad: keys(items), call, stubs, ..Request::default() })
}

#[test]
fn by_an_item() {
    insta::assert_snapshot!(run(&line(), &request("hangup")), @r#"
    0 +2000 welcome -> next
        "hello" 2000
    2000 +2000 main
        "press" 1000
    4000 +0 note -> next
    4000 +0 farewell -> next
    4000 +0 again -> error (the caller has hung up)
    4000 +0 over
    hung_up 4000
    keys 0 used, 0 unused
    noted = 1
    "#);
    insta::assert_snapshot!(run(&line(), &request("hangup@400ms 1")), @r#"
    0 +2000 welcome -> next
        "hello" 2000
    2000 +400 main
        "press" 400
    2400 +0 note -> next
    2400 +0 farewell -> next
    2400 +0 again -> error (the caller has hung up)
    2400 +0 over
    hung_up 2400
    keys 0 used, 0 unused, 1 items unused
    noted = 1
    "#);
}

#[test]
fn before_the_first_node() {
    insta::assert_snapshot!(after("", 0), @r"
    0 +0 note -> next
    0 +0 farewell -> next
    0 +0 again -> error (the caller has hung up)
    0 +0 over
    hung_up 0
    keys 0 used, 0 unused
    noted = 1
    ");
}

#[test]
fn in_a_prompt() {
    insta::assert_snapshot!(after("", 500), @r#"
    0 +500 welcome
        "hello" 500
    500 +0 note -> next
    500 +0 farewell -> next
    500 +0 again -> error (the caller has hung up)
    500 +0 over
    hung_up 500
    keys 0 used, 0 unused
    noted = 1
    "#);
}

#[test]
fn in_the_middle_of_an_entry() {
    insta::assert_snapshot!(after("5", 3500), @r#"
    0 +2000 welcome -> next
        "hello" 2000
    2000 +1500 main
        "press" 1000
    3500 +0 note -> next
    3500 +0 farewell -> next
    3500 +0 again -> error (the caller has hung up)
    3500 +0 over
    hung_up 3500
    keys 0 used, 1 unused
    noted = 1
    "#);
}

#[test]
fn during_a_lookup_whose_answer_comes_nevertheless() {
    insta::assert_snapshot!(after("1", 5000), @r#"
    0 +2000 welcome -> next
        "hello" 2000
    2000 +2000 main [1] -> 1
        "press" 1000
    4000 +3000 ask -> success
        ask() = success
    7000 +0 note -> next
    7000 +0 farewell -> next
    7000 +0 again -> error (the caller has hung up)
    7000 +0 over
    hung_up 7000
    keys 1 used, 0 unused
    noted = 1
    "#);
}

#[test]
fn in_a_wait() {
    insta::assert_snapshot!(after("2", 10_000), @r#"
    0 +2000 welcome -> next
        "hello" 2000
    2000 +2000 main [2] -> 2
        "press" 1000
    4000 +6000 pause
    10000 +0 note -> next
    10000 +0 farewell -> next
    10000 +0 again -> error (the caller has hung up)
    10000 +0 over
    hung_up 10000
    keys 1 used, 0 unused
    noted = 1
    "#);
}

#[test]
fn in_a_queue() {
    insta::assert_snapshot!(after("3", 10_000), @r#"
    0 +2000 welcome -> next
        "hello" 2000
    2000 +2000 main [3] -> 3
        "press" 1000
    4000 +6000 line -> abandoned
    10000 +0 note -> next
    10000 +0 farewell -> next
    10000 +0 again -> error (the caller has hung up)
    10000 +0 over
    abandoned 10000
    keys 1 used, 0 unused
    noted = 1
    "#);
}

#[test]
fn while_it_rings() {
    insta::assert_snapshot!(after("4", 5_000), @r#"
    0 +2000 welcome -> next
        "hello" 2000
    2000 +2000 main [4] -> 4
        "press" 1000
    4000 +1000 desk
    5000 +0 note -> next
    5000 +0 farewell -> next
    5000 +0 again -> error (the caller has hung up)
    5000 +0 over
    hung_up 5000
    keys 1 used, 0 unused
    noted = 1
    "#);
}

#[test]
fn during_the_last_prompt() {
    insta::assert_snapshot!(after("5", 5_000), @r#"
    0 +2000 welcome -> next
        "hello" 2000
    2000 +2000 main [5] -> 5
        "press" 1000
    4000 +1000 bye
        "bye" 1000
    5000 +0 note -> next
    5000 +0 farewell -> next
    5000 +0 again -> error (the caller has hung up)
    5000 +0 over
    hung_up 5000
    keys 1 used, 0 unused
    noted = 1
    "#);
}

#[test]
fn what_ends_at_that_very_moment_is_done() {
    // The last prompt ends at 6 s.
    insta::assert_snapshot!(after("5", 6_000).lines().nth_back(2).unwrap_or_default(), @"completed 6000");
}

#[test]
fn without_an_event_the_call_just_ends() {
    let program = flow("start: x\nnodes:\n  x: { type: play, prompts: [a b c], next: y }\n  y: { type: end }\n");
    let call = Call { hang_up_after_ms: Some(1000), ..Call::default() };
    insta::assert_snapshot!(run(&program, &Request { call, ..Request::default() }), @r#"
    0 +1000 x
        "a b c" 1000
    hung_up 1000
    keys 0 used, 0 unused
    "#);
}

#[test]
fn what_nobody_wired_ends_a_call_without_a_caller() {
    let program = flow(
        "start: x\nevents: { on_hangup: note }\nnodes:\n  x: { type: play, prompts: [a b c], next: y }\n  y: { type: end }\n  note: { type: menu, prompts: [x], choices: { \"1\": y } }\n",
    );
    insta::assert_snapshot!(run(&program, &request("")), @r#"
    0 +1200 x -> next
        "a b c" 1200
    1200 +0 y
    completed 1200
    keys 0 used, 0 unused
    "#);
    let call = Call { hang_up_after_ms: Some(1000), ..Call::default() };
    insta::assert_snapshot!(run(&program, &Request { call, ..Request::default() }), @r#"
    0 +1000 x
        "a b c" 1000
    1000 +0 note -> error (the caller has hung up)
    hung_up 1000
    keys 0 used, 0 unused
    "#);
}

#[test]
fn in_a_subflow_the_caller_of_the_flow_handles_it() {
    let program = program(&[
        "flow: main\nstart: sub\nevents: { on_hangup: note }\nnodes:\n  sub: { type: subflow, flow: inner, on: { completed: bye } }\n  note: { type: effect, kind: log, next: bye }\n  bye: { type: end }\n",
        "flow: inner\nstart: deep\nnodes:\n  deep: { type: play, prompts: [a b c], next: back }\n  back: { type: return }\n",
    ]);
    let call = Call { hang_up_after_ms: Some(1000), ..Call::default() };
    insta::assert_snapshot!(run(&program, &Request { call, ..Request::default() }), @r#"
    0 +0 sub
    0 +1000 inner/deep
        "a b c" 1000
    1000 +0 note -> next
    1000 +0 bye
    hung_up 1000
    keys 0 used, 0 unused
    "#);
}

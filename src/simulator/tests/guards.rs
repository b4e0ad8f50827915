//! Every guard.

use std::time::{Duration, Instant};

use super::dump::{flow, program, request, run};
use crate::simulator::{Guards, Request, WallLimit, simulate, simulate_within};

fn guarded(guards: Guards) -> Request {
    Request { guards, ..Request::default() }
}

#[test]
fn on_steps() {
    let program = flow(
        "start: a\nnodes:\n  a: { type: play, prompts: [x], next: b }\n  b: { type: play, prompts: [x], next: a }\n",
    );
    let trace = simulate(&program, &request(""));
    assert_eq!(trace.steps.len(), 1000);
    insta::assert_snapshot!(trace.failure.unwrap_or_default(), @"stopped by the guard on steps: more than 1000 nodes were executed");
    insta::assert_snapshot!(run(&program, &guarded(Guards { steps: 2, ..Guards::default() })), @r#"
    0 +400 a -> next
        "x" 400
    400 +400 b -> next
        "x" 400
    failed 800 (stopped by the guard on steps: more than 2 nodes were executed)
    keys 0 used, 0 unused
    "#);
}

#[test]
fn on_repeats() {
    let program = flow("start: a\nnodes:\n  a: { type: play, prompts: [x], next: a }\n");
    let trace = simulate(&program, &request(""));
    assert_eq!(trace.steps.len(), 10);
    insta::assert_snapshot!(trace.failure.unwrap_or_default(), @"stopped by the guard on repeats: node 'a' was executed more than 10 times in a row");
}

#[test]
fn on_depth() {
    let program = program(&[
        "flow: main\nstart: a\nnodes:\n  a: { type: subflow, flow: main, on: { completed: b } }\n  b: { type: return }\n",
    ]);
    let trace = simulate(&program, &request(""));
    assert_eq!(trace.steps.len(), 200);
    insta::assert_snapshot!(trace.failure.unwrap_or_default(), @"stopped by the guard on depth: at node 'a' the call would be more than 200 flows deep");
}

#[test]
fn on_time() {
    let program = flow(
        "start: a\nnodes:\n  a: { type: wait, duration: 3h, on: { elapsed: b } }\n  b: { type: wait, duration: 3h, on: { elapsed: c } }\n  c: { type: end }\n",
    );
    insta::assert_snapshot!(run(&program, &request("")), @r"
    0 +10800000 a -> elapsed
    10800000 +3600000 b
    failed 14400000 (stopped by the guard on time: the call lasted longer than 4h)
    keys 0 used, 0 unused
    ");
}

#[test]
fn on_livelock() {
    let program = flow(
        "start: a\nvariables: { n: 0 }\nnodes:\n  a: { type: set, set: { n: 1 - n }, next: b }\n  b: { type: decision, if: n >= 0, on: { true: a, false: a } }\n",
    );
    insta::assert_snapshot!(run(&program, &request("")), @r"
    0 +0 a -> next
    0 +0 b -> true
    0 +0 a -> next
    0 +0 b -> true
    failed 0 (stopped by the guard on livelock: node 'a' was reached again and nothing had happened in between)
    keys 0 used, 0 unused
    n = 0
    ");
}

#[test]
fn counting_is_no_livelock() {
    let program = flow(
        "start: a\nvariables: { n: 0 }\nnodes:\n  a: { type: set, set: { n: n + 1 }, next: b }\n  b: { type: decision, if: n < 40, on: { true: a, false: c } }\n  c: { type: end }\n",
    );
    assert_eq!(simulate(&program, &request("")).steps.len(), 81);
}

/// The limit on wall time is no guard: it depends on the machine, so nothing is said of the call.
#[test]
fn on_wall_time() {
    let program = flow(
        "start: a\nnodes:\n  a: { type: play, prompts: [x], next: b }\n  b: { type: play, prompts: [x], next: a }\n",
    );
    let within = |deadline| {
        let limit = WallLimit { deadline: Some(deadline), cancelled: None };
        simulate_within(&program, &request(""), limit).map(|trace| trace.steps.len())
    };
    assert_eq!(within(Instant::now()), None);
    assert_eq!(within(Instant::now() + Duration::from_secs(3_600)), Some(1_000));
}

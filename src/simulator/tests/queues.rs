//! Queues and questions about them.

use std::sync::Arc;

use super::dump::{flow, queue, request, run, walk};
use crate::flow::{Program, QueueState};
use crate::simulator::{Call, Request};

fn cards(rest: &str) -> Arc<Program> {
    flow(&format!(
        r#"
start: line
queues: {{ cards: {{ agents: 2, waiting: 3, handle_time: 1m, capacity: 20 }} }}
nodes:
  line:
    type: queue
    queue: cards
    treatment: [{{ say: one, duration: 10s }}, {{ say: two, duration: 40s }}]
    treatment_every: 30s
    max_wait: 5m
    on: {{ timeout: later, full: later, closed: later {rest} }}
  later: {{ type: end, disposition: later }}
"#
    ))
}

fn state(state: QueueState) -> Request {
    Request { stubs: Arc::new(queue("cards", state)), ..Request::default() }
}

#[test]
fn the_wait_is_worked_out_and_the_treatment_played() {
    insta::assert_snapshot!(run(&cards(""), &request("")), @r#"
    0 +120000 line -> answered
        "one" 10000
        "two" 40000
        "one" 10000
        "two" 20000
    transferred 120000
    keys 0 used, 0 unused
    "#);
}

#[test]
fn a_queue_may_be_closed_full_or_too_long() {
    let open = QueueState::default();
    insta::assert_snapshot!(run(&cards(""), &state(QueueState { open: false, ..open.clone() })), @r"
    0 +0 line -> closed
    0 +0 later
    later 0
    keys 0 used, 0 unused
    ");
    insta::assert_snapshot!(run(&cards(""), &state(QueueState { waiting: 4, capacity: 4, ..open.clone() })), @r"
    0 +0 line -> full
    0 +0 later
    later 0
    keys 0 used, 0 unused
    ");
    let never = state(QueueState { agents: 0, wait_ms: Some(0), ..open.clone() });
    insta::assert_snapshot!(run(&cards(""), &never).lines().next_back().unwrap_or_default(), @"keys 0 used, 0 unused");
    let slow = state(QueueState { wait_ms: Some(300_001), ..open.clone() });
    insta::assert_snapshot!(run(&cards(""), &slow).lines().next().unwrap_or_default(), @"0 +300000 line -> timeout");
    let just = state(QueueState { wait_ms: Some(300_000), ..open });
    insta::assert_snapshot!(run(&cards(""), &just).lines().next().unwrap_or_default(), @"0 +300000 line -> answered");
}

#[test]
fn a_caller_loses_his_patience() {
    let patient = |ms| Request { call: Call { patience_ms: Some(ms), ..Call::default() }, ..Request::default() };
    insta::assert_snapshot!(run(&cards(""), &patient(45_000)), @r#"
    0 +45000 line -> abandoned
        "one" 10000
        "two" 15000
    abandoned 45000
    keys 0 used, 0 unused
    "#);
    // On a tie he is answered.
    insta::assert_snapshot!(run(&cards(""), &patient(120_000)).lines().next().unwrap_or_default(), @"0 +120000 line -> answered");
    insta::assert_snapshot!(run(&cards(", abandoned: later"), &patient(1_000)), @r#"
    0 +1000 line -> abandoned
        "one" 1000
    1000 +0 later
    abandoned 1000
    keys 0 used, 0 unused
    "#);
}

#[test]
fn a_queue_can_be_asked() {
    let check = |metric: &str, when: &str| {
        flow(&format!(
            r#"
start: x
queues: {{ cards: {{ agents: 2, waiting: 3, handle_time: 1m }} }}
nodes:
  x: {{ type: queue_check, queue: cards, metric: {metric}, cases: [{{ name: yes, when: "{when}", to: y }}], on: {{ default: y }} }}
  y: {{ type: end }}
"#
        ))
    };
    insta::assert_snapshot!(walk(&check("estimated_wait", "metric == 120"), ""), @"x:yes y = completed");
    insta::assert_snapshot!(walk(&check("waiting", "metric > 3"), ""), @"x:default y = completed");
    insta::assert_snapshot!(walk(&check("agents", "metric == 2"), ""), @"x:yes y = completed");
    insta::assert_snapshot!(walk(&check("open", "metric"), ""), @"x:yes y = completed");
    let nobody = state(QueueState { agents: 0, ..QueueState::default() });
    insta::assert_snapshot!(run(&check("estimated_wait", "is_null(metric)"), &nobody), @r"
    0 +0 x -> yes
    0 +0 y
    completed 0
    keys 0 used, 0 unused
    metric = null
    ");
}

//! Signals, answers, errors, and outcomes without an edge.

use super::dump::{flow, program, request, run, walk};
use crate::simulator::{Call, Request};

fn signals(signals: &[(u64, &str)]) -> Request {
    let signals = signals.iter().map(|&(at, name)| (at, name.into())).collect();
    Request { call: Call { signals, ..Call::default() }, ..Request::default() }
}

#[test]
fn a_signal_takes_the_call_away_at_the_next_node() {
    let program = flow(
        r#"
start: a
events: { on_signal: { evacuate: out, notice: read } }
nodes:
  a: { type: play, prompts: [{ say: a, duration: 2s }], next: b }
  b: { type: play, prompts: [{ say: b, duration: 2s }], next: c }
  c: { type: end }
  read: { type: play, prompts: [{ say: read, duration: 1s }], next: b }
  out: { type: end, disposition: evacuated }
"#,
    );
    insta::assert_snapshot!(run(&program, &signals(&[(500, "notice"), (600, "unknown"), (4_900, "evacuate")])), @r#"
    0 +2000 a -> next
        "a" 2000
    2000 +1000 read -> next
        "read" 1000
    3000 +2000 b -> next
        "b" 2000
    5000 +0 out
    evacuated 5000
    keys 0 used, 0 unused
    "#);
    insta::assert_snapshot!(run(&program, &signals(&[(0, "evacuate")])), @r"
    0 +0 out
    evacuated 0
    keys 0 used, 0 unused
    ");
    insta::assert_snapshot!(run(&program, &signals(&[(0, "notice"), (0, "evacuate")])), @r#"
    0 +1000 read -> next
        "read" 1000
    1000 +0 out
    evacuated 1000
    keys 0 used, 0 unused
    "#);
}

#[test]
fn a_signal_in_a_subflow_is_handled_by_the_flow_that_called_it() {
    let program = program(&[
        "flow: main\nstart: sub\nevents: { on_signal: { out: away } }\nnodes:\n  sub: { type: subflow, flow: inner, on: { completed: away } }\n  away: { type: end }\n",
        "flow: inner\nstart: x\nnodes:\n  x: { type: play, prompts: [a], next: y }\n  y: { type: play, prompts: [a], next: z }\n  z: { type: return }\n",
    ]);
    insta::assert_snapshot!(run(&program, &signals(&[(100, "out")])), @r#"
    0 +0 sub
    0 +400 inner/x -> next
        "a" 400
    400 +0 away
    completed 400
    keys 0 used, 0 unused
    "#);
}

#[test]
fn an_answer_runs_its_event_once() {
    let program = flow(
        r#"
start: line
events: { on_answer: whisper }
nodes:
  line: { type: queue, queue: all, on: { timeout: over } }
  whisper: { type: effect, kind: whisper, next: again }
  again: { type: transfer, number: "100", on: { busy: over } }
  over: { type: end }
"#,
    );
    insta::assert_snapshot!(walk(&program, ""), @"line:answered whisper:next again:connected = transferred");
}

#[test]
fn a_blind_transfer_leaves_the_call_when_it_is_connected() {
    let text = |mode: &str| {
        flow(&format!(
            "start: desk\nevents: {{ on_answer: whisper }}\nnodes:\n  desk: {{ type: transfer, number: \"100\", mode: {mode} }}\n  whisper: {{ type: effect, kind: whisper }}\n"
        ))
    };
    insta::assert_snapshot!(walk(&text("blind"), ""), @"desk:connected = transferred");
    insta::assert_snapshot!(walk(&text("attended"), ""), @"desk:connected whisper:next = transferred");
}

#[test]
fn after_an_answer_an_outcome_without_an_edge_is_the_end() {
    let program = flow(
        "start: line\nevents: { on_answer: whisper }\nnodes:\n  line: { type: queue, queue: all, on: { timeout: over } }\n  whisper: { type: effect, kind: whisper }\n  over: { type: end }\n",
    );
    insta::assert_snapshot!(walk(&program, ""), @"line:answered whisper:next = transferred");
}

#[test]
fn an_error_goes_to_the_error_node_once() {
    let program = flow(
        r#"
start: bad
variables: { n: 0 }
events: { on_error: sorry }
nodes:
  bad: { type: set, set: { n: 1 / n }, next: over }
  sorry: { type: play, prompts: ["sorry"], next: main }
  main: { type: menu, prompts: [x], choices: { "1": bad, "2": over } }
  over: { type: end }
"#,
    );
    // An input that went well ends the state of error.
    insta::assert_snapshot!(walk(&program, "1 2"), @"bad:error sorry:next main:1 bad:error sorry:next main:2 over = completed");
    let twice = flow(
        "start: bad\nvariables: { n: 0 }\nevents: { on_error: worse }\nnodes:\n  bad: { type: set, set: { n: 1 / n }, next: over }\n  worse: { type: play, prompts: [\"${n / n}\"], next: over }\n  over: { type: end }\n",
    );
    insta::assert_snapshot!(run(&twice, &request("")), @r"
    0 +0 bad -> error (division by zero in '1 / n')
    0 +0 worse -> error (division by zero in 'n / n')
    failed 0 (error at 'worse': division by zero in 'n / n')
    keys 0 used, 0 unused
    n = 0
    ");
}

#[test]
fn an_outcome_without_an_edge_follows_the_policy() {
    let text = |policy: &str, events: &str| {
        flow(&format!(
            "start: x\nunwired: {policy}\nvariables: {{ n: 0 }}\n{events}\nnodes:\n  x: {{ type: decision, if: n > 0, on: {{ true: over }} }}\n  over: {{ type: end }}\n"
        ))
    };
    insta::assert_snapshot!(run(&text("stuck", ""), &request("")), @r"
    0 +0 x -> false
    failed 0 (stuck at 'x': outcome 'false' leads nowhere)
    keys 0 used, 0 unused
    n = 0
    ");
    insta::assert_snapshot!(run(&text("end", ""), &request("")), @r"
    0 +0 x -> false
    completed 0
    keys 0 used, 0 unused
    n = 0
    ");
    insta::assert_snapshot!(run(&text("error", ""), &request("")), @r"
    0 +0 x -> false
    failed 0 (error at 'x': outcome 'false' leads nowhere)
    keys 0 used, 0 unused
    n = 0
    ");
    insta::assert_snapshot!(run(&text("error", "events: { on_error: over }"), &request("")), @r"
    0 +0 x -> false
    0 +0 over
    completed 0
    keys 0 used, 0 unused
    n = 0
    ");
}

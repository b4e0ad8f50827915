//! Every rule on small flows, and laws on random ones.

use std::sync::Arc;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::flow::Program;
use crate::source::diagnostics::Severity;

fn program(texts: &[&str]) -> Arc<Program> {
    Program::parse(texts).unwrap_or_else(|found| panic!("{}", crate::flow::read::tests::rendered(&found)))
}

/// The findings, a line each: rule, severity, line and message.
fn lines(texts: &[&str]) -> String {
    let found = analyse(&program(texts));
    let line = |diagnostic: &crate::source::diagnostics::Diagnostic| {
        let at = diagnostic.location.as_ref().map_or(0, |location| location.position().line);
        let mark = if diagnostic.severity == Severity::Note { " (note)" } else { "" };
        format!("{}:{at}{mark} {}", diagnostic.rule, diagnostic.message)
    };
    found.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn unreachable_parts_are_told_where_they_begin() {
    assert_snapshot!(lines(&["
flow: f
start: a
events: { on_hangup: note, keys: { '*': help } }
schedules: { s: { zone: UTC, weekly: { daily: ['09:00-17:00'] } } }
nodes:
  a: { type: hours, schedule: s, on: { open: bye, closed: bye, holiday: party } }
  bye: { type: end }
  note: { type: end }
  help: { type: end }
  party: { type: play, prompts: [hi], next: bye }
  lost: { type: play, prompts: [hi], next: behind }
  behind: { type: play, prompts: [hi], next: bye }
  round: { type: play, prompts: [hi], next: about }
  about: { type: play, prompts: [hi], next: round }
"]), @"
flow/unreachable:11 no path leads to node 'party'
flow/unreachable:12 no path leads to node 'lost'
flow/unreachable:14 no path leads to node 'round'
flow/unreachable-outcome:7 outcome 'holiday' of node 'a' is impossible: the schedule has no holidays
");
}

#[test]
fn dead_ends_follow_the_order_of_the_rules_for_edges() {
    assert_snapshot!(lines(&["
flow: f
start: ask
events: { on_hangup: note, on_answer: whisper }
nodes:
  ask: { type: menu, choices: { '1': look, '2': hold, '3': rec } }
  look: { type: lookup, on: { success: bye } }
  hold: { type: queue, queue: q, on: { timeout: bye } }
  rec: { type: record, on: { recorded: bye, no_audio: bye, too_long: bye } }
  bye: { type: end }
  note: { type: lookup, on: { success: bye } }
  whisper: { type: lookup, on: { success: bye } }
"]), @"
flow/dead-end:6 outcome 'max_attempts' of node 'ask' leads nowhere: the call gets stuck
flow/dead-end:7 outcomes 'not_found', 'failure' and 'timeout' of node 'look' lead nowhere: the call gets stuck
flow/dead-end:8 outcomes 'full' and 'closed' of node 'hold' lead nowhere: the call gets stuck
");
}

#[test]
fn an_outcome_that_is_asked_for_again_is_no_dead_end() {
    // Both failures have edges, so the count never ends the asking.
    assert_eq!(
        lines(&["
flow: f
start: ask
nodes:
  ask: { type: menu, choices: { '1': bye }, on: { no_input: ask, no_match: ask } }
  bye: { type: end }
"]),
        ""
    );
}

#[test]
fn traps_and_flows_without_an_end() {
    assert_snapshot!(lines(&["
flow: f
start: ask
nodes:
  ask: { type: menu, choices: { '1': bye, '2': sorry }, on: { max_attempts: bye } }
  bye: { type: end }
  sorry: { type: play, prompts: [sorry], next: again }
  again: { type: menu, choices: { '1': sorry, '2': inner }, on: { max_attempts: again } }
  inner: { type: subflow, flow: g, on: { completed: sorry, error: sorry } }
", "
flow: g
start: a
nodes:
  a: { type: play, prompts: [hm], next: b }
  b: { type: return }
"]), @"flow/trap:7 no path leads out of the cycle of 'sorry', 'again', 'inner'");
    assert_snapshot!(lines(&["
flow: f
start: a
nodes:
  a: { type: play, prompts: [hm], next: b }
  b: { type: play, prompts: [hm] }
"]), @"flow/no-end:2 no call ends in flow 'f'");
}

#[test]
fn what_may_end_the_call_is_a_way_out() {
    for (node, callee) in [
        ("type: subflow, flow: g, on: { error: a }", "type: end"),
        ("type: jump, flow: g", "type: end"),
        ("type: transfer, number: '1', on: { busy: a, no_answer: a, failed: a, invalid: a }", "type: return"),
        ("type: queue, queue: q, on: { timeout: a, full: a, closed: a }", "type: return"),
    ] {
        let flow =
            format!("flow: f\nstart: a\nnodes:\n  a: {{ type: play, prompts: [x], next: b }}\n  b: {{ {node} }}");
        assert_eq!(lines(&[&flow, &format!("flow: g\nstart: x\nnodes:\n  x: {{ {callee} }}")]), "", "{node}");
    }
}

#[test]
fn edges_that_are_never_taken() {
    assert_snapshot!(lines(&["
flow: f
start: pin
variables: { n: 0 }
nodes:
  pin: { type: collect, max_attempts: 1, on: { ok: which, cancelled: bye, no_input: bye, max_attempts: bye } }
  which:
    type: switch
    cases:
      - { name: one, when: n == 1, to: wait }
      - { name: uno, when: n == 1, to: bye }
    on: { default: times }
  wait: { type: wait, duration: 3s, on: { elapsed: bye, event: bye } }
  times: { type: loop, times: 0, on: { repeat: bye, done: bye } }
  bye: { type: end }
"]), @"
flow/unreachable-outcome:6 outcome 'cancelled' of node 'pin' is impossible: the node has no 'cancel' key
flow/unreachable-outcome:11 outcome 'uno' of node 'which' is impossible: the earlier case 'one' has the same condition
flow/unreachable-outcome:13 outcome 'event' of node 'wait' is impossible: the node waits for a time
flow/unreachable-outcome:14 outcome 'repeat' of node 'times' is impossible: it repeats 0 times
flow/max-attempts-one:6 outcome 'no_input' of node 'pin' is impossible: it has one attempt, so the first failure is 'max_attempts'
");
}

#[test]
fn choices_that_begin_with_others() {
    assert_snapshot!(lines(&["
flow: f
start: quick
nodes:
  quick: { type: menu, choices: { '1': slow, '12': slow }, interdigit: 0s, on: { max_attempts: bye } }
  slow: { type: menu, choices: { '1': bye, '12': bye, '123': bye }, on: { max_attempts: bye } }
  bye: { type: end }
"]), @"
flow/shadowed-choice:5 '12' begins with choice '1', after which the menu waits for 0s only
flow/shadowed-choice:6 (note) '12', '123' begin with choice '1', so that whoever presses '1' waits 2s
flow/shadowed-choice:6 (note) '123' begins with choice '12', so that whoever presses '12' waits 2s
");
}

#[test]
fn conditions_that_never_change_or_overlap() {
    assert_snapshot!(lines(&["
flow: f
start: a
variables: { n: 0, m: 0 }
nodes:
  a: { type: decision, if: 1 > 2, on: { true: bye, false: b } }
  b:
    type: switch
    cases:
      - { name: high, when: n >= 10, to: bye }
      - { name: higher, when: n > 20, to: bye }
      - { name: low, when: n < 12, to: bye }
      - { name: other, when: m < 12, to: bye }
      - { name: none, when: m > 3 and m < 2, to: bye }
    on: { default: c }
  c:
    type: switch
    cases:
      - { name: valley, when: n >= 1000, to: bye }
      - { name: street, when: n >= 10, to: bye }
      - { name: house, when: true, to: bye }
    on: { default: bye }
  bye: { type: end }
"]), @"
flow/constant-condition:6 the condition of node 'a' is never true
flow/overlapping-conditions:11 case 'higher' of node 'b' is impossible: the earlier case 'high' holds for all its numbers
flow/overlapping-conditions:12 case 'low' of node 'b' overlaps with the earlier case 'high'
flow/constant-condition:14 case 'none' of node 'b' is never true
flow/constant-condition:21 case 'house' of node 'c' is always true
");
}

#[test]
fn schedules_with_gaps_and_overlaps() {
    assert_snapshot!(lines(&["
flow: f
start: bye
schedules:
  never: { zone: UTC, weekly: { mon: [] } }
  gap: { zone: UTC, weekly: { mon: ['09:00-11:59', '12:00-17:00'], tue: ['09:00-23:59'] } }
  fine: { zone: UTC, weekly: { daily: ['00:00-01:30', '02:30-24:00'] }, dates: { '2026-12-25': [] }, holidays: ['2026-12-25'] }
  twice:
    zone: UTC
    weekly: { mon: ['09:00-13:00', '12:00-17:00'], fri: ['22:00-06:00', '23:00-24:00'] }
    dates: { '2026-12-24': ['09:00-12:00'] }
    holidays: ['2026-12-24', '2026-12-25', '2026-12-25']
nodes: { bye: { type: end } }
"]), @"
flow/schedule-gap:5 schedule 'never' never opens
flow/schedule-gap:6 schedule 'gap' is closed for the one minute before the next range
flow/schedule-gap:6 schedule 'gap' is closed for the last minute of the day
flow/schedule-overlap:10 two ranges of one day overlap in schedule 'twice'
flow/schedule-overlap:10 two ranges of one day overlap in schedule 'twice'
flow/schedule-overlap:11 schedule 'twice' has opening hours for a date that is a holiday
flow/schedule-overlap:12 schedule 'twice' lists a holiday twice
");
}

#[test]
fn variables_read_before_they_are_set() {
    assert_snapshot!(lines(&["
flow: f
start: hello
events: { on_hangup: left }
nodes:
  hello: { type: play, prompts: ['hi ${name}, ${default(name, 1)}'], next: ask }
  ask: { type: decision, if: call.ani == '1', on: { true: get, false: say } }
  get: { type: lookup, outputs: { name: first }, on: { success: say, not_found: say, failure: say, timeout: say } }
  say: { type: set, set: { twice: name, thrice: twice }, next: bye }
  bye: { type: end }
  left: { type: end, prompts: ['${name}'] }
"]), @"flow/unset-variable:6 node 'hello' reads the variable 'name' before any path sets it");
}

/// A random flow over a handful of nodes as text, and its edges: `(from, to)`, roots first.
fn any_graph() -> impl Strategy<Value = (usize, Vec<(usize, usize)>, Option<usize>)> {
    (2usize..9).prop_flat_map(|count| {
        let edges = prop::collection::vec((0..count, 0..count), 0..12);
        (Just(count), edges, prop::option::of(0..count))
    })
}

fn text(count: usize, edges: &[(usize, usize)], hangup: Option<usize>) -> String {
    let mut text = "flow: f\nstart: n0\n".to_owned();
    if let Some(node) = hangup {
        text += &format!("events: {{ on_hangup: n{node} }}\n");
    }
    text += "nodes:\n";
    for node in 0..count {
        let out: Vec<String> = edges
            .iter()
            .filter(|&&(from, _)| from == node)
            .enumerate()
            .map(|(label, (_, to))| format!("l{label}: {{ weight: 1, to: n{to} }}"))
            .collect();
        let kind = if out.is_empty() {
            "type: end".into()
        } else {
            format!("type: random, weights: {{ {} }}", out.join(", "))
        };
        text += &format!("  n{node}: {{ {kind} }}\n");
    }
    text
}

/// Whether a way leads from one node to another, by trying all ways: a matrix closed under
/// composition.
fn closure(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<bool>> {
    let mut way = vec![vec![false; count]; count];
    (0..count).for_each(|node| way[node][node] = true);
    edges.iter().for_each(|&(from, to)| way[from][to] = true);
    for middle in 0..count {
        for from in 0..count {
            for to in 0..count {
                way[from][to] |= way[from][middle] && way[middle][to];
            }
        }
    }
    way
}

proptest! {
    #[test]
    fn reachability_and_traps_are_what_enumeration_says((count, edges, hangup) in any_graph()) {
        let program = program(&[&text(count, &edges, hangup)]);
        let way = closure(count, &edges);
        let reached: Vec<bool> = (0..count).map(|node| way[0][node] || hangup.is_some_and(|root| way[root][node])).collect();
        prop_assert_eq!(&reachable(&program)[0], &reached);
        let found = analyse(&program);
        let rule = |name: &str| found.iter().filter(|found| found.rule == name).count();
        prop_assert_eq!(rule("flow/unreachable") > 0, reached.contains(&false));
        // A node ends the call if it has no edges.
        let ends = |from: usize| (0..count).any(|to| way[from][to] && !edges.iter().any(|&(from, _)| from == to));
        prop_assert_eq!(rule("flow/no-end") > 0, !ends(0));
        let trapped = (0..count).any(|node| reached[node] && !ends(node));
        prop_assert_eq!(rule("flow/no-end") + rule("flow/trap") > 0, trapped || !ends(0));
    }
}

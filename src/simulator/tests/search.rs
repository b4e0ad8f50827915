//! The search for the fewest interactions.

use std::collections::VecDeque;
use std::sync::Arc;

use super::dump::{flow, program, request, walk};
use super::generate::{Dice, any_program, any_request};
use crate::flow::{Name, Program};
use crate::simulator::options::{Known, is_hang_up, options};
use crate::simulator::{Call, Fewest, Input, Request, Searcher, WallLimit, simulate};

/// What the searcher says of a call, after "so many interactions were taken".
fn fewest(program: &Program, request: &Request) -> (usize, Fewest) {
    let trace = simulate(program, request);
    let taken = trace.interactions();
    let end = trace.steps.last().map_or(0, |step| step.node);
    (taken, Searcher::new().fewest_interactions(program, request, end, &trace.outcome, taken, WallLimit::default()))
}

fn bank() -> Arc<Program> {
    flow(
        r##"
start: main
variables: { pin: null }
events: { keys: { "*": main } }
nodes:
  main: { type: menu, prompts: [x], choices: { "1": pin, "2": info, "3": more } }
  more: { type: menu, prompts: [x], choices: { "1": pin, "9": main } }
  pin: { type: collect, prompts: [x], variable: pin, max: 4, on: { ok: check } }
  check: { type: decision, if: "pin == '4321'", on: { true: balance, false: wrong } }
  wrong: { type: play, prompts: [wrong], next: pin }
  balance: { type: end, disposition: served }
  info: { type: menu, prompts: [x], choices: { "1": main, "2": bye } }
  bye: { type: end }
"##,
    )
}

#[test]
fn a_direct_call_needs_what_it_took() {
    assert_eq!(fewest(&bank(), &request("1 4321")), (2, Fewest::Interactions(2)));
}

#[test]
fn detours_and_mistakes_could_have_been_avoided() {
    assert_eq!(fewest(&bank(), &request("- 8 1 1111 4321")), (5, Fewest::Interactions(2)));
    assert_eq!(fewest(&bank(), &request("3 9 2 1 1 4321#")), (6, Fewest::Interactions(2)));
}

#[test]
fn only_data_that_the_caller_knows_count() {
    // The PIN was typed ahead with the choice: the caller knows it all the same.
    assert_eq!(fewest(&bank(), &request("3 14321")), (3, Fewest::Interactions(2)));
}

#[test]
fn a_goal_that_only_silence_reaches() {
    let program = flow(
        "start: a\nnodes:\n  a: { type: menu, prompts: [x], max_attempts: 2, choices: { \"1\": b }, on: { max_attempts: sorry } }\n  b: { type: menu, prompts: [x], choices: { \"1\": a } }\n  sorry: { type: end }\n",
    );
    assert_eq!(fewest(&program, &request("1 1 - -")), (4, Fewest::Interactions(2)));
}

#[test]
fn hanging_up_is_a_way_to_a_call_that_was_hung_up() {
    assert_eq!(fewest(&bank(), &request("2 1 hangup")), (3, Fewest::Interactions(1)));
    assert_eq!(fewest(&bank(), &request("2 1 2 hangup")), (4, Fewest::Interactions(2)));
}

#[test]
fn subflows_are_seen_through() {
    let program = program(&[
        "flow: main\nstart: first\nnodes:\n  first: { type: subflow, flow: ask, returns: [no], on: { completed: second, no: first } }\n  second: { type: subflow, flow: ask, returns: [no], on: { completed: bye, no: first } }\n  bye: { type: end }\n",
        "flow: ask\nstart: q\nnodes:\n  q: { type: menu, prompts: [x], choices: { \"1\": yes, \"2\": no } }\n  yes: { type: return }\n  no: { type: return, name: no }\n",
    ]);
    assert_eq!(fewest(&program, &request("2 1 2 1 1")), (5, Fewest::Interactions(2)));
    assert_eq!(
        walk(&program, "1 1"),
        "first:completed ask/q:1 ask/yes second:completed ask/q:1 ask/yes bye = completed"
    );
}

#[test]
fn a_search_gives_up_at_its_bound() {
    // Every digit that is added is another state.
    let program = flow(
        r#"
start: a
variables: { sum: "" }
nodes:
  a: { type: menu, prompts: [x], choices: { "1": one, "2": two, "3": done }, variable: key }
  one: { type: set, set: { sum: "sum + '1'" }, next: a }
  two: { type: set, set: { sum: "sum + '2'" }, next: a }
  done: { type: decision, if: "len(sum) > 18", on: { true: bye, false: a } }
  bye: { type: end }
"#,
    );
    let items = "1 2 ".repeat(10) + "3";
    let call = Call::default();
    assert_eq!(fewest(&program, &Request { call, ..request(&items) }), (21, Fewest::Unknown));
}

/// Tries every sequence of options through whole calls, breadth first; none if that is too much.
fn naive(program: &Program, request: &Request, end: u32, outcome: &Name, at_most: usize) -> Option<usize> {
    let known = Known::of(program, request);
    let options = options(program, &known, is_hang_up(outcome));
    let mut waiting: VecDeque<Vec<Input>> = VecDeque::from([Vec::new()]);
    let mut best = at_most;
    let mut calls = 0;
    while let Some(items) = waiting.pop_front() {
        calls += 1;
        if calls > 3_000 {
            return None;
        }
        let trace = simulate(program, &Request { keypad: items.clone(), ..request.clone() });
        let inputs: Vec<_> = trace.steps.iter().filter(|step| trace.table.nodes[step.node as usize].input).collect();
        if trace.unused_items == 0 && trace.steps.last().map(|step| step.node) == Some(end) && trace.outcome == *outcome
        {
            best = best.min(inputs.len());
        }
        if items.len() + 1 >= at_most || trace.unused_items > 0 {
            continue;
        }
        // Every option of every input node continues the items: those that do not fit are other callers' mistakes.
        let mut nodes: Vec<u32> = inputs.iter().map(|step| step.node).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let mut next: Vec<&Input> = Vec::new();
        for item in nodes.iter().flat_map(|&node| &options[node as usize]) {
            if !next.contains(&item) {
                next.push(item);
            }
        }
        waiting.extend(next.into_iter().map(|item| items.iter().chain([item]).cloned().collect()));
    }
    Some(best)
}

#[test]
fn the_search_agrees_with_trying_everything() {
    let (mut compared, mut shorter) = (0, 0);
    // Fixed seeds: trying everything also tries, at one node, what only makes sense at another, which the search may
    // leave out. Here that never matters.
    for seed in 0..1_000 {
        let mut dice = Dice::new(seed);
        let program = any_program(&mut dice);
        let mut request = any_request(&mut dice);
        request.keypad.truncate(4);
        request.clock = None;
        let trace = simulate(&program, &request);
        let taken = trace.interactions();
        let Some(end) = trace.steps.last().map(|step| step.node).filter(|_| trace.failure.is_none()) else { continue };
        let found =
            Searcher::new().fewest_interactions(&program, &request, end, &trace.outcome, taken, WallLimit::default());
        if let Some(tried) = naive(&program, &request, end, &trace.outcome, taken) {
            assert_eq!(found, Fewest::Interactions(tried), "seed {seed}");
            compared += 1;
            shorter += usize::from(tried < taken);
        }
    }
    // Nearly all calls are small enough, and many of them took a detour.
    assert!(compared > 200 && shorter > 50, "{compared} compared, {shorter} shorter");
}

#[test]
fn a_search_beyond_the_wall_limit_is_given_up_and_not_remembered() {
    let (program, request) = (bank(), request("- 8 1 1111 4321"));
    let trace = simulate(&program, &request);
    let end = trace.steps.last().unwrap().node;
    let searcher = Searcher::new();
    let search =
        |limit| searcher.fewest_interactions(&program, &request, end, &trace.outcome, trace.interactions(), limit);
    let cancelled = std::sync::atomic::AtomicBool::new(true);
    // The limit is checked every few hundred nodes; this search is shorter.
    assert_eq!(search(WallLimit { deadline: None, cancelled: Some(&cancelled) }), Fewest::Interactions(2));
    let hard = flow(
        r##"
start: a
nodes:
  a: { type: collect, prompts: [x], variable: one, max: 4, on: { ok: b, max_attempts: b } }
  b: { type: collect, prompts: [x], variable: two, max: 4, on: { ok: c, max_attempts: c } }
  c: { type: collect, prompts: [x], variable: three, max: 4, on: { ok: d, max_attempts: d } }
  d: { type: decision, if: "one == '1' && two == '2' && three == '3'", on: { true: e, false: a } }
  e: { type: end }
"##,
    );
    let request = super::dump::request("9 9 9 8 7 8 1 2 3");
    let trace = simulate(&hard, &request);
    assert_eq!(&*trace.outcome, "completed");
    let end = trace.steps.last().unwrap().node;
    let search =
        |limit| searcher.fewest_interactions(&hard, &request, end, &trace.outcome, trace.interactions(), limit);
    assert_eq!(search(WallLimit { deadline: None, cancelled: Some(&cancelled) }), Fewest::Unknown);
    assert_eq!(search(WallLimit::default()), Fewest::Interactions(3));
}

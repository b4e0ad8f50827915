//! `flow/livelock`: calls that run in circles, found by trying.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use super::callers::options;
use super::circles::has_circle;
use super::surroundings::{self, Surroundings};
use crate::flow::Program;
use crate::simulator::{Guards, Input, Request, Trace, livelock_node, simulate};
use crate::source::diagnostics::rules::LIVELOCK;
use crate::source::diagnostics::{Diagnostics, quoted};

/// So many calls of a program are tried. The bound is on calls and not on time, so that every machine finds the same.
const MOST_CALLS: usize = 2_000;
/// So many node executions in one call.
const MOST_STEPS: u32 = 200;
/// Callers go on from a node so many times in one world, each time having come there in another way.
const VISITS: u32 = 3;

/// The nodes at which the guard on livelock stops a call that was tried, each with the keys that lead there.
///
/// Callers press each choice, wrong keys, good entries and nothing; lookups, hours, queues, transfers, draws and events
/// say what they can say, one of them otherwise than usual at a time; signals come, and callers hang up. What is found is
/// certain; what is not found may still be there.
pub fn livelocks(program: &Program) -> Diagnostics {
    let mut found = Diagnostics::new();
    if !has_circle(program) {
        return found;
    }
    let worlds = surroundings::all(program);
    let mut calls = MOST_CALLS;
    let mut reported = HashSet::new();
    for (index, world) in worlds.iter().enumerate() {
        // Worlds that come later have their share of the calls.
        let share = calls / (worlds.len() - index);
        let mut search = Search { program, world, left: share, found: Vec::new() };
        search.run();
        calls -= share - search.left;
        for (node, keypad) in search.found {
            if reported.insert(node) {
                report(program, world, node, &keypad, &mut found);
            }
        }
    }
    found
}

/// The calls in one world, shortest first.
struct Search<'s> {
    program: &'s Program,
    world: &'s Surroundings,
    /// So many calls may still be made.
    left: usize,
    /// Nodes of livelocks, by program-wide index, with what the caller did.
    found: Vec<(u32, Vec<Input>)>,
}

impl Search<'_> {
    fn run(&mut self) {
        let mut visits: HashMap<u32, u32> = HashMap::new();
        let mut waiting: VecDeque<Vec<Input>> = VecDeque::from([Vec::new()]);
        while let Some(keypad) = waiting.pop_front() {
            let Some(_) = self.call(keypad.clone()) else { return };
            // Hanging up shows where the caller was asked last.
            let mut with_end = keypad.clone();
            with_end.push(Input::HangUp { at_ms: None });
            let Some(trace) = self.call(with_end) else { return };
            let Some(node) = asked_last(&trace) else { continue };
            let visit = visits.entry(node).or_default();
            *visit += 1;
            if *visit > VISITS {
                continue;
            }
            let (flow, asked) = self.program.node(node);
            for option in options(flow, asked) {
                let mut next = keypad.clone();
                next.push(option);
                waiting.push_back(next);
            }
        }
    }

    /// Makes one call; none when there is no call left.
    fn call(&mut self, keypad: Vec<Input>) -> Option<Trace> {
        self.left = self.left.checked_sub(1)?;
        let request = Request {
            keypad,
            call: self.world.call.clone(),
            clock: Some(self.world.clock.clone()),
            stubs: Arc::clone(&self.world.stubs),
            guards: Guards { steps: MOST_STEPS, ..Guards::default() },
            ..Request::default()
        };
        let trace = simulate(self.program, &request);
        let node = trace.failure.as_deref().and_then(livelock_node).and_then(|name| trace.table.find(name));
        if let Some(node) = node
            && !self.found.iter().any(|(known, _)| *known == node)
        {
            self.found.push((node, request.keypad));
        }
        Some(trace)
    }
}

/// The input node at which the caller hung up.
fn asked_last(trace: &Trace) -> Option<u32> {
    let names = |node: u32| trace.table.nodes.get(node as usize);
    let hung_up = trace.steps.iter().rev().find(|step| {
        let gone = trace.outcome_name(step).is_none_or(|outcome| &**outcome == "hung_up");
        gone && names(step.node).is_some_and(|node| node.input)
    });
    hung_up.map(|step| step.node).filter(|_| trace.unused_items == 0)
}

fn report(program: &Program, world: &Surroundings, node: u32, keypad: &[Input], found: &mut Diagnostics) {
    let (flow, at) = program.node(node);
    let message = format!(
        "a call runs in circles at node {}: it comes there again and nothing has happened in between",
        quoted(&at.id.value)
    );
    let items: Vec<String> = keypad.iter().map(shown).collect();
    let mut help = match items.as_slice() {
        [] => "it does so whatever the caller keys".to_owned(),
        items => format!("it does so after dtmf: [{}]", items.join(", ")),
    };
    if !world.unusual.is_empty() {
        help += &format!(", when {}", world.unusual);
    }
    if program.entry().id.value != flow.id.value {
        help += &format!(", in a call of flow {}", quoted(&program.entry().id.value));
    }
    found.push(LIVELOCK.finding(&flow.source, at.id.span, message).label("again and again").help(help));
}

/// An item as a suite writes it.
fn shown(input: &Input) -> String {
    match input {
        Input::Keys { keys, .. } => format!("\"{keys}\""),
        Input::Ahead(keys) => format!("{{ ahead: \"{keys}\" }}"),
        Input::Silence => "silence".to_owned(),
        Input::HangUp { .. } => "hangup".to_owned(),
        Input::Say(said) => format!("{{ say: {said} }}"),
        Input::Speak(ms) => format!("{{ speak: {} }}", crate::source::yaml::format_duration(*ms)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[&str]) -> String {
        let program = Program::parse(texts).unwrap_or_else(|found| panic!("{found:?}"));
        let lines = livelocks(&program);
        assert_eq!(format!("{lines:?}"), format!("{:?}", livelocks(&program)), "two searches find the same");
        lines.iter().map(|found| format!("{}; {}\n", found.message, found.help.as_deref().unwrap_or(""))).collect()
    }

    #[test]
    fn a_circle_is_found_with_the_keys_that_lead_there() {
        insta::assert_snapshot!(found(&["
flow: f
start: hello
variables: { tries: 0 }
nodes:
  hello: { type: menu, choices: { '1': pin, '2': bye }, on: { max_attempts: bye } }
  pin: { type: collect, variable: keyed, min: 4, max: 4, validate: { regex: '8[01][0-9]{2}' }, on: { ok: look, max_attempts: bye } }
  look: { type: lookup, on: { success: bye, not_found: check, failure: bye, timeout: bye } }
  check: { type: decision, if: tries > 3, on: { true: bye, false: again } }
  again: { type: set, set: { tries: 1 }, next: check }
  bye: { type: end }
"]), @r#"a call runs in circles at node 'check': it comes there again and nothing has happened in between; it does so after dtmf: ["1", "8111"], when lookup 'look' answers 'not_found'"#);
    }

    #[test]
    fn a_queue_that_sends_callers_back_at_once() {
        insta::assert_snapshot!(found(&["
flow: f
start: check
nodes:
  check: { type: queue_check, queue: q, metric: waiting, cases: [{ name: many, when: metric > 2000, to: bye }], on: { default: hold } }
  hold: { type: queue, queue: q, on: { timeout: bye, full: bye, closed: check } }
  bye: { type: end }
"]), @"a call runs in circles at node 'hold': it comes there again and nothing has happened in between; it does so whatever the caller keys, when queues are closed");
    }

    /// Behind each of these lies the same circle.
    #[test]
    fn what_others_answer_leads_into_circles_too() {
        let circle = "
  check: { type: decision, if: tries > 3, on: { true: bye, false: again } }
  again: { type: set, set: { tries: 1 }, next: check }
  bye: { type: end }
";
        let mut all = String::new();
        for (events, first) in [
            ("", "type: transfer, number: '+15550100', on: { busy: check, no_answer: bye, failed: bye, invalid: bye }"),
            ("", "type: callback, number: '+15550100', on: { scheduled: bye, invalid_number: bye, full: check }"),
            ("", "type: random, weights: { likely: { weight: 1000000, to: bye }, rare: { weight: 1, to: check } }"),
            ("", "type: effect, kind: recording, on: { next: bye, error: check }"),
            ("", "type: wait, event: paid, timeout: 5s, on: { event: check, elapsed: bye }"),
            ("on_signal: { fire: check }", "type: play, prompts: [Hello.], next: bye"),
            ("on_hangup: check", "type: play, prompts: [Hello.], next: bye"),
            ("on_hangup: check", "type: queue, queue: q, on: { timeout: bye, full: bye, closed: bye }"),
        ] {
            let text = format!(
                "flow: f\nstart: hello\nvariables: {{ tries: 0 }}\nevents: {{ {events} }}\nnodes:\n  hello: {{ {first} }}{circle}"
            );
            let found = found(&[&text]);
            all += found.split_once("; ").map_or("nothing\n", |(_, help)| help);
        }
        insta::assert_snapshot!(all, @"
        it does so whatever the caller keys, when transfer 'hello' has the outcome 'busy'
        it does so whatever the caller keys, when callback 'hello' has the outcome 'full'
        it does so whatever the caller keys, when random 'hello' has the outcome 'rare'
        it does so whatever the caller keys, when effect 'hello' has the outcome 'error'
        it does so whatever the caller keys, when wait 'hello' has the outcome 'event'
        it does so whatever the caller keys, when the signal 'fire' comes at once
        it does so whatever the caller keys, when the caller hangs up at once
        it does so whatever the caller keys, when queues are without agents and the caller does not wait
        ");
    }

    #[test]
    fn circles_that_count_or_talk_are_none() {
        assert_eq!(
            found(&["
flow: f
start: check
variables: { tries: 0 }
nodes:
  check: { type: decision, if: tries > 3, on: { true: bye, false: again } }
  again: { type: set, set: { tries: tries + 1 }, next: check }
  bye: { type: end }
"]),
            ""
        );
    }
}

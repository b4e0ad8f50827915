//! Inputs that would reach what is missing.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use super::flows::FlowCounts;
use super::missing::Missing;
use super::result::CoverageKind;
use crate::flow::{Flow, Kind, Program};
use crate::simulator::{Input, Request, Said, Trace, explore};
use crate::source::yaml::format_duration;

/// All searches of a run together stop after about so many node executions: a count, so that hints do not depend on the
/// machine.
const MOST_STEPS: u64 = 30_000;
/// Scenarios of one program that lend their data and stubs.
const CALLERS: usize = 4;
/// Maximum number of scenarios of one program among which those callers are sought.
const MAX_CANDIDATES: usize = 200;
/// Programs that are searched.
const PROGRAMS: usize = 64;

/// A scenario that lends its data to the search.
pub(super) struct Caller<'p> {
    /// Its id.
    pub id: &'p str,
    /// Its flows.
    pub program: &'p Arc<Program>,
    /// Its call.
    pub request: &'p Request,
}

/// By program-wide node and outcome: the flow and its missing item.
type Goals = HashMap<(u32, Option<u16>), (usize, usize)>;

/// Adds hints to the missing items (by flow) where a search finds calls that come to them.
pub(super) fn hints(flows: &[FlowCounts], missing: &mut [Vec<Missing>], callers: &[Caller<'_>]) {
    if missing.iter().all(Vec::is_empty) {
        return;
    }
    let searches = searches(callers);
    let mut left = MOST_STEPS;
    let count = searches.len() as u64;
    for (done, caller) in (0..).zip(searches) {
        let mut goals = goals(flows, missing, caller.program);
        // What one search leaves over is shared by those after it.
        let share = left / (count - done);
        if goals.is_empty() || share == 0 {
            continue;
        }
        let hide = has_secrets(caller.program);
        let used = explore(caller.program, caller.request, share, |trace, said| {
            note(trace, &mut goals, |(flow, index)| {
                if let Some(missing) = missing.get_mut(flow).and_then(|list| list.get_mut(index)) {
                    missing.item.hint = Some(words(said, hide, caller.id));
                }
            });
            !goals.is_empty()
        });
        left = left.saturating_sub(used);
    }
}

/// The scenarios to search with: first one of each program, then a second one of each, those that differ in more than
/// what is keyed.
fn searches<'c, 'p>(callers: &'c [Caller<'p>]) -> Vec<&'c Caller<'p>> {
    let mut programs: Vec<(usize, usize, Vec<&Caller<'p>>)> = Vec::new();
    let mut places: HashMap<usize, usize> = HashMap::new();
    for caller in callers {
        let address = Arc::as_ptr(caller.program) as usize;
        let place = *places.entry(address).or_insert_with(|| {
            programs.push((address, 0, Vec::new()));
            programs.len() - 1
        });
        let Some((_, looked_at, chosen)) = programs.get_mut(place).filter(|_| place < PROGRAMS) else { continue };
        *looked_at += 1;
        let new = |other: &&Caller<'_>| !same_surroundings(other.request, caller.request);
        if *looked_at <= MAX_CANDIDATES && chosen.len() < CALLERS && chosen.iter().all(new) {
            chosen.push(caller);
        }
    }
    let round = |index: usize| programs.iter().filter_map(move |(_, _, chosen)| chosen.get(index).copied());
    (0..CALLERS).flat_map(round).collect()
}

fn same_surroundings(a: &Request, b: &Request) -> bool {
    let same = |one: &Request, other: &Request| {
        one.call == other.call && one.clock == other.clock && one.variables == other.variables
    };
    same(a, b) && (Arc::ptr_eq(&a.stubs, &b.stubs) || a.stubs == b.stubs)
}

fn goals(flows: &[FlowCounts], missing: &[Vec<Missing>], program: &Program) -> Goals {
    let mut goals = Goals::new();
    let same = |a: &Flow, b: &Flow| a.id.value == b.id.value && a.source.path() == b.source.path();
    for (own, &first) in program.flows.iter().zip(&program.first_node) {
        let Some(index) = flows.iter().position(|counts| same(&counts.flow, own)) else { continue };
        for (place, missing) in missing.get(index).into_iter().flatten().enumerate() {
            // Of an edge it is not said whether a call that takes its outcome walks it.
            if missing.item.hint.is_none() && missing.item.kind != CoverageKind::Edges {
                goals.insert((first + missing.node as u32, missing.outcome), (index, place));
            }
        }
    }
    goals
}

/// Takes those goals out that a call came to.
fn note(trace: &Trace, goals: &mut Goals, mut found: impl FnMut((usize, usize))) {
    // A call that could not be simulated to its end is nothing to imitate.
    if trace.fault.is_some() {
        return;
    }
    for step in &trace.steps {
        let outcome = step.outcome.and_then(|outcome| goals.remove(&(step.node, Some(outcome))));
        let node = goals.remove(&(step.node, None));
        outcome.into_iter().chain(node).for_each(&mut found);
    }
}

/// Whether callers of this program key secrets: whatever they know is then hidden.
fn has_secrets(program: &Program) -> bool {
    let collects =
        |flow: &Arc<Flow>| flow.nodes.iter().any(|node| matches!(&node.kind, Kind::Collect(collect) if collect.secret));
    program.secret.iter().flatten().any(|&secret| secret) || program.flows.iter().any(collects)
}

/// The items as a suite writes them.
fn words(said: &[Said], hide: bool, id: &str) -> String {
    let mut text = String::from("dtmf: [");
    for (index, item) in said.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { ", " });
        let hidden = |text: &str| match item.data && hide {
            true => "•".repeat(text.chars().count()),
            false => text.to_owned(),
        };
        // Writing to a text cannot fail.
        let _ = match &item.input {
            Input::Keys { keys, .. } => write!(text, "\"{}\"", hidden(keys)),
            Input::Ahead(keys) => write!(text, "{{ ahead: \"{}\" }}", hidden(keys)),
            Input::Silence => write!(text, "silence"),
            Input::HangUp { .. } => write!(text, "hangup"),
            Input::Say(said) => write!(text, "{{ say: {:?} }}", hidden(said)),
            Input::Speak(ms) => write!(text, "{{ speak: {} }}", format_duration(*ms)),
        };
    }
    let _ = write!(text, "] with the rest of '{id}'");
    text
}

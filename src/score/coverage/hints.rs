//! Searches for inputs that would cover the missing items.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use super::flows::FlowCounts;
use super::missing::Missing;
use super::result::CoverageKind;
use crate::flow::{Flow, Kind, Program};
use crate::simulator::{Input, Request, Said, Trace, explore};
use crate::source::yaml::format_duration;

/// Maximum number of node executions of all searches of a run together. A count and not a time, so
/// that hints are the same on every machine.
const MAX_SEARCH_STEPS: u64 = 30_000;
/// Maximum number of scenarios of one program whose data and stubs are searched with.
const MAX_CANDIDATES_PER_PROGRAM: usize = 4;
/// Maximum number of scenarios of one program that are considered for the search.
const MAX_HINT_CANDIDATES: usize = 200;
/// Maximum number of programs that are searched.
const MAX_PROGRAMS: usize = 64;

/// A scenario whose data the search can use.
pub(super) struct Candidate<'p> {
    /// Its id.
    pub id: &'p str,
    /// The program of its flows.
    pub program: &'p Arc<Program>,
    /// Its call.
    pub request: &'p Request,
}

/// By node and outcome in the program: the flow and its missing item.
type Goals = HashMap<(u32, Option<u16>), (usize, usize)>;

/// Adds hints to the missing items (by flow) for which a search finds a call.
pub(super) fn add_hints(flows: &[FlowCounts], missing: &mut [Vec<Missing>], candidates: &[Candidate<'_>]) {
    if missing.iter().all(Vec::is_empty) {
        return;
    }
    let searches = select_candidates(candidates);
    let mut left = MAX_SEARCH_STEPS;
    let count = searches.len() as u64;
    for (done, candidate) in (0..).zip(searches) {
        let mut goals = collect_goals(flows, missing, candidate.program);
        // The searches that follow share what one search leaves over.
        let share = left / (count - done);
        if goals.is_empty() || share == 0 {
            continue;
        }
        let hide = has_secrets(candidate.program);
        let used = explore(candidate.program, candidate.request, share, |trace, said| {
            remove_reached(trace, &mut goals, |(flow, index)| {
                if let Some(missing) = missing.get_mut(flow).and_then(|list| list.get_mut(index)) {
                    missing.item.hint = Some(format_hint(said, hide, candidate.id));
                }
            });
            !goals.is_empty()
        });
        left = left.saturating_sub(used);
    }
}

/// Selects the scenarios to search with: one of each program, then a second one of each, and so on.
/// Those of one program differ in more than their input.
fn select_candidates<'c, 'p>(candidates: &'c [Candidate<'p>]) -> Vec<&'c Candidate<'p>> {
    let mut programs: Vec<(usize, usize, Vec<&Candidate<'p>>)> = Vec::new();
    let mut places: HashMap<usize, usize> = HashMap::new();
    for candidate in candidates {
        let address = Arc::as_ptr(candidate.program) as usize;
        let place = *places.entry(address).or_insert_with(|| {
            programs.push((address, 0, Vec::new()));
            programs.len() - 1
        });
        let Some((_, considered, chosen)) = programs.get_mut(place).filter(|_| place < MAX_PROGRAMS) else { continue };
        *considered += 1;
        let new = |other: &&Candidate<'_>| !same_context(other.request, candidate.request);
        if *considered <= MAX_HINT_CANDIDATES && chosen.len() < MAX_CANDIDATES_PER_PROGRAM && chosen.iter().all(new) {
            chosen.push(candidate);
        }
    }
    let round = |index: usize| programs.iter().filter_map(move |(_, _, chosen)| chosen.get(index).copied());
    (0..MAX_CANDIDATES_PER_PROGRAM).flat_map(round).collect()
}

fn same_context(a: &Request, b: &Request) -> bool {
    let same = |one: &Request, other: &Request| {
        one.call == other.call && one.clock == other.clock && one.variables == other.variables
    };
    same(a, b) && (Arc::ptr_eq(&a.stubs, &b.stubs) || a.stubs == b.stubs)
}

fn collect_goals(flows: &[FlowCounts], missing: &[Vec<Missing>], program: &Program) -> Goals {
    let mut goals = Goals::new();
    let same = |a: &Flow, b: &Flow| a.id.value == b.id.value && a.source.path() == b.source.path();
    for (own, &first) in program.flows.iter().zip(&program.first_node) {
        let Some(index) = flows.iter().position(|counts| same(&counts.flow, own)) else { continue };
        for (place, missing) in missing.get(index).into_iter().flatten().enumerate() {
            // A call that takes the outcome of an edge need not walk the edge.
            if missing.item.hint.is_none() && missing.item.kind != CoverageKind::Edges {
                goals.insert((first + missing.node as u32, missing.outcome), (index, place));
            }
        }
    }
    goals
}

/// Removes the goals that a call reached.
fn remove_reached(trace: &Trace, goals: &mut Goals, mut found: impl FnMut((usize, usize))) {
    // A call that could not be simulated to its end is no example.
    if trace.fault.is_some() {
        return;
    }
    for step in &trace.steps {
        let outcome = step.outcome.and_then(|outcome| goals.remove(&(step.node, Some(outcome))));
        let node = goals.remove(&(step.node, None));
        outcome.into_iter().chain(node).for_each(&mut found);
    }
}

/// Whether callers of this program key secrets. What a scenario's caller knows is then masked.
fn has_secrets(program: &Program) -> bool {
    let collects =
        |flow: &Arc<Flow>| flow.nodes.iter().any(|node| matches!(&node.kind, Kind::Collect(collect) if collect.secret));
    program.secret.iter().flatten().any(|&secret| secret) || program.flows.iter().any(collects)
}

/// Formats the items as a suite writes them.
fn format_hint(said: &[Said], hide: bool, id: &str) -> String {
    let mut text = String::from("dtmf: [");
    for (index, item) in said.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { ", " });
        let hidden = |text: &str| match item.data && hide {
            true => "•".repeat(text.chars().count()),
            false => text.to_owned(),
        };
        // Writing to a String cannot fail.
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

//! What callers may meet: answers of other systems, opening hours, queues.

use std::sync::Arc;

use jiff::Timestamp;

use crate::flow::{Kind, Lookup, Name, Node, Opening, Program, QueueState, Value};
use crate::simulator::{Answer, Answers, Clock, Stubs};

/// A Monday morning in New York.
const MONDAY: Timestamp = Timestamp::constant(1_772_463_600, 0);
/// So many are tried at most.
const MOST: usize = 64;

/// One of the worlds in which calls are tried.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    /// Every call has a clock: without one, a flow that reads it cannot be explored.
    pub clock: Clock,
    /// What other systems answer, and how queues stand.
    pub stubs: Arc<Stubs>,
    /// What is unusual in it, for people; empty for the usual one.
    pub unusual: String,
}

/// The usual world, then those in which one thing is otherwise.
pub(super) fn all(program: &Program) -> Vec<Surroundings> {
    let lookups = lookups(program);
    let usual = stubs(&lookups, |lookup| (first(lookup.0), true));
    let clock = |at| Clock { at, zone: jiff::tz::TimeZone::UTC };
    let mut list = vec![Surroundings { clock: clock(MONDAY), stubs: Arc::new(usual.clone()), unusual: String::new() }];
    let mut add = |at: Timestamp, stubs: Stubs, unusual: String| {
        if list.len() < MOST {
            list.push(Surroundings { clock: clock(at), stubs: Arc::new(stubs), unusual });
        }
    };
    for (at, unusual) in instants(program) {
        add(at, usual.clone(), unusual);
    }
    if !lookups.is_empty() {
        add(MONDAY, stubs(&lookups, |lookup| (first(lookup.0), false)), "lookups answer nothing".into());
    }
    for (index, (node, _, _)) in lookups.iter().enumerate() {
        for outcome in node.outcomes.iter().skip(1).filter(|outcome| &*outcome.name != "error") {
            let answers = stubs(&lookups, |other| {
                (if std::ptr::eq(other.0, *node) { outcome.name.clone() } else { first(other.0) }, true)
            });
            let name = lookups.get(index).map_or("", |(_, name, _)| name);
            add(MONDAY, answers, format!("lookup '{name}' answers '{}'", outcome.name));
        }
    }
    for (state, what) in [
        (QueueState { open: false, ..QueueState::default() }, "closed"),
        (QueueState { capacity: 0, ..QueueState::default() }, "full"),
        (QueueState { agents: 0, ..QueueState::default() }, "without agents"),
        (QueueState { waiting: 1_000, ..QueueState::default() }, "long"),
    ] {
        let queues: Vec<(Name, QueueState)> = queues(program).into_iter().map(|name| (name, state.clone())).collect();
        if !queues.is_empty() {
            add(MONDAY, Stubs { queues, ..usual.clone() }, format!("queues are {what}"));
        }
    }
    list
}

/// The lookups of all flows, with their names as stubs call them.
fn lookups(program: &Program) -> Vec<(&Node, Name, &Lookup)> {
    let nodes = program.flows.iter().flat_map(|flow| &flow.nodes).zip(&program.table.nodes);
    let lookups = nodes.filter_map(|(node, names)| match &node.kind {
        Kind::Lookup(lookup) => Some((node, names.name.clone(), lookup)),
        _ => None,
    });
    lookups.collect()
}

fn first(node: &Node) -> Name {
    node.outcomes.first().map_or_else(|| "success".into(), |outcome| outcome.name.clone())
}

/// A stub for each lookup: its outcome, and whether the answer has values.
fn stubs<'n>(
    lookups: &[(&'n Node, Name, &'n Lookup)],
    answer: impl Fn(&(&'n Node, Name, &'n Lookup)) -> (Name, bool),
) -> Stubs {
    let mut answers: Vec<(Name, Answers)> = lookups
        .iter()
        .map(|lookup| {
            let (outcome, filled) = answer(lookup);
            let fields = lookup.2.outputs.iter().filter(|_| filled);
            let outputs = fields.map(|(_, field)| (field.clone(), Value::Integer(1))).collect();
            (lookup.1.clone(), Answers { list: vec![Answer { outcome, outputs, latency_ms: None, message: None }] })
        })
        .collect();
    answers.sort_by(|one, other| one.0.cmp(&other.0));
    answers.dedup_by(|one, other| one.0 == other.0);
    Stubs { answers, queues: Vec::new() }
}

/// An instant for each thing that a schedule may say.
fn instants(program: &Program) -> Vec<(Timestamp, String)> {
    let mut list: Vec<(Timestamp, String)> = Vec::new();
    for (name, schedule) in program.flows.iter().flat_map(|flow| &flow.schedules) {
        for (opening, word) in [(Opening::Open, "open"), (Opening::Closed, "closed"), (Opening::Holiday, "a holiday")] {
            if let Some(at) = schedule.example(opening)
                && !list.iter().any(|(known, _)| *known == at)
            {
                list.push((at, format!("schedule '{name}' is {word}")));
            }
        }
    }
    list
}

/// The names of all queues, sorted.
fn queues(program: &Program) -> Vec<Name> {
    let nodes = program.flows.iter().flat_map(|flow| &flow.nodes);
    let mut names: Vec<Name> = nodes
        .filter_map(|node| match &node.kind {
            Kind::Queue(queue) => Some(queue.queue.clone()),
            Kind::QueueCheck(check) => Some(check.queue.clone()),
            _ => None,
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

//! What callers may meet: answers of other systems, opening hours, queues, signals; and how patient they are.

use std::sync::Arc;

use jiff::Timestamp;

use crate::flow::{Kind, Name, Node, Opening, Program, QueueState, Until, Value};
use crate::simulator::{Answer, Answers, Call, Clock, Stubs};

/// A Monday morning in New York.
const MONDAY: Timestamp = Timestamp::constant(1_772_463_600, 0);
/// So many are tried at most.
const MOST: usize = 64;
/// How long a caller waits who does not, in ms.
const NO_PATIENCE_MS: u64 = 1_000;

/// One of the worlds in which calls are tried.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    /// Every call has a clock: without one, a flow that reads it cannot be explored.
    pub clock: Clock,
    /// The line, signals from outside, and when the caller has had enough.
    pub call: Call,
    /// What other systems answer, and how queues stand.
    pub stubs: Arc<Stubs>,
    /// What is unusual in it, for people; empty for the usual one.
    pub unusual: String,
}

/// One thing that may be otherwise than usual.
enum Unusual {
    /// The call comes in at this instant.
    At(Timestamp, String),
    /// Lookups answer, but with no values.
    NoValues,
    /// The node of this place in the list of askers takes this outcome.
    Answer(usize, Name),
    /// All queues are like this.
    Queues(QueueState, &'static str),
    /// This signal comes at once.
    Signal(Name),
    /// The caller hangs up at once, wherever that is.
    HangUp,
    /// The caller does not wait in queues, where there is nobody to answer.
    NoPatience,
}

/// A node that asks somebody, as stubs call it.
struct Asker<'p> {
    node: &'p Node,
    name: &'p Name,
    /// The fields that a lookup's answer may have.
    fields: Vec<&'p Name>,
}

impl Asker<'_> {
    /// What it is told where nothing is unusual; a node for which there need not be a stub has none.
    fn usual(&self) -> Option<Name> {
        let first = self.node.outcomes.first();
        matches!(self.node.kind, Kind::Lookup(_))
            .then(|| first.map_or_else(|| "success".into(), |outcome| outcome.name.clone()))
    }
}

/// The usual world, then those in which one thing is otherwise; of each sort of things some, where there are many.
pub(super) fn all(program: &Program) -> Vec<Surroundings> {
    let askers = askers(program);
    let queues = queues(program);
    let usual = stubs(&askers, true, None);
    let mut worlds = vec![world(MONDAY, Call::default(), usual.clone(), String::new())];
    let mut sorts = sorts(program, &askers, !queues.is_empty());
    // One of each sort after the other, so that a flow with a hundred lookups has its signals tried as well.
    while worlds.len() < MOST && sorts.iter().any(|sort| sort.len() > 0) {
        for unusual in sorts.iter_mut().filter_map(Iterator::next) {
            if worlds.len() < MOST {
                worlds.push(made(unusual, &askers, &queues, &usual));
            }
        }
    }
    worlds
}

fn sorts(program: &Program, askers: &[Asker<'_>], queues: bool) -> Vec<std::vec::IntoIter<Unusual>> {
    let lookups = askers.iter().any(|asker| asker.usual().is_some());
    let mut answers = Vec::new();
    if lookups {
        answers.push(Unusual::NoValues);
    }
    for (place, asker) in askers.iter().enumerate() {
        // The first outcome is the usual one, but that nothing need come of a random draw or a wait.
        let usual = usize::from(!matches!(asker.node.kind, Kind::Random(_) | Kind::Wait(_)));
        let others = asker.node.outcomes.iter().skip(usual).filter(|outcome| tells(asker.node, &outcome.name));
        answers.extend(others.map(|outcome| Unusual::Answer(place, outcome.name.clone())));
    }
    let state = |state: QueueState, what| Unusual::Queues(state, what);
    let queues = if queues {
        vec![
            state(QueueState { open: false, ..QueueState::default() }, "closed"),
            state(QueueState { capacity: 0, ..QueueState::default() }, "full"),
            state(QueueState { agents: 0, ..QueueState::default() }, "without agents"),
            state(QueueState { waiting: 1_000, ..QueueState::default() }, "long"),
            Unusual::NoPatience,
        ]
    } else {
        Vec::new()
    };
    let events = program.flows.iter().map(|flow| &flow.events);
    let hang_up = events.clone().any(|events| events.on_hangup.is_some()).then_some(Unusual::HangUp);
    let mut signals: Vec<&Name> = events.flat_map(|events| events.on_signal.iter().map(|(name, _)| name)).collect();
    signals.sort();
    signals.dedup();
    let signals = hang_up.into_iter().chain(signals.into_iter().cloned().map(Unusual::Signal));
    let instants = instants(program).into_iter().map(|(at, unusual)| Unusual::At(at, unusual));
    [instants.collect(), answers, queues, signals.collect::<Vec<_>>()].map(Vec::into_iter).into()
}

/// Whether an answer of this outcome leads somewhere that calls do not come to otherwise.
fn tells(node: &Node, outcome: &str) -> bool {
    match &node.kind {
        // Callers say something there themselves.
        Kind::Bot(_) => false,
        // A mistake of the node's own settings, not an answer. Only settings of the platform answer so.
        kind => outcome != "error" || matches!(kind, Kind::Effect(_)),
    }
}

fn made(unusual: Unusual, askers: &[Asker<'_>], queues: &[Name], usual: &Stubs) -> Surroundings {
    let with = |stubs: Stubs, unusual: String| world(MONDAY, Call::default(), stubs, unusual);
    let all_queues = |state: &QueueState| queues.iter().map(|name| (name.clone(), state.clone())).collect();
    match unusual {
        Unusual::At(at, unusual) => world(at, Call::default(), usual.clone(), unusual),
        Unusual::NoValues => with(stubs(askers, false, None), "lookups answer nothing".into()),
        Unusual::Answer(place, outcome) => {
            let name = askers.get(place).map_or("", |asker| asker.name);
            let kind = askers.get(place).map_or("", |asker| asker.node.kind.type_name());
            let verb = if kind == "lookup" { "answers" } else { "has the outcome" };
            let told = format!("{kind} '{name}' {verb} '{outcome}'");
            with(stubs(askers, true, Some((place, &outcome))), told)
        }
        Unusual::Queues(state, what) => {
            with(Stubs { queues: all_queues(&state), ..usual.clone() }, format!("queues are {what}"))
        }
        Unusual::NoPatience => {
            let empty = QueueState { agents: 0, ..QueueState::default() };
            let call = Call { patience_ms: Some(NO_PATIENCE_MS), ..Call::default() };
            let stubs = Stubs { queues: all_queues(&empty), ..usual.clone() };
            world(MONDAY, call, stubs, "queues are without agents and the caller does not wait".into())
        }
        Unusual::Signal(name) => {
            let told = format!("the signal '{name}' comes at once");
            world(MONDAY, Call { signals: vec![(1, name)], ..Call::default() }, usual.clone(), told)
        }
        Unusual::HangUp => {
            let call = Call { hang_up_after_ms: Some(1), ..Call::default() };
            world(MONDAY, call, usual.clone(), "the caller hangs up at once".into())
        }
    }
}

fn world(at: Timestamp, call: Call, stubs: Stubs, unusual: String) -> Surroundings {
    let call = Call { ani: Some("+15550100".into()), dnis: Some("+18005550100".into()), ..call };
    Surroundings { clock: Clock { at, zone: jiff::tz::TimeZone::UTC }, call, stubs: Arc::new(stubs), unusual }
}

/// The nodes of all flows that a stub can answer for.
fn askers(program: &Program) -> Vec<Asker<'_>> {
    let nodes = program.flows.iter().flat_map(|flow| &flow.nodes).zip(&program.table.nodes);
    let asks = |node: &Node| match &node.kind {
        Kind::Lookup(_) | Kind::Transfer(_) | Kind::Callback(_) | Kind::Random(_) | Kind::Effect(_) => true,
        Kind::Wait(wait) => matches!(wait.until, Until::Event { .. }),
        _ => false,
    };
    nodes
        .filter(|(node, _)| asks(node))
        .map(|(node, names)| Asker {
            node,
            name: &names.name,
            fields: match &node.kind {
                Kind::Lookup(lookup) => lookup.outputs.iter().map(|(_, field)| field).collect(),
                _ => Vec::new(),
            },
        })
        .collect()
}

/// The usual answers, with or without values; one asker may be told something else.
fn stubs(askers: &[Asker<'_>], filled: bool, other: Option<(usize, &Name)>) -> Stubs {
    let told = |place: usize, asker: &Asker<'_>| match other {
        Some((wanted, outcome)) if wanted == place => Some(outcome.clone()),
        _ => asker.usual(),
    };
    let mut answers: Vec<(Name, Answers)> = askers
        .iter()
        .enumerate()
        .filter_map(|(place, asker)| {
            let outcome = told(place, asker)?;
            let fields = asker.fields.iter().filter(|_| filled);
            let outputs = fields.map(|&field| (field.clone(), Value::Integer(1))).collect();
            let answer = Answer { outcome, outputs, latency_ms: None, message: None };
            Some((asker.name.clone(), Answers { list: vec![answer] }))
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

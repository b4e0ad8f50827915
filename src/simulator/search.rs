//! The shortest feasible call to the same end.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, PoisonError, RwLock};

use super::Request;
use super::bounds::{Bounds, Surroundings};
use super::caller::Silent;
use super::clock::reads_clock;
use super::digest::{self, mix};
use super::engine::Engine;
use super::limit::{LimitChecker, WallLimit};
use super::log::Log;
use super::options::{Known, is_hang_up, options};
use super::request::Input;
use super::state::{CallerState, State};
use super::timers::Timer;
use crate::flow::{Name, NodeTable, Program};

/// A search gives up after so many states.
const MOST_STATES: usize = 5_000;
/// So many results are remembered before all are forgotten.
const MOST_REMEMBERED: usize = 100_000;

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fewest {
    /// So many executions of input nodes are the fewest.
    Interactions(usize),
    /// The search gave up at its bound or at the wall limit: there may be a shorter call, or none.
    Unknown,
}

/// Searches for shortest calls, and remembers what it found out about programs. Threads may share one.
#[derive(Debug, Default)]
pub struct Searcher {
    bounds: RwLock<HashMap<Goal, About>>,
    found: RwLock<HashMap<(u64, u64), Fewest>>,
}

/// A program's end, with what may happen on the way. The program is known by the address of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Goal {
    table: usize,
    ends_at: u32,
    surroundings: Surroundings,
}

/// What is known about a goal; the table is kept so that its address stays its own.
#[derive(Clone, Debug)]
struct About {
    bounds: Arc<Bounds>,
    reads_clock: bool,
    _table: Arc<NodeTable>,
}

impl Searcher {
    /// One that knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The fewest executions of input nodes with which some caller could reach the end `(ends_at, outcome)` under the
    /// same variables, stubs, queues, clock, call and seed as `request`, knowing the data (digits, utterances) that
    /// `request`'s caller keyed. `ends_at` is the program-wide index of the last node.
    ///
    /// `at_most` is the number that the request's own call took: it reached that end, so the answer is never greater.
    /// `limit` bounds the wall time of the search.
    ///
    /// Callers answer at their usual pace, after the prompt: a way that only some other timing opens is not looked for.
    pub fn fewest_interactions(
        &self,
        program: &Program,
        request: &Request,
        ends_at: u32,
        outcome: &Name,
        at_most: usize,
        limit: WallLimit<'_>,
    ) -> Fewest {
        let Some(entry) = program.flows.first() else { return Fewest::Interactions(at_most) };
        let surroundings = Surroundings {
            hang_up: is_hang_up(outcome) || request.call.hang_up_after_ms.is_some(),
            signals: !request.call.signals.is_empty(),
        };
        let goal = Goal { table: Arc::as_ptr(&program.table) as usize, ends_at, surroundings };
        let about = self.about(program, goal);
        if about.bounds.from(entry.start as u32) as usize >= at_most {
            return Fewest::Interactions(at_most);
        }
        let known = Known::of(program, request);
        let key = key(goal, request, &known, outcome, at_most);
        if let Some(&found) = self.found.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return found;
        }
        let search = Search { program, ends_at, outcome, at_most, about: &about };
        let options = options(program, &known, is_hang_up(outcome));
        // A result that depends on the wall time is not for others.
        let Some(found) = search.run(request, &options, limit) else { return Fewest::Unknown };
        let mut all = self.found.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_REMEMBERED {
            all.clear();
        }
        all.insert(key, found);
        found
    }

    fn about(&self, program: &Program, goal: Goal) -> About {
        if let Some(about) = self.bounds.read().unwrap_or_else(PoisonError::into_inner).get(&goal) {
            return about.clone();
        }
        let about = About {
            bounds: Arc::new(Bounds::new(program, goal.surroundings, goal.ends_at)),
            reads_clock: reads_clock(program),
            _table: program.table.clone(),
        };
        let mut all = self.bounds.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_REMEMBERED {
            all.clear();
        }
        all.insert(goal, about.clone());
        about
    }
}

/// One search, breadth first over the states in which calls wait at input nodes.
struct Search<'s> {
    program: &'s Program,
    ends_at: u32,
    outcome: &'s Name,
    at_most: usize,
    about: &'s About,
}

impl Search<'_> {
    /// None when the wall limit was exceeded.
    fn run(&self, request: &Request, options: &[Vec<Input>], limit: WallLimit<'_>) -> Option<Fewest> {
        let timed = self.about.reads_clock && request.clock.is_some();
        let mut engine = Engine::new(self.program, request, Log::default());
        engine.limit = LimitChecker::new(limit);
        engine.caller = &Silent;
        if !to_input(&mut engine) {
            // Without any input there is one call only, the request's own.
            return Some(Fewest::Interactions(self.at_most));
        }
        let mut seen = HashSet::from([fingerprint(&engine, timed)]);
        let mut waiting = VecDeque::from([(engine.state.clone(), 0_usize)]);
        let mut states = 1;
        while let Some((state, cost)) = waiting.pop_front() {
            let cost = cost + 1;
            engine.state = state.clone();
            for item in options.get(engine.here() as usize).map_or(&[][..], |options| options) {
                engine.state = state.clone();
                (engine.caller, engine.state.given) = (item, 0);
                engine.execute();
                let unused = engine.state.given == 0;
                engine.caller = &Silent;
                let waits = to_input(&mut engine);
                if engine.limit.is_exceeded() {
                    return None;
                }
                if !waits && self.is_reached(&engine.state) {
                    return Some(Fewest::Interactions(cost.min(self.at_most)));
                }
                let left = || self.about.bounds.left(self.program, &engine.state, engine.here()) as usize;
                if waits && cost + left() < self.at_most && seen.insert(fingerprint(&engine, timed)) {
                    states += 1;
                    if states > MOST_STATES {
                        return Some(Fewest::Unknown);
                    }
                    waiting.push_back((engine.state.clone(), cost));
                }
                // The node was answered by keys that waited, or there is no caller: all items come to the same.
                if unused {
                    break;
                }
            }
        }
        Some(Fewest::Interactions(self.at_most))
    }

    fn is_reached(&self, state: &State) -> bool {
        state.executed == Some(self.ends_at) && state.end.as_ref().is_some_and(|end| end.outcome == *self.outcome)
    }
}

/// Goes on until an input node is about to be executed; false if the call ended before.
pub(super) fn to_input(engine: &mut Engine<'_>) -> bool {
    while engine.arrive() {
        if engine.current().is_some_and(|(_, node)| node.kind.is_input()) {
            return true;
        }
        engine.execute();
    }
    false
}

/// A digest of all that the further course depends on. The time is part of it where something looks at it: guards do,
/// but a call that one stops is no shortest one.
pub(super) fn fingerprint(engine: &Engine<'_>, timed: bool) -> u64 {
    let state = &engine.state;
    let mut hash = mix(state.frame.digest, state.callers_digest);
    let mut add = |number: u64| hash = mix(hash, number);
    add(u64::from(engine.here()));
    for frame in &state.callers {
        add(frame.flow as u64);
    }
    add(state.buffer.len() as u64);
    for &key in &state.buffer {
        add(u64::from(u32::from(key)));
    }
    for (count, (_, answers)) in state.answered.iter().zip(&engine.request.stubs.answers) {
        // Beyond its list a stub gives the last answer for ever.
        add(u64::from(*count).min(answers.list.len() as u64));
    }
    for &(node, visits) in &state.draws {
        add(u64::from(node) << 32 | u64::from(visits));
    }
    add(state.handling.map_or(u64::MAX, u64::from));
    add(state.signals as u64);
    let caller = match state.caller {
        CallerState::Present => 0,
        CallerState::HungUp => 1,
        CallerState::Abandoned => 2,
    };
    add(caller << 1 | u64::from(state.on_answer_ran));
    let hang_up_at = state.timers.at(Timer::HangUp);
    if timed || state.timers.at(Timer::Signal).is_some() || hang_up_at.is_some() {
        add(state.now);
        add(hang_up_at.unwrap_or(u64::MAX));
    }
    hash
}

/// Two digests of everything that an answer depends on.
fn key(goal: Goal, request: &Request, known: &Known, outcome: &Name, at_most: usize) -> (u64, u64) {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut values = 0;
    for (name, value) in request.variables.iter() {
        values = mix(mix(values, digest::text(name)), digest::value(value));
    }
    let mut hasher = DefaultHasher::new();
    (goal, known, outcome, at_most, request.seed).hash(&mut hasher);
    // The rest has no hash of its own; its debugging form names every part.
    format!(
        "{:?} {:?} {:?}",
        request.call,
        request.clock.as_ref().map(|clock| (&clock.at, clock.zone.iana_name())),
        request.media
    )
    .hash(&mut hasher);
    format!("{:?} {:?}", request.stubs, request.guards).hash(&mut hasher);
    (hasher.finish(), mix(values, hasher.finish()))
}

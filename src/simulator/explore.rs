//! Calls that other callers could make, the shortest first.

use std::collections::{HashSet, VecDeque};

use super::caller::Silent;
use super::clock::reads_clock;
use super::engine::{Engine, simulate};
use super::log::Log;
use super::options::{Known, options};
use super::request::Input;
use super::search::{fingerprint, to_input};
use super::{Request, Trace};
use crate::flow::Program;

/// One item of a caller that was made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// What the caller keys or says.
    pub input: Input,
    /// Whether it is what the request's caller knew (an account number, a PIN), and not what the flow itself offers.
    pub data: bool,
}

/// Simulates calls under the same variables, stubs, queues, clock and seed as `request`, by callers who key other items:
/// whatever the flow's inputs offer, and the data that the request's own caller keyed. Fewer items come first; states
/// that a shorter call comes to are not explored again.
///
/// `see` gets each call and its items, and says whether to go on. The search ends when it says no, when there are no more
/// calls, or after about `most` node executions; the answer is how many there were. It is the same on any machine.
pub(crate) fn explore(
    program: &Program,
    request: &Request,
    most: u64,
    mut see: impl FnMut(&Trace, &[Said]) -> bool,
) -> u64 {
    let offered = options(program, &Known::default(), true);
    let all = options(program, &Known::of(program, request), true);
    let timed = reads_clock(program) && request.clock.is_some();
    let mut own = Request { keypad: Vec::new(), ..request.clone() };
    let mut used = 0;
    let mut call = |said: &[Said], used: &mut u64| {
        own.keypad.clear();
        own.keypad.extend(said.iter().map(|said| said.input.clone()));
        let trace = simulate(program, &own);
        // The search itself went the same way.
        *used += 2 * trace.steps.len() as u64;
        see(&trace, said)
    };
    let mut engine = Engine::new(program, request, Log::default());
    engine.caller = &Silent;
    if !call(&[], &mut used) || !to_input(&mut engine) {
        return used;
    }
    let mut seen = HashSet::from([fingerprint(&engine, timed)]);
    let mut waiting = VecDeque::from([(engine.state.clone(), Vec::new())]);
    while let Some((state, said)) = waiting.pop_front() {
        engine.state = state.clone();
        let here = engine.here() as usize;
        for item in all.get(here).map_or(&[][..], Vec::as_slice) {
            if used >= most {
                return used;
            }
            engine.state = state.clone();
            (engine.caller, engine.state.given) = (item, 0);
            engine.execute();
            let unused = engine.state.given == 0;
            engine.caller = &Silent;
            let waits = to_input(&mut engine);
            used += 1;
            if !waits || seen.insert(fingerprint(&engine, timed)) {
                let data = !offered.get(here).is_some_and(|offered| offered.contains(item));
                let mut said = said.clone();
                said.push(Said { input: item.clone(), data });
                if !unused && !call(&said, &mut used) {
                    return used;
                }
                if waits {
                    waiting.push_back((engine.state.clone(), said));
                }
            }
            // The node was answered by keys that waited, or there is no caller: all items come to the same.
            if unused {
                break;
            }
        }
    }
    used
}

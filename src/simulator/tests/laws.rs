//! What holds for every flow and every caller.

use proptest::prelude::*;

use super::dump::dump;
use super::generate::{Dice, any_program, any_request};
use crate::simulator::{Input, Request, Trace, simulate};

/// Keys of all items, and of those that were never used.
fn keys(request: &Request, trace: &Trace) -> (usize, usize) {
    let count = |items: &[Input]| {
        let of = |item: &Input| match item {
            Input::Keys { keys, .. } | Input::Ahead(keys) => keys.chars().count(),
            _ => 0,
        };
        items.iter().map(of).sum()
    };
    let used = request.keypad.len() - trace.unused_items as usize;
    (count(&request.keypad), count(&request.keypad[used..]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_call_ends_in_order(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let program = any_program(&mut dice);
        for _ in 0..8 {
            let request = any_request(&mut dice);
            let trace = simulate(&program, &request);
            prop_assert_eq!(dump(&trace), dump(&simulate(&program, &request)), "two runs are the same");
            prop_assert!(trace.steps.len() <= request.guards.steps as usize);
            let mut now = 0;
            for step in &trace.steps {
                prop_assert_eq!(step.at_ms, now, "a step begins where the one before ended");
                now += step.duration_ms;
                prop_assert!((step.node as usize) < trace.table.nodes.len());
                prop_assert!(step.outcome.is_none() || trace.outcome_name(step).is_some());
            }
            prop_assert_eq!(trace.duration_ms, now);
            prop_assert!(now <= request.guards.duration_ms);
            prop_assert_eq!(&*trace.outcome == "failed", trace.failure.is_some());
            prop_assert!(trace.fault.is_none() || trace.failure.is_some());
            prop_assert!(trace.prompt_ms <= now);
            prop_assert!(trace.prompts.iter().all(|spoken| (spoken.step as usize) < trace.steps.len()));
            prop_assert!(trace.lookups.iter().all(|lookup| (lookup.step as usize) < trace.steps.len()));
            // No key is lost from the account.
            let (all, never) = keys(&request, &trace);
            prop_assert_eq!(trace.keypresses as usize + trace.unused_keys as usize + never, all, "{}", dump(&trace));
        }
    }

    #[test]
    fn secret_keys_stay_in_their_variable(seed in any::<u64>()) {
        let (_, seen) = secret_entry(seed);
        prop_assert!(!seen.contains(SECRET), "{}", seen);
    }
}

/// Keys that no number (a time, a count) can hold by chance, and no name or text of the random flows either.
const SECRET: &str = "DAD";

/// A call whose caller keys nothing but the secret: the trace as it came, and all of it that is shown to people.
fn secret_entry(seed: u64) -> (Trace, String) {
    let mut dice = Dice::new(seed);
    let program = any_program(&mut dice);
    let mut request = any_request(&mut dice);
    request.keypad = vec![Input::Keys { keys: format!("{SECRET}#").into(), gap_ms: None, at_ms: None }; 6];
    let trace = simulate(&program, &request);
    let mut shown = trace.clone();
    let table = shown.table.clone();
    // A node that is not secret shows what it used, and a menu keeps it in 'b'.
    let open = shown.steps.iter_mut().filter(|step| table.nodes[step.node as usize].kind != "collect");
    open.for_each(|step| step.input = None);
    shown.variables.retain(|variable| !variable.secret && &*variable.name != "b");
    // The table says what the flow looks like, the same for every call.
    let Trace { steps, outcome, failure, fault, variables, lookups, prompts, .. } = shown;
    let seen = format!("{:?}", (steps, outcome, failure, fault, variables, lookups, prompts));
    (trace, seen)
}

/// The law above would hold for calls without a secret: many of them have one.
#[test]
fn random_callers_do_key_their_secret() {
    let calls: Vec<(Trace, String)> = (0..400).map(secret_entry).collect();
    let masked = calls.iter().filter(|(_, seen)| seen.contains("•••")).count();
    let holds = |trace: &Trace| trace.variables.iter().any(|v| v.secret && v.value.literal().contains(SECRET));
    let kept = calls.iter().filter(|(trace, _)| holds(trace)).count();
    assert!(masked >= 30 && kept >= 5, "keyed in {masked} of 400 calls, kept until the end in {kept}");
}

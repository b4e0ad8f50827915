use std::sync::Arc;

use super::super::testing::{BANK, at, path as pattern, placed, show, spoken, table, trace, variable};
use super::*;
use crate::flow::Value;
use crate::score::{Accuracy, CheckState, Effort, Interactions, SourceExcerpt};
use crate::source::diagnostics::Source;
use crate::suite::{Bound, Condition, DecisionExpectation, LookupExpectation, PromptExpectation, TextMatch};

fn everything(trace: &Trace) -> Expectations {
    let node = |name: &str| trace.table.find(name).unwrap();
    let exactly = |value| Some(placed(Bound { at_least: Some(value), at_most: Some(value) }));
    let times = Bound { at_least: Some(0), at_most: Some(0) };
    Expectations {
        outcome: Some(placed("transferred".into())),
        ends_at: Some(placed(node("card_queue"))),
        path: Some(placed(pattern(&trace.table, "welcome, hours, main_menu, ..., card_queue"))),
        decisions: vec![DecisionExpectation { node: node("main_menu"), outcomes: vec![Some(placed(1))] }],
        variables: vec![placed(("tries".into(), Condition::AtMost(Value::Integer(2))))],
        never: vec![placed(node("voicemail"))],
        prompts: vec![placed(PromptExpectation {
            text: TextMatch::Contains("PIN".to_owned()),
            node: None,
            negated: false,
        })],
        lookups: vec![placed(LookupExpectation {
            service: "balance".into(),
            times: Some(times),
            with: Vec::new(),
            outcome: None,
        })],
        efficiency: Some(Box::new(placed(Bound { at_least: Some(0.8), at_most: None }))),
        duration_ms: Some(Box::new(placed(Bound { at_least: None, at_most: Some(5000) }))),
        keypresses: exactly(6).map(Box::new),
        all_input_used: Some(placed(())),
        failure: None,
    }
}

fn happy() -> Trace {
    let mut trace = trace(&table(BANK), "welcome.next hours.open main_menu.2 card_pin.ok card_queue.answered");
    trace.outcome = "transferred".into();
    trace.variables = vec![variable("tries", 1, false)];
    trace.prompts = vec![spoken(0, "Welcome."), spoken(3, "Key your PIN.")];
    trace.keypresses = 6;
    trace.prompt_ms = 2000;
    trace
}

#[test]
fn a_call_as_expected_holds_in_everything() {
    let trace = happy();
    let score = score(&everything(&trace), &trace, || Fewest::Interactions(2));
    insta::assert_snapshot!(show(&score.checks), @r"
    Outcome Held
    EndsAt Held
    Path Held
    Decision main_menu Held
    Variable tries Held
    Never voicemail Held
    Prompt Held
    Lookup balance Held
    Efficiency Held
    Duration Held
    Keypresses Held
    UnusedInput Held
    ");
    assert!(
        score.checks.iter().all(|check| check.place.is_none() && check.expected.is_none() && check.actual.is_none())
    );
    assert_eq!(score.decisions, Accuracy { expected: 1, right: 1, not_reached: 0 });
    assert_eq!(score.efficiency, Some(1.0));
    assert_eq!(score.interactions, Interactions { taken: 2, fewest: Some(2) });
    assert_eq!(score.effort, Effort { keypresses: 6, prompt_ms: 2000, retries: 0, duration_ms: 5000 });
    assert_eq!(score.decision_density, 0.8);
    assert_eq!(score.tutorial_accuracy, Some(1.0));
}

#[test]
fn a_call_that_went_astray_breaks_everything() {
    let expect = everything(&happy());
    let mut trace = trace(
        &table(BANK),
        "welcome.next hours.open main_menu.no_input main_menu.no_match main_menu.1 balance.failure voicemail voicemail",
    );
    trace.outcome = "failed".into();
    trace.failure = Some("stuck at 'voicemail'".to_owned());
    trace.variables = vec![variable("tries", 3, false)];
    trace.prompts = vec![spoken(0, "Welcome.")];
    trace.lookups = vec![super::super::testing::lookup_call("balance", &[("id", "7")], "failure")];
    trace.keypresses = 2;
    trace.unused_items = 1;
    trace.unused_keys = 3;
    let score = score(&expect, &trace, || panic!("the end was not reached"));
    insta::assert_snapshot!(show(&score.checks), @r"
    Outcome Broken: transferred <> failed: stuck at 'voicemail'
    EndsAt NotReached: card_queue <> voicemail
    Path Broken: welcome, hours, main_menu, ..., card_queue <> welcome, hours, main_menu, main_menu, main_menu, balance, voicemail, voicemail
    Decision main_menu Broken: 2 <> no_input
    Variable tries Broken: at most 2 <> 3
    Never voicemail Broken: never walked <> walked as step 7, at 6s, 2 times in all
    Prompt Broken: a prompt containing 'PIN' <> the only prompt heard is 'Welcome.' at welcome, step 1, at 0s
    Lookup balance Broken: asked 0 times <> asked 1 time: id: '7' → failure
    Efficiency Broken: at least 0.8 <> 0: the expected end was not reached
    Duration Broken: at most 5s <> 8s
    Keypresses Broken: 6 <> 2
    UnusedInput Broken: all input used <> 1 item and 3 keys never used
    ");
    assert_eq!(score.efficiency, Some(0.0));
    assert_eq!(score.effort.retries, 2);
    assert_eq!(score.tutorial_accuracy, Some(0.0));
}

#[test]
fn where_nothing_is_expected_nothing_is_perfect() {
    let trace = happy();
    let score = score(&Expectations::default(), &trace, || panic!("no end is expected"));
    assert_eq!(score.checks, []);
    assert_eq!(score.decisions.ratio(), None);
    assert_eq!((score.path, score.efficiency, score.tutorial_accuracy), (None, None, None));
}

#[test]
fn a_call_without_a_node_is_scored() {
    let mut trace = trace(&table(BANK), "");
    trace.outcome = "failed".into();
    trace.failure = Some("no start".to_owned());
    let score = score(&everything(&happy()), &trace, || Fewest::Unknown);
    assert!(score.checks.iter().any(|check| check.state == CheckState::NotReached));
    assert_eq!(score.path.unwrap().fitness, 0.0);
    assert_eq!(score.decision_density, 0.0);
}

#[test]
fn a_path_alone_implies_decisions_without_further_checks() {
    let trace = happy();
    let items = pattern(&trace.table, "welcome, hours, main_menu, balance, say_balance");
    let expect = Expectations { path: Some(placed(items)), ..Expectations::default() };
    let score = score(&expect, &trace, || Fewest::Unknown);
    assert_eq!(score.checks.len(), 1);
    // hours was right, main_menu wrong, balance never reached.
    assert_eq!(score.decisions, Accuracy { expected: 3, right: 1, not_reached: 1 });
    assert!((score.tutorial_accuracy.unwrap() - (1.0 / 3.0 - 0.05)).abs() < 1e-12);
}

#[test]
fn the_failure_is_found_by_a_part_of_its_message() {
    let mut trace = trace(&table(BANK), "welcome.next");
    let expect = Expectations { failure: Some(placed("leads nowhere".to_owned())), ..Expectations::default() };
    let said = |trace: &Trace| show(&score(&expect, trace, || Fewest::Unknown).checks);
    insta::assert_snapshot!(said(&trace), @"Failure Broken: a failure that says 'leads nowhere' <> no failure: the call ended as completed");
    trace.failure = Some("the same node 10 times".to_owned());
    insta::assert_snapshot!(said(&trace), @"Failure Broken: a failure that says 'leads nowhere' <> the same node 10 times");
    trace.failure = Some("stuck at 'welcome': outcome 'next' leads nowhere".to_owned());
    insta::assert_snapshot!(said(&trace), @"Failure Held");
}

fn places(source: &Arc<Source>, trace: &Trace, expect: &Expectations) -> Vec<SourceExcerpt> {
    assert_eq!(source.path(), "suites/bank.yaml");
    let score = score(expect, trace, || Fewest::Unknown);
    score.checks.iter().map(|check| (**check.place.as_ref().unwrap()).clone()).collect()
}

#[test]
fn a_broken_check_points_at_its_line() {
    let source = Source::new("suites/bank.yaml", "a: b\n  größe: { outcome: völlig anders } # 12\n");
    let trace = happy();
    let expect = Expectations {
        outcome: Some(at(&source, "völlig anders", "völlig anders".into())),
        ..Expectations::default()
    };
    let place = SourceExcerpt {
        file: "suites/bank.yaml".to_owned(),
        line: 2,
        column: 21,
        length: 13,
        text: Some("  größe: { outcome: völlig anders } # 12".to_owned()),
    };
    assert_eq!(places(&source, &trace, &expect), [place]);
}

#[test]
fn no_place_shows_a_secret() {
    let text = "dtmf: ['77'], expect: { outcome: o1, ends_at: bye\n variables: { pin: 'x-4321',\n  tries: 9 }\n never: [welcome] # abc\n";
    let source = Source::new("suites/bank.yaml", text);
    let mut trace = happy();
    let node = |trace: &Trace, name| trace.table.find(name).unwrap();
    let expect = Expectations {
        outcome: Some(at(&source, "o1", "o1".into())),
        variables: vec![
            at(&source, "pin: 'x-4321',\n", ("pin".into(), Condition::Equals("x-4321".into()))),
            at(&source, "tries: 9", ("tries".into(), Condition::Equals(9.into()))),
        ],
        never: vec![at(&source, "welcome", node(&trace, "welcome"))],
        ..Expectations::default()
    };
    let texts = |trace: &Trace| -> Vec<Option<String>> {
        places(&source, trace, &expect).into_iter().map(|place| place.text).collect()
    };
    trace.variables = vec![variable("pin", "x-1234", true), variable("tries", 1, false)];
    trace.steps[3].input = Some("••".into());
    assert_eq!(
        texts(&trace),
        [
            // The keys on the line may be the secret ones.
            Some("dtmf: ['••'], expect: { outcome: o1, ends_at: bye".to_owned()),
            None,
            Some("  tries: 9 }".to_owned()),
            Some(" never: [welcome] # abc".to_owned()),
        ]
    );
    // A line that happens to hold the value of a secret.
    trace.variables = vec![variable("pin", "abc", true), variable("tries", 1, false)];
    assert_eq!(texts(&trace)[3], None);
    let checks = score(&expect, &trace, || Fewest::Unknown).checks;
    assert_eq!((checks[1].expected.as_deref(), checks[1].actual.as_deref()), (Some("[secret]"), Some("[secret]")));
    // The same variables without a secret.
    trace.variables.remove(0);
    trace.steps[3].input = Some("12".into());
    assert_eq!(
        texts(&trace)[..2],
        [
            Some("dtmf: ['77'], expect: { outcome: o1, ends_at: bye".to_owned()),
            Some(" variables: { pin: 'x-4321',".to_owned())
        ]
    );
}

#[test]
fn a_line_without_end_is_left_out() {
    let source = Source::new("suites/bank.yaml", format!("outcome: o1 {}outcome: o2", "x".repeat(5000)));
    let trace = happy();
    let text = |name: &str| {
        let expect = Expectations { outcome: Some(at(&source, name, name.into())), ..Expectations::default() };
        places(&source, &trace, &expect)[0].text.clone()
    };
    assert_eq!(text("o1").unwrap().len(), 400);
    assert_eq!(text("o2"), None);
}

#[test]
fn a_variable_that_is_not_there_is_null() {
    let trace = happy();
    let expect =
        |condition| Expectations { variables: vec![placed(("x".into(), condition))], ..Expectations::default() };
    let said = |condition| show(&score(&expect(condition), &trace, || Fewest::Unknown).checks);
    insta::assert_snapshot!(said(Condition::IsNull(true)), @"Variable x Held");
    insta::assert_snapshot!(said(Condition::IsNull(false)), @"Variable x Broken: set <> not set");
    insta::assert_snapshot!(said(Condition::Equals("1".into())), @"Variable x Broken: '1' <> not set");
}

#[test]
fn a_score_reads_back_as_it_was_written() {
    let expect = everything(&happy());
    let astray = trace(&table(BANK), "welcome.next hours.closed sorry.next bye");
    for trace in [happy(), astray] {
        let score = score(&expect, &trace, || Fewest::Interactions(1));
        let text = serde_json::to_string(&score).unwrap();
        assert_eq!(serde_json::from_str::<Score>(&text).unwrap(), score);
    }
}

/// The example of `docs/scores.md`.
#[test]
fn the_documented_example_is_true() {
    let mut trace = trace(
        &table(BANK),
        "welcome.next hours.open main_menu.no_match main_menu.1 balance.success say_balance.next bye",
    );
    trace.outcome = "completed".into();
    let node = |name: &str| trace.table.find(name).unwrap();
    let expecting = |path: &str, end: &str| Expectations {
        path: Some(placed(pattern(&trace.table, path))),
        ends_at: Some(placed(node(end))),
        ..Expectations::default()
    };
    let fitted = |score: &Score| {
        let path = score.path.clone().unwrap();
        (path.fitness, path.recall.unwrap(), path.precision.unwrap())
    };
    let plain =
        score(&expecting("welcome, hours, main_menu, card_pin, card_queue", "bye"), &trace, || Fewest::Interactions(1));
    assert_eq!(fitted(&plain), (0.5, 3.0 / 5.0, 3.0 / 7.0));
    assert_eq!(plain.decisions, Accuracy { expected: 3, right: 1, not_reached: 1 });
    assert_eq!((plain.efficiency, plain.effort.retries), (Some(0.5), 1));
    assert!((plain.decision_density - (4.0 / 7.0 - 0.1)).abs() < 1e-12);

    let dots = score(&expecting("welcome, ..., card_queue", "card_queue"), &trace, || panic!("not reached"));
    assert_eq!(fitted(&dots), (0.5, 0.5, 1.0));
    assert_eq!(dots.efficiency, Some(0.0));

    let visits = |name: &str, outcomes: &[u16]| DecisionExpectation {
        node: node(name),
        outcomes: outcomes.iter().map(|&outcome| Some(placed(outcome))).collect(),
    };
    let decisions = vec![visits("hours", &[0]), visits("main_menu", &[3, 1]), visits("card_pin", &[0])];
    let listed = score(&Expectations { decisions, ..Expectations::default() }, &trace, || Fewest::Unknown);
    assert_eq!(listed.decisions, Accuracy { expected: 4, right: 2, not_reached: 1 });
    assert!((listed.tutorial_accuracy.unwrap() - 0.35).abs() < 1e-12);
}

#[test]
fn the_end_is_reached_only_by_the_right_outcome_at_the_right_node() {
    let trace = happy();
    let node = |name: &str| Some(placed(trace.table.find(name).unwrap()));
    let efficiency = |outcome: Option<&str>, ends_at| {
        let outcome = outcome.map(|outcome| placed(outcome.into()));
        let expect = Expectations { outcome, ends_at, ..Expectations::default() };
        score(&expect, &trace, || Fewest::Interactions(2)).efficiency
    };
    assert_eq!(efficiency(Some("transferred"), node("card_queue")), Some(1.0));
    assert_eq!(efficiency(Some("transferred"), None), Some(1.0));
    assert_eq!(efficiency(None, node("card_queue")), Some(1.0));
    assert_eq!(efficiency(Some("completed"), node("card_queue")), Some(0.0));
    assert_eq!(efficiency(Some("transferred"), node("bye")), Some(0.0));
}

#[test]
fn only_input_nodes_ask_again() {
    let table = table("transfer desk: connected invalid>pin\n collect pin: ok no_input invalid max_attempts");
    let retries = |walked| score(&Expectations::default(), &trace(&table, walked), || Fewest::Unknown).effort.retries;
    assert_eq!(retries("desk.invalid pin.no_input pin.invalid pin.max_attempts"), 3);
    assert_eq!(retries("desk.invalid pin.ok"), 0);
}

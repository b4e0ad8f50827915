use proptest::prelude::*;

use super::super::path::fit;
use super::super::testing::{BANK, path, placed, show, table, trace};
use super::*;
use crate::suite::Expectations;

fn expecting(trace: &Trace, decisions: &[(&str, &[&str])]) -> Expectations {
    let decisions = decisions.iter().map(|(node, outcomes)| {
        let node = trace.table.find(node).unwrap();
        let index = |name: &str| {
            let outcomes = &trace.table.nodes[node as usize].outcomes;
            (name != "_").then(|| placed(outcomes.iter().position(|known| **known == *name).unwrap() as u16))
        };
        DecisionExpectation { node, outcomes: outcomes.iter().map(|name| index(name)).collect() }
    });
    Expectations { decisions: decisions.collect(), ..Expectations::default() }
}

fn listed(walked: &str, decisions: &[(&str, &[&str])]) -> (Accuracy, String) {
    let trace = trace(&table(BANK), walked);
    let expect = expecting(&trace, decisions);
    let mut checks = Checks::new(&expect, &trace);
    let list = check(&mut checks);
    (accuracy(&list), show(&checks.into_list()))
}

#[test]
fn decisions_are_matched_by_node_and_visit() {
    let (accuracy, checks) = listed(
        "welcome.next hours.open main_menu.no_match main_menu.1 balance.success say_balance.next bye",
        &[("main_menu", &["_", "2", "1"]), ("hours", &["open"]), ("card_pin", &["ok"]), ("balance", &["failure"])],
    );
    assert_eq!(accuracy, Accuracy { expected: 5, right: 1, not_reached: 2 });
    insta::assert_snapshot!(checks, @r"
    Decision main_menu#2 Broken: 2 <> 1
    Decision main_menu#3 NotReached: 1 <> never reached: 2 visits
    Decision hours Held
    Decision card_pin NotReached: ok <> never reached
    Decision balance Broken: failure <> success
    ");
}

#[test]
fn a_call_that_ended_in_the_node_took_no_decision() {
    let (accuracy, checks) = listed("welcome.next hours.open main_menu", &[("main_menu", &["2", "1"])]);
    assert_eq!(accuracy, Accuracy { expected: 2, right: 0, not_reached: 1 });
    insta::assert_snapshot!(checks, @r"
    Decision main_menu Broken: 2 <> no outcome: the call ended there as completed
    Decision main_menu#2 NotReached: 1 <> never reached: 1 visit
    ");
}

fn implied_by(expected: &str, walked: &str) -> Accuracy {
    let table = table(BANK);
    let (items, trace) = (path(&table, expected), trace(&table, walked));
    let pairs = fit(&items, &trace).pairs;
    accuracy(&implied(&items, &pairs, &trace))
}

#[test]
fn a_path_implies_the_decisions_between_its_nodes() {
    let walked = "welcome.next hours.open main_menu.2 card_pin.ok card_queue.answered";
    // welcome decides nothing, the queue is last.
    assert_eq!(
        implied_by("welcome, hours, main_menu, card_pin, card_queue", walked),
        Accuracy { expected: 3, right: 3, not_reached: 0 }
    );
    // Two outcomes of hours lead to sorry: which is meant is not said.
    assert_eq!(implied_by("hours, sorry", "hours.closed sorry.next"), Accuracy::default());
    // No edge leads from the menu to itself: it asked again.
    assert_eq!(
        implied_by("main_menu, main_menu, card_pin", "main_menu.no_match main_menu.2 card_pin.ok"),
        Accuracy { expected: 1, right: 1, not_reached: 0 }
    );
}

#[test]
fn implied_decisions_follow_the_alignment() {
    assert_eq!(
        implied_by("welcome, ..., main_menu, card_pin", "welcome.next hours.open main_menu.1 balance.success"),
        Accuracy { expected: 1, right: 0, not_reached: 0 }
    );
    assert_eq!(
        implied_by("hours, main_menu, card_pin", "hours.closed sorry.next bye"),
        Accuracy { expected: 2, right: 0, not_reached: 1 }
    );
    // The item stands for the second visit, as the first is taken by the dots.
    assert_eq!(
        implied_by("..., main_menu, card_pin", "main_menu.no_match main_menu.2 card_pin.ok"),
        Accuracy { expected: 1, right: 1, not_reached: 0 }
    );
    assert_eq!(implied_by("main_menu|hours, card_pin", "main_menu.2 card_pin.ok"), Accuracy::default());
    assert_eq!(implied_by("main_menu, ?, card_queue", "main_menu.2 card_pin.ok card_queue.full"), Accuracy::default());
}

const STEPS: [&str; 6] =
    ["hours.open", "hours.closed", "main_menu.1", "main_menu.2", "main_menu.no_match", "card_pin.ok"];
const ITEMS: [&str; 6] = ["hours", "main_menu", "card_pin", "balance", "?", "..."];

proptest! {
    #[test]
    fn counts_agree(
        walked in prop::collection::vec(prop::sample::select(&STEPS[..]), 0..8),
        menu in prop::collection::vec(prop::sample::select(&["1", "2", "_", "no_match"][..]), 0..5),
        expected in prop::collection::vec(prop::sample::select(&ITEMS[..]), 0..6),
    ) {
        let walked = walked.join(" ");
        let (accuracy, checks) = listed(&walked, &[("main_menu", &menu), ("hours", &["open"])]);
        prop_assert_eq!(accuracy.expected, checks.lines().count() as u64);
        prop_assert_eq!(accuracy.right, checks.lines().filter(|line| line.ends_with("Held")).count() as u64);
        for accuracy in [accuracy, implied_by(&expected.join(","), &walked)] {
            prop_assert!(accuracy.right + accuracy.not_reached <= accuracy.expected);
            prop_assert!(accuracy.ratio().is_none_or(|ratio| (0.0..=1.0).contains(&ratio)));
            prop_assert_eq!(accuracy.ratio().is_none(), accuracy.expected == 0);
        }
    }

    #[test]
    fn a_path_that_holds_implies_no_wrong_decision(keys in prop::sample::select(&["1", "2"][..]), before in 0usize..3) {
        let next = if keys == "1" { "balance" } else { "card_pin" };
        let walked = format!("hours.open {} main_menu.{keys} {next}", "main_menu.no_match ".repeat(before));
        let accuracy = implied_by(&format!("hours, ..., main_menu, {next}"), &walked);
        prop_assert_eq!(accuracy, Accuracy { expected: 1, right: 1, not_reached: 0 });
    }
}

/// Linked flows say where their edges lead, program-wide.
#[test]
fn edges_of_linked_flows_imply_decisions() {
    let entry = "flow: main\nstart: hello\nnodes:\n  hello: { type: play, prompts: [Hello], next: sub }\n  sub: { type: subflow, flow: verify, on: { completed: bye } }\n  bye: { type: end }\n";
    let verify = "flow: verify\nstart: ask\nnodes:\n  ask: { type: menu, prompts: [Ask], choices: { '1': good, '2': bad } }\n  good: { type: return }\n  bad: { type: return }\n";
    let program = crate::flow::Program::parse(&[entry, verify]).unwrap();
    let table = &program.table;
    let ask = &table.nodes[table.find("verify/ask").unwrap() as usize];
    let target = |outcome: &str| ask.targets[ask.outcomes.iter().position(|name| **name == *outcome).unwrap()];
    assert_eq!(ask.targets.len(), ask.outcomes.len());
    assert_eq!(target("1"), table.find("verify/good"));
    assert_eq!(target("2"), table.find("verify/bad"));
    assert_eq!(target("no_match"), None);
    let trace = trace(table, "hello.next sub.completed verify/ask.2 verify/bad bye");
    let items = path(table, "hello, sub, verify/ask, verify/bad, bye");
    let pairs = fit(&items, &trace).pairs;
    assert_eq!(accuracy(&implied(&items, &pairs, &trace)), Accuracy { expected: 1, right: 1, not_reached: 0 });
}

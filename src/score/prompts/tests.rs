use regex::Regex;

use super::super::testing::{BANK, placed, show, spoken, table, trace};
use super::*;
use crate::suite::{Expectations, Pattern};

fn equals(text: &str) -> TextMatch {
    TextMatch::Equals(text.to_owned())
}

fn contains(text: &str) -> TextMatch {
    TextMatch::Contains(text.to_owned())
}

fn matching(pattern: &str) -> TextMatch {
    TextMatch::Matches(Pattern(Regex::new(pattern).unwrap()))
}

fn call() -> Trace {
    let mut trace = trace(&table(BANK), "welcome.next hours.open main_menu.no_match main_menu.2 card_pin.ok");
    trace.prompts = vec![
        spoken(0, "Welcome to Acme Bank."),
        spoken(2, "For balances press 1. For lost or stolen cards press 2."),
        spoken(3, "For balances press 1. For lost or stolen cards press 2."),
        spoken(4, "Please key your PIN."),
    ];
    trace
}

fn checked(trace: &Trace, expected: &[(TextMatch, Option<&str>, bool)]) -> String {
    let prompts = expected.iter().map(|(text, node, negated)| {
        let node = node.map(|name| trace.table.find(name).unwrap());
        placed(PromptExpectation { text: text.clone(), node, negated: *negated })
    });
    let expect = Expectations { prompts: prompts.collect(), ..Expectations::default() };
    let mut checks = Checks::new(&expect, trace);
    check(&mut checks);
    show(&checks.into_list())
}

#[test]
fn prompts_match_whole_in_part_or_by_pattern() {
    let held = checked(
        &call(),
        &[
            (equals("Welcome to Acme Bank."), None, false),
            (contains("lost or stolen"), None, false),
            (matching("press [0-9]"), Some("main_menu"), false),
            (equals("Welcome"), None, true),
            (contains("PIN"), Some("main_menu"), true),
            (contains("PIN"), Some("voicemail"), true),
        ],
    );
    insta::assert_snapshot!(held, @r"
    Prompt Held
    Prompt Held
    Prompt main_menu Held
    Prompt Held
    Prompt main_menu Held
    Prompt voicemail Held
    ");
}

#[test]
fn a_missing_prompt_is_shown_with_the_nearest_one() {
    let broken = checked(
        &call(),
        &[
            (equals("Welcome to Acme Bank"), None, false),
            (contains("lost or stollen card"), None, false),
            (matching("^Goodbye"), Some("welcome"), false),
            (contains("anything"), Some("hours"), false),
            (contains("beep"), Some("voicemail"), false),
            (contains("PIN"), None, true),
            (equals("Please key your PIN."), Some("card_pin"), true),
            (matching("press \\d"), None, true),
        ],
    );
    insta::assert_snapshot!(broken, @r"
    Prompt Broken: a prompt 'Welcome to Acme Bank' <> the nearest of 3 prompts heard is 'Welcome to Acme Bank.' at welcome, step 1, at 0s
    Prompt Broken: a prompt containing 'lost or stollen card' <> the nearest of 3 prompts heard is 'For balances press 1. For lost or stolen cards press 2.' at main_menu, step 3, at 2s
    Prompt welcome Broken: a prompt matching '^Goodbye' <> the only prompt heard is 'Welcome to Acme Bank.' at welcome, step 1, at 0s
    Prompt hours Broken: a prompt containing 'anything' <> nothing was heard
    Prompt voicemail NotReached: a prompt containing 'beep' <> never reached
    Prompt Broken: no prompt containing 'PIN' <> 'Please key your PIN.' at card_pin, step 5, at 4s
    Prompt card_pin Broken: no prompt 'Please key your PIN.' <> 'Please key your PIN.' at card_pin, step 5, at 4s
    Prompt Broken: no prompt matching 'press \\d' <> 'For balances press 1. For lost or stolen cards press 2.' at main_menu, step 3, at 2s
    ");
}

#[test]
fn a_silent_call_has_no_nearest() {
    let trace = trace(&table(BANK), "welcome.next");
    insta::assert_snapshot!(checked(&trace, &[(contains("Welcome"), None, false)]), @"Prompt Broken: a prompt containing 'Welcome' <> nothing was heard");
}

#[test]
fn similarity_is_1_for_a_match_and_falls_with_each_typo() {
    assert_eq!(similarity(&equals("Press 1"), "press 1"), 1.0);
    assert_eq!(similarity(&contains("press 1"), "To hear it press 1 or stay"), 1.0);
    assert!(similarity(&contains("pres 1"), "To hear it press 1 or stay") < 1.0);
    assert_eq!(similarity(&contains("x"), ""), 0.0);
    assert!((0.0..=1.0).contains(&similarity(&equals(&"long ".repeat(10_000)), &"short ".repeat(10_000))));
}

#[test]
fn the_first_of_equally_near_prompts_is_shown() {
    let mut trace = call();
    trace.prompts = vec![spoken(0, "abcx"), spoken(2, "abcy"), spoken(3, "abcz")];
    let words = checked(&trace, &[(equals("abcd"), None, false)]);
    insta::assert_snapshot!(words, @"Prompt Broken: a prompt 'abcd' <> the nearest of 3 prompts heard is 'abcx' at welcome, step 1, at 0s");
}

//! "Keys, and the time they take" and "Attempts" of docs/flows.md, rule by rule.

use std::sync::Arc;

use super::dump::{flow, request, run, walk};
use crate::flow::Program;

/// A menu of 1 s of prompt, then a collect of 1 s of prompt.
fn two_inputs(menu: &str, collect: &str) -> Arc<Program> {
    flow(
        &format!(
            r#"
start: main
nodes:
  main:
    type: menu
    prompts: [{{ say: "Press a key", duration: 1s }}]
    choices: {{ "1": digits, "2": bye, "31": bye, "32": digits }}
    {menu}
  digits:
    type: collect
    prompts: [{{ say: "Key digits", duration: 1s }}]
    variable: keyed
    max: 4
    {collect}
    next: bye
  bye: {{ type: end }}
"#
        )
        .replace("next: bye", "on: { ok: bye, cancelled: bye }"),
    )
}

fn plain() -> Arc<Program> {
    two_inputs("max_attempts: 3", "min: 2")
}

#[test]
fn surplus_keys_are_used_by_the_next_input_without_its_prompt() {
    insta::assert_snapshot!(run(&plain(), &request("1987#")), @r#"
    0 +2000 main [1] -> 1
        "Press a key" 1000
    2000 +0 digits [987#] -> ok
    2000 +0 bye
    completed 2000
    keys 5 used, 0 unused
    keyed = '987'
    "#);
}

#[test]
fn surplus_keys_are_followed_by_the_next_item() {
    insta::assert_snapshot!(run(&plain(), &request("19 87")), @r#"
    0 +2000 main [1] -> 1
        "Press a key" 1000
    2000 +4250 digits [987] -> ok
    6250 +0 bye
    completed 6250
    keys 4 used, 0 unused
    keyed = '987'
    "#);
}

#[test]
fn keys_typed_ahead_are_there_before_the_prompt() {
    insta::assert_snapshot!(run(&plain(), &request("<1 <23#")), @r"
    0 +0 main [1] -> 1
    0 +0 digits [23#] -> ok
    0 +0 bye
    completed 0
    keys 4 used, 0 unused
    keyed = '23'
    ");
}

#[test]
fn without_type_ahead_surplus_keys_are_lost() {
    let program = two_inputs("max_attempts: 3", "type_ahead: false");
    insta::assert_snapshot!(run(&program, &request("198 76#")), @r#"
    0 +2000 main [1] -> 1
        "Press a key" 1000
    2000 +2500 digits [76#] -> ok
        "Key digits" 1000
    4500 +0 bye
    completed 4500
    keys 4 used, 2 unused
    keyed = '76'
    "#);
}

#[test]
fn keys_typed_ahead_are_lost_where_the_node_takes_none_and_the_caller_stays_silent() {
    let program = two_inputs("max_attempts: 3", "clear_buffer: true");
    insta::assert_snapshot!(run(&program, &request("1 <55 66#")), @r#"
    0 +2000 main [1] -> 1
        "Press a key" 1000
    2000 +6000 digits -> no_input
        "Key digits" 1000
    8000 +2500 digits [66#] -> ok
        "Key digits" 1000
    10500 +0 bye
    completed 10500
    keys 4 used, 2 unused
    keyed = '66'
    "#);
}

#[test]
fn a_key_cuts_the_prompt_short() {
    insta::assert_snapshot!(run(&plain(), &request("1@300ms 23#@0ms")), @r#"
    0 +300 main [1] -> 1
        "Press a key" 300 cut
    300 +500 digits [23#] -> ok
    800 +0 bye
    completed 800
    keys 4 used, 0 unused
    keyed = '23'
    "#);
}

#[test]
fn without_barge_in_keys_that_fall_into_the_prompt_are_lost() {
    // 4 at 400 ms and 5 at 650 ms fall into it, 6 at 900 ms too, 7 at 1150 ms does not.
    let program = two_inputs("max_attempts: 3", "barge_in: false");
    insta::assert_snapshot!(run(&program, &request("1 4567#@400ms")), @r#"
    0 +2000 main [1] -> 1
        "Press a key" 1000
    2000 +1400 digits [7#] -> ok
        "Key digits" 1000
    3400 +0 bye
    completed 3400
    keys 3 used, 3 unused
    keyed = '7'
    "#);
}

#[test]
fn a_key_at_the_end_of_the_prompt_does_not_fall_into_it() {
    let program = two_inputs("barge_in: false", "min: 2");
    insta::assert_snapshot!(walk(&program, "2@1s"), @"main:2 bye = completed");
    insta::assert_snapshot!(walk(&program, "2@999ms 2"), @"main:no_input main:2 bye = completed");
}

#[test]
fn the_first_key_stops_the_no_input_timer() {
    // 1 s of prompt and 5 s of patience: 6 s is in time, 1 ms more is not.
    insta::assert_snapshot!(walk(&plain(), "2@6s"), @"main:2 bye = completed");
    insta::assert_snapshot!(run(&plain(), &request("2@6001ms")), @r#"
    0 +6000 main -> no_input
        "Press a key" 1000
    6000 +0 main [2] -> 2
    6000 +0 bye
    completed 6000
    keys 1 used, 0 unused
    "#);
}

#[test]
fn a_gap_longer_than_the_interdigit_time_ends_the_entry() {
    // A collect waits for 3 s between keys.
    insta::assert_snapshot!(run(&plain(), &request("1 12/3s")), @r#"
    0 +2000 main [1] -> 1
        "Press a key" 1000
    2000 +8000 digits [12] -> ok
        "Key digits" 1000
    10000 +0 bye
    completed 10000
    keys 3 used, 0 unused
    keyed = '12'
    "#);
    insta::assert_snapshot!(run(&plain(), &request("1 12/3001ms")), @r#"
    0 +2000 main [1] -> 1
        "Press a key" 1000
    2000 +5000 digits [1] -> invalid
        "Key digits" 1000
    7000 +3000 digits [2] -> invalid
    10000 +6000 digits -> max_attempts
        "Key digits" 1000
    failed 16000 (stuck at 'digits': outcome 'max_attempts' leads nowhere)
    keys 3 used, 0 unused
    "#);
}

#[test]
fn a_menu_is_complete_when_no_longer_choice_begins_with_the_keys() {
    insta::assert_snapshot!(run(&plain(), &request("31")), @r#"
    0 +2250 main [31] -> 31
        "Press a key" 1000
    2250 +0 bye
    completed 2250
    keys 2 used, 0 unused
    "#);
    insta::assert_snapshot!(walk(&plain(), "3 2"), @"main:no_match main:2 bye = completed");
    insta::assert_snapshot!(walk(&plain(), "39 2"), @"main:no_match main:2 bye = completed");
    insta::assert_snapshot!(walk(&plain(), "9 8 7"), @"main:no_match main:no_match main:max_attempts = failed");
}

#[test]
fn a_menu_waits_for_a_longer_choice() {
    let program = flow(
        r##"
start: main
nodes:
  main:
    type: menu
    prompts: [{ say: x, duration: 1s }]
    choices: { "1": one, "12": twelve }
    terminator: "#"
    variable: chosen
  one: { type: end, disposition: one }
  twelve: { type: end, disposition: twelve }
"##,
    );
    insta::assert_snapshot!(run(&program, &request("1")), @r#"
    0 +4000 main [1] -> 1
        "x" 1000
    4000 +0 one
    one 4000
    keys 1 used, 0 unused
    chosen = '1'
    "#);
    insta::assert_snapshot!(run(&program, &request("1#")), @r#"
    0 +2250 main [1#] -> 1
        "x" 1000
    2250 +0 one
    one 2250
    keys 2 used, 0 unused
    chosen = '1'
    "#);
    insta::assert_snapshot!(run(&program, &request("12")), @r#"
    0 +2250 main [12] -> 12
        "x" 1000
    2250 +0 twelve
    twelve 2250
    keys 2 used, 0 unused
    chosen = '12'
    "#);
    insta::assert_snapshot!(walk(&program, "# 1"), @"main:no_match main:1 one = one");
}

#[test]
fn a_collect_is_complete_at_its_longest_at_its_terminator_or_when_time_is_over() {
    insta::assert_snapshot!(run(&plain(), &request("1 123456")), @r#"
    0 +2000 main [1] -> 1
        "Press a key" 1000
    2000 +2750 digits [1234] -> ok
        "Key digits" 1000
    4750 +0 bye
    completed 4750
    keys 5 used, 2 unused
    keyed = '1234'
    "#);
    insta::assert_snapshot!(run(&plain(), &request("1 12#")), @r#"
    0 +2000 main [1] -> 1
        "Press a key" 1000
    2000 +2500 digits [12#] -> ok
        "Key digits" 1000
    4500 +0 bye
    completed 4500
    keys 4 used, 0 unused
    keyed = '12'
    "#);
    insta::assert_snapshot!(run(&plain(), &request("1 12")), @r#"
    0 +2000 main [1] -> 1
        "Press a key" 1000
    2000 +5250 digits [12] -> ok
        "Key digits" 1000
    7250 +0 bye
    completed 7250
    keys 3 used, 0 unused
    keyed = '12'
    "#);
    insta::assert_snapshot!(walk(&plain(), "1 1# # 12"), @"main:1 digits:invalid digits:invalid digits:ok bye = completed");
}

#[test]
fn the_cancel_key_ends_a_collect() {
    let program = two_inputs("max_attempts: 3", r#"cancel: "*""#);
    insta::assert_snapshot!(run(&program, &request("1 12*")), @r#"
    0 +2000 main [1] -> 1
        "Press a key" 1000
    2000 +2500 digits [12*] -> cancelled
        "Key digits" 1000
    4500 +0 bye
    completed 4500
    keys 4 used, 0 unused
    "#);
}

#[test]
fn an_entry_must_be_valid() {
    let luhn = two_inputs("max_attempts: 3", "validate: { luhn: true }");
    insta::assert_snapshot!(walk(&luhn, "1 18 19# 18#"), @"main:1 digits:ok bye = completed");
    let regex = two_inputs("max_attempts: 3", r#"validate: { regex: "[12]+|9" }"#);
    insta::assert_snapshot!(walk(&regex, "1 13# 92# 9#"), @"main:1 digits:invalid digits:invalid digits:ok bye = completed");
    let empty = two_inputs("max_attempts: 3", "validate: { luhn: true }");
    insta::assert_snapshot!(walk(&empty, "1 # - -"), @"main:1 digits:invalid digits:no_input digits:max_attempts = failed");
}

#[test]
fn a_caller_without_items_left_keys_nothing() {
    insta::assert_snapshot!(run(&plain(), &request("")), @r#"
    0 +6000 main -> no_input
        "Press a key" 1000
    6000 +6000 main -> no_input
        "Press a key" 1000
    12000 +6000 main -> max_attempts
        "Press a key" 1000
    failed 18000 (stuck at 'main': outcome 'max_attempts' leads nowhere)
    keys 0 used, 0 unused
    "#);
}

#[test]
fn items_that_were_never_used_are_reported() {
    insta::assert_snapshot!(run(&plain(), &request("2 3 45")), @r#"
    0 +2000 main [2] -> 2
        "Press a key" 1000
    2000 +0 bye
    completed 2000
    keys 1 used, 0 unused, 2 items unused
    "#);
}

#[test]
fn a_global_key_is_one_that_the_node_does_not_use() {
    let program = flow(
        r##"
start: main
events: { keys: { "*": main, "0": operator } }
nodes:
  main: { type: menu, prompts: [x], choices: { "1": digits, "0": bye } }
  digits: { type: collect, prompts: [x], min: 2, max: 4, variable: keyed, on: { ok: bye } }
  operator: { type: end, disposition: operator }
  bye: { type: end }
"##,
    );
    insta::assert_snapshot!(walk(&program, "0"), @"main:0 bye = completed");
    insta::assert_snapshot!(walk(&program, "1 12* 1 30#"), @"main:1 digits:* main:1 digits:ok bye = completed");
    insta::assert_snapshot!(run(&program, &request("1* 1 <12")), @r#"
    0 +1400 main [1] -> 1
        "x" 400
    1400 +0 digits [*] -> *
    1400 +1400 main [1] -> 1
        "x" 400
    2800 +3000 digits [12] -> ok
    5800 +0 bye
    completed 5800
    keys 5 used, 0 unused
    keyed = '12'
    "#);
}

#[test]
fn an_input_node_asks_until_its_attempts_are_used_up() {
    insta::assert_snapshot!(walk(&plain(), "- 9 - 1"), @"main:no_input main:no_match main:max_attempts = failed");
    let wired = flow(
        r#"
start: main
nodes:
  main: { type: menu, prompts: [x], choices: { "1": bye }, max_attempts: 2, on: { max_attempts: sorry } }
  bye: { type: end }
  sorry: { type: end, disposition: sorry }
"#,
    );
    insta::assert_snapshot!(walk(&wired, "- 1"), @"main:no_input main:1 bye = completed");
    insta::assert_snapshot!(walk(&wired, "- 9"), @"main:no_input main:max_attempts sorry = sorry");
}

#[test]
fn a_wired_failure_is_followed_and_counted() {
    let program = flow(
        r#"
start: main
nodes:
  main:
    type: menu
    prompts: [x]
    choices: { "1": again, "2": bye }
    max_attempts: 3
    on: { no_input: hint, no_match: hint, max_attempts: sorry }
  hint: { type: play, prompts: [y], next: main }
  again: { type: play, prompts: [y], next: main }
  bye: { type: end }
  sorry: { type: end, disposition: sorry }
"#,
    );
    insta::assert_snapshot!(walk(&program, "- 9 -"), @"main:no_input hint:next main:no_match hint:next main:max_attempts sorry = sorry");
    // A good answer sets the count back.
    insta::assert_snapshot!(walk(&program, "- 9 1 - 9 2"), @"main:no_input hint:next main:no_match hint:next main:1 again:next main:no_input hint:next main:no_match hint:next main:2 bye = completed");
}

#[test]
fn a_wired_failure_is_followed_for_ever_where_the_limit_is_not_wired() {
    let program = flow(
        r#"
start: main
nodes:
  main: { type: menu, prompts: [x], choices: { "2": bye }, max_attempts: 2, on: { no_input: hint } }
  hint: { type: play, prompts: [y], next: main }
  bye: { type: end }
"#,
    );
    insta::assert_snapshot!(walk(&program, "- - - 2"), @"main:no_input hint:next main:no_input hint:next main:no_input hint:next main:2 bye = completed");
    insta::assert_snapshot!(walk(&program, "- 9"), @"main:no_input hint:next main:max_attempts = failed");
}

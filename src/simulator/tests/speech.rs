//! Bots and recordings.

use std::sync::Arc;

use super::dump::{flow, keys, request, run, stubs, walk};
use crate::flow::Program;
use crate::simulator::Request;

fn bot() -> Arc<Program> {
    flow(
        r#"
start: bot
events: { keys: { "0": operator } }
nodes:
  bot:
    type: bot
    prompts: ["How can I help you"]
    intents:
      book: { phrases: ["book a flight", "book"], to: yes }
      cancel: { phrases: ["cancel"], to: yes }
    variable: said
    max_attempts: 2
  operator: { type: end, disposition: operator }
  yes: { type: end }
"#,
    )
}

#[test]
fn an_utterance_means_an_intent() {
    insta::assert_snapshot!(run(&bot(), &request("say:I_want_to_BOOK_a_flight!")), @r#"
    0 +5400 bot [I want to BOOK a flight!] -> book
        "How can I help you" 2000
    5400 +0 yes
    completed 5400
    keys 0 used, 0 unused
    said = 'I want to BOOK a flight!'
    "#);
    insta::assert_snapshot!(run(&bot(), &request("say:eh -")), @r#"
    0 +3400 bot [eh] -> no_intent
        "How can I help you" 2000
    3400 +7000 bot -> max_attempts
        "How can I help you" 2000
    failed 10400 (stuck at 'bot': outcome 'max_attempts' leads nowhere)
    keys 0 used, 0 unused
    said = 'eh'
    "#);
    insta::assert_snapshot!(walk(&bot(), "0"), @"bot:0 operator = operator");
    insta::assert_snapshot!(walk(&bot(), "12 say:cancel"), @"bot:no_intent bot:cancel yes = completed");
}

#[test]
fn a_stub_says_what_the_bot_understands() {
    let with = |items: &str, lines: &str| {
        run(&bot(), &Request { keypad: keys(items), stubs: Arc::new(stubs(lines)), ..Request::default() })
    };
    insta::assert_snapshot!(with("say:whatever", "bot: cancel +300ms"), @r#"
    0 +3700 bot [whatever] -> cancel
        "How can I help you" 2000
    3700 +0 yes
    completed 3700
    keys 0 used, 0 unused
    said = 'whatever'
    "#);
    insta::assert_snapshot!(with("", "bot: book"), @r#"
    0 +3000 bot -> book
        "How can I help you" 2000
    3000 +0 yes
    completed 3000
    keys 0 used, 0 unused
    "#);
    insta::assert_snapshot!(with("- say:x", "bot: no_intent"), @r#"
    0 +7000 bot -> no_input
        "How can I help you" 2000
    7000 +3400 bot [x] -> max_attempts
        "How can I help you" 2000
    failed 10400 (stuck at 'bot': outcome 'max_attempts' leads nowhere)
    keys 0 used, 0 unused
    said = 'x'
    "#);
    insta::assert_snapshot!(with("", "bot: pay"), @r#"
    0 +3000 bot (the stub 'bot' answers 'pay', which is not an outcome of node 'bot')
        "How can I help you" 2000
    failed 3000 (the stub 'bot' answers 'pay', which is not an outcome of node 'bot') FAULT
    keys 0 used, 0 unused
    "#);
}

fn record() -> Arc<Program> {
    flow(
        r#"
start: message
nodes:
  message:
    type: record
    prompts: [{ say: "After the tone", duration: 2s }]
    max: 30s
    variable: length
    on: { recorded: yes, no_audio: no, too_long: no, hung_up: kept }
  yes: { type: end }
  no: { type: end, disposition: none }
  kept: { type: effect, kind: voicemail, next: yes }
"#,
    )
}

#[test]
fn a_recording_lasts_as_long_as_the_caller_speaks() {
    insta::assert_snapshot!(run(&record(), &request("speak:12s")), @r#"
    0 +19000 message -> recorded
        "After the tone" 2000
    19000 +0 yes
    completed 19000
    keys 0 used, 0 unused
    length = 12000
    "#);
    insta::assert_snapshot!(run(&record(), &request("-")), @r#"
    0 +7000 message -> no_audio
        "After the tone" 2000
    7000 +0 no
    none 7000
    keys 0 used, 0 unused
    length = 0
    "#);
    insta::assert_snapshot!(run(&record(), &request("speak:30s")), @r#"
    0 +32000 message -> too_long
        "After the tone" 2000
    32000 +0 no
    none 32000
    keys 0 used, 0 unused
    length = 30000
    "#);
}

#[test]
fn a_recording_ends_at_the_terminator() {
    insta::assert_snapshot!(run(&record(), &request("#@7s")), @r#"
    0 +7000 message [#] -> recorded
        "After the tone" 2000
    7000 +0 yes
    completed 7000
    keys 1 used, 0 unused
    length = 5000
    "#);
    insta::assert_snapshot!(run(&record(), &request("5#6")), @r#"
    0 +3250 message [#] -> recorded
        "After the tone" 2000
    3250 +0 yes
    completed 3250
    keys 1 used, 2 unused
    length = 1250
    "#);
    insta::assert_snapshot!(run(&record(), &request("#@1s")), @r#"
    0 +7000 message -> no_audio
        "After the tone" 2000
    7000 +0 no
    none 7000
    keys 0 used, 1 unused
    length = 0
    "#);
}

#[test]
fn a_caller_may_hang_up_after_speaking() {
    insta::assert_snapshot!(run(&record(), &request("hangup@9s")), @r#"
    0 +9000 message -> hung_up
        "After the tone" 2000
    9000 +0 kept -> next
    9000 +0 yes
    hung_up 9000
    keys 0 used, 0 unused
    length = 7000
    "#);
}

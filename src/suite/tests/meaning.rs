//! What suites mean.

use super::*;
use crate::flow::{Name, Value};
use crate::simulator::{Answer, Input};

fn values(scenario: &Scenario) -> String {
    let list: Vec<String> = scenario
        .call()
        .unwrap()
        .simulation
        .request
        .variables
        .iter()
        .map(|(name, value)| format!("{name}={}", value.literal()))
        .collect();
    list.join(" ")
}

#[test]
fn an_entry_is_a_scenario_with_everything_that_it_and_the_defaults_say() {
    let folder = Folder::new(&[(
        "bank/cards.yaml",
        r##"
suite: Cards
description: What happens to lost cards
flow: ../flows/bank.yaml
tags: [bank, cards]
defaults:
  call: { ani: "+15550100", dnis: "+18005550100", patience: 2m }
  clock: { at: "2026-03-02T10:00:00", zone: America/New_York }
  variables: { language: en-US, priority: high }
  stubs: { balance: { success: { balance: 120.5 } }, nobody: success }
  queues: { cards: { agents: 2, waiting: 3 } }
  media: [{ asset: a, type: tts }]
  timeout: 30s
  retries: 1
  expect: { outcome: transferred, never: [sorry] }
scenarios:
  - name: lost card
    description: The usual one
    tags: [critical, bank]
    dtmf: ["2", silence, 4321#, { keys: "12", gap: 4s }, { keys: 1, at: 300ms }, { ahead: "130" }, hangup, { hangup: 2s }, { say: Hello }, { speak: 12s }]
    variables: { priority: 7, customer: 0123 }
    call: { ani: "1", signals: [{ name: late, at: 9s }, { name: early, at: 1s }] }
    clock: { at: "2026-03-02T10:00:00Z" }
    stubs: { account: [timeout, { not_found: who }, { outcome: success, outputs: { n: 1 }, latency: 800ms }] }
    queues: { cards: { agents: 9 } }
    seed: 42
    timeout: 5s
    time_limit: 1h
    retries: 0
    expect: { ends_at: card_queue }
  - name: the defaults alone
    skip: not yet
"##,
    )]);
    let mut loaded = folder.load();
    insta::assert_snapshot!(said(&loaded), @"
    warning[suite/unused-stub]: no flow of this suite asks 'nobody'
      --> bank/cards.yaml:10:54
       |
    10 |   stubs: { balance: { success: { balance: 120.5 } }, nobody: success }
       |                                                      ^^^^^^
       |
       = help: they ask 'account', 'balance', 'balance_lookup', 'desk', 'flip', 'verify/known'
    ");
    let suite = loaded.suites.remove(0);
    assert_eq!((&*suite.path, &*suite.name), ("bank/cards", "Cards"));
    let [one, plain] = &suite.scenarios[..] else { panic!("two scenarios") };
    assert_eq!((&*one.id, one.cell()), ("bank/cards::lost card", None));
    let source = loaded.sources.iter().find(|source| source.path() == suite.file).unwrap();
    assert_eq!((source.slice(one.span), one.line), ("lost card", source.position(one.span.start).line));
    let tags: Vec<&str> = one.tags.iter().map(|tag| &**tag).collect();
    assert_eq!(tags, ["bank", "cards", "critical"]);
    let keys = |keys: &str, gap_ms, at_ms| Input::Keys { keys: keys.into(), gap_ms, at_ms };
    assert_eq!(
        one.call().unwrap().simulation.request.keypad,
        [
            keys("2", None, None),
            Input::Silence,
            keys("4321#", None, None),
            keys("12", Some(4000), None),
            keys("1", None, Some(300)),
            Input::Ahead("130".into()),
            Input::HangUp { at_ms: None },
            Input::HangUp { at_ms: Some(2000) },
            Input::Say("Hello".into()),
            Input::Speak(12_000),
        ]
    );
    assert_eq!(values(one), "language='en-US' priority=7 customer='0123'");
    assert_eq!(values(plain), "language='en-US' priority='high'");
    insta::assert_snapshot!(format!("{:?}", one.call().unwrap().simulation.request.call), @r#"Call { ani: Some("1"), dnis: Some("+18005550100"), hang_up_after_ms: None, patience_ms: Some(120000), signals: [(1000, "early"), (9000, "late")] }"#);
    let clock = |scenario: &Scenario| {
        let clock = scenario.call().unwrap().simulation.request.clock.as_ref().unwrap();
        format!("{} {}", clock.at, clock.zone.iana_name().unwrap())
    };
    assert_eq!(clock(one), "2026-03-02T10:00:00Z America/New_York");
    assert_eq!(clock(plain), "2026-03-02T15:00:00Z America/New_York");
    let stubs = &one.call().unwrap().simulation.request.stubs;
    let answer = |outcome: &str, outputs: &[(&str, Value)], latency_ms, message: Option<&str>| Answer {
        outcome: outcome.into(),
        outputs: outputs.iter().map(|(name, value)| (Name::from(*name), value.clone())).collect(),
        latency_ms,
        message: message.map(str::to_owned),
    };
    let names: Vec<&str> = stubs.answers.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["account", "balance"]);
    assert_eq!(
        stubs.answers[0].1.list,
        [
            answer("timeout", &[], None, None),
            answer("not_found", &[], None, Some("who")),
            answer("success", &[("n", Value::Integer(1))], Some(800), None),
        ]
    );
    assert_eq!(stubs.answers[1].1.list, [answer("success", &[("balance", Value::Decimal(120.5))], None, None)]);
    insta::assert_snapshot!(format!("{:?}", stubs.queues), @r#"[("cards", QueueState { open: true, agents: 9, waiting: 3, handle_time_ms: 240000, capacity: 20, wait_ms: None })]"#);
    assert_eq!(plain.call().unwrap().simulation.request.stubs.queues[0].1.agents, 2);
    assert_eq!((one.call().unwrap().simulation.request.seed, plain.call().unwrap().simulation.request.seed), (42, 0));
    let (of_one, of_plain) =
        (ScenarioRunSettings::or_defaults(&one.handling), ScenarioRunSettings::or_defaults(&plain.handling));
    assert_eq!((of_one.timeout_ms, of_plain.timeout_ms), (Some(5000), Some(30_000)));
    assert_eq!((of_one.retries, of_plain.retries), (Some(0), Some(1)));
    assert_eq!(
        (
            one.call().unwrap().simulation.request.guards.duration_ms,
            plain.call().unwrap().simulation.request.guards.duration_ms
        ),
        (3_600_000, 14_400_000)
    );
    assert_eq!((&of_one.skip, of_plain.skip.as_deref()), (&None, Some("not yet")));
    let node = |index: u32| &*one.call().unwrap().simulation.program.table.nodes[index as usize].name;
    assert_eq!(&*one.call().unwrap().expect.outcome.as_ref().unwrap().value, "transferred");
    assert_eq!(node(one.call().unwrap().expect.ends_at.as_ref().unwrap().value), "card_queue");
    assert_eq!(node(one.call().unwrap().expect.never[0].value), "sorry");
    assert!(plain.call().unwrap().expect.ends_at.is_none() && plain.call().unwrap().expect.never.len() == 1);
    let mut sources: Vec<&str> = loaded.sources.iter().map(|source| source.path()).collect();
    sources.sort_unstable();
    assert_eq!(sources, ["bank/cards.yaml", "flows/bank.yaml", "flows/verify.yaml"]);
}

#[test]
fn every_expectation_is_looked_up_in_the_flow() {
    let all = scenarios(&suite(r##"
  - name: all
    dtmf: ["1"]
    expect:
      outcome: served
      ends_at: bye
      path: [welcome, "?", main_menu|desk, ..., verify/ask, bye]
      decisions: { main_menu: 1, branch_hours: [open, _, closed], verify/ask: ok }
      variables:
        pin_tries: 0
        balance: { at_least: 1.5, at_most: 200 }
        language: { matches: "^en-", not: en-GB }
        queue: { is: null }
        priority: { is: set }
        verified: { one_of: [true, false] }
        account: ~
        pin: { contains: "12", equals: "0123" }
      never: desk
      prompts: [Welcome., { contains: You }, { matches: "have \\d", node: say_balance }, { equals: Bye, not: true }]
      lookups: { balance: { times: 1, with: { customer: "0123" }, outcome: success }, account: { times: { at_most: 2 } } }
      efficiency: { at_least: 0.8 }
      duration: { at_most: 90s }
      keypresses: 6
      unused_input: forbid
"##)).remove(0);
    let node = |index: u32| all.call().unwrap().simulation.program.table.nodes[index as usize].name.to_string();
    let expect = &all.call().unwrap().expect;
    let path: Vec<String> = expect
        .path
        .as_ref()
        .unwrap()
        .value
        .iter()
        .map(|item| match item {
            PathItem::AnyOne => "?".to_owned(),
            PathItem::AnyMany => "...".to_owned(),
            PathItem::Nodes(nodes) => nodes.iter().map(|&index| node(index)).collect::<Vec<_>>().join("|"),
        })
        .collect();
    assert_eq!(path.join(" "), "welcome ? main_menu|desk ... verify/ask bye");
    let decisions: Vec<String> = expect
        .decisions
        .iter()
        .map(|decision| {
            let names = &all.call().unwrap().simulation.program.table.nodes[decision.node as usize].outcomes;
            let outcomes: Vec<&str> = decision
                .outcomes
                .iter()
                .map(|outcome| outcome.as_ref().map_or("_", |outcome| &names[outcome.value as usize]))
                .collect();
            format!("{}: {}", node(decision.node), outcomes.join(","))
        })
        .collect();
    assert_eq!(decisions, ["main_menu: 1", "branch_hours: open,_,closed", "verify/ask: ok"]);
    let variables: Vec<String> =
        expect.variables.iter().map(|variable| format!("{} {:?}", variable.value.0, variable.value.1)).collect();
    insta::assert_snapshot!(variables.join("\n"), @r#"
    pin_tries Equals(Integer(0))
    balance All([AtLeast(Decimal(1.5)), AtMost(Integer(200))])
    language All([Not(Text("en-GB")), Matches(Pattern(Regex("^en-")))])
    queue IsNull(true)
    priority IsNull(false)
    verified OneOf([Boolean(true), Boolean(false)])
    account IsNull(true)
    pin All([Equals(Text("0123")), Contains(Text("12"))])
    "#);
    let prompts: Vec<String> = expect.prompts.iter().map(|prompt| format!("{:?}", prompt.value)).collect();
    insta::assert_snapshot!(prompts.join("\n"), @r#"
    PromptExpectation { text: Equals("Welcome."), node: None, negated: false }
    PromptExpectation { text: Contains("You"), node: None, negated: false }
    PromptExpectation { text: Matches(Pattern(Regex("have \\d"))), node: Some(8), negated: false }
    PromptExpectation { text: Equals("Bye"), node: None, negated: true }
    "#);
    let lookups: Vec<String> = expect.lookups.iter().map(|lookup| format!("{:?}", lookup.value)).collect();
    insta::assert_snapshot!(lookups.join("\n"), @r#"
    LookupExpectation { service: "balance", times: Some(Bound { at_least: Some(1), at_most: Some(1) }), with: [("customer", Equals(Text("0123")))], outcome: Some("success") }
    LookupExpectation { service: "account", times: Some(Bound { at_least: None, at_most: Some(2) }), with: [], outcome: None }
    "#);
    assert_eq!(expect.efficiency.as_ref().unwrap().value, Bound { at_least: Some(0.8), at_most: None });
    assert_eq!(expect.duration_ms.as_ref().unwrap().value, Bound { at_least: None, at_most: Some(90_000) });
    assert_eq!(expect.keypresses.as_ref().unwrap().value, Bound { at_least: Some(6), at_most: Some(6) });
    assert!(expect.all_input_used.is_some());
}

#[test]
fn a_suite_takes_what_it_extends_and_wins_key_by_key() {
    let folder = Folder::new(&[
        (
            "base.yaml",
            "flow: flows/bank.yaml\ntags: [root]\ndefaults:\n  variables: { a: 1, b: 1 }\n  stubs: { balance: success, other_flow: success }\n  seed: 5\n  expect: { outcome: served, keypresses: 1 }\n",
        ),
        (
            "bank/base.yaml",
            "suite: Base\nextends: ../base.yaml\ntags: [bank, root]\ndefaults:\n  variables: { b: 2, c: 2 }\n  clock: { zone: Europe/Berlin }\n  expect: { keypresses: 2 }\n",
        ),
        (
            "bank/s.yaml",
            "suite: S\nextends: base.yaml\ndefaults:\n  clock: { at: \"2026-07-01 12:00\" }\nscenarios:\n  - name: x\n    variables: { c: 3 }\n",
        ),
    ]);
    let mut loaded = folder.load();
    assert_eq!(said(&loaded), "");
    let suite = loaded.suites.remove(0);
    let scenario = &suite.scenarios[0];
    assert_eq!(values(scenario), "a=1 b=2 c=3");
    assert_eq!(scenario.tags.iter().map(|tag| tag.to_string()).collect::<Vec<_>>(), ["root", "bank"]);
    assert_eq!(scenario.call().unwrap().simulation.request.seed, 5);
    assert_eq!(
        scenario.call().unwrap().simulation.request.clock.as_ref().unwrap().at.to_string(),
        "2026-07-01T10:00:00Z"
    );
    let outcome = scenario.call().unwrap().expect.outcome.as_ref().unwrap();
    assert_eq!((&*outcome.value, outcome.source.path()), ("served", "base.yaml"));
    let keypresses = scenario.call().unwrap().expect.keypresses.as_ref().unwrap();
    assert_eq!((keypresses.value.at_most, keypresses.source.path()), (Some(2), "bank/base.yaml"));
    let sources: Vec<&str> = loaded.sources.iter().map(|source| source.path()).collect();
    assert_eq!(sources, ["bank/base.yaml", "bank/s.yaml", "base.yaml", "flows/bank.yaml", "flows/verify.yaml"]);
}

#[test]
fn local_times_follow_the_clocks_of_the_zone() {
    let at = |at: &str| {
        let clock = format!(
            "  - {{ name: x, clock: {{ at: \"{at}\", zone: America/New_York }}, expect: {{ outcome: served }} }}\n"
        );
        scenarios(&suite(&clock))[0].call().unwrap().simulation.request.clock.as_ref().unwrap().at.to_string()
    };
    assert_eq!(at("2026-03-08T01:59:59"), "2026-03-08T06:59:59Z");
    assert_eq!(at("2026-03-08T03:00:00"), "2026-03-08T07:00:00Z");
    // Shown twice on the day that summer time ends: the first.
    assert_eq!(at("2026-11-01T01:30:00"), "2026-11-01T05:30:00Z");
    assert_eq!(at("2026-11-01T01:30:00-05:00"), "2026-11-01T06:30:00Z");
    assert_eq!(at("2026-11-01T01:30:00Z"), "2026-11-01T01:30:00Z");
}

#[test]
fn flows_and_bases_in_folders_are_no_suites() {
    let folder = Folder::new(&[
        ("base.yaml", "defaults: {}\n"),
        ("flow.yaml", "{flow: x, start: a, nodes: {a: {type: end}}}"),
        ("s.yaml", &suite("  - { name: x, expect: { outcome: served } }\n")),
    ]);
    let loaded = folder.load();
    assert_eq!(said(&loaded), "");
    assert_eq!(loaded.suites.iter().map(|suite| &*suite.path).collect::<Vec<_>>(), ["s"]);
    let named = load(&folder.files(&["base.yaml", "flow.yaml"]), &folder.options, &Library::default());
    insta::assert_snapshot!(said(&named), @"
    error[suite/missing-key]: missing key 'suite' in a suite
     --> base.yaml:1:1
      |
    1 | defaults: {}
      | ^^^^^^^^^^^^
      |
      = help: add 'suite: ...'

    error[suite/no-scenarios]: this file has defaults but no scenarios, so that it can only be extended
     --> base.yaml:1:1
      |
    1 | defaults: {}
      | ^^^^^^^^
      |
      = help: add 'scenarios:', or name it in 'extends' of another suite

    error[suite/not-a-suite]: this is a flow, not a suite
     --> flow.yaml:1:2
      |
    1 | {flow: x, start: a, nodes: {a: {type: end}}}
      |  ^^^^
      |
      = help: write a suite that calls it: 'suite: …' and 'flow: …'
    ");
    assert_eq!(named.rejected.len(), 2);
}

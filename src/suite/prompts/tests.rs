use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::assist::{Agents, Outcome, Priority, Scripted, ScriptedAnswer, ScriptedRetryAfter, Settings};
use crate::suite::tests::{Folder, load_text, said, said_of, scenarios};
use crate::suite::{Loaded, Scenario, ScenarioRunSettings, Work};

fn prompts(scenario: &Scenario) -> &PromptWork {
    match &scenario.work {
        Work::Prompts(work) => work,
        work => panic!("{} is {work:?}", scenario.id),
    }
}

/// The only scenario of a suite without defaults.
fn one(lines: &str) -> Scenario {
    let mut all = scenarios(&format!("kind: assist\nsuite: S\nscenarios:\n  - name: x\n{lines}"));
    assert_eq!(all.len(), 1);
    all.remove(0)
}

const EXPECT: &str = "    expect: { result: delivered }\n";

#[test]
fn what_nobody_says_is_as_in_the_tutorial() {
    let scenario = one(EXPECT);
    let Prompts { settings, agents, prompt, bursts, prompt_service, transcript_service, stop_at_ms, seed } =
        &*prompts(&scenario).prompts;
    assert_eq!(*settings, Settings::default());
    assert_eq!(settings.eligibility.minimum_sentiment, -0.3);
    assert_eq!(agents.find("agt_12345678").unwrap().skills, ["billing", "technical_support", "escalation"]);
    assert_eq!(
        serde_json::to_string(prompt).unwrap(),
        r#"{"interactionId":"int_98765432","promptId":"prompt_1","content":"Customer has exceeded return window. Suggest loyalty credit instead.","priority":"HIGH","uiConfig":{"componentType":"CARD","position":"BOTTOM","timeoutMs":15000},"context":{"sentimentScore":0.0,"keywords":["escalation","refund","delay"]},"targetAgentId":"agt_12345678"}"#
    );
    assert_eq!(**bursts, [Burst::default()]);
    assert!(prompt_service.is_empty() && transcript_service.is_empty());
    assert_eq!((*stop_at_ms, *seed), (None, 0));
}

#[test]
fn scenarios_stand_over_their_defaults_key_by_key() {
    let folder = Folder::new(&[
        (
            "base.yaml",
            "kind: assist\ntags: [base]\ndefaults:\n  service: { min_sentiment: 0, attempts: 5, agent_limit: none, transcript: { queue: 7, pause: 1s } }\n  agent: { id: agt_1, skills: [a] }\n  prompt: { content: base, ui: { component: SIDEBAR, timeout: 1s } }\n  fallback: { content: other, priority: HIGH }\n  retries: 3\n  expect: { result: delivered, attempts: 1 }\n",
        ),
        (
            "s.yaml",
            "kind: assist\nsuite: S\nextends: base.yaml\ndefaults:\n  service: { attempts: 4, transcript: { queue: 8 } }\n  agent: { tenant: t }\n  seed: 9\nscenarios:\n  - name: x\n    service: { when_limited: { wait: 5s } }\n    prompt: { priority: LOW, ui: { position: TOP } }\n    fallback: { priority: MEDIUM }\n    expect: { attempts: { at_most: 2 } }\n  - { name: y, fallback: none, expect: { result: failed } }\n",
        ),
    ]);
    let loaded = folder.load();
    assert!(loaded.rejected.is_empty(), "{}", said(&loaded));
    let [x, y] = &loaded.suites[0].scenarios[..] else { panic!("two scenarios") };
    assert_eq!((x.tags.len(), ScenarioRunSettings::or_defaults(&x.handling).retries), (1, Some(3)));
    let PromptWork { prompts: work, expect } = prompts(x);
    let settings = &work.settings;
    assert_eq!(settings.eligibility.minimum_sentiment, 0.0);
    assert_eq!((settings.delivery.attempts, settings.limits.agent), (4, None));
    assert_eq!(settings.limits.tenant, Settings::default().limits.tenant);
    assert_eq!(settings.limits.patience, Duration::from_secs(5));
    assert_eq!((settings.correlation.queue, settings.correlation.first_pause), (8, Duration::from_secs(1)));
    let agent = work.agents.find("agt_1").unwrap();
    assert_eq!((&**agent.tenant, agent.skills), ("t", &["a".to_owned()][..]));
    let ui = &work.prompt.ui_config;
    assert_eq!((&*work.prompt.content, work.prompt.priority), ("base", Priority::Low));
    assert_eq!((ui.component_type.word(), ui.position.word(), ui.timeout_ms), ("SIDEBAR", "TOP", 1_000));
    let fallback = settings.fallback.clone().unwrap();
    assert_eq!((&*fallback.content, fallback.priority), ("other", Priority::Medium));
    assert_eq!(work.seed, 9);
    assert!(matches!(&expect.results, Some(Results::Every(placed)) if placed.value == Outcome::Delivered));
    let attempts = expect.attempts.as_ref().unwrap().value;
    assert_eq!((attempts.at_least, attempts.at_most), (None, Some(2)));
    assert_eq!(prompts(y).prompts.settings.fallback, None);
}

#[test]
fn answers_have_a_status_a_word_or_both_with_a_latency() {
    let scenario = one(
        "    answers: [503, ok, no_connection, malformed, timeout, { status: 429, retry_after: 2s, latency: 5ms }, { status: 429, retry_after: { date_in: 3s } }, { answer: malformed, latency: 1s }]\n    transcript: 404\n    expect: { result: delivered }\n",
    );
    let work = &prompts(&scenario).prompts;
    let status = |status, retry_after| ScriptedAnswer::Status { status, retry_after };
    let scripted = |latency_ms, answer| Scripted { latency_ms, answer };
    assert_eq!(
        *work.prompt_service,
        [
            Scripted::status(503),
            Scripted::GOOD,
            scripted(0, ScriptedAnswer::NoConnection),
            scripted(0, ScriptedAnswer::Malformed),
            scripted(86_400_000, ScriptedAnswer::Good),
            scripted(5, status(429, Some(ScriptedRetryAfter::Seconds(2)))),
            scripted(0, status(429, Some(ScriptedRetryAfter::DateIn(3)))),
            scripted(1_000, ScriptedAnswer::Malformed),
        ]
    );
    assert_eq!(*work.transcript_service, [Scripted::status(404)]);
}

#[test]
fn bursts_follow_each_other_and_number_their_prompts() {
    let scenario = one(
        "    prompt: { id: p }\n    agent: { id: a }\n    burst: [{ count: 3, every: 10ms, agents: [b, c] }, { after: 1s, count: 2, sentiment: -1, answers: 503 }]\n    expect: { counts: { delivered: 1 } }\n",
    );
    let work = &prompts(&scenario).prompts;
    assert_eq!(work.count(), 5);
    let arrivals: Vec<String> = work
        .arrivals()
        .map(|arrival| {
            let prompt = &arrival.prompt;
            let own = if arrival.prompt_service.is_some() { " own answers" } else { "" };
            let sentiment = prompt.context.sentiment_score;
            format!("{} {} {} {sentiment}{own}", arrival.at_ms, prompt.prompt_id, prompt.target_agent_id)
        })
        .collect();
    assert_eq!(
        arrivals,
        ["0 p_1 b 0", "10 p_2 c 0", "20 p_3 b 0", "1020 p_4 a -1 own answers", "1020 p_5 a -1 own answers"]
    );
    let Agents::Known(known) = &work.agents else { panic!("the agents are known") };
    assert_eq!(known.keys().collect::<Vec<_>>(), ["a", "b", "c"]);
}

#[test]
fn cells_take_values_with_their_types() {
    let all = scenarios(
        "kind: assist\nsuite: S\nscenarios:\n  - name: x\n    matrix: { s: [-0.3, -0.30, -0.31], n: [{ count: 2 }] }\n    exclude: [{ s: -0.31 }]\n    sentiment: ${s}\n    burst: ${n}\n    expect: { counts: { delivered: 2 } }\n",
    );
    let ids: Vec<&str> = all.iter().map(|scenario| &*scenario.id).collect();
    assert_eq!(ids, [r#"s::x[s=-0.3,n={"count":2}]"#, r#"s::x[s=-0.30,n={"count":2}]"#]);
    for scenario in &all {
        let work = &prompts(scenario).prompts;
        // The same decimal is the same number, however it is spelt.
        assert_eq!((work.prompt.context.sentiment_score, work.count()), (-0.3, 2));
    }
}

#[test]
fn an_agent_may_be_unknown() {
    let scenario = one("    agent: { known: false }\n    expect: { result: ineligible }\n");
    assert_eq!(prompts(&scenario).prompts.agents.count(), Some(0));
}

#[test]
fn a_base_of_the_other_kind_cannot_be_extended() {
    let base = "defaults: { call: { ani: \"1\" } }\n";
    let text = format!("kind: assist\nsuite: S\nextends: base.yaml\nscenarios:\n  - name: x\n{EXPECT}");
    let loaded: Loaded = Folder::new(&[("base.yaml", base), ("s.yaml", &text)]).load();
    insta::assert_snapshot!(said(&loaded), @"
    error[suite/other-kind]: a suite of kind 'assist' cannot extend one of kind 'ivr'
     --> s.yaml:3:10
      |
    3 | extends: base.yaml
      |          ^^^^^^^^^
      |
      = help: write 'kind: ivr', or extend another suite
    ");
}

#[test]
fn a_mistake_in_a_cell_is_shown_where_it_is_written() {
    insta::assert_snapshot!(said_of("kind: assist\nsuite: S\nscenarios:\n  - name: x\n    matrix: { s: [0.5, 5] }\n    sentiment: ${s}\n    expect: { result: delivered }\n"), @"
    error[suite/invalid-value]: expected a sentiment from -1 to 1, found 5
     --> s.yaml:6:16
      |
    6 |     sentiment: ${s}
      |                ^^^^
      |
      = help: -1 is the angriest, 1 the happiest
    ");
}

/// A suite that uses everything once, to be broken.
const WHOLE: &str = r#"kind: assist
suite: S
tags: [a]
gates: { result_accuracy: 100% }
defaults:
  service: { min_sentiment: -0.3, required_skills: [x], agent_limit: { burst: 10, per_second: 2.5 }, tenant_limit: none, when_limited: { wait: 5s }, attempts: 3, pause: 0s, request_timeout: 1s, deadline: 9s, transcript: { queue: 1, at_once: 1, pause: 1s, longest_pause: 2s, give_up_after: 3s, request_timeout: 1s } }
  agent: { id: a, skills: [x], tenant: t, known: true }
  stop_at: 1h
scenarios:
  - name: "${s} x"
    matrix: { s: [-1, 0.5] }
    sentiment: "${s}"
    prompt: { interaction: i, id: p, content: c, priority: LOW, ui: { component: CARD, position: TOP, timeout: 1s }, keywords: [k] }
    answers: [503, { status: 429, retry_after: { date_in: 2s }, latency: 1s }, malformed]
    fallback: { content: f, priority: HIGH }
    transcript: [404, ok]
    expect: { result: delivered, attempts: { at_most: 4 }, statuses: [503, none, _], pauses: [_, { at_least: 1s }], reason: r, limited_by: agent, retry_after: 1s, waited: 0s, duration: 1s, transcript: { state: correlated, id: t, questions: 2, took: { at_most: 1s } }, shown: { content: { contains: c }, uiConfig.timeoutMs: 1000 } }
  - { name: y, burst: [{ count: 3, every: 1ms, agents: [b] }, { after: 1s, count: 1, sentiment: 0, answers: ok }], expect: { result: [delivered, _], counts: { delivered: { at_least: 1 }, failed: 0 } }, seed: 1, retries: 1, timeout: 1s }
"#;

#[test]
fn the_whole_suite_is_good() {
    assert_eq!(scenarios(WHOLE).len(), 3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn reading_never_panics_on_broken_suites(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..6, "[\\PC\n]{0,4}|[\\[\\]{}:#*&!|>'\"%@`,?\\-$\\\\ \n~0-9]{1,3}"), 1..4),
    ) {
        let mut text: Vec<char> = WHOLE.chars().collect();
        for (at, cut, insert) in cuts {
            let at = at.index(text.len());
            let end = (at + cut).min(text.len());
            text.splice(at..end, insert.chars());
        }
        let loaded = load_text(&text.into_iter().collect::<String>());
        // What was accepted can be made into prompts.
        for scenario in loaded.suites.iter().flat_map(|suite| &suite.scenarios) {
            let work = &prompts(scenario).prompts;
            let first = work.arrivals().next().map(|arrival| arrival.prompt.check().len());
            prop_assert_eq!(first, Some(0));
        }
    }

    #[test]
    fn arrivals_are_in_order_and_as_many_as_said(
        bursts in prop::collection::vec((0u64..5_000, 1u64..50, 0u64..2_000), 1..8),
    ) {
        let bursts: Vec<Burst> = bursts
            .into_iter()
            .map(|(after_ms, count, every_ms)| Burst { after_ms, count, every_ms, ..Burst::default() })
            .collect();
        let scenario = one(EXPECT);
        let work = Prompts { bursts: bursts.into(), ..(*prompts(&scenario).prompts).clone() };
        let arrivals: Vec<(u64, String)> =
            work.arrivals().map(|arrival| (arrival.at_ms, arrival.prompt.prompt_id.to_string())).collect();
        prop_assert_eq!(arrivals.len() as u64, work.count());
        prop_assert!(arrivals.is_sorted_by_key(|(at_ms, _)| *at_ms));
        let ids: std::collections::HashSet<&String> = arrivals.iter().map(|(_, id)| id).collect();
        prop_assert_eq!(ids.len(), arrivals.len());
    }
}

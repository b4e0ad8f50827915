use super::*;

#[test]
fn the_wire_has_the_tutorials_names() {
    let text = serde_json::to_string(&prompt("prompt_1")).unwrap();
    insta::assert_snapshot!(text, @r#"{"interactionId":"int_98765432","promptId":"prompt_1","content":"Customer has exceeded return window. Suggest loyalty credit instead.","priority":"HIGH","uiConfig":{"componentType":"CARD","position":"BOTTOM","timeoutMs":15000},"context":{"sentimentScore":0.1,"keywords":["refund"]},"targetAgentId":"agt_12345678"}"#);
    assert_eq!(serde_json::from_str::<Prompt>(&text).unwrap(), prompt("prompt_1"));
    assert_eq!(prompt("prompt_1").check(), []);
}

#[test]
fn every_field_that_is_wrong_is_named() {
    let wrong = Prompt {
        interaction_id: "int/1".into(),
        prompt_id: "x".repeat(129).into(),
        content: " ".into(),
        priority: Priority::Low,
        ui_config: UiConfig { timeout_ms: 3_600_001, ..UiConfig::default() },
        context: Context {
            sentiment_score: -1.01,
            keywords: ["good".to_owned(), String::new(), "k".repeat(101), "a\u{7}b".to_owned()].into(),
        },
        target_agent_id: "agent 1".into(),
    };
    let errors: Vec<String> = wrong.check().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(errors.join("\n"), @r"
    'interactionId' must not have the character '/'
    'promptId' has 129 characters, 128 are allowed
    'content' must not be empty
    'uiConfig.timeoutMs' must be from 1 to 3600000 ms, not 3600001
    'context.sentimentScore' must be from -1 to 1, not -1.01
    'context.keywords[1]' must not be empty
    'context.keywords[2]' has 101 characters, 100 are allowed
    'context.keywords[3]' must not have the control character U+0007
    'targetAgentId' must not have the character ' '
    ");
    let mut many = prompt("p");
    many.context.keywords = vec!["k".to_owned(); 51].into();
    many.context.sentiment_score = f64::NAN;
    assert_eq!(many.check().len(), 2);
}

#[test]
fn both_ends_of_every_bound_are_taken() {
    let mut edge = prompt(&"x".repeat(128));
    edge.content = "ü".repeat(4_000).into();
    edge.context = Context { sentiment_score: 1.0, keywords: vec!["k".repeat(100); 50].into() };
    edge.ui_config.timeout_ms = 3_600_000;
    assert_eq!(edge.check(), []);
    edge.context.sentiment_score = -1.0;
    edge.ui_config.timeout_ms = 1;
    assert_eq!(edge.check(), []);
    edge.content = format!("{}x", edge.content).into();
    assert_eq!(edge.check().len(), 1);
}

#[test]
fn words_are_closed_sets() {
    for (all, words) in [
        (Priority::ALL.map(|one| one.word()).to_vec(), Priority::WORDS.to_vec()),
        (ComponentType::ALL.map(|one| one.word()).to_vec(), ComponentType::WORDS.to_vec()),
        (Position::ALL.map(|one| one.word()).to_vec(), Position::WORDS.to_vec()),
    ] {
        assert_eq!(all, words);
    }
    assert_eq!(Priority::from_word("HIGH"), Some(Priority::High));
    assert_eq!(Priority::from_word("high"), None);
}

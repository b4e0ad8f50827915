//! Reads the bodies of requests about prompts; the errors list every invalid field.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::check::{check_content, check_id, check_keywords, check_sentiment, check_timeout};
use super::form::Form;
use super::prompt::{ComponentType, Context, Position, Priority, Prompt, UiConfig};
use crate::remote::contract::{FieldError, decode};

/// The body of `POST /simulate-prompt`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PromptRequest {
    /// The interaction.
    pub interaction_id: Arc<str>,
    /// The agent who gets the prompt.
    pub agent_id: Arc<str>,
    /// What the agent reads.
    pub content: Arc<str>,
    /// How urgent it is.
    pub priority: Priority,
    /// The interaction's sentiment, from -1 (angry) to 1 (happy).
    pub sentiment: f64,
    /// The keywords of the conversation; optional.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub keywords: Arc<[String]>,
    /// How it is displayed; optional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui_config: Option<UiConfig>,
}

// Serde passes a reference.
fn is_empty(keywords: &Arc<[String]>) -> bool {
    keywords.is_empty()
}

impl Prompt {
    /// Reads a prompt from JSON; the errors list every invalid field. A body that is not JSON is
    /// one error without a field.
    ///
    /// # Errors
    /// If the body is not JSON, a field is missing, unknown or of the wrong type, or
    /// [`check`](Self::check) fails.
    pub fn read(body: &[u8]) -> Result<Self, Vec<FieldError>> {
        read(body, Self::check, prompt)
    }
}

impl PromptRequest {
    /// Reads a request from JSON, as [`Prompt::read`] does.
    ///
    /// # Errors
    /// If the body is not JSON, a field is missing, unknown or of the wrong type, or
    /// [`check`](Self::check) fails.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Vec<FieldError>> {
        read(body, Self::check, request)
    }

    /// Checks the values of the fields.
    pub(crate) fn check(&self) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        check_id("interactionId", &self.interaction_id, &mut wrong);
        check_id("agentId", &self.agent_id, &mut wrong);
        check_content("content", &self.content, &mut wrong);
        check_sentiment("sentiment", self.sentiment, &mut wrong);
        check_keywords("keywords", &self.keywords, &mut wrong);
        if let Some(ui_config) = &self.ui_config {
            ui_config.check(&mut wrong);
        }
        wrong
    }

    /// The requested prompt, with this id.
    pub(crate) fn prompt(self, prompt_id: Arc<str>) -> Prompt {
        Prompt {
            interaction_id: self.interaction_id,
            prompt_id,
            content: self.content,
            priority: self.priority,
            ui_config: self.ui_config.unwrap_or_default(),
            context: Context { sentiment_score: self.sentiment, keywords: self.keywords },
            target_agent_id: self.agent_id,
        }
    }
}

/// Reads a body with serde, and field by field only if that fails.
fn read<T: DeserializeOwned>(
    body: &[u8],
    check: impl Fn(&T) -> Vec<FieldError>,
    collect: impl FnOnce(Form<'_, '_>),
) -> Result<T, Vec<FieldError>> {
    let error = match decode::<T>(body) {
        Ok(value) => {
            let wrong = check(&value);
            return if wrong.is_empty() { Ok(value) } else { Err(wrong) };
        }
        Err(error) => error,
    };
    let mut wrong = Vec::new();
    if let Ok(Value::Object(fields)) = serde_json::from_slice(body) {
        collect(Form::new("", &fields, &mut wrong));
    }
    if wrong.is_empty() {
        // Not a JSON object, or an error that only serde reports, such as a duplicate field.
        wrong.push(FieldError::new(error.field.unwrap_or_default(), error.message));
    }
    Err(wrong)
}

/// The fields of a prompt.
fn prompt(mut form: Form<'_, '_>) {
    id(&mut form, "interactionId");
    id(&mut form, "promptId");
    let content = form.text("content");
    form.check(content, |content, wrong| check_content("content", content, wrong));
    form.word("priority", &Priority::WORDS, Priority::from_word);
    form.object("uiConfig", ui_config);
    form.object("context", |mut form| {
        let sentiment = form.number("sentimentScore");
        form.check(sentiment, |sentiment, wrong| check_sentiment("context.sentimentScore", sentiment, wrong));
        let keywords = form.texts("keywords");
        form.check(keywords, |keywords, wrong| check_keywords("context.keywords", &keywords, wrong));
        form.finish();
        Some(())
    });
    id(&mut form, "targetAgentId");
    form.finish();
}

/// The fields of a request.
fn request(mut form: Form<'_, '_>) {
    id(&mut form, "interactionId");
    id(&mut form, "agentId");
    let content = form.text("content");
    form.check(content, |content, wrong| check_content("content", content, wrong));
    form.word("priority", &Priority::WORDS, Priority::from_word);
    let sentiment = form.number("sentiment");
    form.check(sentiment, |sentiment, wrong| check_sentiment("sentiment", sentiment, wrong));
    if form.has("keywords") {
        let keywords = form.texts("keywords");
        form.check(keywords, |keywords, wrong| check_keywords("keywords", &keywords, wrong));
    }
    if form.has("uiConfig") {
        form.object("uiConfig", ui_config);
    }
    form.finish();
}

fn id(form: &mut Form<'_, '_>, name: &'static str) {
    let id = form.text(name);
    form.check(id, |id, wrong| check_id(name, id, wrong));
}

fn ui_config(mut form: Form<'_, '_>) -> Option<()> {
    form.word("componentType", &ComponentType::WORDS, ComponentType::from_word);
    form.word("position", &Position::WORDS, Position::from_word);
    let timeout = form.count("timeoutMs");
    form.check(timeout, |ms, wrong| check_timeout("uiConfig.timeoutMs", ms, wrong));
    form.finish();
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wrong<T: std::fmt::Debug>(result: Result<T, Vec<FieldError>>) -> String {
        let lines: Vec<String> = result
            .unwrap_err()
            .iter()
            .map(|error| if error.field.is_empty() { error.message.clone() } else { error.to_string() })
            .collect();
        lines.join("\n")
    }

    #[test]
    fn every_field_is_named_at_once() {
        let body = br#"{"interactionId":7,"content":null,"priority":"URGENT","uiConfig":{"componentType":"POPUP",
            "timeoutMs":-1,"colour":"red"},"context":[],"targetAgentID":"a"}"#;
        insta::assert_snapshot!(wrong(Prompt::read(body)), @r"
        'interactionId' must be a text, not a number
        'promptId' is missing
        'content' must be a text, not null
        'priority' must be one of 'HIGH', 'MEDIUM', 'LOW', not 'URGENT'
        'uiConfig.componentType' must be one of 'CARD', 'INLINE', 'SIDEBAR', not 'POPUP'
        'uiConfig.position' is missing
        'uiConfig.timeoutMs' must be a whole number of at least 0, not a number
        'uiConfig.colour' is unknown
        'context' must be an object, not a list
        'targetAgentId' is missing
        'targetAgentID' is unknown; did you mean 'targetAgentId'?
        ");
        let body = br#"{"agentId":"a b","content":"","priority":"LOW","sentiment":"bad","keywords":["a",1],"interactionId":"i"}"#;
        insta::assert_snapshot!(wrong(PromptRequest::read(body)), @r"
        'agentId' must not have the character ' '
        'content' must not be empty
        'sentiment' must be a number, not a text
        'keywords[1]' must be a text, not a number
        ");
        let body = br#"{"agentId":"a b","content":"","priority":"LOW","sentiment":-2,"keywords":["a",""],"interactionId":"i","uiConfig":{"componentType":"CARD","position":"TOP","timeoutMs":0}}"#;
        insta::assert_snapshot!(wrong(PromptRequest::read(body)), @r"
        'agentId' must not have the character ' '
        'content' must not be empty
        'sentiment' must be from -1 to 1, not -2
        'keywords[1]' must not be empty
        'uiConfig.timeoutMs' must be from 1 to 3600000 ms, not 0
        ");
    }

    #[test]
    fn a_body_that_is_not_an_object_is_one_error() {
        insta::assert_snapshot!(wrong(PromptRequest::read(b"{")), @"the body is not JSON: EOF while parsing an object at line 1, column 1");
        insta::assert_snapshot!(wrong(PromptRequest::read(b"[]")), @"the body is a list, not an object");
        assert!(PromptRequest::read(b"").is_err());
        let twice =
            br#"{"interactionId":"a","interactionId":"b","agentId":"a","content":"c","priority":"LOW","sentiment":0}"#;
        assert!(wrong(PromptRequest::read(twice)).contains("duplicate field 'interactionId'"));
    }

    #[test]
    fn the_tutorials_request_becomes_the_tutorials_prompt() {
        let body = br#"{"interactionId": "int_98765432", "agentId": "agt_12345678",
            "content": "Customer has exceeded return window. Suggest loyalty credit instead.",
            "priority": "HIGH", "sentiment": -0.45}"#;
        let prompt = PromptRequest::read(body).unwrap().prompt("prompt_1".into());
        assert_eq!(prompt.ui_config, UiConfig::default());
        assert_eq!(prompt.context.sentiment_score, -0.45);
        assert_eq!(prompt.check(), []);
    }

    proptest! {
        #[test]
        fn no_body_makes_the_reader_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Prompt::read(&body);
            let _ = PromptRequest::read(&body);
        }

        #[test]
        fn what_is_written_is_read_back(content in "[ -~]{1,40}", sentiment in -1.0..=1.0_f64, keywords in prop::collection::vec("[a-z]{1,9}", 0..4)) {
            prop_assume!(!content.trim().is_empty());
            let request = PromptRequest {
                interaction_id: "i".into(), agent_id: "a".into(), content: content.into(), priority: Priority::Medium, sentiment, keywords: keywords.into(), ui_config: None,
            };
            let text = serde_json::to_vec(&request).unwrap();
            prop_assert_eq!(PromptRequest::read(&text), Ok(request.clone()));
            let prompt = request.prompt("p".into());
            prop_assert_eq!(Prompt::read(&serde_json::to_vec(&prompt).unwrap()), Ok(prompt));
        }
    }
}

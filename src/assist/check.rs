//! Validates prompts as the API does.

use super::prompt::{Context, Prompt, UiConfig};
use crate::remote::contract::FieldError;

/// Maximum number of characters of an id.
pub(super) const MAX_ID_LENGTH: usize = 128;
/// Maximum number of characters of a prompt's content.
pub(super) const MAX_CONTENT_CHARS: usize = 4_000;
/// Maximum number of keywords.
pub(super) const MAX_KEYWORDS: usize = 50;
/// Maximum number of characters of a keyword.
pub(super) const MAX_KEYWORD_CHARS: usize = 100;
/// Maximum time for which a prompt is shown, in ms: an hour.
pub(super) const MAX_TIMEOUT_MS: u64 = 3_600_000;

impl Prompt {
    /// Validates the prompt; the errors are in the order of the fields.
    pub fn check(&self) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        check_id("interactionId", &self.interaction_id, &mut wrong);
        check_id("promptId", &self.prompt_id, &mut wrong);
        check_content("content", &self.content, &mut wrong);
        self.ui_config.check(&mut wrong);
        self.context.check(&mut wrong);
        check_id("targetAgentId", &self.target_agent_id, &mut wrong);
        wrong
    }
}

impl UiConfig {
    /// Validates the display settings.
    pub(super) fn check(&self, wrong: &mut Vec<FieldError>) {
        check_timeout("uiConfig.timeoutMs", self.timeout_ms, wrong);
    }
}

impl Context {
    fn check(&self, wrong: &mut Vec<FieldError>) {
        check_sentiment("context.sentimentScore", self.sentiment_score, wrong);
        check_keywords("context.keywords", &self.keywords, wrong);
    }
}

/// Checks that a prompt is shown for 1 ms to an hour.
pub(super) fn check_timeout(field: &str, ms: u64, wrong: &mut Vec<FieldError>) {
    if !(1..=MAX_TIMEOUT_MS).contains(&ms) {
        wrong.push(FieldError::new(field, format!("must be from 1 to {MAX_TIMEOUT_MS} ms, not {ms}")));
    }
}

/// Checks that there are at most 50 keywords of 1 to 100 characters.
pub(super) fn check_keywords(field: &str, keywords: &[String], wrong: &mut Vec<FieldError>) {
    if keywords.len() > MAX_KEYWORDS {
        let message = format!("has {} keywords, {MAX_KEYWORDS} are allowed", keywords.len());
        wrong.push(FieldError::new(field, message));
    }
    for (index, keyword) in keywords.iter().enumerate().take(MAX_KEYWORDS) {
        check_text(&|| format!("{field}[{index}]"), keyword, MAX_KEYWORD_CHARS, wrong);
    }
}

/// Checks that a sentiment is from -1 to 1.
pub(crate) fn check_sentiment(field: &str, sentiment: f64, wrong: &mut Vec<FieldError>) {
    if !(-1.0..=1.0).contains(&sentiment) {
        wrong.push(FieldError::new(field, format!("must be from -1 to 1, not {sentiment}")));
    }
}

/// Checks that a content has 1 to 4,000 characters.
pub(crate) fn check_content(field: &str, content: &str, wrong: &mut Vec<FieldError>) {
    check_text(&|| field.to_owned(), content, MAX_CONTENT_CHARS, wrong);
}

/// Checks that an id has 1 to 128 printable ASCII characters and none that is special in a URL
/// path.
pub(crate) fn check_id(field: &str, id: &str, wrong: &mut Vec<FieldError>) {
    if id.is_empty() {
        return wrong.push(FieldError::new(field, "must not be empty"));
    }
    if id.len() > MAX_ID_LENGTH {
        let message = format!("has {} characters, {MAX_ID_LENGTH} are allowed", id.chars().count());
        return wrong.push(FieldError::new(field, message));
    }
    // A fold without an early exit is vectorised; the invalid character is searched for only if
    // there is one.
    let is_id_byte = |byte: u8| byte.is_ascii_graphic() & !matches!(byte, b'/' | b'?' | b'#' | b'%' | b'\\');
    let plain = id.bytes().fold(true, |plain, byte| plain & is_id_byte(byte));
    if !plain && let Some(bad) = id.chars().find(|&c| !u8::try_from(c).is_ok_and(is_id_byte)) {
        let message = format!("must not have the character '{}'", bad.escape_default());
        return wrong.push(FieldError::new(field, message));
    }
    if matches!(id, "." | "..") {
        wrong.push(FieldError::new(field, "must not be dots only"));
    }
}

fn check_text(field: &dyn Fn() -> String, text: &str, longest: usize, wrong: &mut Vec<FieldError>) {
    // Fast path: nearly all texts are printable ASCII, and the fold is vectorised.
    let plain = text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    if plain && text.len() <= longest && !text.starts_with(' ') && !text.is_empty() {
        return;
    }
    if text.trim().is_empty() {
        return wrong.push(FieldError::new(field(), "must not be empty"));
    }
    // A text has at least as many bytes as characters, and the number of bytes is known.
    if text.len() > longest {
        let count = text.chars().count();
        if count > longest {
            return wrong.push(FieldError::new(field(), format!("has {count} characters, {longest} are allowed")));
        }
    }
    if let Some(control) = text.chars().find(|&c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
        let message = format!("must not have the control character U+{:04X}", control as u32);
        wrong.push(FieldError::new(field(), message));
    }
}

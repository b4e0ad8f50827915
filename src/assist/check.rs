//! Which prompts the API takes.

use super::prompt::{Context, Prompt, UiConfig};
use crate::remote::contract::FieldError;

/// The most characters of an id.
pub(super) const LONGEST_ID: usize = 128;
/// The most characters of a prompt's content.
pub(super) const LONGEST_CONTENT: usize = 4_000;
/// The most keywords.
pub(super) const MOST_KEYWORDS: usize = 50;
/// The most characters of a keyword.
pub(super) const LONGEST_KEYWORD: usize = 100;
/// The longest time that a prompt is shown, in ms: an hour.
pub(super) const LONGEST_TIMEOUT_MS: u64 = 3_600_000;

impl Prompt {
    /// Everything that is wrong with it, in the order of the fields; nothing for a prompt that the API takes.
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
    /// Everything that is wrong with it.
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

/// A prompt is shown for 1 ms to an hour.
pub(super) fn check_timeout(field: &str, ms: u64, wrong: &mut Vec<FieldError>) {
    if !(1..=LONGEST_TIMEOUT_MS).contains(&ms) {
        wrong.push(FieldError::new(field, format!("must be from 1 to {LONGEST_TIMEOUT_MS} ms, not {ms}")));
    }
}

/// There are at most 50 keywords of 1 to 100 characters.
pub(super) fn check_keywords(field: &str, keywords: &[String], wrong: &mut Vec<FieldError>) {
    if keywords.len() > MOST_KEYWORDS {
        let message = format!("has {} keywords, {MOST_KEYWORDS} are allowed", keywords.len());
        wrong.push(FieldError::new(field, message));
    }
    for (index, keyword) in keywords.iter().enumerate().take(MOST_KEYWORDS) {
        check_text(&|| format!("{field}[{index}]"), keyword, LONGEST_KEYWORD, wrong);
    }
}

/// A sentiment is a number from -1 to 1.
pub(crate) fn check_sentiment(field: &str, sentiment: f64, wrong: &mut Vec<FieldError>) {
    if !(-1.0..=1.0).contains(&sentiment) {
        wrong.push(FieldError::new(field, format!("must be from -1 to 1, not {sentiment}")));
    }
}

/// A content is a text of 1 to 4,000 characters.
pub(crate) fn check_content(field: &str, content: &str, wrong: &mut Vec<FieldError>) {
    check_text(&|| field.to_owned(), content, LONGEST_CONTENT, wrong);
}

/// An id has 1 to 128 printable ASCII characters, none of them a space, a slash, a question mark or a number sign: it goes into paths.
pub(crate) fn check_id(field: &str, id: &str, wrong: &mut Vec<FieldError>) {
    if id.is_empty() {
        return wrong.push(FieldError::new(field, "must not be empty"));
    }
    if id.len() > LONGEST_ID {
        let message = format!("has {} characters, {LONGEST_ID} are allowed", id.chars().count());
        return wrong.push(FieldError::new(field, message));
    }
    // The bytes first, without an early end: many of them at once. Only where one is bad it is looked for.
    let of_id = |byte: u8| byte.is_ascii_graphic() & !matches!(byte, b'/' | b'?' | b'#' | b'%' | b'\\');
    let plain = id.bytes().fold(true, |plain, byte| plain & of_id(byte));
    if !plain && let Some(bad) = id.chars().find(|&c| !u8::try_from(c).is_ok_and(of_id)) {
        let message = format!("must not have the character '{}'", bad.escape_default());
        return wrong.push(FieldError::new(field, message));
    }
    if matches!(id, "." | "..") {
        wrong.push(FieldError::new(field, "must not be dots only"));
    }
}

fn check_text(field: &dyn Fn() -> String, text: &str, longest: usize, wrong: &mut Vec<FieldError>) {
    // Printable ASCII that begins with a sign is what nearly all texts are; many bytes are looked at at once.
    let plain = text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    if plain && text.len() <= longest && !text.starts_with(' ') && !text.is_empty() {
        return;
    }
    if text.trim().is_empty() {
        return wrong.push(FieldError::new(field(), "must not be empty"));
    }
    // Bytes first: they are counted at no cost.
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

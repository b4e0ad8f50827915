//! Reads the items of `dtmf`, and detects telephone keys that YAML reads as something else.

use super::{interpolate, rules};
use crate::simulator::Input;
use crate::source::diagnostics::{Diagnostic, Span, closest, quoted};
use crate::source::yaml::{Entry, Node, Reader, comment_swallowed};

/// Whether a telephone has this key.
pub(super) fn is_key(c: char) -> bool {
    matches!(c, '0'..='9' | '*' | '#' | 'A'..='D')
}

/// Reads the items of an interpolated `dtmf` entry; none if a mistake was reported.
pub(super) fn items(entry: &Entry, most: usize, reader: &mut Reader<'_>) -> Option<Vec<Input>> {
    let node = &entry.value;
    if node.is_null() {
        if !hidden_key(node, reader) {
            let diagnostic = reader
                .error(rules::RULES.missing_key, entry.key.span, "the key 'dtmf' has no value")
                .help("write 'dtmf: []' for a caller who keys nothing at all, or remove it");
            reader.report(diagnostic);
        }
        return None;
    }
    let nodes = reader.one_or_many(node);
    if let Some(first) = nodes.get(most) {
        let message = format!("{} items of dtmf, more than the {most} allowed", nodes.len());
        let diagnostic = reader.error(rules::TOO_MANY, first.span, message).label("one too many");
        reader.report(diagnostic);
    }
    let items: Vec<Option<Input>> = nodes.iter().map(|node| item(node, reader)).collect();
    (nodes.len() <= most).then(|| items.into_iter().collect()).flatten()
}

/// Reports the `#` that made a comment out of a key; whether there was one.
pub(super) fn hidden_key(node: &Node, reader: &mut Reader<'_>) -> bool {
    let Some(span) = comment_swallowed(reader.source(), node.span) else { return false };
    let diagnostic = reader
        .error(rules::UNQUOTED_KEY, span, "an unquoted '#' begins a comment, so nothing is keyed here")
        .label("needs quotes")
        .help("write \"#\" in quotes to mean the hash key")
        .replacement("\"#\"");
    reader.report(diagnostic);
    true
}

fn item(node: &Node, reader: &mut Reader<'_>) -> Option<Input> {
    let Some(scalar) = node.as_scalar() else { return mapping(node, reader) };
    if scalar.is_null() {
        if !hidden_key(node, reader) {
            let diagnostic = reader
                .error(rules::INVALID_KEY, node.span, "an item of dtmf is empty")
                .help("write 'silence' for a caller who keys nothing");
            reader.report(diagnostic);
        }
        return None;
    }
    if scalar.plain && cut_off(node, reader) {
        return None;
    }
    match &*scalar.text {
        "silence" => Some(Input::Silence),
        "hangup" => Some(Input::HangUp { at_ms: None }),
        _ => Some(Input::Keys { keys: keys(node, true, reader)?, gap_ms: None, at_ms: None }),
    }
}

/// Reports `12 #`, where YAML reads the hash key as an empty comment.
fn cut_off(node: &Node, reader: &mut Reader<'_>) -> bool {
    let start = node.span.end as usize;
    let rest = reader.source().text().get(start..).unwrap_or_default();
    let rest = rest.lines().next().unwrap_or_default();
    let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    if gap == 0 || rest.trim() != "#" {
        return false;
    }
    let written = reader.source().slice(node.span).to_owned();
    let diagnostic = reader
        .error(
            rules::UNQUOTED_KEY,
            Span::new(start + gap, start + gap + 1),
            "an unquoted '#' after a space begins a comment",
        )
        .label("not keyed")
        .help(format!("write \"{written}#\" in quotes to mean the hash key"));
    reader.report(diagnostic);
    true
}

/// Keys as text, not empty, each one of a telephone's; `words` says whether `silence` and `hangup`
/// could have been meant.
fn keys(node: &Node, words: bool, reader: &mut Reader<'_>) -> Option<Box<str>> {
    let Some(scalar) = node.as_scalar().filter(|scalar| !scalar.is_null()) else {
        if !(node.is_null() && hidden_key(node, reader)) {
            let message = format!("expected keys, found {}", node.describe());
            let diagnostic = reader.error(rules::RULES.wrong_type, node.span, message).help("write them as \"12#\"");
            reader.report(diagnostic);
        }
        return None;
    };
    let text = &scalar.text;
    if text.is_empty() {
        let diagnostic = reader.error(rules::INVALID_KEY, node.span, "there are no keys in this text");
        let diagnostic =
            if words { diagnostic.help("write 'silence' for a caller who keys nothing") } else { diagnostic };
        reader.report(diagnostic);
        return None;
    }
    let Some((at, wrong)) = text.char_indices().find(|&(_, c)| !is_key(c)) else { return Some(text.clone()) };
    if words
        && text.chars().filter(|c| c.is_alphabetic()).count() > 2
        && let Some(word) = closest(text, ["silence", "hangup"])
    {
        let message = format!("{} is neither keys nor a word that is known here", quoted(text));
        let diagnostic = reader
            .error(rules::INVALID_KEY, node.span, message)
            .help(format!("did you mean '{word}'?"))
            .replacement(word);
        reader.report(diagnostic);
        return None;
    }
    let diagnostic = reader
        .error(
            rules::INVALID_KEY,
            key_span(reader, node.span, text, at),
            format!("{} is not a telephone key", quoted(&wrong.to_string())),
        )
        .label(if text.chars().count() > 1 { format!("in {}", quoted(text)) } else { String::new() });
    reader.report(match wrong {
        'a'..='d' => diagnostic
            .help(format!("the keys are 0-9, *, # and A-D; write '{}' in upper case", wrong.to_ascii_uppercase())),
        _ => diagnostic.help("the keys are 0-9, *, # and A-D"),
    });
    None
}

/// The place of the character at byte `at` of a scalar's text, where the scalar is written without
/// escapes.
fn key_span(reader: &Reader<'_>, span: Span, text: &str, at: usize) -> Span {
    let written = reader.source().slice(span);
    let before = if written == text {
        0
    } else if written.get(1..written.len().saturating_sub(1)) == Some(text) {
        1
    } else {
        return interpolate::part(reader, span, text);
    };
    let start = span.start as usize + before + at;
    Span::new(start, start + text[at..].chars().next().map_or(0, char::len_utf8))
}

/// The forms of an item that is a mapping, by the key that tells them apart.
const FORMS: [&str; 5] = ["keys", "ahead", "hangup", "say", "speak"];

fn mapping(node: &Node, reader: &mut Reader<'_>) -> Option<Input> {
    let mut fields = reader.mapping(node, "an item of dtmf")?;
    let given: Vec<&Entry> = FORMS.iter().filter_map(|form| fields.entry(form)).collect();
    let [entry] = given[..] else {
        let (span, message) = match given[..] {
            [] => (node.span, "an item of dtmf does nothing".to_owned()),
            [first, second, ..] => (
                second.key.span,
                format!("an item of dtmf has either {} or {}", quoted(&first.key), quoted(&second.key)),
            ),
            [_] => return None,
        };
        let diagnostic = Diagnostic::error(rules::RULES.wrong_type, reader.source(), span, message);
        reader.report(diagnostic.help("an item has one of 'keys', 'ahead', 'hangup', 'say' and 'speak'"));
        if given.is_empty() {
            fields.entry("gap");
            fields.entry("at");
            fields.finish(reader);
        }
        return None;
    };
    let value = &entry.value;
    let input = match &**entry.key {
        "keys" => {
            let gap = fields.take("gap").map(|node| reader.duration(node, "a duration between two keys"));
            let at = fields.take("at").map(|node| reader.duration(node, "a time after the prompt's start"));
            let keys = keys(value, false, reader);
            (|| Some(Input::Keys { keys: keys?, gap_ms: transpose(gap)?, at_ms: transpose(at)? }))()
        }
        "ahead" => keys(value, false, reader).map(Input::Ahead),
        "hangup" => {
            reader.duration(value, "a time after the prompt's start").map(|at_ms| Input::HangUp { at_ms: Some(at_ms) })
        }
        "say" => reader.text(value, "what the caller says").map(|text| Input::Say(text.value.into())),
        _ => reader.duration(value, "a duration").map(Input::Speak),
    };
    fields.finish(reader);
    input
}

/// Absent, present and valid, or present and invalid (none).
pub(super) fn transpose<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(Some(value)) => Some(Some(value)),
        Some(None) => None,
    }
}

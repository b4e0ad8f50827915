//! Sanitises untrusted text for display.

use std::borrow::Cow;

/// Maximum number of characters of a name in a message; an ellipsis replaces the rest.
const MAX_QUOTED_CHARS: usize = 60;

/// Replaces every control character except line breaks and tabs with its Unicode control picture,
/// so that no name or value can control the reader's terminal. C1 controls and bidirectional
/// controls have no picture and become U+FFFD. A carriage return before a line feed belongs to the
/// line break and is dropped.
pub(crate) fn safe_text(text: &str) -> Cow<'_, str> {
    // Nearly every text is safe. Testing all bytes without an early exit lets the compiler
    // vectorise the loop.
    if text.bytes().fold(true, |plain, byte| plain & (b' '..=b'~').contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::new();
    let mut copied = 0;
    for (index, c) in text.char_indices() {
        let shown = match c {
            '\r' if text[index + 1..].starts_with('\n') => continue,
            c if is_unsafe(c) => picture(c),
            _ => continue,
        };
        safe.push_str(&text[copied..index]);
        safe.push(shown);
        copied = index + c.len_utf8();
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    safe.push_str(&text[copied..]);
    Cow::Owned(safe)
}

/// Quotes a user's text for a message: in single quotes, sanitised, on one line, cut after 60
/// characters.
pub(crate) fn quoted(text: &str) -> String {
    // The fast path for nearly all names.
    if text.len() <= MAX_QUOTED_CHARS && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return format!("'{text}'");
    }
    let mut shown: String = text
        .chars()
        .take(MAX_QUOTED_CHARS)
        .map(|c| match c {
            '\n' | '\t' => picture(c),
            c => safe_char(c),
        })
        .collect();
    if text.chars().nth(MAX_QUOTED_CHARS).is_some() {
        shown.push('\u{2026}');
    }
    format!("'{shown}'")
}

/// A character that is safe to display.
pub(super) fn safe_char(c: char) -> char {
    if is_unsafe(c) { picture(c) } else { c }
}

/// Whether a character must not reach a terminal as it is.
fn is_unsafe(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}')
}

/// The character displayed in place of an unsafe one.
fn picture(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        _ => '\u{fffd}',
    }
}

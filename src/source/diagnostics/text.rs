//! Texts of others made safe to show.

use std::borrow::Cow;

/// Characters of a name that a message shows; the rest gives way to an ellipsis.
const SHOWN: usize = 60;

/// The same text with every control character (other than a line break or a tab) shown as its Unicode control picture,
/// so that no name or value can steer the reader's terminal. C1 controls and those that turn the direction of writing
/// have no picture and become U+FFFD. A carriage return before a line feed belongs to the line break.
pub(crate) fn safe_text(text: &str) -> Cow<'_, str> {
    // Nearly every text is; all its bytes are looked at, because that can be done for many of them at once.
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

/// A name of the user's for use in a message: in single quotes, safe, on one line, cut after 60 characters.
pub(crate) fn quoted(text: &str) -> String {
    // What nearly all names are.
    if text.len() <= SHOWN && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return format!("'{text}'");
    }
    let mut shown: String = text
        .chars()
        .take(SHOWN)
        .map(|c| match c {
            '\n' | '\t' => picture(c),
            c => safe_char(c),
        })
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('\u{2026}');
    }
    format!("'{shown}'")
}

/// A character as it may be shown.
pub(super) fn safe_char(c: char) -> char {
    if is_unsafe(c) { picture(c) } else { c }
}

/// Whether a character must not reach a terminal as it is.
fn is_unsafe(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}')
}

/// What is shown in place of an unsafe character.
fn picture(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        _ => '\u{fffd}',
    }
}

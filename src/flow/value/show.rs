//! Formats values as text: for prompts, and as literals for messages.

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::Value;

/// The form spoken in prompts: a text without quotes, numbers in their shortest form (`2.0` is
/// `2`), a list as `a, b, c`, a record as `name: value, name: value`, null as `null`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Decimal(value) => write!(f, "{value}"),
            Self::Text(text) => f.write_str(text),
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", separator(index))?;
                }
                Ok(())
            }
            Self::Record(members) => {
                for (index, (name, value)) in members.iter().enumerate() {
                    write!(f, "{}{name}: {value}", separator(index))?;
                }
                Ok(())
            }
        }
    }
}

impl Value {
    /// The value as an expression literal, for messages: `'text'`, `12`, `2.0`, `null`, `[1, 'a']`;
    /// a record, which has no literal, as `{name: 'value'}`. Control characters are escaped.
    pub fn literal(&self) -> String {
        let mut text = String::new();
        self.write_literal(&mut text);
        text
    }

    fn write_literal(&self, out: &mut String) {
        match self {
            Self::Null | Self::Boolean(_) | Self::Integer(_) => out.push_str(&self.to_string()),
            Self::Decimal(number) => {
                let digits = number.to_string();
                out.push_str(&digits);
                if !digits.contains('.') {
                    out.push_str(".0");
                }
            }
            Self::Text(text) => out.push_str(&quoted(text)),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(separator(index));
                    item.write_literal(out);
                }
                out.push(']');
            }
            Self::Record(members) => {
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    out.push_str(separator(index));
                    out.push_str(&visible(name));
                    out.push_str(": ");
                    value.write_literal(out);
                }
                out.push('}');
            }
        }
    }
}

const fn separator(index: usize) -> &'static str {
    if index == 0 { "" } else { ", " }
}

/// Quotes a text, with quotes, backslashes and control characters escaped.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            _ => push_visible(&mut out, character),
        }
    }
    out.push('\'');
    out
}

/// Escapes control characters and those that reorder or hide text on a terminal.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    text.chars().for_each(|character| push_visible(&mut out, character));
    Cow::Owned(out)
}

fn push_visible(out: &mut String, character: char) {
    match character {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        // Writing to a String cannot fail.
        hidden if is_hidden(hidden) => drop(write!(out, "\\u{{{:x}}}", u32::from(hidden))),
        other => out.push(other),
    }
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

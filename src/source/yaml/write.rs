//! Writes YAML in block style. Texts are quoted wherever a YAML 1.1 or 1.2 reader could read them
//! as another type.

use serde_json::Number;

use super::{Data, Node};

/// Spaces by which a nested value is indented.
const INDENT: usize = 2;

/// Maximum length of an implicit key in bytes; longer ones take the explicit form `? key`. YAML
/// allows 1,024 characters.
const MAX_IMPLICIT_KEY_BYTES: usize = 120;

/// A value to write.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A finite number.
    Number(Number),
    /// A text, even if it looks like another type.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A mapping with unique keys.
    Mapping(Vec<(String, Value)>),
}

impl Value {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(text.into())
    }

    /// Whether a parsed node has the same value.
    pub fn matches(&self, node: &Node) -> bool {
        match (self, &node.data) {
            (Value::List(values), Data::Sequence(items)) => {
                values.len() == items.len() && values.iter().zip(items).all(|(value, item)| value.matches(item))
            }
            (Value::Mapping(values), Data::Mapping(entries)) => {
                values.len() == entries.len()
                    && values
                        .iter()
                        .zip(entries)
                        .all(|((key, value), entry)| *key == **entry.key && value.matches(&entry.value))
            }
            (Value::Null, Data::Scalar(_)) => node.is_null(),
            (Value::Text(text), Data::Scalar(scalar)) => {
                *text == *scalar.text && (!scalar.plain || is_plain_text(&scalar.text))
            }
            (Value::Bool(_) | Value::Number(_), Data::Scalar(scalar)) => scalar.plain && *self.inline() == *scalar.text,
            _ => false,
        }
    }

    /// The value in one line, in flow style.
    pub(super) fn inline(&self) -> String {
        match self {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => written_number(number),
            Value::Text(text) => written_text(text),
            Value::List(values) => {
                format!("[{}]", values.iter().map(Value::inline).collect::<Vec<_>>().join(", "))
            }
            Value::Mapping(values) if values.is_empty() => "{}".to_owned(),
            Value::Mapping(values) => {
                let entries: Vec<String> = values.iter().map(|(key, value)| inline_entry(key, value)).collect();
                format!("{{ {} }}", entries.join(", "))
            }
        }
    }

    fn is_block(&self) -> bool {
        match self {
            Value::List(values) => !values.is_empty(),
            Value::Mapping(values) => !values.is_empty(),
            _ => false,
        }
    }
}

/// Writes a document that holds one value.
pub fn write(value: &Value) -> String {
    let mut out = String::new();
    write_block(&mut out, value, 0);
    out.push('\n');
    out
}

/// Appends a value whose first line continues the last line of `out`, at column `indent`. Ends
/// without a line break.
pub(super) fn write_block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::List(values) if !values.is_empty() => {
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    begin_line(out, indent);
                }
                out.push_str("- ");
                write_block(out, value, indent + INDENT);
            }
        }
        Value::Mapping(values) if !values.is_empty() => {
            for (index, (key, value)) in values.iter().enumerate() {
                if index > 0 {
                    begin_line(out, indent);
                }
                write_entry(out, key, value, indent);
            }
        }
        value => out.push_str(&value.inline()),
    }
}

/// Appends an entry of a mapping at column `indent`.
pub(super) fn write_entry(out: &mut String, key: &str, value: &Value, indent: usize) {
    let key = written_text(key);
    if key.len() > MAX_IMPLICIT_KEY_BYTES {
        out.push_str("? ");
        out.push_str(&key);
        begin_line(out, indent);
    } else {
        out.push_str(&key);
    }
    out.push(':');
    if value.is_block() {
        begin_line(out, indent + INDENT);
    } else {
        out.push(' ');
    }
    write_block(out, value, indent + INDENT);
}

/// An entry in flow style.
pub(super) fn inline_entry(key: &str, value: &Value) -> String {
    let key = written_text(key);
    let explicit = if key.len() > MAX_IMPLICIT_KEY_BYTES { "? " } else { "" };
    format!("{explicit}{key}: {}", value.inline())
}

fn begin_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

/// Adds a point before an exponent, because YAML 1.1 reads `1e300` as a text.
fn written_number(number: &Number) -> String {
    let text = number.to_string();
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let point = if mantissa.contains('.') { "" } else { ".0" };
            let sign = if exponent.starts_with(['-', '+']) { "" } else { "+" };
            format!("{mantissa}{point}e{sign}{exponent}")
        }
        None => text,
    }
}

fn written_text(text: &str) -> String {
    if is_plain_text(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            // Characters that YAML forbids, reads as line breaks or marks, or that editors hide.
            c if c.is_control() || !is_printable(c) => quoted.push_str(&escape(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn is_printable(c: char) -> bool {
    !matches!(c, '\u{85}' | '\u{a0}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..)
}

fn escape(c: char) -> String {
    match u32::from(c) {
        code @ 0..=0xff => format!("\\x{code:02x}"),
        code @ 0x100..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

/// Whether every reader reads the unquoted text as a text, in flow style too: words that begin with
/// a letter and consist of letters, digits and a few harmless signs, and durations (`800ms`).
fn is_plain_text(text: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if unit.len() < text.len() {
        return matches!(unit, "ms" | "s" | "m" | "h") && text.len() - unit.len() < 10;
    }
    let harmless = |c: char| c.is_alphanumeric() || " _-./+()$@".contains(c);
    text.starts_with(char::is_alphabetic) && text.chars().all(harmless) && !text.ends_with(' ') && !is_word(text)
}

/// Whether YAML 1.1 or 1.2 gives the word a meaning, including special numbers.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 12] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::diagnostics::{Diagnostics, Source};
    use crate::source::yaml::{Limits, parse};

    pub(in crate::source::yaml) fn text() -> impl Strategy<Value = String> {
        const LOOK_ALIKES: &[&str] = &[
            "",
            " ",
            "no",
            "Yes",
            "null",
            "~",
            "0123",
            "1e3",
            "0x1f",
            "12:30:00",
            "2026-03-02",
            "#",
            "*",
            "a # b",
            "a: b",
            "- a",
            "a:",
            "...",
            "---",
            "<<",
            "=",
            ".inf",
            "%a",
            "@a",
            "`a",
            "!a",
            "&a",
            "|",
            ">",
            "'",
            "\"",
            "\\",
            "a\nb\n",
            "\ta",
            "\u{feff}",
            "[",
            "1_000",
            "3s",
            "?",
            "? a",
            "{a}",
            "a, b",
        ];
        prop_oneof![
            prop::sample::select(LOOK_ALIKES).prop_map(str::to_owned),
            "[a-z_ -]{0,12}",
            "\\PC{0,8}",
            any::<String>(),
            "[a-z \"]{100,160}",
        ]
    }

    pub(in crate::source::yaml) fn value() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(|number| Value::Number(number.into())),
            any::<f64>().prop_filter_map("finite", |number| Number::from_f64(number).map(Value::Number)),
            text().prop_map(Value::Text),
        ];
        scalar.prop_recursive(5, 40, 5, |inner| {
            let entries = prop::collection::vec((text(), inner.clone()), 0..5);
            prop_oneof![
                prop::collection::vec(inner, 0..5).prop_map(Value::List),
                entries.prop_map(|entries| {
                    let mut keys = std::collections::HashSet::new();
                    Value::Mapping(entries.into_iter().filter(|(key, _)| keys.insert(key.clone())).collect())
                }),
            ]
        })
    }

    pub(in crate::source::yaml) fn read(text: &str) -> Result<Node, String> {
        let source = Source::new("written.yaml", text);
        let mut diagnostics = Diagnostics::new();
        let node = parse(&source, &Limits::default(), &mut diagnostics);
        match node {
            Some(node) if diagnostics.is_empty() => Ok(node),
            _ => Err(format!("{:?} of:\n{text}", diagnostics.iter().map(|found| &found.message).collect::<Vec<_>>())),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn what_is_written_is_read_again(value in value()) {
            for text in [write(&value), format!("{}\n", value.inline())] {
                let node = read(&text).map_err(TestCaseError::fail)?;
                prop_assert!(value.matches(&node), "{value:?} became\n{text}{node:?}");
            }
        }
    }

    #[test]
    fn what_readers_could_misread_is_quoted() {
        let texts = [
            "no",
            "0123",
            "#",
            "*",
            "12:30",
            "2026-03-02",
            "",
            "NULL",
            "1e3",
            "a: b",
            " a",
            "hangup",
            "main_menu",
            "800ms",
        ];
        let list = Value::List(texts.map(Value::text).to_vec());
        assert_eq!(
            list.inline(),
            r##"["no", "0123", "#", "*", "12:30", "2026-03-02", "", "NULL", "1e3", "a: b", " a", hangup, main_menu, 800ms]"##
        );
    }

    #[test]
    fn block_style() {
        let mapping = |entries: &[(&str, Value)]| {
            Value::Mapping(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
        };
        let value = mapping(&[
            ("a", Value::List(vec![mapping(&[("b", Value::Null), ("1", Value::Bool(true))]), Value::List(vec![])])),
            ("c", mapping(&[("d", Value::text("e\nf"))])),
        ]);
        assert_eq!(write(&value), "a:\n  - b: null\n    \"1\": true\n  - []\nc:\n  d: \"e\\nf\"\n");
    }
}

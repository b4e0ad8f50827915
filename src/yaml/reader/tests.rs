use super::*;
use crate::diagnose::{Style, render_all};
use crate::yaml::{Limits, parse};

const RULES: Rules =
    Rules { unknown_key: "test/unknown-key", missing_key: "test/missing-key", wrong_type: "test/wrong-type" };

/// What is said about a text when it is read like this.
fn said(text: &str, read: impl FnOnce(&mut Reader<'_>, &Node)) -> String {
    let source = Source::new("a.yaml", text);
    let mut diagnostics = Diagnostics::new();
    let node = parse(&source, &Limits::default(), &mut diagnostics).unwrap();
    read(&mut Reader::new(&source, &RULES, &mut diagnostics), &node);
    render_all(&diagnostics, Style::default())
}

/// The value of every item of a list, and what is said about the others.
fn values<T: std::fmt::Debug>(text: &str, mut read: impl FnMut(&mut Reader<'_>, &Node) -> Option<T>) -> String {
    let source = Source::new("a.yaml", text);
    let mut diagnostics = Diagnostics::new();
    let node = parse(&source, &Limits::default(), &mut diagnostics).unwrap();
    let mut reader = Reader::new(&source, &RULES, &mut diagnostics);
    let values: Vec<String> = reader
        .sequence(&node, "a list")
        .unwrap()
        .iter()
        .map(|item| {
            let written = source.slice(item.span);
            let value = read(&mut reader, item);
            let last = reader.diagnostics.iter().last();
            match (value, last) {
                (Some(value), _) => format!("{written} -> {value:?}"),
                (None, Some(last)) => format!(
                    "{written} -> {}{}{}",
                    last.message,
                    last.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default(),
                    last.replacement.as_ref().map(|text| format!(" [{text}]")).unwrap_or_default(),
                ),
                (None, None) => format!("{written} -> nothing and not a word"),
            }
        })
        .collect();
    values.join("\n")
}

#[test]
fn a_misspelt_key_is_corrected() {
    let text = "name: x\ndtfm: 1\ncolour: red\n";
    let said = said(text, |reader, node| {
        let mut fields = reader.mapping(node, "a scenario").unwrap();
        assert!(fields.take("name").is_some());
        assert!(fields.take("dtmf").is_none());
        fields.take("say");
        fields.finish(reader);
    });
    insta::assert_snapshot!(said, @"");
}

#[test]
fn a_missing_key_and_an_empty_one_are_reported() {
    let said = said("name:\nsay: hello\n", |reader, node| {
        let mut fields = reader.mapping(node, "a scenario").unwrap();
        assert!(fields.required(reader, "name").is_none());
        assert!(fields.required(reader, "steps").is_none());
        assert!(fields.required(reader, "say").is_some());
        assert!(fields.entry("name").is_some());
        fields.finish(reader);
    });
    insta::assert_snapshot!(said, @"");
}

#[test]
fn another_shape_is_reported() {
    let said = said("a: hello\nb: [1]\nc:\n  d: 1\n", |reader, node| {
        let mut fields = reader.mapping(node, "a suite").unwrap();
        let (a, b, c) = (fields.take("a").unwrap(), fields.take("b").unwrap(), fields.take("c").unwrap());
        assert!(reader.sequence(a, "a list of scenarios").is_none());
        assert!(reader.mapping(b, "a scenario").is_none());
        assert!(reader.text(c, "a name").is_none());
        assert_eq!(reader.one_or_many(a).len(), 1);
        assert_eq!(reader.one_or_many(b).len(), 1);
        fields.finish(reader);
    });
    insta::assert_snapshot!(said, @"");
}

#[test]
fn texts_keep_their_spelling() {
    let text = "- 0123\n- 1e3\n- no\n- '~'\n- !!str ~\n- ~\n-\n- \"a\\u001bb\"\n- |\n  two\n  lines\n- [a]\n- \"\"";
    insta::assert_snapshot!(values(text, |reader, node| reader.text(node, "a name").map(|text| text.value)), @"");
}

#[test]
fn booleans_are_true_and_false_only() {
    let text = "[true, false, yes, Off, 'true', 1, ~]";
    insta::assert_snapshot!(values(text, |reader, node| reader.boolean(node, "true or false")), @"");
}

#[test]
fn whole_numbers_are_canonical_and_in_range() {
    let text = "[0, 7, 8, -1, -0, 0123, 1e3, 0x12, +5, 1_000, 1.0, '5', 'x', x, 99999999999999999999, ~, [1]]";
    insta::assert_snapshot!(values(text, |reader, node| reader.integer(node, "a number of retries", 0, 7)), @"");
    let text = "[-9223372036854775808, 9223372036854775807, 9223372036854775808]";
    insta::assert_snapshot!(values(text, |reader, node| reader.integer(node, "a number", i64::MIN, i64::MAX)), @"");
}

#[test]
fn decimals_are_finite() {
    let text = "[0, 0.5, -2.5e-3, 1e400, .inf, nan, .5, 5., 01, '0.5', true]";
    insta::assert_snapshot!(values(text, |reader, node| reader.decimal(node, "a rate")), @"");
}

#[test]
fn lengths_of_time_have_a_unit() {
    let text = "[250ms, 1m 30s, PT5S, '4s', 4, 4000, 0.5, 1d, 800h, soon, ~]";
    insta::assert_snapshot!(values(text, |reader, node| reader.duration(node, "a time limit")), @"");
}

#[test]
fn words_are_of_a_closed_set() {
    let text = "[voice, chat, voise, telegraph, ~]";
    insta::assert_snapshot!(values(text, |reader, node| reader.word(node, "a channel", &["voice", "chat", "sms"])), @"");
}

#[test]
fn a_thousand_unknown_keys_are_not_a_thousand_messages() {
    let text: String = (0..1000).map(|index| format!("k{index}: 1\n")).collect();
    let source = Source::new("a.yaml", text);
    let mut diagnostics = Diagnostics::new();
    let node = parse(&source, &Limits::default(), &mut diagnostics).unwrap();
    let mut reader = Reader::new(&source, &RULES, &mut diagnostics);
    reader.mapping(&node, "a scenario").unwrap().finish(&mut reader);
    assert_eq!(diagnostics.len(), UNKNOWN);
    assert_eq!(diagnostics.iter().last().unwrap().message, "unknown key 'k19' in a scenario and 980 more");
}

#[test]
fn names_cannot_steer_the_terminal() {
    let said =
        said("\"na\\u001b[31m\\0me\": 1\n", |reader, node| reader.mapping(node, "a scenario").unwrap().finish(reader));
    insta::assert_snapshot!(said, @"");
}

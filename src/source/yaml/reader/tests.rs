use super::*;
use crate::source::diagnostics::{Style, render_all};
use crate::source::yaml::{Limits, parse};

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
    insta::assert_snapshot!(said, @r"
    error[test/unknown-key]: unknown key 'dtfm' in a scenario
     --> a.yaml:2:1
      |
    2 | dtfm: 1
      | ^^^^
      |
    help: did you mean 'dtmf'?
      |
    2 - dtfm: 1
    2 + dtmf: 1
      |

    error[test/unknown-key]: unknown key 'colour' in a scenario
     --> a.yaml:3:1
      |
    3 | colour: red
      | ^^^^^^
      |
      = help: known keys are 'name', 'dtmf' and 'say'
    ");
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
    insta::assert_snapshot!(said, @r"
    error[test/missing-key]: the key 'name' in a scenario has no value
     --> a.yaml:1:1
      |
    1 | name:
      | ^^^^ nothing follows

    error[test/missing-key]: missing key 'steps' in a scenario
     --> a.yaml:1:1
      |
    1 | name:
      | ^^^^^
      |
      = help: add 'steps: ...'
    ");
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
    insta::assert_snapshot!(said, @r"
    error[test/wrong-type]: expected a list of scenarios, found a text
     --> a.yaml:1:4
      |
    1 | a: hello
      |    ^^^^^ a text
      |
      = help: write it as lines that begin with '- ', or as [one, another]

    error[test/wrong-type]: expected a scenario, found a list
     --> a.yaml:2:4
      |
    2 | b: [1]
      |    ^^^ a list
      |
      = help: write it as lines of 'key: value', indented by two spaces

    error[test/wrong-type]: expected a name, found a mapping
     --> a.yaml:4:3
      |
    4 |   d: 1
      |   ^^^^ a mapping
    ");
}

#[test]
fn texts_keep_their_spelling() {
    let text = "- 0123\n- 1e3\n- no\n- '~'\n- !!str ~\n- ~\n-\n- \"a\\u001bb\"\n- |\n  two\n  lines\n- [a]\n- \"\"";
    insta::assert_snapshot!(values(text, |reader, node| reader.text(node, "a name").map(|text| text.value)), @r#"
    0123 -> "0123"
    1e3 -> "1e3"
    no -> "no"
    '~' -> "~"
    ~ -> "~"
    ~ -> expected a name, found nothing
     -> expected a name, found nothing
    "a\u001bb" -> a name must not contain the control character U+001B
    two
      lines -> "two\nlines\n"
    [a] -> expected a name, found a list
    "" -> ""
    "#);
}

#[test]
fn booleans_are_true_and_false_only() {
    let text = "[true, false, yes, Off, 'true', 1, ~]";
    insta::assert_snapshot!(values(text, |reader, node| reader.boolean(node, "true or false")), @r"
    true -> true
    false -> false
    yes -> expected true or false, found a text; write true or false, without quotes [true]
    Off -> expected true or false, found a text; write true or false, without quotes [false]
    'true' -> expected true or false, found a text; write true or false, without quotes [true]
    1 -> expected true or false, found a number; write true or false, without quotes
    ~ -> expected true or false, found nothing
    ");
}

#[test]
fn whole_numbers_are_canonical_and_in_range() {
    let text = "[0, 7, 8, -1, -0, 0123, 1e3, 0x12, +5, 1_000, 1.0, '5', 'x', x, 99999999999999999999, ~, [1]]";
    insta::assert_snapshot!(values(text, |reader, node| reader.integer(node, "a number of retries", 0, 7)), @r"
    0 -> 0
    7 -> 7
    8 -> expected a number of retries between 0 and 7, found 8
    -1 -> expected a number of retries between 0 and 7, found -1
    -0 -> expected a number of retries, found '-0'; write a whole number in plain digits, such as 42
    0123 -> expected a number of retries, found '0123'; write a whole number in plain digits, such as 42
    1e3 -> expected a number of retries, found '1e3'; write a whole number in plain digits, such as 42
    0x12 -> expected a number of retries, found '0x12'; write a whole number in plain digits, such as 42
    +5 -> expected a number of retries, found '+5'; write a whole number in plain digits, such as 42
    1_000 -> expected a number of retries, found '1_000'; write a whole number in plain digits, such as 42
    1.0 -> expected a number of retries, found '1.0'; write a whole number in plain digits, such as 42
    '5' -> expected a number of retries, found a text; remove the quotes [5]
    'x' -> expected a number of retries, found a text
    x -> expected a number of retries, found 'x'; write a whole number in plain digits, such as 42
    99999999999999999999 -> expected a number of retries between 0 and 7, found 99999999999999999999
    ~ -> expected a number of retries, found nothing
    [1] -> expected a number of retries, found a list
    ");
    let text = "[-9223372036854775808, 9223372036854775807, 9223372036854775808]";
    insta::assert_snapshot!(values(text, |reader, node| reader.integer(node, "a number", i64::MIN, i64::MAX)), @r"
    -9223372036854775808 -> -9223372036854775808
    9223372036854775807 -> 9223372036854775807
    9223372036854775808 -> expected a number of at most 64 bits, found 9223372036854775808
    ");
}

#[test]
fn decimals_are_finite() {
    let text = "[0, 0.5, -2.5e-3, 1e400, .inf, nan, .5, 5., 01, '0.5', true]";
    insta::assert_snapshot!(values(text, |reader, node| reader.decimal(node, "a rate")), @r"
    0 -> 0.0
    0.5 -> 0.5
    -2.5e-3 -> -0.0025
    1e400 -> expected a rate, found '1e400'; write a number such as 0.5 or 20
    .inf -> expected a rate, found '.inf'; write a number such as 0.5 or 20
    nan -> expected a rate, found 'nan'; write a number such as 0.5 or 20
    .5 -> expected a rate, found '.5'; write a number such as 0.5 or 20
    5. -> expected a rate, found '5.'; write a number such as 0.5 or 20
    01 -> expected a rate, found '01'; write a number such as 0.5 or 20
    '0.5' -> expected a rate, found a text; remove the quotes [0.5]
    true -> expected a rate, found 'true'; write a number such as 0.5 or 20
    ");
}

#[test]
fn lengths_of_time_have_a_unit() {
    let text = "[250ms, 1m 30s, PT5S, '4s', 4, 4000, 0.5, 1d, 800h, soon, ~]";
    insta::assert_snapshot!(values(text, |reader, node| reader.duration(node, "a time limit")), @r"
    250ms -> 250
    1m 30s -> 90000
    PT5S -> 5000
    '4s' -> 4000
    4 -> expected a time limit: '4' has no unit; write '4s' or '4000ms'
    4000 -> expected a time limit: '4000' has no unit; write '4000ms' or '4s'
    0.5 -> expected a time limit: '0.5' has no unit; write '0.5s'
    1d -> expected a time limit: '1d' counts days or longer; the longest unit is the hour; write a duration such as 250ms, 4s or 1m 30s
    800h -> expected a time limit of at most 30 days, found '800h'
    soon -> expected a time limit: 'soon' is not a duration; write a duration such as 250ms, 4s or 1m 30s
    ~ -> expected a time limit, found nothing
    ");
}

#[test]
fn words_are_of_a_closed_set() {
    let text = "[voice, chat, voise, telegraph, ~]";
    insta::assert_snapshot!(values(text, |reader, node| reader.word(node, "a channel", &["voice", "chat", "sms"])), @r"
    voice -> 0
    chat -> 1
    voise -> expected a channel, found 'voise'; did you mean 'voice'? [voice]
    telegraph -> expected a channel, found 'telegraph'; write 'voice', 'chat' or 'sms'
    ~ -> expected a channel, found nothing
    ");
}

#[test]
fn a_thousand_unknown_keys_are_not_a_thousand_messages() {
    let text: String = (0..1000).map(|index| format!("k{index}: 1\n")).collect();
    let source = Source::new("a.yaml", text);
    let mut diagnostics = Diagnostics::new();
    let node = parse(&source, &Limits::default(), &mut diagnostics).unwrap();
    let mut reader = Reader::new(&source, &RULES, &mut diagnostics);
    reader.mapping(&node, "a scenario").unwrap().finish(&mut reader);
    assert_eq!(diagnostics.len(), MAX_UNKNOWN_KEYS);
    assert_eq!(diagnostics.iter().last().unwrap().message, "unknown key 'k19' in a scenario and 980 more");
}

#[test]
fn names_cannot_steer_the_terminal() {
    let said =
        said("\"na\\u001b[31m\\0me\": 1\n", |reader, node| reader.mapping(node, "a scenario").unwrap().finish(reader));
    insta::assert_snapshot!(said, @r#"
    error[test/unknown-key]: unknown key 'na␛[31m␀me' in a scenario
     --> a.yaml:1:1
      |
    1 | "na\u001b[31m\0me": 1
      | ^^^^^^^^^^^^^^^^^^
    "#);
}

use proptest::prelude::*;

use super::*;
use crate::diagnose::{Diagnostics, Source};
use crate::yaml::parse::full;

/// What the full parser makes of a text; none where it has anything to say about it.
fn expected(text: &str, limits: &Limits) -> Option<Node> {
    let mut diagnostics = Diagnostics::new();
    full(&Source::new("a.yaml", text), limits, &mut diagnostics).filter(|_| diagnostics.is_empty())
}

/// Whether a text is simple; it must be read as the full parser reads it, with the same places.
fn is_simple(text: &str, limits: &Limits) -> Result<bool, TestCaseError> {
    let Some(root) = simple(text, limits) else { return Ok(false) };
    let found = format!("{:?}", Some(root));
    prop_assert_eq!(found, format!("{:?}", expected(text, limits)), "{:?}", text);
    Ok(true)
}

fn check(text: &str) -> bool {
    is_simple(text, &Limits::default()).unwrap()
}

#[test]
fn what_suites_are_written_in_is_simple() {
    for text in [
        "---\n# a comment\na: 1 # one\n\nb:\n  c: [x, 'y''s', \"z \\\"q\\\"\", ..., -1, a:b, http://x/y#z]\n  d: {e: {f: []}, \"g\": 2}\n",
        "a: \u{e4} \u{f6}\r\nb:\r\n- c: d e  \r\n  f: g\r\n-   h:\r\n      i\r\n-\r\n  - - j\r\n    - k: l\r\n",
        "- [a,\n  b, # and\n  c,\n ]\n- {a: b,\n   c: d}",
        "{\n  \"a\": [1, {\"b\":\"c\"}],\n  \"d\": true\n}\n",
        "a:\n  'b c': ~\n  null-ish: null\nd: - not a list\n".replace("- not", "-not").as_str(),
        "  a: b\n  c: d\n",
    ] {
        assert!(check(text), "{text}");
    }
}

#[test]
fn the_example_suites_are_simple() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/suites");
    let files = walkdir::WalkDir::new(root).into_iter().map(Result::unwrap);
    let texts: Vec<String> = files
        .filter(|file| file.path().extension().is_some_and(|extension| extension == "yaml"))
        .map(|file| std::fs::read_to_string(file.path()).unwrap())
        .collect();
    let simple = texts.iter().filter(|text| check(text)).count();
    assert!(texts.len() > 10 && simple * 10 > texts.len() * 8, "{simple} of {}", texts.len());
}

#[test]
fn the_rest_is_left_to_the_full_parser() {
    for text in [
        "",
        " \n# x\n",
        "a",
        "a:\n",
        "a: b\n  c\n",
        "a: b: c\n",
        "a: &x 1\n",
        "a: *x\n",
        "a: !!str 1\n",
        "a: |\n  x\n",
        "a: >\n  x\n",
        "a: 'x\n  y'\n",
        "a: \"x\\u00e9\"\n",
        "a: 1\na: 2\n",
        "<<: {a: 1}\n",
        "? a\n: b\n",
        "a:\tb\n",
        "a: [b\n  c]\n",
        "a: [b: c]\n",
        "a: {b}\n",
        "a: {b: }\n",
        "a: [x]#y\n",
        "a: 'x'#y\n",
        "a: [,]\n",
        "a: ]\n",
        "~: 1\n",
        "a: b\n---\nc: d\n",
        "a: b\n...\n",
        "%YAML 1.2\n---\na: b\n",
        "- a\nb: c\n",
        "a: b\n- c\n",
        "a: - b\n",
        "- \n- a\n",
        "a: @b\n",
        "a: `b`\n",
        "a: x\u{7f}\n",
        "a: b\rc: d\n",
        "\u{feff}a: b\n",
        "[a]: b\n",
        "a: 'b' c\n",
        "a: b\n c: d\n",
        "  a: b\n c: d\n",
        "a:\n    b: c\n  d: e\n",
        "a: [b\n--- c]\n",
        "a:\n-\n  b\n",
    ] {
        assert!(!check(text), "{text:?}");
    }
    assert!(!check(&format!("{}: b\n", "a".repeat(1_025))));
}

#[test]
fn limits_are_left_to_the_full_parser() {
    let text = "a: [1, {b: 2}]\n";
    for (nodes, depth, simple) in [(7, 3, true), (6, 3, false), (7, 2, false)] {
        let limits = Limits { nodes, depth, ..Limits::default() };
        assert_eq!(is_simple(text, &limits).unwrap(), simple, "{nodes} {depth}");
        assert_eq!(expected(text, &limits).is_some(), simple, "{nodes} {depth}");
    }
}

/// Of some texts, all of them simple, one that is written out over several lines.
fn document() -> impl Strategy<Value = String> {
    let scalar = prop::sample::select(vec![
        "a",
        "b c",
        "-1",
        "x:y",
        "'q, r'",
        "\"s: t\"",
        "\"\\\\\"",
        "...",
        "1.5",
        "~",
        "\u{fc}\u{1f600}",
        "a#b",
        "''",
    ]);
    let leaf = scalar.prop_map(|text| (text.to_owned(), true));
    let value = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| {
                let flow = items.is_empty() || items.iter().all(|(text, flow)| *flow && text.len() < 20);
                let lines = items.iter().map(|(text, flow)| match flow {
                    true => format!("- {text}\n"),
                    false => format!("-\n{}", indented(text)),
                });
                match flow {
                    true => {
                        (format!("[{}]", items.iter().map(|(text, _)| &**text).collect::<Vec<_>>().join(", ")), true)
                    }
                    false => (lines.collect(), false),
                }
            }),
            prop::collection::vec(inner, 1..4).prop_map(|values| {
                let lines = values.iter().enumerate().map(|(index, (text, flow))| match flow {
                    true => format!("k{index}: {text}\n"),
                    false => format!("k{index}: # below\n{}", indented(text)),
                });
                (lines.collect(), false)
            }),
        ]
    });
    value.prop_map(|(text, _)| text)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

/// Pieces of YAML, those of which simple texts are made more often.
fn pieces() -> impl Strategy<Value = String> {
    let usual = prop::sample::select(vec![
        "a", "b: ", "c:\n", "- ", "\n", "\n  ", "\n    ", "\n- ", "\n  - ", "\nd: e", "[", "]", "{", "}", ", ", ",",
        " # x\n", "\"f\"", "'g'", " ", "-", ":", "h: 1\n",
    ]);
    let odd = prop::sample::select(vec![
        "\r\n", "\t", "*", "*a", "&a ", "#", "\"", "'", "|\n", ">\n", "? ", "?", "<<: ", "!x ", "~", "---", "...",
        "---\n", "\n---\n", "\n...\n", "%", "\u{fc}", "\u{85}", "\u{2028}", "\u{feff}", "\\", "\\\"", "\r", "@", "`",
        "!", "=", "''", "\"\"",
    ]);
    prop::collection::vec(prop_oneof![6 => usual, 1 => odd], 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn what_is_simple_is_read_as_by_the_full_parser(text in pieces()) {
        is_simple(&text, &Limits::default())?;
    }

    #[test]
    fn with_small_limits_too(text in pieces(), nodes in 1_usize..12, depth in 1_usize..4) {
        is_simple(&text, &Limits { nodes, depth, ..Limits::default() })?;
    }

    #[test]
    fn a_document_is_read_as_by_the_full_parser(text in document(), cut in any::<prop::sample::Index>(), odd in "[ -~\n]{0,2}") {
        let simple = is_simple(&text, &Limits::default())?;
        prop_assert!(simple || !text.contains('\n'), "{}", text);
        // With a piece put in or taken out it may be simple or not.
        let cut = text.floor_char_boundary(cut.index(text.len() + 1));
        is_simple(&format!("{}{odd}{}", &text[..cut], &text[cut..]), &Limits::default())?;
        is_simple(&text[..cut], &Limits::default())?;
        is_simple(&text[cut..], &Limits::default())?;
    }
}

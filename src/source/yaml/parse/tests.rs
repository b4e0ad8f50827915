use proptest::prelude::*;

use super::*;
use crate::source::diagnostics::{Span, Style, render_all};
use crate::source::yaml::Data;

fn read(text: &str) -> (Option<Node>, Diagnostics) {
    read_within(text, &Limits::default())
}

fn read_within(text: &str, limits: &Limits) -> (Option<Node>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let node = parse(&Source::new("a.yaml", text), limits, &mut diagnostics);
    assert!(node.is_some() || diagnostics.has_errors());
    (node, diagnostics)
}

/// What is said about a text.
fn said(text: &str) -> String {
    render_all(&read(text).1, Style::default())
}

/// The tree on one line; what is not plain stands in quotes.
fn tree(node: &Node) -> String {
    match &node.data {
        Data::Scalar(scalar) if scalar.plain => scalar.text.to_string(),
        Data::Scalar(scalar) => format!("{:?}", scalar.text),
        Data::Sequence(items) => format!("[{}]", items.iter().map(tree).collect::<Vec<_>>().join(", ")),
        Data::Mapping(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|entry| format!("{}: {}", entry.key.value, tree(&entry.value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

fn good(text: &str) -> String {
    let (node, diagnostics) = read(text);
    assert!(diagnostics.is_empty(), "{}", render_all(&diagnostics, Style::default()));
    tree(&node.unwrap())
}

#[test]
fn scalars_keep_their_spelling() {
    let text = "a: 0123\nb: 1e3\nc: no\nd: '1'\ne: \"\\u00e9\\n\"\nf:\ng: ~\nh: |\n  x\n  y\ni: >-\n  x\n  y\nj: !!str 12\nk: +1_0\n";
    insta::assert_snapshot!(good(text), @r#"{a: 0123, b: 1e3, c: no, d: "1", e: "é\n", f: , g: ~, h: "x\ny\n", i: "x y", j: "12", k: +1_0}"#);
    insta::assert_snapshot!(good(r#"{"a": [1, null, true, "x"], "b": {}}"#), @r#"{a: [1, null, true, "x"], b: {}}"#);
}

#[test]
fn spans_are_bytes_of_the_source() {
    let text = "\u{feff}gr\u{fc}\u{df}e: \u{e4} \u{f6}\r\nb:\r\n  - \"\u{fc}\r\n    x\"\r\n  - [1,\r\n 2]\r\nc: |\r\n  l\u{fc}\r\n\r\nd: &a x\r\n";
    let source = Source::new("a.yaml", text);
    let mut diagnostics = Diagnostics::new();
    let node = parse(&source, &Limits::default(), &mut diagnostics).unwrap();
    let mut slices = Vec::new();
    walk(&node, &mut |span| slices.push(source.slice(span).to_owned()));
    insta::assert_snapshot!(format!("{slices:#?}"), @r#"
    [
        "grüße: ä ö\r\nb:\r\n  - \"ü\r\n    x\"\r\n  - [1,\r\n 2]\r\nc: |\r\n  lü\r\n\r\nd: &a x",
        "grüße",
        "ä ö",
        "b",
        "- \"ü\r\n    x\"\r\n  - [1,\r\n 2]",
        "\"ü\r\n    x\"",
        "[1,\r\n 2]",
        "1",
        "2",
        "c",
        "lü",
        "d",
        "x",
    ]
    "#);
}

#[test]
fn merge_keys_give_way_to_explicit_ones() {
    insta::assert_snapshot!(good("a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {w: 0, <<: *a, y: 5}\nd:\n  <<: [*a, *b]\n  v: 6\ne: {'<<': 1}\n"), @"{a: {x: 1, y: 2}, b: {y: 3, z: 4}, c: {w: 0, x: 1, y: 5}, d: {x: 1, y: 2, z: 4, v: 6}, e: {<<: 1}}");
    insta::assert_snapshot!(said("a: 1\n<<: [{b: 2}, 3]\n"), @r"
    error[yaml/merge]: '<<' merges mappings, found a number
     --> a.yaml:2:5
      |
    2 | <<: [{b: 2}, 3]
      |     ^^^^^^^^^^^
      |
      = help: write '<<: *name' for a mapping that is marked '&name' above
    ");
    insta::assert_snapshot!(said("a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n"), @r"
    error[yaml/duplicate-key]: the key '<<' is defined twice
     --> a.yaml:4:3
      |
    3 |   <<: *a
      |   -- first time
    4 |   <<: *a
      |   ^^ second time
      |
      = help: merge several mappings with a list: '<<: [*one, *other]'
    ");
}

#[test]
fn aliases_stand_for_their_anchor() {
    insta::assert_snapshot!(good("a: &a [1, &b 2]\nb: *a\nc: *b\n*b : d\n"), @"{a: [1, 2], b: [1, 2], c: 2, 2: d}");
    insta::assert_snapshot!(said("a: &a [*a]\nb: *nobody\nc: 1\n"), @r#"
    error[yaml/alias]: the alias '*a' stands inside the value it stands for
     --> a.yaml:1:8
      |
    1 | a: &a [*a]
      |        ^^ never ends

    error[yaml/alias]: the alias '*nobody' has no anchor before it
     --> a.yaml:2:4
      |
    2 | b: *nobody
      |    ^^^^^^^ not defined above
      |
    help: a text that begins with '*' needs quotes
      |
    2 - b: *nobody
    2 + b: "*nobody"
      |
    "#);
}

#[test]
fn an_empty_file_is_an_error() {
    for text in ["", " \n\n", "\u{feff}"] {
        assert_eq!(said(text), "error[yaml/empty]: the file is empty\n --> a.yaml\n");
    }
    for text in ["# nothing\n", "---\n", "---\n...\n"] {
        assert_eq!(said(text), "error[yaml/empty]: the file is empty but for comments or markers\n --> a.yaml\n");
    }
}

#[test]
fn a_second_document_is_an_error() {
    insta::assert_snapshot!(said("a: 1\n---\nb: 2\n"), @r"
    error[yaml/several-documents]: the file holds more than one document
     --> a.yaml:2:1
      |
    1 | a: 1
      | ---- the first one
    2 | ---
      | ^^^ the second one begins here
      |
      = help: put it into a file of its own
    ");
    assert_eq!(good("---\na: 1\n...\n"), "{a: 1}");
}

#[test]
fn a_double_key_is_an_error() {
    insta::assert_snapshot!(said("name: x\r\nsteps: []\r\nname: y\r\n"), @r"
    error[yaml/duplicate-key]: the key 'name' is defined twice
     --> a.yaml:3:1
      |
    1 | name: x
      | ---- first time
    2 | steps: []
    3 | name: y
      | ^^^^ second time
    ");
    let many: String = (0..1000).map(|index| format!("k{index}: 1\n")).collect();
    let (node, diagnostics) = read(&format!("{many}k500: 2\n"));
    assert_eq!(diagnostics.len(), 1);
    assert!(matches!(node.unwrap().data, Data::Mapping(entries) if entries.len() == 1000));
}

#[test]
fn only_scalars_are_keys() {
    insta::assert_snapshot!(said("? [a, b]\n: 1\n~: 2\n: 3\nc: 4\n"), @r#"
    error[yaml/complex-key]: a list cannot be a key
     --> a.yaml:1:3
      |
    1 | ? [a, b]
      |   ^^^^^^
      |
      = help: a key is a single word, number or text

    error[yaml/null-key]: the key '~' means null in YAML
     --> a.yaml:3:1
      |
    3 | ~: 2
      | ^
      |
    help: write it in quotes
      |
    3 - ~: 2
    3 + "~": 2
      |

    error[yaml/null-key]: a key is missing before the colon
     --> a.yaml:4:1
      |
    4 | : 3
      | ^
    "#);
}

#[test]
fn tags_are_errors() {
    insta::assert_snapshot!(said("a: !secret x\nb: !!int 3\n"), @r"
    error[yaml/tag]: the tag '!secret' means nothing here
     --> a.yaml:1:4
      |
    1 | a: !secret x
      |    ^^^^^^^
      |
      = help: remove it; a text that begins with '!' needs quotes

    error[yaml/tag]: the tag '!!int' means nothing here
     --> a.yaml:2:4
      |
    2 | b: !!int 3
      |    ^^^^^
      |
      = help: remove it; a text that begins with '!' needs quotes
    ");
}

#[test]
fn tabs_are_named() {
    insta::assert_snapshot!(said("steps:\n\t- say: hello\n"), @r"
    error[yaml/syntax]: this line is indented with a tab
     --> a.yaml:2:1
      |
    2 |     - say: hello
      | ^^^^ a tab
      |
      = help: indent with spaces; YAML allows no tabs there
    ");
    insta::assert_snapshot!(said("steps:\n  - a: 1\n\tb: 2\n"), @r"
    error[yaml/syntax]: this line is indented with a tab
     --> a.yaml:3:1
      |
    3 |     b: 2
      | ^^^^ a tab
      |
      = help: indent with spaces; YAML allows no tabs there
    ");
}

#[test]
fn a_star_without_quotes_is_recognised_and_the_rest_read() {
    insta::assert_snapshot!(said("dtmf: [1, *]\nkeys:\n  *: operator\nname: x\nname: y\n"), @r#"
    error[yaml/syntax]: '*' begins an alias but no name follows
     --> a.yaml:1:11
      |
    1 | dtmf: [1, *]
      |           ^ needs quotes
      |
    help: write "*" in quotes to mean the star key
      |
    1 - dtmf: [1, *]
    1 + dtmf: [1, "*"]
      |

    error[yaml/syntax]: '*' begins an alias but no name follows
     --> a.yaml:3:3
      |
    3 |   *: operator
      |   ^ needs quotes
      |
    help: write "*" in quotes to mean the star key
      |
    3 -   *: operator
    3 +   "*": operator
      |

    error[yaml/duplicate-key]: the key 'name' is defined twice
     --> a.yaml:5:1
      |
    4 | name: x
      | ---- first time
    5 | name: y
      | ^^^^ second time
    "#);
    let (node, _) = read("dtmf: [1, *]\nkeys:\n  *: operator\n");
    assert_eq!(tree(&node.unwrap()), r#"{dtmf: [1, "*"], keys: {*: operator}}"#);
}

#[test]
fn a_hash_without_quotes_is_recognised_and_the_rest_read() {
    insta::assert_snapshot!(said("a: [1, #]\nb: {#: x}\nc: 2\n"), @r##"
    error[yaml/syntax]: '#' begins a comment here, which hides the rest of the line
     --> a.yaml:1:8
      |
    1 | a: [1, #]
      |        ^ needs quotes
      |
    help: write "#" in quotes to mean the hash key
      |
    1 - a: [1, #]
    1 + a: [1, "#"]
      |

    error[yaml/syntax]: '#' begins a comment here, which hides the rest of the line
     --> a.yaml:2:5
      |
    2 | b: {#: x}
      |     ^ needs quotes
      |
    help: write "#" in quotes to mean the hash key
      |
    2 - b: {#: x}
    2 + b: {"#": x}
      |
    "##);
    let (node, _) = read("a: [1, #]\nb: [#, 2]\nc: 2\n");
    assert_eq!(tree(&node.unwrap()), r##"{a: [1, "#"], b: ["#", 2], c: 2}"##);
    // An ordinary comment is none of this.
    insta::assert_snapshot!(said("a: [1, # one\n  2\nb: 3\n"), @r"
    error[yaml/syntax]: illegal placement of ':' indicator
     --> a.yaml:3:2
      |
    1 | a: [1, # one
      |    - opened here
    2 |   2
    3 | b: 3
      |  ^
      |
      = help: is this bracket closed?
    ");
}

#[test]
fn other_broken_texts_are_explained() {
    insta::assert_snapshot!(said("say: hello: world\n"), @r"
    error[yaml/syntax]: mapping values are not allowed in this context
     --> a.yaml:1:11
      |
    1 | say: hello: world
      |           ^
      |
      = help: a text that contains ': ' needs quotes
    ");
    insta::assert_snapshot!(said("a:\n  - b\n - c\n"), @r"
    error[yaml/syntax]: while parsing a block mapping, did not find expected key
     --> a.yaml:3:2
      |
    3 |  - c
      |  ^
      |
      = help: this line is not indented like the other lines of its block
    ");
    insta::assert_snapshot!(said("a: \"open\nb: 1\n"), @r"
    error[yaml/syntax]: invalid indentation in multiline quoted scalar
     --> a.yaml:2:1
      |
    2 | b: 1
      | ^
      |
      = help: is the quote above this line closed?
    ");
    insta::assert_snapshot!(said("a:\n  - [1,\n    2\n  - 3\n"), @r"
    error[yaml/syntax]: unclosed bracket '['
     --> a.yaml:2:5
      |
    2 |   - [1,
      |     ^
    ");
    insta::assert_snapshot!(said("a: @home\n"), @r"
    error[yaml/syntax]: unexpected character '@'
     --> a.yaml:1:4
      |
    1 | a: @home
      |    ^
      |
      = help: a text that begins with this character needs quotes
    ");
    insta::assert_snapshot!(said("na\u{1b}[31mme: 1\n"), @r#"
    error[yaml/syntax]: unexpected control character U+001B
     --> a.yaml:1:1
      |
    1 | na␛[31mme: 1
      | ^
      |
      = help: remove it; inside double quotes it can be written as an escape such as "\x1b"
    "#);
    insta::assert_snapshot!(said("a: b\0c\n"), @r#"
    error[yaml/syntax]: unexpected control character U+0000
     --> a.yaml:1:5
      |
    1 | a: b␀c
      |     ^
      |
      = help: remove it; inside double quotes it can be written as an escape such as "\x1b"
    "#);
}

#[test]
fn deep_nesting_ends_soon() {
    insta::assert_snapshot!(said(&format!("a: {}", "[".repeat(200_000))), @r"
    error[yaml/too-deep]: lists and mappings are nested more than 64 levels deep
     --> a.yaml:1:68
      |
    1 | …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
      |                              ^ one level too many
    ");
    for text in ["- ".repeat(100_000), "{a: ".repeat(50_000), "? ".repeat(100_000), "[{".repeat(100_000)] {
        let (node, diagnostics) = read(&text);
        assert!(node.is_none());
        assert_eq!(diagnostics.iter().next().unwrap().rule, "yaml/too-deep");
    }
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(read(&nested(64)).0.is_some());
    assert!(read(&nested(65)).0.is_none());
}

#[test]
fn aliases_do_not_get_around_the_depth() {
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..100 {
        text.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    let (node, diagnostics) = read(&text);
    assert!(node.is_none());
    assert_eq!(diagnostics.iter().next().unwrap().rule, "yaml/too-deep");
}

#[test]
fn a_bomb_of_aliases_does_not_go_off() {
    let mut text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..10 {
        let before = format!("*a{}", level - 1);
        text.push_str(&format!("a{level}: &a{level} [{}]\n", [before.as_str(); 9].join(", ")));
    }
    let limits = Limits { nodes: 100_000, ..Limits::default() };
    let (_, diagnostics) = read_within(&text, &limits);
    insta::assert_snapshot!(render_all(&diagnostics, Style::default()), @r"
    error[yaml/too-large]: the aliases of this file stand for more than 100000 values or 33554432 bytes
     --> a.yaml:6:10
      |
    6 | a5: &a5 [*a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4]
      |          ^^^ the limit is reached here
    ");
}

#[test]
fn long_texts_are_not_multiplied() {
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), ["*a"; 1000].join(", "));
    let limits = Limits { bytes: 1 << 20, ..Limits::default() };
    let (node, diagnostics) = read_within(&text, &limits);
    assert!(node.is_none());
    assert_eq!(diagnostics.iter().next().unwrap().rule, "yaml/too-large");
    // Neither are anchors around anchors.
    let nested = format!("{}[{}]{}*", "[&a ".repeat(60), ["x"; 5000].join(","), "]".repeat(60));
    let limits = Limits { nodes: 50_000, ..Limits::default() };
    assert_eq!(read_within(&nested, &limits).1.iter().next().unwrap().rule, "yaml/too-large");
}

#[test]
fn errors_without_end_are_cut_off() {
    let text = "a: *x\n".repeat(1000);
    let (node, diagnostics) = read(&text);
    assert!(node.is_none());
    assert_eq!(diagnostics.len(), 101);
}

/// Calls `visit` with every span of a tree.
fn walk(node: &Node, visit: &mut impl FnMut(Span)) {
    visit(node.span);
    match &node.data {
        Data::Scalar(_) => {}
        Data::Sequence(items) => items.iter().for_each(|item| walk(item, visit)),
        Data::Mapping(entries) => entries.iter().for_each(|entry| {
            visit(entry.key.span);
            walk(&entry.value, visit);
        }),
    }
}

/// Every span lies in the text, on boundaries of characters; every message can be drawn.
fn check(text: &str) -> Result<(), TestCaseError> {
    let source = Source::new("a.yaml", text);
    let mut diagnostics = Diagnostics::new();
    let node = parse(&source, &Limits::default(), &mut diagnostics);
    prop_assert!(node.is_some() || diagnostics.has_errors());
    let mut spans = Vec::new();
    if let Some(node) = &node {
        walk(node, &mut |span| spans.push(span));
    }
    for diagnostic in &diagnostics {
        let related = diagnostic.related.iter().map(|related| related.location.span);
        spans.extend(diagnostic.location.iter().map(|location| location.span).chain(related));
    }
    for span in spans {
        prop_assert!(text.get(span.start as usize..span.end as usize).is_some(), "{:?}", span);
    }
    prop_assert_eq!(render_all(&diagnostics, Style::default()).is_empty(), diagnostics.is_empty());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn no_yaml_makes_it_panic(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "a", "b: ", ": ", "- ", "\n", "\r\n", "  ", "\t", "[", "]", "{", "}", ", ", "*", "*a", "*:", "&a ", "#", " #",
                "\"", "'", "|\n", ">\n", "? ", "<<: ", "!!str ", "!x ", "~", "---\n", "...\n", "%YAML 1.2\n", "\u{fc}",
                "\u{1f600}", "\u{feff}", "\\", "\0", "\u{1b}", "@", "`", "\u{85}", "\u{2028}",
            ]),
            0..40,
        )
    ) {
        check(&parts.concat())?;
    }

    #[test]
    fn what_json_says_is_read(value in "[ -!#-\\[\\]-~\u{e4}\u{4e2d}]{0,30}", number in any::<i64>()) {
        let text = serde_json::json!({ "a": [value, number], "b": { "c": value } }).to_string();
        let (node, _) = read(&text);
        let expected = format!("{{a: [{value:?}, {number}], b: {{c: {value:?}}}}}");
        prop_assert_eq!(tree(&node.unwrap()), expected);
    }
}

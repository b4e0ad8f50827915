use super::*;

/// The lines of each item and how it begins; `?` where the parser is to be asked.
fn found(text: &str) -> String {
    let Some(items) = items(&Source::new("s.yaml", text)) else { return "?".to_owned() };
    let shown = items.iter().map(|Item { first, last, bytes }| {
        let begin = text[bytes.clone()].trim_start().chars().take(3).collect::<String>();
        format!("{first}-{last} {begin:?} {}..{}", bytes.start, bytes.end)
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
fn items_go_from_dash_to_dash() {
    let text = "\
---
# a suite
suite: s
defaults:
  stubs: { balance: { success: { balance: [1,
2] } } } # over two lines
scenarios: # all

  - name: one
    note: |
      - not an item

      # not a comment
  # about the second

  - name: it's \"two\"
    'path': [a, \"]\", 'it''s', b#c,  # a comment ]
      - d]
    list:
    - x
    - - y
  -   { name: three, keys: [\"1\"] }
# the end
gates: {}
";
    insta::assert_snapshot!(found(text), @r#"
    9-11 "- n" 123..214
    16-21 "- n" 214..324
    22-22 "-  " 324..369
    "#);
    assert_eq!(found("scenarios:\n- a\n- name: b"), "2-2 \"- a\" 11..15\n3-3 \"- n\" 15..24");
    assert_eq!(found("scenarios:\r\n- a: >\r\n\r\n   x\r\n\r\n"), "2-4 \"- a\" 12..30");
}

#[test]
fn what_is_not_plain_is_left_to_the_parser() {
    for text in [
        "",
        "suite: s",
        "scenarios: []",
        "scenarios:\n  a: b",
        "scenarios:",
        "{ scenarios: [] }",
        "suite: s\n---\nscenarios:\n  - a",
        "scenarios:\n  - a\n  -\n    name: b",
        "scenarios:\n  - name: a\n      and more",
        "scenarios:\n  - name: \"a\n    and more\"",
        "scenarios:\n  - name: 'a\n    and more'",
        "scenarios:\n  - name: [a, \"b\n  - c\"]",
        "scenarios:\n  - name: [a\n    \"b]\", c]",
        "scenarios:\n  - name: &a b",
        "scenarios:\n  - *a",
        "scenarios:\n  - <<: *a",
        "scenarios:\n  - name: !!str a",
        "scenarios:\n  - ? name",
        "scenarios:\n  - name:\ta",
        "scenarios:\n\t- name: a",
        "scenarios:\n  - name:\n      a\n      b",
        "scenarios:\n  - [a]: b",
        "scenarios:\n  - |\n    a",
        "scenarios:\n  - a # c\r  - b",
        "scenarios:\n  - \"a\" b",
        "%YAML 1.2\n---\nscenarios:\n  - a",
    ] {
        assert_eq!(found(text), "?", "{text}");
    }
}

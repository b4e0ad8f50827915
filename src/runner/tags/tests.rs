use proptest::prelude::*;

use super::*;
use crate::source::diagnostics::{Style, render};

fn parse(text: &str) -> TagExpression {
    TagExpression::parse("--tags", text).unwrap_or_else(|error| panic!("{}", render(&error, Style::default())))
}

fn fails(text: &str) -> String {
    let error = TagExpression::parse("--tags", text).err().map(|error| render(&error, Style::default()));
    error.unwrap_or_else(|| panic!("{text:?} is accepted"))
}

#[test]
fn not_binds_tighter_than_and_and_and_tighter_than_or() {
    let cases = [
        ("a", "a", true),
        ("a", "b", false),
        ("a b", "a", true),
        ("a", "not b", true),
        ("a c", "a and not b or c", true),
        ("b c", "not (b and c)", false),
        ("b", "not b and b or b", true),
        ("b", "a and b or b and b", true),
        ("a", "a or b and c", true),
        ("a", "(a or b) and c", false),
        ("a", "a&&!b||c", true),
        ("c", "a && !b || c", true),
        ("", "!!a", false),
        ("android", "android", true),
        ("not", "'not'", true),
    ];
    for (tags, expression, expected) in cases {
        let tags: Vec<&str> = tags.split_whitespace().collect();
        assert_eq!(parse(expression).matches(&tags), expected, "{tags:?} with {expression}");
    }
}

#[test]
fn a_tag_in_quotes_may_hold_anything() {
    let expression = parse("bank and not (slow or \"odd tag\")");
    assert!(expression.matches(&["bank"]));
    assert!(!expression.matches(&["bank", "odd tag"]));
    assert!(!expression.matches(&["bank", "slow"]));
}

#[test]
fn mistakes_are_pointed_at() {
    insta::assert_snapshot!(fails("bank and"), @r"
    error[select/tags]: a tag is missing here
     --> --tags:1:9
      |
    1 | bank and
      |         ^
    ");
    insta::assert_snapshot!(fails("bank slow"), @r"
    error[select/tags]: an 'and' or an 'or' is missing here
     --> --tags:1:6
      |
    1 | bank slow
      |      ^^^^
      |
      = help: write for example 'bank and not slow', or 'bank or cards'
    ");
    assert!(fails("bank AND slow").contains("write 'and' in small letters"));
    assert!(fails("").contains("a tag is missing here"));
    assert!(fails("(a").contains("this '(' is not closed"));
    assert!(fails("a)").contains("this ')' closes nothing"));
    assert!(fails("and a").contains("a tag is missing before this"));
    assert!(fails("a & b").contains("write '&&' or 'and'"));
    assert!(fails("\"a").contains("the closing quote is missing"));
    assert!(fails(&"(".repeat(100_000)).contains("more than 64"));
    assert!(fails(&"!".repeat(100_000)).contains("more than 64"));
}

#[test]
fn an_unknown_tag_is_an_error_with_a_suggestion() {
    let diagnostics = parse("bnak and not slow").check(["bank", "slow", "cards"]);
    let shown: String = diagnostics.iter().map(|diagnostic| render(diagnostic, Style::default())).collect();
    insta::assert_snapshot!(shown, @r"
    error[select/unknown-tag]: no scenario has the tag 'bnak'
     --> --tags:1:1
      |
    1 | bnak and not slow
      | ^^^^
      |
      = help: did you mean 'bank'?
    ");
    let diagnostics = parse("weekend").check(["bank", "slow"]);
    assert_eq!(diagnostics.iter().next().and_then(|d| d.help.as_deref()), Some("the tags are 'bank', 'slow'"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = TagExpression::parse("--tags", &text);
    }

    #[test]
    fn the_laws_of_boolean_algebra_hold(a in any::<bool>(), b in any::<bool>(), c in any::<bool>()) {
        let tags: Vec<&str> = [("a", a), ("b", b), ("c", c)].iter().filter(|(_, has)| *has).map(|(tag, _)| *tag).collect();
        prop_assert_eq!(parse("a or b and not c").matches(&tags), a || b && !c);
        prop_assert_eq!(parse("not (a or b)").matches(&tags), parse("!a && !b").matches(&tags));
        prop_assert_eq!(parse("not (a and b)").matches(&tags), parse("!a || !b").matches(&tags));
    }
}

use std::sync::Arc;

use proptest::prelude::*;

use crate::source::diagnostics::rules::TRAP;
use crate::source::diagnostics::{
    Diagnostic, DiagnosticRecord, Diagnostics, Location, Source, Span, Style, quoted, render, render_all, safe_text,
    summary,
};

const PLAIN: Style = Style { color: false, width: 80 };

/// The span of the first `what` in a source.
fn find(source: &Source, what: &str) -> Span {
    let start = source.text().find(what).unwrap();
    Span::new(start, start + what.len())
}

fn error(source: &Arc<Source>, what: &str) -> Diagnostic {
    Diagnostic::error("test/rule", source, find(source, what), "something is wrong").label("here")
}

#[test]
fn help_and_a_related_place() {
    let source = Source::new("suites/a.yaml", "one: 1\ntwo: 2\nthree: 3\nfour: 4\nfive: 5\n");
    let first = Location { source: source.clone(), span: find(&source, "one") };
    let diagnostic = error(&source, "five").related(first, "because of this").help("write something else");
    insta::assert_snapshot!(render(&diagnostic, PLAIN), @r"
    error[test/rule]: something is wrong
     --> suites/a.yaml:5:1
      |
    1 | one: 1
      | --- because of this
    ...
    5 | five: 5
      | ^^^^ here
      |
      = help: write something else
    ");
}

#[test]
fn a_related_place_in_another_file_and_one_far_away() {
    let text = format!("one: 1\n{}last: 2\n", "x\n".repeat(5000));
    let source = Source::new("suites/a.yaml", text);
    let other = Source::new("flows/b.yaml", "id: b\n");
    let far = Location { source: source.clone(), span: find(&source, "last") };
    let there = Location { source: other.clone(), span: find(&other, "b") };
    let diagnostic = error(&source, "one").related(far, "and this").related(there, "and that").help("do it");
    insta::assert_snapshot!(render(&diagnostic, PLAIN), @r"
    error[test/rule]: something is wrong
        --> suites/a.yaml:1:1
         |
       1 | one: 1
         | ^^^ here
         |
        ::: suites/a.yaml:5002:1
         |
    5002 | last: 2
         | ---- and this
         |
        ::: flows/b.yaml:1:5
         |
       1 | id: b
         |     - and that
         |
         = help: do it
    ");
}

#[test]
fn a_replacement_is_shown_as_a_patch() {
    let source = Source::new("a.yaml", "steps:\n  - dtfm: \"1\"\n");
    let diagnostic = error(&source, "dtfm").help("did you mean 'dtmf'?").replacement("dtmf");
    insta::assert_snapshot!(render(&diagnostic, PLAIN), @r#"
    error[test/rule]: something is wrong
     --> a.yaml:2:5
      |
    2 |   - dtfm: "1"
      |     ^^^^ here
      |
    help: did you mean 'dtmf'?
      |
    2 -   - dtfm: "1"
    2 +   - dtmf: "1"
      |
    "#);
}

#[test]
fn umlauts_tabs_and_crlf_leave_the_caret_in_its_place() {
    let source = Source::new("a.yaml", "x: 1\r\nGr\u{fc}\u{df}e:\t\u{1f600} wrong\r\ny: 2\r\n");
    insta::assert_snapshot!(render(&error(&source, "wrong"), PLAIN), @r"
    error[test/rule]: something is wrong
     --> a.yaml:2:10
      |
    2 | Grüße:    😀 wrong
      |              ^^^^^ here
    ");
}

#[test]
fn of_several_lines_the_first_is_marked() {
    let source = Source::new("a.yaml", "a:\n  - b\n  - c\nd: 1\n");
    insta::assert_snapshot!(render(&error(&source, "- b\n  - c\n"), PLAIN), @r"
    error[test/rule]: something is wrong
     --> a.yaml:2:3
      |
    2 |   - b
      |   ^^^ here
    ");
}

#[test]
fn the_end_of_the_file_can_be_marked() {
    let source = Source::new("a.yaml", "a: [");
    let end = Diagnostic::error("test/rule", &source, Span::new(4, 4), "unclosed").label("here");
    insta::assert_snapshot!(render(&end, PLAIN), @r"
    error[test/rule]: unclosed
     --> a.yaml:1:5
      |
    1 | a: [
      |     ^ here
    ");
    let source = Source::new("a.yaml", "a: [\n");
    let end = Diagnostic::error("test/rule", &source, Span::new(5, 5), "unclosed").label("here");
    insta::assert_snapshot!(render(&end, PLAIN), @r"
    error[test/rule]: unclosed
     --> a.yaml:2:1
      |
    2 |
      | ^ here
    ");
}

#[test]
fn a_long_line_is_cut_around_the_caret_and_keeps_its_column() {
    let source = Source::new("a.yaml", format!("{}wrong{}\n", "long ".repeat(100_000), " end".repeat(100_000)));
    insta::assert_snapshot!(render(&error(&source, "wrong").replacement("right"), PLAIN), @r"
    error[test/rule]: something is wrong
     --> a.yaml:1:500001
      |
    1 | …ong long long long long wrong end end end end end end end end end e…
      |                          ^^^^^ here
      |
    help: write this instead
      |
    1 - …long long wrong end end end end…
    1 + …long long right end end end end…
      |
    ");
}

#[test]
fn a_file_without_a_place_is_named() {
    let diagnostic = Diagnostic::file_error("yaml/empty", "suites/a.yaml", "the file is empty").help("write something");
    insta::assert_snapshot!(render(&diagnostic, PLAIN), @r"
    error[yaml/empty]: the file is empty
     --> suites/a.yaml
      = help: write something
    ");
}

#[test]
fn nothing_steers_the_terminal() {
    let source = Source::new("a\u{1b}[2J.yaml", "na\0me\u{1b}[31m\u{202e}\u{9b}: x\r\r\n");
    let diagnostic =
        Diagnostic::error("test/rule", &source, find(&source, "x"), format!("no {}", quoted("\u{1b}[1mA\n\u{7f}")))
            .label("\u{1b}label")
            .help("\u{7}help")
            .replacement("\u{8}y");
    insta::assert_snapshot!(render(&diagnostic, PLAIN), @r"
    error[test/rule]: no '␛[1mA␊␡'
     --> a␛[2J.yaml:1:15
      |
    1 | na␀me␛[31m��: x
      |               ^ ␛label
      |
    help: ␇help
      |
    1 - na␀me␛[31m��: x
    1 + na␀me␛[31m��: ␈y
      |
    ");
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let source = Source::new("a.yaml", "steps:\n  - dtfm: \"1\"\n");
    let diagnostic = error(&source, "dtfm").help("did you mean 'dtmf'?").replacement("dtmf");
    let colored = render(&diagnostic, Style { color: true, width: 80 });
    let escapes = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    assert!(escapes.is_match(&colored));
    let plain: String =
        escapes.replace_all(&colored, "").lines().map(|line| format!("{}\n", line.trim_end())).collect();
    // With colours the caret line of a patch is left out.
    assert!(plain.starts_with(render(&diagnostic, PLAIN).split("help").next().unwrap()), "{plain}");
}

#[test]
fn many_are_sorted_and_repeats_dropped() {
    let (a, b) = (Source::new("a.yaml", "one: 1\ntwo: 2\n"), Source::new("b.yaml", "one: 1\n"));
    let mut diagnostics = Diagnostics::new();
    diagnostics.push(error(&b, "one"));
    diagnostics.push(error(&a, "two"));
    diagnostics.push(error(&a, "one"));
    diagnostics.push(error(&a, "two"));
    diagnostics.push(TRAP.finding(&a, find(&a, "two"), "perhaps wrong"));
    insta::assert_snapshot!(render_all(&diagnostics, PLAIN), @r"
    error[test/rule]: something is wrong
     --> a.yaml:1:1
      |
    1 | one: 1
      | ^^^ here

    error[test/rule]: something is wrong
     --> a.yaml:2:1
      |
    2 | two: 2
      | ^^^ here

    warning[flow/trap]: perhaps wrong
     --> a.yaml:2:1
      |
    2 | two: 2
      | ^^^

    error[test/rule]: something is wrong
     --> b.yaml:1:1
      |
    1 | one: 1
      | ^^^ here
    ");
    assert_eq!(summary(&diagnostics), "3 errors and 1 warning in 2 files");
    assert_eq!(summary(&Diagnostics::new()), "no errors");
}

#[test]
fn a_record_says_the_same() {
    let source = Source::new("a.yaml", "gr\u{fc}\u{df}e: 1\nx: \u{e4}\u{f6}\n");
    let record = DiagnosticRecord::from(&error(&source, "\u{e4}\u{f6}").help("do it"));
    insta::assert_snapshot!(serde_json::to_string_pretty(&record).unwrap(), @r#"
    {
      "rule": "test/rule",
      "severity": "error",
      "message": "something is wrong",
      "file": "a.yaml",
      "line": 2,
      "column": 4,
      "length": 2,
      "source_line": "x: äö",
      "label": "here",
      "help": "do it"
    }
    "#);
    let file = DiagnosticRecord::from(&Diagnostic::file_error("yaml/empty", "a.yaml", "the file is empty"));
    let text = serde_json::to_string(&file).unwrap();
    assert_eq!(text, r#"{"rule":"yaml/empty","severity":"error","message":"the file is empty","file":"a.yaml"}"#);
    assert_eq!(serde_json::from_str::<DiagnosticRecord>(&text).unwrap(), file);
}

proptest! {
    #[test]
    fn any_text_and_span_can_be_drawn(
        text in "([ -~\t\r\n\u{e4}\u{4e2d}]|\u{1b}|\0|\u{202e}|\u{200d}|\u{300}){0,80}|\\PC{0,300}",
        start in 0u32..90,
        length in 0u32..90,
        replacement in proptest::option::of("\\PC{0,5}|\u{1b}\n"),
        second in 0u32..90,
        width in 0usize..120,
    ) {
        let source = Source::new("a.yaml", text);
        let related = Location { source: source.clone(), span: Span { start: second, end: second + length } };
        let mut diagnostic = Diagnostic::error("test/rule", &source, Span { start, end: start + length }, "wrong")
            .label("here")
            .related(related, "there");
        diagnostic.replacement = replacement;
        let picture = render(&diagnostic, Style { color: false, width });
        prop_assert!(picture.chars().all(|c| c == '\n' || !c.is_control()), "control character");
        prop_assert!(picture.ends_with('\n'));
        let position = source.position(source.text().floor_char_boundary(start as usize) as u32);
        let header = format!("--> a.yaml:{}:{}\n", position.line, position.column);
        prop_assert!(picture.contains(&header), "header");
    }

    #[test]
    fn safe_text_keeps_the_number_of_characters(text in any::<String>()) {
        let text = text.replace('\r', "");
        let safe = safe_text(&text);
        prop_assert_eq!(safe.chars().count(), text.chars().count());
        prop_assert!(safe.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'), "control character");
    }
}

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::super::secrets::may_have_keyed;
use super::*;
use crate::flow::Value;
use crate::record::{Fields, LookupRecord, ScenarioRecord, StepRecord, TraceRecord, Verdict};

const SUITE: &str = "\
suite: s
scenarios:
  - name: first            # 1
    dtmf: [\"1\", \"4321#\"]
    variables: { token: hunter2, tier: gold }
    expect:
      variables:
        token:
          equals: hunter2
      decisions: { menu: \"1\" }

  # about the second
  - name: second
    examples:
      - { _pin: \"4321\", tier: gold }
      - { _pin: \"1111\", tier: silver }
    dtmf: [\"${_pin}\", \"7\"]
  - { name: third, dtmf: [\"99\"] }
  - { name: fourth, dtmf: [\"5\"] } # same
";

/// What is made of the excerpt of an entry.
fn excerpt<T>(
    (header, sources): (&RunHeader, &Sources),
    names: &SecretNames,
    entry: &Entry,
    made: impl FnOnce(Excerpt<'_>) -> T,
) -> T {
    let mut excerpts = Excerpts::new(header, sources, names);
    excerpts.read(std::slice::from_ref(entry));
    made(excerpts.of(entry))
}

fn scenario(line: u32) -> ScenarioRecord {
    let trace = TraceRecord {
        outcome: "completed".into(),
        ends_at: None,
        duration_ms: 0,
        failure: None,
        steps: vec![StepRecord {
            node: "menu".into(),
            kind: "menu".into(),
            outcome: None,
            at_ms: 0,
            duration_ms: 0,
            input: Some("1".into()),
            message: None,
            prompts: Vec::new(),
        }],
        variables: Fields(Vec::new()),
        lookups: Vec::new(),
        unused_items: 0,
        unused_keys: 0,
    };
    ScenarioRecord {
        id: "s::n".into(),
        suite: "s".into(),
        name: "n".into(),
        cell: None,
        tags: [].into(),
        file: "s.yaml".into(),
        line,
        end_line: None,
        flow: "f".into(),
        flow_version: "1".into(),
        verdict: Verdict::Passed,
        reason: None,
        score: None,
        trace: Some(trace),
        assist: None,
        attempts: Vec::new(),
        wall: Default::default(),
    }
}

/// What is shown of the scenario on this line of the suite, after a run with these.
fn shown(line: u32, scenarios: &[ScenarioRecord], deselected: u64) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.yaml"), SUITE).unwrap();
    let mut header = RunHeader { deselected, ..RunHeader::default() };
    header.files.insert("s.yaml".into(), crate::record::sha_256(SUITE));
    let mut names = SecretNames::default();
    scenarios.iter().for_each(|scenario| names.add(scenario));
    let masked = scenarios.iter().filter(|scenario| scenario.line == line).any(may_have_keyed);
    let sources = Sources::below([folder.path().to_owned()]);
    excerpt((&header, &sources), &names, &Entry { file: "s.yaml".into(), line, masked }, |excerpt| {
        let note = if excerpt.masked { "(masked)" } else { "(as it is)" };
        format!("{}\n{note}", excerpt.lines.join("\n"))
    })
}

#[test]
fn lines_are_shown_as_they_are_where_every_key_is_known_to_be_no_secret() {
    insta::assert_snapshot!(shown(3, &[scenario(3)], 0), @r#"
      - name: first            # 1
        dtmf: ["1", "4321#"]
        variables: { token: hunter2, tier: gold }
        expect:
          variables:
            token:
              equals: hunter2
          decisions: { menu: "1" }
    (as it is)
    "#);
    assert_eq!(shown(18, &[scenario(18)], 0), "  - { name: third, dtmf: [\"99\"] }\n(as it is)");
}

#[test]
fn values_of_secret_variables_are_not_shown() {
    let mut secret = scenario(3);
    secret.trace.as_mut().unwrap().variables = Fields(vec![("token".into(), Value::from("[secret]"))]);
    let expected = shown(3, &[secret], 0);
    insta::assert_snapshot!(expected, @r#"
      - name: first            # 1
        dtmf: ["1", "4321#"]
        [not shown: it may hold a secret]
        expect:
          variables:
            [not shown: it may hold a secret]
              [not shown: it may hold a secret]
          decisions: { menu: "1" }
    (masked)
    "#);
    // Known from a lookup of another scenario, too.
    let mut other = scenario(12);
    let inputs = Fields(vec![("token".into(), Value::from("[secret]"))]);
    let lookup = LookupRecord { service: "s".into(), node: "n".into(), inputs, outcome: "success".into() };
    other.trace.as_mut().unwrap().lookups.push(lookup);
    assert_eq!(shown(3, &[scenario(3), other], 0), expected);
}

#[test]
fn digits_are_not_shown_where_a_key_may_have_been_a_secret() {
    let mut keyed = scenario(3);
    keyed.trace.as_mut().unwrap().steps[0].input = Some("••••#".into());
    let mut unused = scenario(3);
    unused.trace.as_mut().unwrap().unused_items = 1;
    let mut skipped = scenario(3);
    skipped.trace = None;
    for one in [keyed, unused, skipped] {
        let shown = shown(3, &[scenario(3), one], 0);
        assert!(shown.contains("dtmf: [\"•\", \"••••#\"]") && !shown.contains("4321"), "{shown}");
    }
}

#[test]
fn what_an_author_keeps_out_of_ids_is_not_shown() {
    insta::assert_snapshot!(shown(13, &[scenario(13)], 0), @r#"
      - name: second
        examples:
          [not shown: it may hold a secret]
          [not shown: it may hold a secret]
        dtmf: ["${_pin}", "7"]
    (masked)
    "#);
}

#[test]
fn of_a_cell_that_was_not_selected_nothing_is_known() {
    assert!(shown(13, &[scenario(13)], 0).contains("\"7\""));
    assert!(shown(13, &[scenario(13)], 1).contains("\"•\""), "another cell may have keyed a secret there");
    assert!(!shown(3, &[scenario(3)], 1).contains('•'), "it is a scenario by itself, and was selected");
}

#[test]
fn a_line_that_is_no_scenario_of_the_file_is_not_shown() {
    let entry = Entry { file: "s.yaml".into(), line: 3, masked: false };
    let absent =
        excerpt((&RunHeader::default(), &Sources::none()), &SecretNames::default(), &entry, |excerpt| excerpt.absent);
    assert_eq!(absent, Some("missing"));
    assert_eq!(shown(4, &[], 0), "\n(as it is)");
}

#[test]
fn scenarios_on_one_line_hide_each_others_digits() {
    let source = Source::new("s.yaml", "scenarios: [{ name: a, dtmf: [\"1\"] }, { name: b,\n dtmf: [\"2\"] }]\n");
    let suite = suite(source, &SecretNames::default()).unwrap();
    assert!(suite.places[&1].crowded);
    assert_eq!(show("  dtmf: [\"1234\"]", false, true), "  dtmf: [\"••••\"]");
    assert_eq!(show("  a\u{1b}b", false, false), "  a␛b");
    let long = "ä".repeat(LINE);
    assert_eq!(show(&long, false, false), long);
    assert_eq!(show(&format!("{long}1"), false, true), format!("{long}…"));
}

/// Both ways to the places of a suite: that of the parser only where it finds no mistake.
type Both = (Option<HashMap<u32, Place>>, Option<HashMap<u32, Place>>);

fn both_ways(text: &str, names: &SecretNames) -> Option<Both> {
    let source = Source::new("s.yaml", text);
    let mut diagnostics = Diagnostics::new();
    yaml::parse(&source, &Limits::default(), &mut diagnostics)?;
    (!diagnostics.has_errors()).then(|| (told(&source, names), parsed(&source, names)))
}

fn yaml_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            yaml_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            into.push(path);
        }
    }
}

#[test]
fn the_lines_of_written_suites_tell_what_the_parser_finds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    ["suites", "tests", "src"].iter().for_each(|folder| yaml_files(&root.join(folder), &mut files));
    let all = [SecretNames::default(), SecretNames::of(["pin", "account"]), SecretNames::of(["name", ""])];
    let mut count = [0, 0];
    for path in files {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for names in &all {
            let Some((told, Some(parsed))) = both_ways(&text, names) else { continue };
            count[usize::from(told.is_some())] += 1;
            assert!(told.is_none_or(|told| told == parsed), "{}", path.display());
        }
    }
    assert!(count[1] > 60 && count[1] > 4 * count[0], "the parser was asked too often: {count:?}");
}

/// Values, and keys, that are not easy to read line by line. A number sign stands for the indentation.
const VALUES: &[&str] = &[
    "a",
    "'it''s'",
    "it's",
    "\"a \\\" b\"",
    "\"*\"",
    "-1",
    "- b",
    "a - b",
    "",
    "~",
    "|\n    a\n\n      - b",
    ">-\n     # a\n     - b",
    "|2\n      - b\n    - c",
    "[a, \"]\", b]",
    "{ a: '}', \"b\":1 }",
    "[a,\n  - b]",
    "[a,\n\n# c\n  b, # ]\n c]",
    "[a\n, b]",
    "[it's,\nit's]",
    "[a\n \"b\", c]",
    "{\na: [\n]\n}",
    "\"a\n     - b\"",
    "'a\n     b'",
    "a\n     - b",
    "a\n     b: c",
    "[\"a\n  - b\"]",
    "&x a",
    "*x",
    "!!str a",
    "a: b",
    "a:b",
    "a #b",
    "a#b",
    "a\t#b",
    "\"a\" # \"",
    "\"\\x5fb\": c",
    "\n     a: b\n     _c: d",
    "\n    - a\n    - _b: [\n1]",
    "\n     a\n     b",
    "\n     \"a\"",
    "\n     |\n      a",
    "{ pin: \"1\" }",
    "[{ _pin: 1,\n pin: 2 }, 3]",
    "\n    - - a\n      - b",
    "?",
    "? a",
    "@a",
    "%a",
    "\u{a0}",
    "\n\u{a0}",
    "a\r\n    b: c",
    "a\rb",
    "---",
    "...",
    "- # a",
];
const KEYS: &[&str] = &[
    "name",
    "'a'",
    "\"b c\"",
    "matrix",
    "examples",
    "_x",
    "pin",
    "a b",
    "it's",
    "\"\\x6datrix\"",
    "<<",
    "\"_y\"",
    "a:b",
    "[k]",
    "? k",
];
const BETWEEN: &[&str] =
    &["", "", "", "", "\n", "# c\n", "  # - c\n", "      # c\n", "\n\n", " \n", "\t\n", "---\n", "\r\n"];

fn one_of(list: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(list)
}

fn entry() -> impl Strategy<Value = String> {
    // Plain ones are the most, so that not every text has something that only the parser can tell.
    let value = prop_oneof![4 => Just("a"), 3 => one_of(VALUES)];
    let key = prop_oneof![3 => Just("k"), 2 => one_of(KEYS)];
    (key, value, 0..1000).prop_map(|(key, value, number)| match key {
        "k" => format!("k{number}: {value}\n"),
        key => format!("{key}: {value}\n"),
    })
}

fn a_suite() -> impl Strategy<Value = String> {
    let item =
        (prop::collection::vec((entry(), one_of(BETWEEN)), 1..4), prop_oneof![6 => Just(""), 1 => one_of(VALUES)]);
    let root = || prop::collection::vec((entry(), one_of(BETWEEN)), 0..2);
    let head = prop_oneof![9 => Just("scenarios:\n"), 1 => one_of(&["scenarios: # c\n", "scenarios:\n# c\n\n", "scenarios: \n", "\"scenarios\":\n"])];
    (one_of(BETWEEN), root(), head, prop::collection::vec(item, 1..5), root(), 0usize..4).prop_map(
        |(first, before, head, items, after, column)| {
            let margin = " ".repeat(column);
            let mut text = first.to_owned();
            before.iter().for_each(|(entry, between)| text += &format!("{entry}{between}"));
            text += head;
            for (entries, single) in items {
                if !single.is_empty() {
                    text += &format!("{margin}- {single}\n");
                    continue;
                }
                for (place, (entry, between)) in entries.iter().enumerate() {
                    text += &format!("{margin}{} {entry}{between}", if place == 0 { '-' } else { ' ' });
                }
            }
            after.iter().for_each(|(entry, between)| text += &format!("{entry}{between}"));
            text
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_lines_of_any_suite_tell_what_the_parser_finds(text in a_suite(), secret in one_of(&["pin", "a", "zzz"])) {
        let names = SecretNames::of([secret]);
        if let Some((Some(told), parsed)) = both_ways(&text, &names) {
            prop_assert_eq!(Some(told), parsed, "{}", text);
        }
    }
}

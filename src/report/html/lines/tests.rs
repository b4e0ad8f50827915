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
    made(excerpts.excerpt(entry))
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
        events: Vec::new(),
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
        description: None,
        properties: None,
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
    let end_line =
        [(3, 10), (13, 17), (18, 18), (19, 19)].iter().find(|(first, _)| *first == line).map(|(_, end)| *end);
    let masked = scenarios.iter().filter(|scenario| scenario.line == line).any(may_have_keyed);
    let sources = Sources::below([folder.path().to_owned()]);
    excerpt(
        (&header, &sources),
        &names,
        &Entry { file: "s.yaml".into(), line, end_line, crowded: false, masked },
        |excerpt| {
            let note = if excerpt.masked { "(masked)" } else { "(as it is)" };
            format!("{}\n{note}", excerpt.lines.join("\n"))
        },
    )
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
fn lines_that_the_file_does_not_have_are_not_shown() {
    let entry = Entry { file: "s.yaml".into(), line: 3, end_line: Some(10), crowded: false, masked: false };
    let absent =
        excerpt((&RunHeader::default(), &Sources::none()), &SecretNames::default(), &entry, |excerpt| excerpt.absent);
    assert_eq!(absent, Some("missing"));
    assert_eq!(shown(999, &[], 0), "\n(as it is)");
}

/// Older records say only where an entry begins, or where its name stands.
#[test]
fn of_an_entry_without_an_end_its_first_line_is_shown() {
    let [whole, within] = ["- name: a\n  dtmf: \"1\"\n", "- _pin:\n    4321, name: a\n"];
    let shown = |text: &str, line: u32| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("s.yaml"), text).unwrap();
        let mut header = RunHeader::default();
        header.files.insert("s.yaml".into(), crate::record::sha_256(text));
        let entry = Entry { file: "s.yaml".into(), line, end_line: None, crowded: false, masked: false };
        let sources = Sources::below([folder.path().to_owned()]);
        excerpt((&header, &sources), &SecretNames::default(), &entry, |excerpt| excerpt.lines.join("\n"))
    };
    assert_eq!(shown(whole, 1), "- name: a");
    assert_eq!(shown(within, 2), format!("    {HIDDEN}"));
}

#[test]
fn all_lines_of_an_entry_are_hidden_that_cannot_be_parsed_by_itself() {
    let names = SecretNames::of(["token"]);
    let entry = Entry { file: "s.yaml".into(), line: 1, end_line: Some(2), crowded: false, masked: false };
    for (text, expected) in [
        ("- { name: a,\n    token: x }\n", vec![(2, 2), (2, 2)]),
        ("- name: a\n  token: *elsewhere\n", vec![(1, u32::MAX)]),
        ("  { name: a, token: x },\n", vec![(1, u32::MAX)]),
        ("- name: *elsewhere\n  dtmf: \"1\"\n", vec![]),
    ] {
        assert_eq!(secret_lines(&entry, text, &names), expected, "{text}");
    }
}

#[test]
fn digits_are_hidden_and_long_lines_cut() {
    assert_eq!(show("  dtmf: [\"1234\"]", false, true), "  dtmf: [\"••••\"]");
    assert_eq!(show("  a\u{1b}b", false, false), "  a␛b");
    let long = "ä".repeat(LINE);
    assert_eq!(show(&long, false, false), long);
    assert_eq!(show(&format!("{long}1"), false, true), format!("{long}…"));
}

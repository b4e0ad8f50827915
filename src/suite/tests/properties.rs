//! Laws.

use proptest::prelude::*;

use super::*;
use crate::simulator::Input;

/// A suite that uses everything once, to be broken.
const WHOLE: &str = r##"suite: S
flow: flows/bank.yaml
tags: [bank]
defaults:
  call: { ani: "1", signals: [{ name: a, at: 1s }] }
  clock: { at: "2026-03-02T10:00:00", zone: America/New_York }
  stubs: { balance: { success: { balance: 120.5 } } }
  expect: { outcome: served }
scenarios:
  - name: "${tier} x"
    tags: [a, b]
    dtmf: ["2", silence, 4321#, { keys: "12", gap: 4s }, hangup]
    matrix: { tier: [gold, silver], n: [1, 2] }
    exclude: [{ tier: gold, n: 2 }]
    include: [{ tier: iron, n: 1 }]
    variables: { language: en, "v${n}": "${n}" }
    media: [{ asset: a, type: tts }]
    queues: { cards: { agents: 2 } }
    expect:
      path: [welcome, ..., main_menu|desk]
      decisions: { main_menu: ["1", _] }
      variables: { balance: { at_least: 1, at_most: 2 } }
      prompts: [{ contains: "x$${" }]
      lookups: { balance: { times: { at_most: 1 } } }
      efficiency: { at_least: 0.5 }
  - { name: y, examples: [{ a: 1 }], dtmf: "${a}", retries: 1 }
"##;

/// Reads a file in memory as a file is read, without the disk.
fn survives(folder: &Folder, text: &str) -> Loaded {
    folder.write("s.yaml", text);
    let loaded = load(&folder.files(&["s.yaml"]), &folder.options, &Library::default());
    said(&loaded);
    loaded
}

#[test]
fn the_whole_suite_is_good() {
    assert_eq!(scenarios(WHOLE).len(), 5);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn reading_never_panics_on_broken_suites(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..6, "[\\PC\n]{0,4}|[\\[\\]{}:#*&!|>'\"%@`,?\\-$\\\\ \n~]{1,3}"), 1..4),
    ) {
        let mut text: Vec<char> = WHOLE.chars().collect();
        for (at, cut, insert) in cuts {
            let at = at.index(text.len());
            let end = (at + cut).min(text.len());
            text.splice(at..end, insert.chars());
        }
        let text: String = text.into_iter().collect();
        let loaded = survives(&Folder::new(&[]), &text);
        prop_assert_eq!(loaded.suites.len() + loaded.rejected.len(), 1);
    }

    #[test]
    fn lines_may_come_in_any_order(lines in Just(WHOLE.lines().collect::<Vec<_>>()).prop_shuffle()) {
        survives(&Folder::new(&[]), &lines.join("\n"));
    }

    #[test]
    fn the_number_of_cells_is_the_product_less_the_excluded_and_the_included(
        sizes in prop::collection::vec(1usize..5, 1..4),
        excluded in prop::collection::vec((0usize..5, 0usize..5), 0..3),
        included in 0usize..3,
        rows in 0usize..4,
    ) {
        let axes: Vec<String> = sizes.iter().enumerate()
            .map(|(axis, size)| format!("a{axis}: [{}]", (0..*size).map(|value| value.to_string()).collect::<Vec<_>>().join(", ")))
            .collect();
        let excluded: Vec<(usize, usize)> = excluded.into_iter().filter(|(axis, _)| *axis < sizes.len()).collect();
        let mut text = format!("  - name: x\n    matrix: {{ {} }}\n", axes.join(", "));
        if !excluded.is_empty() {
            let cells: Vec<String> = excluded.iter().map(|(axis, value)| format!("{{ a{axis}: {value} }}")).collect();
            text.push_str(&format!("    exclude: [{}]\n", cells.join(", ")));
        }
        if included > 0 {
            let cells: Vec<String> = (0..included)
                .map(|cell| format!("{{ {} }}", (0..sizes.len()).map(|axis| format!("a{axis}: new{cell}")).collect::<Vec<_>>().join(", ")))
                .collect();
            text.push_str(&format!("    include: [{}]\n", cells.join(", ")));
        }
        if rows > 0 {
            let rows: Vec<String> = (0..rows).map(|row| format!("{{ row: {row} }}")).collect();
            text.push_str(&format!("    examples: [{}]\n", rows.join(", ")));
        }
        text.push_str("    expect: { outcome: served }\n");
        // Counted the slow way: every cell one after the other.
        let mut cells = 0;
        for index in 0..sizes.iter().product::<usize>() {
            let mut rest = index;
            let cell: Vec<usize> = sizes.iter().map(|size| { let value = rest % size; rest /= size; value }).collect();
            cells += usize::from(!excluded.iter().any(|&(axis, value)| cell[axis] == value));
        }
        let expected = (cells + included) * rows.max(1);
        let loaded = load_text(&suite(&text));
        if expected == 0 {
            prop_assert_eq!(loaded.rejected.len(), 1);
        } else {
            prop_assert!(loaded.rejected.is_empty(), "{}", said(&loaded));
            let all = &loaded.suites[0].scenarios;
            prop_assert_eq!(all.len(), expected);
            let ids: std::collections::HashSet<&str> = all.iter().map(|scenario| &*scenario.id).collect();
            prop_assert_eq!(ids.len(), expected);
        }
    }

    #[test]
    fn keys_stay_as_they_are_written(keys in "[0-9*#A-D]{1,30}") {
        let read = |written: &str| {
            let all = scenarios(&suite(&format!("  - name: x\n    dtmf:\n      - {written}\n    expect: {{ outcome: served }}\n")));
            all[0].call().unwrap().simulation.request.keypad.clone()
        };
        let expected = vec![Input::Keys { keys: keys.as_str().into(), gap_ms: None, at_ms: None }];
        prop_assert_eq!(&read(&format!("\"{keys}\"")), &expected);
        prop_assert_eq!(&read(&format!("'{keys}'")), &expected);
        // Without quotes a leading `*` is an alias and a leading `#` a comment.
        if !keys.starts_with(['*', '#']) {
            prop_assert_eq!(&read(&keys), &expected);
        }
    }
}

#[test]
fn ids_do_not_depend_on_the_order_of_files_or_on_threads() {
    let text = |entry: &str| suite(entry).replace("flows/", "../flows/");
    let folder = Folder::new(&[
        ("a/one.yaml", &text("  - { name: x, matrix: { a: [1, 2] }, expect: { outcome: served } }\n")),
        ("a/two.yaml", &text("  - { name: x, expect: { outcome: served } }\n")),
        ("b/one.yaml", &text("  - { name: x, expect: { outcome: served } }\n")),
    ]);
    let ids = |paths: &[&str], threads: usize| -> Vec<String> {
        folder
            .load_by(threads, paths)
            .suites
            .into_iter()
            .flat_map(|suite| suite.scenarios)
            .map(|scenario| scenario.id.into())
            .collect()
    };
    let expected = ["a/one::x[a=1]", "a/one::x[a=2]", "a/two::x", "b/one::x"];
    for threads in [1, 2, 8] {
        assert_eq!(ids(&["."], threads), expected);
        assert_eq!(ids(&["b", "a/two.yaml", "a"], threads), expected);
        assert_eq!(ids(&["b/*.yaml", "a/one.yaml", "a/two.yaml"], threads), expected);
    }
    assert_eq!(ids(&["b/one.yaml"], 1), ["b/one::x"]);
}

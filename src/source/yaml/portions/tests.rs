use proptest::prelude::*;

use super::*;
use crate::source::diagnostics::Diagnostics;
use crate::source::yaml::parse::whole;

/// The tree of a text cut into so many portions, and the tree of the whole where it has no mistakes, with all places.
fn both(text: &str, count: usize) -> (Option<String>, Option<String>) {
    let (source, limits) = (Source::new("a.yaml", text), Limits::default());
    let mut diagnostics = Diagnostics::new();
    let whole = whole(&source, &limits, &mut diagnostics).filter(|_| diagnostics.is_empty());
    let shown = |node: Node| format!("{node:?}");
    (cut_into(count, &source, &limits).map(shown), whole.map(shown))
}

/// Whether the text could be cut; what was read then must be what is in the whole.
fn is_cut(text: &str, count: usize) -> bool {
    let (cut, whole) = both(text, count);
    assert!(cut.is_none() || cut == whole, "{text}\n{cut:?}\n{whole:?}");
    cut.is_some()
}

#[test]
fn lists_in_block_style_at_the_end_of_a_mapping_are_cut() {
    for text in [
        "suite: x\nscenarios:\n  - name: a\n  - name: b\n  - name: c\n",
        "suite: x\nscenarios:\n- name: a\n  keys: [\n  1]\n- name: b\n# c\n- name: c",
        "---\r\nscenarios: # all\r\n\r\n    - a\r\n    # b\r\n    - |\r\n      - b\r\n\r\n    - \"c\r\n      d\"\r\n",
        "a: [x,\n y]\nb: {}\nc:\n  - - 1\n    - 2\n  - - 3\n",
        "a:\n  - x:\n  -\n  - y\n  - z: >-\n     - 1\n      \n  - u: &a 1\n",
    ] {
        assert!(is_cut(text, text.len()), "{text}");
    }
}

#[test]
fn what_only_looks_like_an_item_is_no_place_to_cut() {
    for text in [
        "a:\n  - \"x\n  - y\"\n  - z\n",
        "a:\n  - [x,\n  - y]\n  - z\n",
        "a:\n  - x\n  - y\n...\nb:\n  - z\n  - u\n",
        "a:\n  - x\n...\n  - z\n  - u\n",
        "a:\n  - x\n---\n  - z\n  - u\n",
        "a:\n  - &b x\n  - *b\n  - *b\n",
        "a:\n  - x\n  - *b\n  - [\n",
        "- x\n- y\n- z\n",
        "a: |\n  - x\n  - y\n  - z\n",
        "a: { b: [\n  - x,\n  - y,\n  - z] }\n",
        "a: x\n  - y\n  - z\n",
        "a: 1\na:\n  - x\n  - y\n",
        "a:\n  - x\n  - {b: 1, b: 2}\n  - z\n",
        "a:\n  - x: *\n  - y\n  - z\n",
        "",
    ] {
        assert!(!is_cut(text, text.len()), "{text}");
    }
}

#[test]
fn a_large_text_is_cut_without_being_asked_and_bounded_as_a_whole() {
    let text = format!("suite: x\nscenarios:\n{}", "  - { name: a, dtmf: [\"1\", 2] }\n".repeat(LEAST / 8));
    let source = Source::new("a.yaml", text);
    let limits = Limits::default();
    let mut diagnostics = Diagnostics::new();
    let all = whole(&source, &limits, &mut diagnostics).expect("a tree");
    if std::thread::available_parallelism().is_ok_and(|threads| threads.get() > 1) {
        let cut = portions(&source, &limits).expect("a tree");
        assert!(format!("{cut:?}") == format!("{all:?}"));
    }
    let cut = |nodes, depth| cut_into(3, &source, &Limits { nodes, depth, ..limits }).is_some();
    let nodes = 5 + 7 * (LEAST / 8);
    assert_eq!([cut(nodes, 4), cut(nodes, 3), cut(nodes - 1, 4)], [true, false, false]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_text_that_is_cut_reads_as_the_whole(
        lines in proptest::collection::vec("( |  |    )?(- |- - |-|a: |b:|\\? )?(x|\"x|x\"|'|\\[|\\]|\\{|\\}|a: 1|a:|&b x|\\*b|\\||>-|#|# c|---|\\.\\.\\.|é|~|)( # d)?", 0..12),
        crlf: bool,
        count in 2_usize..5,
    ) {
        let text = format!("k: v\nlist:\n  - a\n  - b: 1\n{}\n", lines.join("\n"));
        let text = if crlf { text.replace('\n', "\r\n") } else { text };
        is_cut(&text, count);
    }

    #[test]
    fn items_of_suites_are_cut(
        items in proptest::collection::vec("  - name: [a-c]( # x)?\n(    keys:( \\[1, \"2\"\\]| \\{ a: 1 \\}|| \\||\n    - 1\n    - 2|\n      - - 1\n        - 2)\n)?(      \n)?(  # y\n)?", 2..9),
    ) {
        let text = format!("suite: x\nscenarios:\n{}", items.concat());
        let (cut, whole) = both(&text, text.len());
        prop_assert!(cut.is_some() || whole.is_none() || text.contains('|'));
        prop_assert!(cut.is_none() || cut == whole, "{}\n{:?}\n{:?}", text, cut, whole);
    }
}

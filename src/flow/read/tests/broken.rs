//! Whatever the text, reading ends in a flow or in messages.

use proptest::prelude::*;

use super::valid::EVERY;
use super::*;

/// A mutilation of one line.
#[derive(Clone, Debug)]
enum Change {
    Delete,
    Double,
    Replace(String),
    Cut(usize),
    Insert(usize, String),
    Indent(usize),
}

fn change() -> impl Strategy<Value = Change> {
    let word = prop_oneof![
        Just("type: menu".to_owned()),
        Just("{}".to_owned()),
        Just("[".to_owned()),
        Just("null".to_owned()),
        Just("&a".to_owned()),
        Just("*a".to_owned()),
        Just("on: { next: begin }".to_owned()),
        Just("\"\"".to_owned()),
        Just("\u{0}\u{1b}é".to_owned()),
        Just("${".to_owned()),
        Just("99999999999999999999".to_owned()),
        "[ -~]{0,12}",
    ];
    prop_oneof![
        Just(Change::Delete),
        Just(Change::Double),
        word.clone().prop_map(Change::Replace),
        any::<usize>().prop_map(Change::Cut),
        (any::<usize>(), word).prop_map(|(at, word)| Change::Insert(at, word)),
        (0_usize..6).prop_map(Change::Indent),
    ]
}

fn apply(lines: &mut Vec<String>, at: usize, change: Change) {
    if lines.is_empty() {
        return;
    }
    let at = at % lines.len();
    let line = lines[at].clone();
    match change {
        Change::Delete => drop(lines.remove(at)),
        Change::Double => lines.insert(at, line),
        Change::Replace(text) => {
            // The key stays, so that the value reaches the reader of the model.
            let key = line.split_once(": ").map_or("", |(key, _)| key);
            lines[at] = format!("{key}: {text}");
        }
        Change::Cut(column) => lines[at] = line[..line.floor_char_boundary(column % (line.len() + 1))].to_owned(),
        Change::Insert(column, text) => {
            lines[at].insert_str(line.floor_char_boundary(column % (line.len() + 1)), &text);
        }
        Change::Indent(width) => lines[at] = format!("{}{}", " ".repeat(width), line.trim_start()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn a_mutilated_flow_is_read_or_refused(changes in prop::collection::vec((any::<usize>(), change()), 1..5)) {
        let mut lines: Vec<String> = EVERY.lines().map(str::to_owned).collect();
        for (at, change) in changes {
            apply(&mut lines, at, change);
        }
        // Draws the messages too, and looks that a flow comes back exactly when nothing is wrong.
        mistakes(&lines.join("\n"));
    }
}

use proptest::prelude::*;

use super::{Chain, verify};

/// The next line of a chain.
fn next(chain: &mut Chain, body: &str) -> String {
    let mut line = Vec::new();
    chain.add(body, &mut line);
    String::from_utf8(line).unwrap()
}

/// A log of runs with so many results each.
fn log(runs: &[usize]) -> Vec<String> {
    let mut chain = Chain::default();
    let mut lines = Vec::new();
    for (run, results) in runs.iter().enumerate() {
        lines.push(next(&mut chain, &format!("\"at\":\"\",\"event\":\"run-started\",\"correlation\":\"run-{run}\"")));
        for number in 0..*results {
            let body = format!(
                "\"at\":\"\",\"event\":\"scenario-finished\",\"scenario\":\"s::ä \\\"{number}\\\",\\\"hash\\\":\\\"\",\"verdict\":\"passed\""
            );
            lines.push(next(&mut chain, &body));
        }
        lines.push(next(&mut chain, &format!("\"at\":\"\",\"event\":\"run-finished\",\"lines\":{}", results + 2)));
    }
    lines
}

fn problems(lines: &[String]) -> String {
    let found = verify(lines.concat().as_bytes()).unwrap();
    let told = found.problems.iter().map(|problem| format!("line {} {}", problem.line, problem.what));
    let mut told: Vec<String> = told.collect();
    if !found.sealed {
        told.push("not sealed".to_owned());
    }
    told.join("\n")
}

#[test]
fn a_log_as_it_was_written_is_whole() {
    let lines = log(&[3, 0, 1]);
    let found = verify(lines.concat().as_bytes()).unwrap();
    assert!(found.is_whole(), "{found:?}");
    assert_eq!((found.lines, found.runs), (10, 3));
    assert!(lines[9].contains(&found.head));
    assert!(!verify(&b""[..]).unwrap().is_whole());
}

#[test]
fn what_was_done_to_a_log_is_named() {
    let lines = log(&[4]);
    let done = |change: fn(&mut Vec<String>)| {
        let mut lines = lines.clone();
        change(&mut lines);
        problems(&lines)
    };
    insta::assert_snapshot!(done(|lines| lines[2] = lines[2].replace("passed", "failed")), @"line 3 was changed: its hash is not that of its text");
    insta::assert_snapshot!(done(|lines| drop(lines.remove(2))), @"line 3 does not follow the line before it: line 3 of the log is missing");
    insta::assert_snapshot!(done(|lines| drop(lines.drain(0..2))), @"
    line 1 does not follow the line before it: lines 1 to 2 of the log are missing
    line 1 belongs to no run
    line 2 belongs to no run
    line 3 belongs to no run
    line 4 belongs to no run
    not sealed
    ");
    insta::assert_snapshot!(done(|lines| lines.swap(2, 3)), @"
    line 3 does not follow the line before it: line 3 of the log is missing
    line 4 is out of place: it is line 3 of the log
    line 5 does not follow the line before it: line 4 of the log is missing
    ");
    insta::assert_snapshot!(done(|lines| lines.insert(3, lines[2].clone())), @"line 4 is out of place: it is line 3 of the log");
    insta::assert_snapshot!(done(|lines| drop(lines.pop())), @"not sealed");
    insta::assert_snapshot!(done(|lines| { lines[5].pop(); }), @"
    line 6 is cut off: it has no line feed at its end
    not sealed
    ");
    insta::assert_snapshot!(done(|lines| lines[3] = "hello\n".to_owned()), @"line 4 is not a line of an audit log");
    insta::assert_snapshot!(done(|lines| lines.insert(1, "\n".to_owned())), @"
    line 2 is not a line of an audit log
    line 3 is out of place: it is line 2 of the log
    ");
    // A line that was made anew with all that belongs to it does not fit to what follows.
    insta::assert_snapshot!(done(|lines| {
        let mut chain = Chain::default();
        next(&mut chain, "\"at\":\"\",\"event\":\"run-started\",\"correlation\":\"run-0\"");
        lines[1] = next(&mut chain, "\"event\":\"scenario-finished\",\"verdict\":\"failed\"");
    }), @"line 3 does not follow the line before it: one of the two was replaced");
    insta::assert_snapshot!(done(|lines| {
        let mut chain = Chain::default();
        let start = next(&mut chain, "\"event\":\"run-started\"");
        *lines = vec![start, next(&mut chain, "\"event\":\"run-finished\",\"lines\":6")];
    }), @"
    line 2 seals 6 lines of its run, and there are 2
    not sealed
    ");
}

proptest! {
    #[test]
    fn any_changed_byte_is_found(at in 0usize..10_000, to in any::<u8>()) {
        let mut bytes = log(&[2, 1]).concat().into_bytes();
        let at = at % bytes.len();
        prop_assume!(bytes[at] != to);
        bytes[at] = to;
        prop_assert!(!verify(bytes.as_slice()).unwrap().is_whole());
    }

    #[test]
    fn any_missing_or_added_byte_is_found(at in 0usize..10_000, more in any::<u8>(), add in any::<bool>()) {
        let whole = log(&[2, 1]).concat().into_bytes();
        let at = at % whole.len();
        let mut bytes = whole.clone();
        if add {
            bytes.insert(at, more);
        } else {
            bytes.remove(at);
        }
        prop_assume!(bytes != whole);
        prop_assert!(!verify(bytes.as_slice()).unwrap().is_whole());
    }

    #[test]
    fn lines_that_are_moved_repeated_or_removed_are_found(from in 0usize..9, to in 0usize..9, how in 0u8..3) {
        let mut lines = log(&[4, 1]);
        match how {
            0 => lines.swap(from, to),
            1 => lines.insert(to, lines[from].clone()),
            _ => drop(lines.remove(from)),
        }
        prop_assume!(lines != log(&[4, 1]));
        prop_assert!(!verify(lines.concat().as_bytes()).unwrap().is_whole());
    }

    #[test]
    fn an_end_that_is_missing_is_found(kept in 0usize..10_000) {
        let bytes = log(&[4]).concat().into_bytes();
        let kept = kept % bytes.len();
        prop_assert!(!verify(&bytes[..kept]).unwrap().is_whole());
    }
}

use proptest::prelude::*;

use super::read::of_lines;
use super::*;
use crate::record::{RunHeader, RunRecord, StopReason};

fn line(seed: u64, failing: &[&str], flaky: &[&str]) -> HistoryLine {
    let owned = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
    let record = RunRecord { header: RunHeader { seed, ..RunHeader::default() }, ..RunRecord::default() };
    HistoryLine::new(&record, &owned(failing), &owned(flaky))
}

#[test]
fn only_changes_under_equal_inputs_count() {
    let runs = [
        line(1, &["a", "b", "d"], &[]),
        line(2, &["c"], &[]),
        line(1, &["b"], &["e"]),
        line(1, &["a", "b"], &["e"]),
        HistoryLine { stopped: Some(StopReason::Interrupted), ..line(1, &[], &[]) },
        HistoryLine { cut: true, ..line(1, &[], &[]) },
    ];
    let said: Vec<String> = unstable(&runs)
        .iter()
        .map(|one| {
            format!(
                "{}: {} changes, {} failed and {} flaky of {}",
                one.id, one.changes, one.failed, one.flaky, one.runs
            )
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"), @"
    a: 2 changes, 2 failed and 0 flaky of 3
    e: 1 changes, 0 failed and 2 flaky of 3
    d: 1 changes, 1 failed and 0 flaky of 3
    ");
}

#[test]
fn lines_that_are_cut_or_foreign_are_passed_over() {
    let run = line(1, &["a"], &[]);
    let json = serde_json::to_string(&run).unwrap();
    let other = serde_json::to_string(&HistoryLine { version: HISTORY_VERSION + 1, ..run.clone() }).unwrap();
    let long = "x".repeat(3 << 20);
    let text = format!("{json}\n\n{}\n{json}\n{long}\n{other}\n{json}\n{{\"ver", &json[..40]);
    let history = of_lines(text.as_bytes()).unwrap();
    assert_eq!(history, History { runs: vec![run.clone(), run.clone(), run], unreadable: vec![3, 5, 6, 8] });
}

#[test]
fn a_line_is_bounded_and_says_that_it_is_cut() {
    let ids: Vec<String> = (0..100_000).map(|number| format!("suites/bank::caller {number}")).collect();
    let line = HistoryLine::new(&RunRecord::default(), &ids, &ids);
    assert!(line.cut && line.failing.len() > 1_000);
    assert!(serde_json::to_string(&line).unwrap().len() < 100_000);
    assert!(!HistoryLine::new(&RunRecord::default(), &ids[..3], &[]).cut);
}

proptest! {
    #[test]
    fn runs_with_equal_verdicts_are_stable(failing in proptest::collection::vec("[a-d]", 0..4), times in 1usize..5) {
        let ids: Vec<&str> = failing.iter().map(String::as_str).collect();
        prop_assert_eq!(unstable(&vec![line(1, &ids, &[]); times]), vec![]);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let history = of_lines(&bytes[..]).unwrap();
        prop_assert!(history.runs.is_empty());
    }
}

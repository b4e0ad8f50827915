//! `tests/fixtures/failing`: suites that run and must fail, with all that is said about them.

use crate::support::{repository, run_in_repository, timeless};

#[test]
fn failures_are_shown_with_their_lines() {
    let reports = tempfile::tempdir().expect("a folder");
    let ran = run_in_repository(reports.path(), &["run", "--color", "never", "tests/fixtures/failing"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let shown = timeless(&format!("{}{}", ran.stdout, ran.stderr), reports.path());
    insta::assert_snapshot!("failing", shown);
}

#[test]
fn every_failure_stands_in_junit_with_file_and_line() {
    let reports = tempfile::tempdir().expect("a folder");
    run_in_repository(reports.path(), &["run", "--quiet", "tests/fixtures/failing"]);
    let text = std::fs::read_to_string(reports.path().join("junit.xml")).expect("a report");
    let document = roxmltree::Document::parse(&text).expect("XML");
    let cases: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    assert!(!cases.is_empty());
    let mut failures = 0;
    for case in &cases {
        let file = case.attribute("file").expect("a file");
        let line: usize = case.attribute("line").expect("a line").parse().expect("a number");
        let source = std::fs::read_to_string(repository().join(file)).expect("the suite");
        let written = source.lines().nth(line - 1).expect("the line");
        assert!(written.contains("name:"), "{file}:{line}: {written}");
        failures += case.children().filter(|node| node.has_tag_name("failure")).count();
    }
    assert!(failures >= 8, "{failures}");
}

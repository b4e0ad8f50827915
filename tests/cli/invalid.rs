//! `tests/fixtures/invalid`: files that cannot be used, one mistake each.

use crate::support::{repository, run_in_repository};

#[test]
fn all_mistakes_of_all_files_are_shown_in_one_run() {
    let reports = tempfile::tempdir().expect("a folder");
    let ran = run_in_repository(reports.path(), &["validate", "--color", "never", "tests/fixtures/invalid"]);
    assert_eq!(ran.code, 2);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    for entry in std::fs::read_dir(repository().join("tests/fixtures/invalid")).expect("the fixtures") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        // The second half of a circle is told with the first.
        if name.ends_with(".yaml") && name != "extends-cycle-b.yaml" {
            assert!(ran.stderr.contains(&format!("tests/fixtures/invalid/{name}")), "nothing is said about {name}");
        }
    }
    insta::assert_snapshot!("invalid", ran.stderr);
}

#[test]
fn machines_get_the_same_as_json() {
    let reports = tempfile::tempdir().expect("a folder");
    let ran = run_in_repository(reports.path(), &["validate", "--format", "json", "tests/fixtures/invalid"]);
    assert_eq!(ran.code, 2);
    let records: Vec<serde_json::Value> = serde_json::from_str(&ran.stdout).expect("JSON");
    assert!(records.len() > 20);
    for record in records {
        assert!(record["rule"].as_str().is_some_and(|rule| rule.contains('/')), "{record}");
        assert!(record["file"].as_str().is_some_and(|file| file.starts_with("tests/fixtures/invalid/")), "{record}");
    }
}

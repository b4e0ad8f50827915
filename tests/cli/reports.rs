//! What stands in the report folder after real runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use callpath::internal::record::replay;
use serde_json::Value;

use crate::support::run_in_repository;

/// Suites that pass, that fail and that cannot be used, with the exit code of their run.
const RUNS: [(&str, i32); 4] =
    [("suites", 0), ("tests/fixtures/failing", 1), ("tests/fixtures/assist/failing", 1), ("tests/fixtures/invalid", 2)];

fn reports(dialect: &str) -> impl Iterator<Item = (&'static str, tempfile::TempDir)> {
    RUNS.into_iter().map(move |(suites, code)| {
        let reports = tempfile::tempdir().expect("a folder");
        let ran = run_in_repository(reports.path(), &["run", "--quiet", "--junit-dialect", dialect, suites]);
        assert_eq!(ran.code, code, "{suites}: {}", ran.stderr);
        (suites, reports)
    })
}

fn read(reports: &tempfile::TempDir, name: &str) -> String {
    std::fs::read_to_string(reports.path().join(name)).expect("a report")
}

#[test]
fn the_journal_replays_into_the_record() {
    for (suites, reports) in reports("rich") {
        let replayed = replay(read(&reports, "events.jsonl").lines()).expect("a journal");
        let written: Value = serde_json::from_str(&read(&reports, "run.json")).expect("JSON");
        assert!(serde_json::to_value(&replayed).expect("JSON") == written, "{suites}: the records differ");
    }
}

#[test]
fn both_dialects_are_well_formed_and_hold_every_scenario() {
    for dialect in ["rich", "strict"] {
        for (suites, reports) in reports(dialect) {
            let text = read(&reports, "junit.xml");
            let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{suites}: {error}"));
            let record: Value = serde_json::from_str(&read(&reports, "run.json")).expect("JSON");
            let cases = document.descendants().filter(|node| node.has_tag_name("testcase")).count();
            assert_eq!(Some(cases as u64), record["totals"]["scenarios"].as_u64(), "{suites}, {dialect}");
        }
    }
}

/// The strict dialect of real runs against the schemas of Jenkins and Surefire, judged by an independent program.
#[test]
fn the_strict_dialect_satisfies_both_schemas() {
    let Some(schemas) = std::env::var_os("CALLPATH_XSD").map(PathBuf::from) else {
        eprintln!("CALLPATH_XSD names no folder with the schemas: nothing was validated");
        return;
    };
    for (suites, reports) in reports("strict") {
        let file = reports.path().join("junit.xml");
        xmllint(&schemas.join("junit-10.xsd"), &[&file], suites);
        let text = read(&reports, "junit.xml");
        let document = roxmltree::Document::parse(&text).expect("XML");
        let parts: Vec<PathBuf> = document
            .root_element()
            .children()
            .filter(roxmltree::Node::is_element)
            .enumerate()
            .map(|(index, suite)| {
                let part = reports.path().join(format!("suite-{index}.xml"));
                std::fs::write(&part, &text[suite.range()]).expect("a file");
                part
            })
            .collect();
        assert!(!parts.is_empty(), "{suites}");
        let parts: Vec<&Path> = parts.iter().map(PathBuf::as_path).collect();
        xmllint(&schemas.join("surefire-test-report.xsd"), &parts, suites);
    }
}

fn xmllint(schema: &Path, documents: &[&Path], suites: &str) {
    assert!(schema.is_file(), "{} is missing", schema.display());
    let mut command = Command::new("xmllint");
    command.args(["--noout", "--schema"]).arg(schema).args(documents);
    let output = command.output().expect("xmllint is installed (package libxml2-utils)");
    assert!(output.status.success(), "{suites}: {}", String::from_utf8_lossy(&output.stderr));
}

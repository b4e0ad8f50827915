//! Records, journals and histories that callpath wrote in version 1 of their schemas.

use serde_json::{Value, json};

use crate::support::{Ran, callpath, repository, without_wall};

/// Runs the program where the stored records and the suite that they are of lie.
fn run(arguments: &[&str]) -> Ran {
    let folder = repository().join("tests/fixtures/records-v1");
    callpath(&folder).args(arguments).output().expect("the program starts").into()
}

const NO_ANSWER: &str = "target 'nowhere' at 127.0.0.1:1 gave no answer: client error (Connect): tcp connect error: \
                         Connection refused (os error 111) (after 10 tries)";

#[test]
fn records_and_journals_are_reported_again_in_the_new_version() {
    for (name, code, stopped) in
        [("max-fail", 1, json!("max-fail")), ("unusable", 3, json!({ "unusable": { "reason": NO_ANSWER } }))]
    {
        let folder = tempfile::tempdir().expect("a folder");
        let written = |extension: &str| {
            let [json, html, junit] = ["run.json", "report.html", "junit.xml"].map(|file| folder.path().join(file));
            let path = |path: &std::path::Path| path.display().to_string();
            let source = format!("{name}.{extension}");
            let options = ["--json", &path(&json), "--html", &path(&html), "--junit", &path(&junit)];
            let ran = run(&[&["report", &source, "--quiet"][..], &options].concat());
            assert_eq!(ran.code, code, "{source}: {}", ran.stderr);
            let record: Value = serde_json::from_slice(&std::fs::read(&json).expect("run.json")).expect("JSON");
            assert_eq!((&record["version"], &record["stopped"]), (&json!(2), &stopped), "{source}");
            // The new record is read too, and says the same.
            let again = folder.path().join("again.xml");
            let ran = run(&["report", &path(&json), "--quiet", "--junit", &path(&again)]);
            assert_eq!(ran.code, code, "{source}: {}", ran.stderr);
            let text = |path| std::fs::read_to_string(path).expect("a report");
            assert_eq!(text(&junit), text(&again), "{source}");
            (record, text(&junit))
        };
        assert!(written("json") == written("jsonl"), "{name}: the record and the journal are of one run");
    }
}

/// Version 1 calls the tutorial's accuracy `seed_accuracy`.
fn with_new_names(mut scenarios: Value) -> Value {
    for scenario in scenarios.as_array_mut().expect("a list of scenarios") {
        if let Some(score) = scenario.get_mut("score").and_then(Value::as_object_mut) {
            let accuracy = score.remove("seed_accuracy").expect("every score of version 1 has it");
            score.insert("tutorial_accuracy".to_owned(), accuracy);
        }
    }
    scenarios
}

#[test]
fn a_record_of_version_1_is_compared_with_its_new_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let new = folder.path().join("run.json").display().to_string();
    assert_eq!(run(&["report", "unusable.json", "--quiet", "--json", &new]).code, 3);
    for old in ["unusable.json", "unusable.jsonl"] {
        let ran = run(&["compare", old, &new, "--format", "json"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let comparison: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        assert_eq!(comparison["different"], false, "{old}");
        assert_eq!(comparison["base"]["stopped"], NO_ANSWER);
    }
    let merged = folder.path().join("merged");
    let ran = run(&["merge", "max-fail.json", "-q", "--no-html", "--report-dir", &merged.display().to_string()]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let merged: Value =
        serde_json::from_slice(&std::fs::read(merged.join("run.json")).expect("run.json")).expect("JSON");
    let stored: Value = serde_json::from_str(include_str!("../fixtures/records-v1/max-fail.json")).expect("JSON");
    let stored = with_new_names(stored["scenarios"].clone());
    assert_eq!(without_wall(merged["scenarios"].clone()), without_wall(stored));
    let added = ["description", "properties"].map(|key| merged["scenarios"][0].get(key));
    assert_eq!(added, [None, None], "version 1 has neither");
}

#[test]
fn a_history_of_version_1_is_shown() {
    let ran = run(&["history", "history.jsonl", "--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let trends: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let runs = trends["runs"].as_array().expect("runs");
    let said: Vec<_> = runs.iter().map(|run| (&run["version"], &run["stopped"])).collect();
    assert_eq!(said, [(&json!(2), &json!("max-fail")), (&json!(2), &json!({ "unusable": { "reason": NO_ANSWER } }))]);
    assert_eq!(trends["unreadable"], json!([]));
}

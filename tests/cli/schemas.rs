use serde_json::Value;

use crate::support::{Sandbox, repository, run_in_repository};

fn published(name: &str) -> Value {
    let path = repository().join("schemas").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn the_published_schemas_are_fresh() {
    for name in ["suite", "flow", "run", "event", "compare"] {
        let ran = Sandbox::new().run(&["schema", name]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let fresh: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let file = format!("{name}.schema.json");
        // Not `assert_eq`, which would print both schemas whole.
        assert!(published(&file) == fresh, "{file} is stale: callpath schema --write schemas");
    }
}

#[test]
fn reports_of_the_examples_and_of_failures_follow_their_schemas() {
    let run = jsonschema::validator_for(&published("run.schema.json")).expect("a schema");
    let event = jsonschema::validator_for(&published("event.schema.json")).expect("a schema");
    for (paths, code) in [("suites", 0), ("tests/fixtures/failing", 1), ("tests/fixtures/invalid", 2)] {
        let reports = tempfile::tempdir().expect("a folder");
        let ran = run_in_repository(reports.path(), &["run", "--quiet", paths]);
        assert_eq!(ran.code, code, "{paths}: {}", ran.stderr);
        let read = |name: &str| std::fs::read_to_string(reports.path().join(name)).expect("a report");
        let record: Value = serde_json::from_str(&read("run.json")).expect("JSON");
        let errors: Vec<String> = run.iter_errors(&record).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{paths}: {errors:#?}");
        for line in read("events.jsonl").lines() {
            let value: Value = serde_json::from_str(line).expect("JSON");
            let errors: Vec<String> = event.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{paths}: {line}: {errors:#?}");
        }
    }
}

#[test]
fn all_schemas_are_written_at_once() {
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.run(&["schema", "--write", "out"]).code, 0);
    for name in ["suite", "flow", "run", "event", "compare"] {
        assert!(sandbox.path(&format!("out/{name}.schema.json")).is_file());
    }
}

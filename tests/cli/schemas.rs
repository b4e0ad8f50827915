use std::path::{Path, PathBuf};

use callpath::internal::source::diagnostics::{Diagnostics, Source};
use callpath::internal::source::yaml::{self, Limits};
use serde_json::Value;

use crate::support::{Sandbox, repository, run_in_repository};

fn published(name: &str) -> Value {
    let path = repository().join("schemas").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn the_published_schemas_are_fresh() {
    for name in ["suite", "flow", "run", "event", "compare", "history", "audit", "qa-result", "agents"] {
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
    for (paths, code) in [
        ("suites", 0),
        ("tests/fixtures/failing", 1),
        ("tests/fixtures/assist/failing", 1),
        ("tests/fixtures/invalid", 2),
    ] {
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
    for name in ["suite", "flow", "run", "event", "compare", "history", "audit", "qa-result", "agents"] {
        assert!(sandbox.path(&format!("out/{name}.schema.json")).is_file());
    }
}

/// All YAML files below a folder of the repository.
fn yaml_files(folder: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&repository().join(folder), &mut files);
    files.sort();
    files
}

/// A YAML file as editors see it; none where it is no YAML.
fn as_json(path: &Path) -> Option<Value> {
    let text = std::fs::read(path).expect("a file");
    let mut diagnostics = Diagnostics::new();
    let source = Source::new("file.yaml", String::from_utf8(text).ok()?);
    let node = yaml::parse(&source, &Limits::default(), &mut diagnostics)?;
    (!diagnostics.has_errors())
        .then(|| serde_json::to_value(callpath::internal::flow::Value::from_node(&node)).expect("JSON"))
}

/// The schema that is meant for a file, by its folder.
fn validator_for(path: &Path) -> jsonschema::Validator {
    let is_flow = path.components().any(|part| part.as_os_str() == "flows");
    let name = if is_flow { "flow.schema.json" } else { "suite.schema.json" };
    jsonschema::validator_for(&published(name)).expect("a schema")
}

#[test]
fn the_examples_and_the_failing_fixtures_follow_the_schemas() {
    let files: Vec<PathBuf> = ["suites", "tests/fixtures/failing", "tests/fixtures/assist/failing"]
        .into_iter()
        .flat_map(yaml_files)
        .collect();
    assert!(files.len() > 30, "{} files", files.len());
    for path in files {
        let value = as_json(&path).expect("YAML");
        let validator = validator_for(&path);
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
    }
}

/// Editors show the mistakes that a schema can see. What remains needs another file (nodes, outcomes, bases), the whole
/// of this one (ids, axes, edges), the grammar of expressions, or the limits, which `callpath.toml` may change.
#[test]
fn invalid_fixtures_do_not_follow_the_schemas() {
    let folder = repository().join("tests/fixtures/invalid");
    let accepted: Vec<String> = yaml_files("tests/fixtures/invalid")
        .into_iter()
        .filter(|path| as_json(path).is_some_and(|value| validator_for(path).is_valid(&value)))
        .map(|path| path.strip_prefix(&folder).expect("a file below it").to_string_lossy().into_owned())
        .collect();
    insta::assert_snapshot!(accepted.join("\n"), @r"
    bad-expression.yaml
    control-characters-in-a-name.yaml
    dangling-edge.yaml
    duplicate-scenario.yaml
    extends-cycle-a.yaml
    extends-cycle-b.yaml
    flow-without-start.yaml
    flows/bad-expression.yaml
    flows/dangling-edge.yaml
    flows/tea-shop.yaml
    matrix-of-a-million.yaml
    missing-flow.yaml
    no-expectation.yaml
    outside-the-root.yaml
    too-many-keys.yaml
    too-many-media.yaml
    too-many-variables.yaml
    unknown-axis.yaml
    unknown-node-in-path.yaml
    unknown-outcome.yaml
    unknown-stub.yaml
    unknown-variable-in-expectation.yaml
    ");
}

//! Suites of prompts: `tests/fixtures/assist`.

use serde_json::Value;

use crate::support::{Sandbox, repository, run_in_repository, timeless, without_wall};

fn record(reports: &std::path::Path) -> Value {
    let text = std::fs::read_to_string(reports.join("run.json")).expect("a run record");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn failures_are_shown_with_their_lines() {
    let reports = tempfile::tempdir().expect("a folder");
    let ran = run_in_repository(reports.path(), &["run", "--color", "never", "tests/fixtures/assist/failing"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    insta::assert_snapshot!("assist_failing", timeless(&format!("{}{}", ran.stdout, ran.stderr), reports.path()));
}

#[test]
fn mistakes_are_shown_with_their_lines() {
    let reports = tempfile::tempdir().expect("a folder");
    let ran = run_in_repository(reports.path(), &["validate", "--color", "never", "tests/fixtures/assist/invalid"]);
    assert_eq!(ran.code, 2);
    for entry in std::fs::read_dir(repository().join("tests/fixtures/assist/invalid")).expect("the fixtures") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(name == "base.yaml" || ran.stderr.contains(&name), "nothing is said about {name}");
    }
    insta::assert_snapshot!("assist_invalid", ran.stderr);
}

/// What a failing prompt leaves in the reports for machines.
#[test]
fn the_record_says_what_became_of_each_prompt() {
    let reports = tempfile::tempdir().expect("a folder");
    let down = "tests/fixtures/assist/failing/results::a service that is down is expected to be up";
    run_in_repository(reports.path(), &["run", "--quiet", "--filter", down, "tests/fixtures/assist/failing"]);
    let record = without_wall(record(reports.path()));
    insta::assert_snapshot!(
        "assist_record",
        serde_json::to_string_pretty(&record["scenarios"][0]["assist"]).expect("JSON")
    );
    insta::assert_snapshot!(record["assist"], @r#"{"counts":{"delivered":0,"failed":1,"fallback":0,"ineligible":0,"rate_limited":0},"requests":4,"results":[{"expected":"delivered","found":{"delivered":0,"failed":1,"fallback":0,"ineligible":0,"rate_limited":0}}],"scenarios":1,"transcripts":{"none":1}}"#);
    assert_eq!(record["scores"]["result_accuracy"], 0.0);
    assert!(
        record["scores"]["accuracy"].is_null()
            && record["coverage"].is_null()
            && record["flows"] == serde_json::json!([])
    );
    let junit = std::fs::read_to_string(reports.path().join("junit.xml")).expect("a report");
    let document = roxmltree::Document::parse(&junit).expect("XML");
    let failure = document.descendants().find(|node| node.has_tag_name("failure")).expect("a failure");
    assert_eq!(failure.attribute("type"), Some("result"));
    insta::assert_snapshot!(failure.text().unwrap_or_default().trim(), @"
    tests/fixtures/assist/failing/results.yaml:14:23: the result: expected delivered, found failed: the prompt service answered 503; the fallback failed too: the prompt service answered 503
    tests/fixtures/assist/failing/results.yaml:14:83: the number of attempts: expected at most 3, found 4
    tests/fixtures/assist/failing/results.yaml:14:44: the list of statuses: expected 503, 201, found 503, 503, 503, 503
    tests/fixtures/assist/failing/results.yaml:14:64: the list of pauses: expected 100ms, found 95ms, 144ms
    tests/fixtures/assist/failing/results.yaml:14:107: the reason: expected a reason that says '429', found 'the prompt service answered 503' and 1 more
    ");
    let case = failure.parent_element().expect("a case");
    let property = |name: &str| {
        let named =
            case.descendants().find(|node| node.attribute("name") == Some(name) && node.has_tag_name("property"));
        named.and_then(|node| node.attribute("value").map(str::to_owned))
    };
    assert_eq!((property("failed").as_deref(), property("requests").as_deref()), (Some("1"), Some("4")));
}

/// Prompts have scores of their own: those of the calls beside them are the same with and without them.
#[test]
fn prompts_leave_the_scores_of_calls_alone() {
    let (calls, both) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    assert_eq!(run_in_repository(calls.path(), &["run", "--quiet", "suites/bank"]).code, 0);
    assert_eq!(run_in_repository(both.path(), &["run", "--quiet", "suites/bank", "suites/assist"]).code, 0);
    let (calls, both) = (record(calls.path()), record(both.path()));
    for score in ["accuracy", "path_fitness", "efficiency"] {
        assert_eq!(calls["scores"][score], both["scores"][score], "{score}");
    }
    for part in ["coverage", "decisions", "flows"] {
        assert!(calls[part] == both[part], "{part}");
    }
    for sum in ["keypresses", "virtual_ms", "longest_ms", "scored", "decisions"] {
        assert_eq!(calls["totals"][sum], both["totals"][sum], "{sum}");
    }
    assert!(calls["assist"].is_null() && calls["totals"]["rehearsed"].is_null());
    assert_eq!(both["scores"]["result_accuracy"], 1.0);
    assert!(both["totals"]["results_right"].as_u64() > Some(100));
}

const SUITE: &str = "kind: assist\nsuite: S\nscenarios:\n  - { name: a, answers: [503, STATUS], expect: { attempts: 2, duration: { at_most: 1s } } }\n";

/// Both runs pass, and yet a prompt ends otherwise: its service was mended with a fallback in between.
#[test]
fn a_comparison_sees_a_prompt_that_ends_otherwise() {
    let sandbox = Sandbox::new();
    sandbox.write("callpath.toml", "");
    for (name, text) in [
        ("base", SUITE.replace("STATUS", "201")),
        ("new", SUITE.replace("STATUS", "201").replace("answers:", "service: { attempts: 1 }, answers:")),
    ] {
        sandbox.write("s.yaml", text);
        let ran = sandbox.run(&["run", "--quiet", "s.yaml", "--report-dir", name]);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    }
    let ran = sandbox.run(&["compare", "--color", "never", "base/run.json", "new/run.json"]);
    assert!(ran.stdout.contains("step 1: prompt_1 (delivered) → prompt_1 (fallback)"), "{}", ran.stdout);
}

#[test]
fn a_gate_holds_the_accuracy_of_results() {
    let reports = tempfile::tempdir().expect("a folder");
    let run =
        |gate: &str, path: &str| run_in_repository(reports.path(), &["run", "--quiet", "--gate", gate, path]).code;
    assert_eq!(run("result-accuracy>=100%", "suites/assist"), 0);
    // Nothing measured is missed.
    assert_eq!(run("result-accuracy>=100%", "suites/bank"), 5);
}

#[test]
fn one_job_and_many_write_the_same_record_and_another_seed_other_pauses() {
    let run = |arguments: &[&str]| {
        let reports = tempfile::tempdir().expect("a folder");
        let arguments = [&["run", "--quiet", "suites/assist/delivery.yaml"], arguments].concat();
        assert_eq!(run_in_repository(reports.path(), &arguments).code, 0);
        without_wall(record(reports.path()))["scenarios"].take()
    };
    let one = run(&["--jobs", "1"]);
    assert!(one == run(&["--jobs", "16"]));
    assert!(one != run(&["--seed", "7"]));
}

/// The files of an earlier run must not be taken for this one's.
#[test]
fn a_run_of_prompts_alone_leaves_no_coverage() {
    let reports = tempfile::tempdir().expect("a folder");
    let coverage = reports.path().join("coverage.xml");
    run_in_repository(reports.path(), &["run", "--quiet", "suites/power"]);
    assert!(coverage.exists());
    let ran = run_in_repository(reports.path(), &["run", "suites/assist/desktop.yaml"]);
    assert!(!coverage.exists() && !ran.stdout.contains("coverage.xml"), "{}", ran.stdout);
}

#[test]
fn a_list_names_scenarios_of_prompts_too() {
    let reports = tempfile::tempdir().expect("a folder");
    let ran =
        run_in_repository(reports.path(), &["list", "--format", "json", "--filter", "the tutorial's own", "suites"]);
    let listed: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    insta::assert_snapshot!(listed, @r#"[{"file":"suites/assist/eligibility.yaml","id":"suites/assist/eligibility::the tutorial's own request is refused","line":61,"name":"the tutorial's own request is refused","tags":["assist","eligibility","tutorial"]}]"#);
}

/// A million prompts in virtual time, counted and not kept. Without optimization it takes some seconds.
#[test]
#[cfg_attr(debug_assertions, ignore = "takes some seconds without optimization")]
fn a_million_prompts_are_counted_exactly() {
    let reports = tempfile::tempdir().expect("a folder");
    let ran = run_in_repository(reports.path(), &["run", "--quiet", "tests/fixtures/assist/large.yaml"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    assert!(std::fs::metadata(reports.path().join("run.json")).expect("a record").len() < 100_000);
}

/// A rehearsal computes and never waits: it must look at the clock itself.
#[test]
fn a_timeout_ends_a_rehearsal() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "suites/many.yaml",
        "kind: assist\nsuite: many\ndefaults: { expect: { counts: { failed: 0 } } }\nscenarios:\n  - name: own\n    \
         timeout: 1ms\n    burst: { count: 1000000, every: 1ms }\n  - name: the run's\n    \
         burst: { count: 1000000, every: 1ms }\n",
    );
    let ran = sandbox.run(&["run", "--quiet", "--timeout", "2ms"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let record = sandbox.json("callpath-report/run.json");
    let found = |number: usize| {
        let scenario = &record["scenarios"][number];
        (scenario["verdict"].as_str(), scenario["reason"].as_str())
    };
    assert_eq!(found(0), (Some("error"), Some("no result within 1 ms")));
    assert_eq!(found(1), (Some("error"), Some("no result within 2 ms")));
}

//! `callpath run --shard` and `callpath merge`.

use serde_json::Value;

use crate::support::{Sandbox, TINY_FLOW, callpath, repository, run_in_repository, without_wall};

fn record(path: &std::path::Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).expect("a record")).expect("JSON")
}

#[test]
fn four_shards_make_the_run_that_was_not_split() {
    let suites = ["suites", "tests/fixtures/failing", "tests/fixtures/invalid"];
    let folder = tempfile::tempdir().expect("a folder");
    let options = ["run", "--quiet", "--retries", "1", "--gate", "accuracy>=99%", "--gate", "coverage.nodes>=99%"];
    let whole = run_in_repository(&folder.path().join("whole"), &[&options[..], &suites].concat());
    assert_eq!(whole.code, 2, "{}", whole.stderr);
    let mut command = callpath(repository());
    command.args(["merge", "--quiet", "--report-dir"]).arg(folder.path().join("merged"));
    // In any order, and of records as well as of journals.
    for (index, source) in [(3, "run.json"), (1, "events.jsonl"), (4, "run.json"), (2, "events.jsonl")] {
        let reports = folder.path().join(index.to_string());
        let shard = format!("{index}/4");
        let ran = run_in_repository(&reports, &[&options[..], &["--shard", &shard], &suites].concat());
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        let part = record(&reports.join("run.json"));
        assert_eq!(part["header"]["shard"], serde_json::json!({ "index": index, "of": 4 }));
        assert_eq!(part.get("gates"), None, "a part is not measured by what is asked of the whole");
        command.arg(reports.join(source));
    }
    let output = command.output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    let [whole, merged] = ["whole", "merged"].map(|name| record(&folder.path().join(name).join("run.json")));
    assert_eq!(whole["gates"].as_array().map(Vec::len), Some(2));
    let (whole, merged) = (without_wall(whole), without_wall(merged));
    for (key, value) in whole.as_object().expect("an object") {
        assert!(merged.get(key) == Some(value), "{key} is not the same");
    }
    assert!(whole == merged);
    let cobertura = |name: &str| {
        let text = std::fs::read_to_string(folder.path().join(name).join("coverage.xml")).expect("a report");
        regex::Regex::new("timestamp=\"\\d+\"").expect("a pattern").replace(&text, "").into_owned()
    };
    assert!(cobertura("whole") == cobertura("merged"));
    for name in ["junit.xml", "report.html"] {
        assert!(folder.path().join("merged").join(name).is_file(), "{name}");
    }
}

/// Five scenarios, two of them cells of one entry; the last one fails.
const SUITE: &str = "\
suite: tiny
flow: flows/tiny.yaml
scenarios:
  - { name: presses one, dtmf: [\"1\"], expect: { ends_at: done } }
  - { name: presses again, dtmf: [\"1\"], expect: { ends_at: done } }
  - { name: \"presses ${key}\", matrix: { key: [3, 4] }, dtmf: [\"${key}\", \"1\"], expect: { decisions: { menu: [no_match, \"1\"] } } }
  - { name: is wrong, dtmf: [\"1\"], expect: { ends_at: menu } }
";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("flows/tiny.yaml", TINY_FLOW);
    sandbox.write("tiny.yaml", SUITE);
    sandbox
}

fn run(sandbox: &Sandbox, folder: &str, arguments: &[&str]) -> i32 {
    sandbox.run(&[&["run", "-q", "tiny.yaml", "--report-dir", folder], arguments].concat()).code
}

#[test]
fn gates_are_judged_by_the_whole_and_a_shard_may_be_empty() {
    let sandbox = sandbox();
    sandbox.write("tiny.yaml", SUITE.replace("ends_at: menu", "ends_at: done"));
    let gate = ["--gate", "coverage.outcomes>=90%"];
    assert_eq!(run(&sandbox, "whole", &gate), 5);
    let names: Vec<String> = (1..=6).map(|index| format!("s{index}")).collect();
    for (index, name) in (1..).zip(&names) {
        let shard = format!("{index}/6");
        assert_eq!(run(&sandbox, name, &[&gate[..], &["--shard", &shard]].concat()), 0, "shard {shard}");
    }
    let sources: Vec<String> = names.iter().map(|name| format!("{name}/run.json")).collect();
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    let ran = sandbox.run(&[&["merge", "-q", "--report-dir", "merged"], &sources[..]].concat());
    assert_eq!(ran.code, 5, "{ran:?}");
    assert_eq!(without_wall(sandbox.json("merged/run.json")), without_wall(sandbox.json("whole/run.json")));
    // One that has nothing to do says so.
    let shown = sandbox.run(&["report", "s6/run.json", "--color", "never"]);
    let times = regex::Regex::new(r"\d+(\.\d+)? ms").expect("a pattern");
    insta::assert_snapshot!(times.replace_all(&shown.stdout, "TIME"), @"
    shard           6/6; `callpath merge` puts all together and judges the gates

    0 scenarios: 0 passed in TIME
    ");
}

#[test]
fn missing_shards_are_named() {
    let sandbox = sandbox();
    assert_eq!([run(&sandbox, "s1", &["--shard", "1/3"]), run(&sandbox, "s2", &["--shard", "2/3"])], [0, 1]);
    let ran = sandbox.run(&["merge", "s1/run.json", "--color", "never"]);
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.stderr, @"error: shards are missing (--allow-missing merges the others): the shards 2/3, 3/3 are missing");
    assert!(!sandbox.path("callpath-report").exists());
    let ran = sandbox.run(&["merge", "s1/run.json", "s2/run.json", "--allow-missing", "-q"]);
    assert_eq!(ran.code, 130, "{ran:?}");
    let record = sandbox.json("callpath-report/run.json");
    assert_eq!((&record["stopped"], &record["totals"]["scenarios"]), (&"interrupted".into(), &4.into()));
}

#[test]
fn an_interrupted_run_is_made_whole_by_another() {
    let sandbox = sandbox();
    assert_eq!(run(&sandbox, "whole", &["--jobs", "1"]), 1);
    let journal = sandbox.read("whole/events.jsonl");
    let cut = journal.find("\"index\":3,").expect("the fourth scenario");
    sandbox.write("cut.jsonl", &journal[..cut]);
    let whole = without_wall(sandbox.json("whole/run.json"));
    let merge = |sources: &[&str]| {
        let ran = sandbox.run(&[&["merge", "-q", "--report-dir", "merged"], sources].concat());
        assert_ne!(ran.code, 2, "{}", ran.stderr);
        (ran.code, ran.stderr, without_wall(sandbox.json("merged/run.json")))
    };
    // Alone it stays interrupted.
    let (code, _, record) = merge(&["cut.jsonl"]);
    assert_eq!((code, record["scenarios"].as_array().map(Vec::len)), (130, Some(3)));
    // With the whole run it is the whole run, in any order.
    for sources in [["cut.jsonl", "whole/run.json"], ["whole/run.json", "cut.jsonl"]] {
        let (code, stderr, record) = merge(&sources);
        assert_eq!((code, &*stderr), (1, ""));
        assert!(record == whole, "{sources:?}");
    }
    // So it is with a shard that was cut and run again.
    assert_eq!([run(&sandbox, "s1", &["--shard", "1/2"]), run(&sandbox, "s2", &["--shard", "2/2"])], [1, 0]);
    let journal = sandbox.read("s1/events.jsonl");
    sandbox.write("cut.jsonl", &journal[..journal.find("\"index\":1,\"scenario\"").expect("its second scenario")]);
    let (code, _, record) = merge(&["s2/run.json", "cut.jsonl", "s1/run.json"]);
    assert_eq!(code, 1);
    assert!(record == whole);
    // A run that was stopped in an orderly way is made whole by one of what it left out.
    assert_eq!(run(&sandbox, "first", &["--jobs", "1", "--filter", "presses"]), 0);
    assert_eq!(run(&sandbox, "rest", &["--filter", "is wrong"]), 1);
    let (code, _, record) = merge(&["first/run.json", "rest/run.json"]);
    assert_eq!((code, &record["scenarios"]), (1, &whole["scenarios"]));
    assert_eq!((&record["coverage"], &record["header"]["deselected"]), (&whole["coverage"], &0.into()));
}

#[test]
fn what_was_skipped_because_of_a_failure_may_be_run_later() {
    let sandbox = sandbox();
    let failing_first = SUITE.replacen("ends_at: done", "ends_at: menu", 1);
    sandbox.write("tiny.yaml", failing_first);
    assert_eq!(run(&sandbox, "first", &["--jobs", "1", "--fail-fast"]), 1);
    assert_eq!(sandbox.json("first/run.json")["stopped"], "max-fail");
    assert_eq!(run(&sandbox, "whole", &[]), 1);
    let ran = sandbox.run(&["merge", "-q", "first/run.json", "whole/run.json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(without_wall(sandbox.json("callpath-report/run.json")) == without_wall(sandbox.json("whole/run.json")));
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let sandbox = sandbox();
    run(&sandbox, "one", &[]);
    run(&sandbox, "seed", &["--seed", "7"]);
    run(&sandbox, "repeat", &["--repeat", "2"]);
    run(&sandbox, "gate", &["--gate", "accuracy>=50%"]);
    run(&sandbox, "other-gate", &["--gate", "accuracy>=60%"]);
    let record = sandbox.read("one/run.json");
    sandbox.write("result.json", record.replacen("\"verdict\":\"passed\"", "\"verdict\":\"failed\"", 1));
    sandbox.write("version.json", record.replacen("\"callpath\":\"", "\"callpath\":\"9", 1));
    sandbox.write("flows/tiny.yaml", TINY_FLOW.replace("Press 1.", "Press one."));
    run(&sandbox, "flow", &[]);
    let said = [
        ["one/run.json", "seed/run.json"],
        ["one/run.json", "repeat/run.json"],
        ["gate/run.json", "other-gate/run.json"],
        ["one/run.json", "flow/run.json"],
        ["one/run.json", "result.json"],
        ["one/run.json", "tiny.yaml"],
    ]
    .map(|sources| {
        let ran = sandbox.run(&[&["merge", "--color", "never"], &sources[..]].concat());
        assert_eq!(ran.code, 2, "{sources:?}");
        ran.stderr
    });
    insta::assert_snapshot!(said.concat(), @"
    error: 'one/run.json' and 'seed/run.json' are not of one run: the seed is 0 in one and 7 in the other
    error: 'one/run.json' and 'repeat/run.json' are not of one run: the number of repeats is 1 in one and 2 in the other
    error: 'gate/run.json' and 'other-gate/run.json' are not of one run: a gate is accuracy>=0.5 in one and accuracy>=0.6 in the other
    error: 'one/run.json' and 'flow/run.json' are not of one run: the file 'flows/tiny.yaml' is not the same
    error: the scenario 'tiny::presses one' differs: passed in 'one/run.json', failed in 'result.json'; merge puts together parts of one run, `callpath compare` sets two runs side by side
    error: tiny.yaml: it is not JSON; give the run.json of a run, or its events.jsonl
    ");
    let ran = sandbox.run(&["merge", "one/run.json", "version.json"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("are not of one run: the version of callpath is "), "{}", ran.stderr);
    assert!(!sandbox.path("callpath-report").exists());
}

#[test]
fn without_the_suites_the_coverage_is_not_known() {
    let sandbox = sandbox();
    run(&sandbox, "s1", &["--shard", "1/2", "--gate", "coverage.nodes>=1%"]);
    run(&sandbox, "s2", &["--shard", "2/2", "--gate", "coverage.nodes>=1%"]);
    sandbox.write("flows/tiny.yaml", TINY_FLOW.replace("Press 1.", "Press one."));
    let ran = sandbox.run(&["merge", "-q", "s1/run.json", "s2/run.json"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.stderr, @"the coverage of the whole run is unknown: 'flows/tiny.yaml' is not as it was in the run; merge in the folder of the suites, unchanged since the run");
    let record = sandbox.json("callpath-report/run.json");
    assert_eq!((record.get("coverage"), &record["gates"][0]["held"]), (None, &false.into()));
}

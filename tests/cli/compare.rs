//! Two runs side by side, and the history of many.

use serde_json::Value;

use crate::support::{Sandbox, TINY_FLOW, repository};

const SUITE: &str = "\
suite: tiny
flow: flows/tiny.yaml
scenarios:
  - { name: presses one, dtmf: [\"1\"], expect: { decisions: { menu: \"1\" }, ends_at: done } }
  - { name: says nothing, expect: { ends_at: done } }
  - { name: is wrong, dtmf: [\"1\"], expect: { ends_at: menu } }
  - { name: presses two, dtmf: [\"2\", \"1\"], expect: { ends_at: done } }
";

/// Two runs: in the second the menu has another key, and a scenario has another name.
fn two_runs() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("flows/tiny.yaml", TINY_FLOW);
    sandbox.write("tiny.yaml", SUITE);
    assert_eq!(sandbox.run(&["run", "-q", "tiny.yaml", "--report-dir", "base"]).code, 1);
    sandbox.write("flows/tiny.yaml", TINY_FLOW.replace("\"1\": done", "\"1\": done, \"2\": done"));
    let suite = SUITE
        .replace("says nothing", "is silent")
        .replace("dtmf: [\"1\"], expect: { ends_at: menu }", "dtmf: [\"1\"], expect: { ends_at: done }");
    sandbox.write("tiny.yaml", suite.replace("menu: \"1\"", "menu: \"2\""));
    let ran = sandbox.run(&["run", "-q", "tiny.yaml", "--report-dir", "new", "--gate", "accuracy>=90%"]);
    assert_eq!(ran.code, 1);
    sandbox
}

fn still(text: &str) -> String {
    let stamp = regex::Regex::new(r"\d{4}-\d\d-\d\dT[0-9:.]+Z").expect("a pattern");
    stamp.replace_all(text, "TIME").into_owned()
}

#[test]
fn what_is_other_is_told_on_the_terminal() {
    let ran = two_runs().run(&["compare", "base/run.json", "new/run.json"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    insta::assert_snapshot!(still(&ran.stdout), @"
    base    base/run.json (TIME, 4 scenarios)
    new     new/run.json (TIME, 4 scenarios)
    inputs  2 files changed: flows/tiny.yaml, tiny.yaml

    newly missed gate  accuracy 0.0%, at least 90% is asked

    newly broken  1
      tiny::presses one  passed → failed
        tiny.yaml:4: the decision at 'menu': expected 2, taken 1

    gone  1
      tiny::says nothing  passed

    passed by another path  1
      tiny::presses two  passed
        first change at step 1: menu (no_match) → menu (2)

    fixed  1
      tiny::is wrong  failed → passed

    new  1
      tiny::is silent  passed

    measure                     base     new      change
    accuracy                  100.0%    0.0%  -100.00 pp
    check-accuracy             80.0%   80.0%           =
    joint-accuracy             75.0%   75.0%           =
    efficiency                 45.8%   83.3%   +37.50 pp
    coverage.nodes            100.0%  100.0%           =
    coverage.outcomes         100.0%   80.0%   -20.00 pp
    coverage.edges            100.0%  100.0%           =
    coverage.ends             100.0%  100.0%           =
    keypresses-per-call         1.00    0.75       -0.25
    retries-per-call            1.00    0.75       -0.25
    prompt-seconds-per-call   1.40 s  1.20 s     -0.20 s
    virtual-seconds-per-call  6.15 s  5.70 s     -0.45 s

    regression: 1 newly broken, 1 gate newly missed, 1 fixed, 1 new, 1 gone, 1 by another path, 0 unchanged
    ");
}

#[test]
fn and_for_a_pull_request() {
    let ran =
        two_runs().run(&["compare", "base/run.json", "new/run.json", "--format", "markdown", "--fail-on", "never"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    insta::assert_snapshot!(ran.stdout, @"
    ### callpath: ❌ regression

    1 newly broken, 1 gate newly missed, 1 fixed, 1 new, 1 gone, 1 by another path, 0 unchanged

    - **newly missed gate**: `accuracy 0.0%, at least 90% is asked`

    | measure | base | new | change |
    |---|--:|--:|--:|
    | accuracy | 100.0% | 0.0% | -100.00 pp ▼ |
    | check-accuracy | 80.0% | 80.0% | = |
    | joint-accuracy | 75.0% | 75.0% | = |
    | efficiency | 45.8% | 83.3% | +37.50 pp ▲ |
    | coverage.nodes | 100.0% | 100.0% | = |
    | coverage.outcomes | 100.0% | 80.0% | -20.00 pp ▼ |
    | coverage.edges | 100.0% | 100.0% | = |
    | coverage.ends | 100.0% | 100.0% | = |
    | keypresses-per-call | 1.00 | 0.75 | -0.25 ▲ |
    | retries-per-call | 1.00 | 0.75 | -0.25 ▲ |
    | prompt-seconds-per-call | 1.40 s | 1.20 s | -0.20 s ▲ |
    | virtual-seconds-per-call | 6.15 s | 5.70 s | -0.45 s ▲ |

    <details open><summary>newly broken (1)</summary>

    - `tiny::presses one` passed → failed<br>`tiny.yaml:4: the decision at 'menu': expected 2, taken 1`

    </details>

    <details><summary>gone (1)</summary>

    - `tiny::says nothing` passed

    </details>

    <details><summary>passed by another path (1)</summary>

    - `tiny::presses two` passed<br>first change at `step 1: menu (no_match) → menu (2)`

    </details>

    <details><summary>fixed (1)</summary>

    - `tiny::is wrong` failed → passed

    </details>

    <details><summary>new (1)</summary>

    - `tiny::is silent` passed

    </details>

    Inputs: `2 files changed: flows/tiny.yaml, tiny.yaml`
    ");
}

#[test]
fn and_for_machines_by_the_schema() {
    let sandbox = two_runs();
    let ran = sandbox.run(&["compare", "base/run.json", "new/run.json", "--format", "json"]);
    let comparison: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let text = std::fs::read_to_string(repository().join("schemas/compare.schema.json")).expect("the schema");
    let schema = jsonschema::validator_for(&serde_json::from_str(&text).expect("JSON")).expect("a schema");
    let errors: Vec<String> = schema.iter_errors(&comparison).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    // Journals that are whole say the same.
    let mut journals = sandbox.run(&["compare", "base/events.jsonl", "new/events.jsonl", "--format", "json"]);
    journals.stdout = journals.stdout.replace("events.jsonl", "run.json");
    assert_eq!(journals.stdout, ran.stdout);
}

#[test]
fn coverage_of_a_journal_that_was_cut_short_is_counted_from_its_traces() {
    let sandbox = two_runs();
    let journal = sandbox.read("new/events.jsonl");
    let cut: Vec<&str> = journal.lines().filter(|line| !line.contains("\"event\":\"run-finished\"")).collect();
    sandbox.write("cut.jsonl", cut.join("\n"));
    let measures = |file: &str| {
        let ran = sandbox.run(&["compare", "base/run.json", file, "--format", "json"]);
        let comparison: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        (comparison["measures"].clone(), ran.stderr)
    };
    assert_eq!(measures("cut.jsonl"), measures("new/run.json"), "with the files of the run at hand nothing is missing");

    sandbox.write("flows/tiny.yaml", TINY_FLOW);
    let (left, said) = measures("cut.jsonl");
    let covered = |measure: &&Value| measure["measure"].as_str().is_some_and(|name| name.starts_with("coverage."));
    let left = left.as_array().expect("a list").clone();
    assert!(left.iter().filter(covered).all(|measure| measure["new"].is_null()) && left.len() > 5, "{left:?}");
    insta::assert_snapshot!(said, @"the run of 'cut.jsonl' was cut short and its coverage is unknown: 'flows/tiny.yaml' is not as it was in the run");
}

#[test]
fn the_exit_code_is_what_was_asked_for() {
    let sandbox = two_runs();
    let code = |base: &str, new: &str, on: &str| {
        sandbox.run(&["compare", &format!("{base}/run.json"), &format!("{new}/run.json"), "--fail-on", on]).code
    };
    assert_eq!(
        [code("base", "new", "regression"), code("base", "new", "any"), code("base", "new", "never")],
        [1, 1, 0]
    );
    assert_eq!([code("base", "base", "regression"), code("base", "base", "any")], [0, 0]);
}

#[test]
fn files_that_are_no_records_are_refused_with_the_reason() {
    let sandbox = two_runs();
    let record = sandbox.read("new/run.json");
    sandbox.write("old.json", record.replacen("\"version\":2", "\"version\":7", 1));
    let cut = record.find("\"scenarios\":").expect("scenarios");
    sandbox.write("cut.json", &record[..cut + 12]);
    sandbox.write("list.json", "[1, 2]");
    sandbox.write("text.json", "hello");
    sandbox.write("empty.json", "");
    let mut said = String::new();
    for file in ["old.json", "cut.json", "list.json", "text.json", "empty.json", "gone.json", "new"] {
        let ran = sandbox.run(&["compare", "base/run.json", file, "--color", "never"]);
        assert_eq!((ran.code, &*ran.stdout), (2, ""), "{file}");
        said += &ran.stderr;
    }
    let place = regex::Regex::new(r"line \d+ column \d+").expect("a pattern");
    insta::assert_snapshot!(place.replace_all(&said, "line L column C"), @"
    error: cannot compare 'old.json': its version is 7, this callpath reads versions up to 2
    error: cannot compare 'cut.json': it is no run record of callpath (run.json) and no journal (events.jsonl): EOF while parsing a value at line L column C
    error: cannot compare 'list.json': it is no run record of callpath (run.json) and no journal (events.jsonl): trailing characters at line L column C
    error: cannot compare 'text.json': it is no run record of callpath (run.json) and no journal (events.jsonl): expected value at line L column C
    error: cannot compare 'empty.json': it is no run record of callpath (run.json) and no journal (events.jsonl): EOF while parsing a value at line L column C
    error: there is no file 'gone.json'
    error: 'new' is a folder; write 'new/run.json' or 'new/events.jsonl'
    ");
}

#[test]
fn a_history_shows_trends_and_what_is_not_stable() {
    let sandbox = Sandbox::new();
    sandbox.write("flows/tiny.yaml", TINY_FLOW);
    sandbox.write("tiny.yaml", SUITE);
    for _ in 0..2 {
        assert_eq!(sandbox.run(&["run", "-q", "tiny.yaml", "--history", "history.jsonl"]).code, 1);
    }
    // As if another scenario had failed in a run of the same inputs, and a run had been cut short.
    let lines = sandbox.read("history.jsonl");
    let last = lines.lines().last().expect("a line").replace("tiny::is wrong", "tiny::presses one");
    sandbox.write("history.jsonl", format!("{lines}{last}\n{}", &last[..50]));
    assert_eq!(sandbox.run(&["run", "-q", "tiny.yaml", "--history", "history.jsonl"]).code, 1);
    let ran = sandbox.run(&["history", "history.jsonl", "--color", "never"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let wall = regex::Regex::new(r" +(\d+(\.\d+)? (ms|s)|time)\n").expect("a pattern");
    let time = regex::Regex::new(r"(?m)^time .*").expect("a pattern");
    let text = wall.replace_all(&still(&ran.stdout), " WALL\n").into_owned();
    insta::assert_snapshot!(time.replace_all(&text, "time BARS"), @"
    1 line cannot be read: 4

    run                       scenarios  failing  flaky  accuracy  joint   nodes  gates missed WALL
    TIME          4        1      0    100.0%  75.0%  100.0%             0 WALL
    TIME          4        1      0    100.0%  75.0%  100.0%             0 WALL
    TIME          4        1      0    100.0%  75.0%  100.0%             0 WALL
    TIME          4        1      0    100.0%  75.0%  100.0%             0 WALL

    accuracy        ████
    joint accuracy  ████
    efficiency      ████
    coverage.nodes  ████
    coverage.edges  ████
    time BARS

    not stable  2
      tiny::is wrong  2 changes in 4 runs, failed in 3
      tiny::presses one  2 changes in 4 runs, failed in 1
    ");
    let ran = sandbox.run(&["history", "history.jsonl", "--format", "json", "--last", "2"]);
    let printed: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(printed["runs"].as_array().map(Vec::len), Some(2));
    let text = std::fs::read_to_string(repository().join("schemas/history.schema.json")).expect("the schema");
    let schema = jsonschema::validator_for(&serde_json::from_str(&text).expect("JSON")).expect("a schema");
    let errors: Vec<String> = schema.iter_errors(&printed).map(|error| error.to_string()).collect();
    assert!(errors.is_empty() && printed["unstable"].as_array().is_some_and(|list| list.len() == 2), "{errors:#?}");
    let mut wrong = printed.clone();
    wrong["runs"][0]["totals"]["passed"] = "two".into();
    assert!(!schema.is_valid(&wrong));
    assert_eq!(printed["unreadable"], serde_json::json!([4]));
    assert_eq!(sandbox.run(&["history", "gone.jsonl"]).code, 2);
    assert_eq!(sandbox.run(&["history", "tiny.yaml"]).code, 2);
}

#[test]
fn a_run_is_compared_with_its_baseline_even_if_it_takes_its_place() {
    let sandbox = Sandbox::new();
    sandbox.write("flows/tiny.yaml", TINY_FLOW);
    sandbox.write("tiny.yaml", SUITE);
    assert_eq!(sandbox.run(&["run", "-q", "tiny.yaml"]).code, 1);
    sandbox.write("tiny.yaml", SUITE.replace("ends_at: menu", "ends_at: done"));
    let ran = sandbox.run(&["run", "-q", "tiny.yaml", "--baseline", "callpath-report/run.json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.ends_with("no regression: 1 fixed, 3 unchanged\n"), "{}", ran.stdout);
    assert_eq!(sandbox.json("callpath-report/compare.json")["counts"]["fixed"], 1);
    assert_eq!(sandbox.run(&["run", "-q", "tiny.yaml", "--baseline", "gone.json"]).code, 2);
}

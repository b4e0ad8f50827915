//! `callpath report`: the reports of a run that is over.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::json;

use crate::support::{Sandbox, TINY_FLOW, TINY_SUITE, callpath, repository, run_in_repository};

/// Suites that pass, that fail and that cannot be used, with the exit code of their run.
const RUNS: [(&str, i32); 3] = [("suites", 0), ("tests/fixtures/failing", 1), ("tests/fixtures/invalid", 2)];

fn read(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

#[test]
fn the_reports_are_those_that_the_run_wrote() {
    for dialect in ["rich", "strict"] {
        for (suites, code) in RUNS {
            let (run, again) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
            let more = |folder: &Path| {
                [("--markdown", "comment.md"), ("--metrics", "metrics.prom")]
                    .map(|(option, name)| format!("{option}={}", folder.join(name).display()))
            };
            let [markdown, metrics] = more(run.path());
            let dialect = format!("--junit-dialect={dialect}");
            let ran = run_in_repository(run.path(), &["run", "--quiet", &dialect, &markdown, &metrics, suites]);
            assert_eq!(ran.code, code, "{suites}: {}", ran.stderr);
            for source in ["run.json", "events.jsonl"] {
                let files = [
                    ("--junit", "junit.xml"),
                    ("--json", "run.json"),
                    ("--cobertura", "coverage.xml"),
                    ("--html", "report.html"),
                ];
                let files = files.map(|(option, name)| format!("{option}={}", again.path().join(name).display()));
                let [markdown, metrics] = more(again.path());
                let mut command = callpath(repository());
                command.arg("report").arg(run.path().join(source)).args(["--quiet", &dialect, &markdown, &metrics]);
                let status = command.args(files).status().expect("the program starts");
                assert_eq!(status.code(), Some(code), "{suites} of {source}");
                for name in ["junit.xml", "run.json", "coverage.xml", "report.html", "comment.md", "metrics.prom"] {
                    let (then, now) = (read(&run.path().join(name)), read(&again.path().join(name)));
                    assert!(then == now, "{name} of {suites} is not the same when made of {source}");
                    assert!(then.is_some() || (name == "coverage.xml" && code == 2), "{name} of {suites}");
                    let _ = std::fs::remove_file(again.path().join(name));
                }
            }
        }
    }
}

/// Two scenarios that pass and one that fails.
const SUITE: &str = "\
suite: tiny
flow: flows/tiny.yaml
scenarios:
  - { name: presses one, dtmf: [\"1\"], expect: { decisions: { menu: \"1\" }, ends_at: done } }
  - { name: is wrong, dtmf: [\"1\"], expect: { ends_at: menu } }
  - { name: says nothing, expect: { ends_at: done } }
";

fn ran(suite: &str, arguments: &[&str]) -> (Sandbox, i32) {
    let sandbox = Sandbox::new();
    sandbox.write("flows/tiny.yaml", TINY_FLOW);
    sandbox.write("tiny.yaml", suite);
    let code = sandbox.run(&[&["run", "-q", "tiny.yaml", "--jobs", "1"], arguments].concat()).code;
    (sandbox, code)
}

fn still(text: &str) -> String {
    let times = regex::Regex::new(r"\d+(\.\d+)? ms|\d{4}-\d\d-\d\dT[0-9:.]+Z").expect("a pattern");
    times.replace_all(text, "TIME").into_owned()
}

#[test]
fn the_summary_is_printed_unless_something_else_is_asked_for() {
    let (sandbox, _) = ran(SUITE, &["--gate", "accuracy>=100%"]);
    let shown = sandbox.run(&["report", "callpath-report/run.json", "--color", "never"]);
    assert_eq!((shown.code, &*shown.stderr), (1, ""));
    let slowest = regex::Regex::new(r"(?m)^slowest .*\n(?: .*\n)*").expect("a pattern");
    insta::assert_snapshot!(still(&slowest.replace(&shown.stdout, "slowest         TIMES\n")));
}

#[test]
fn the_exit_code_is_that_of_the_run() {
    let skipped = TINY_SUITE.replace("name: presses one,", "name: presses one, skip: later,");
    for (suite, arguments, code) in [
        (TINY_SUITE, &[][..], 0),
        (SUITE, &[], 1),
        ("suite: tiny\nflow: flows/gone.yaml\nscenarios: [{ name: x }]\n", &[], 2),
        (&skipped, &[], 4),
        (TINY_SUITE, &["--gate", "accuracy>=100%"], 5),
    ] {
        let (sandbox, ran) = ran(suite, arguments);
        assert_eq!(ran, code, "{suite}");
        for source in ["callpath-report/run.json", "callpath-report/events.jsonl"] {
            assert_eq!(sandbox.run(&["report", source, "--quiet"]).code, code, "{suite}, {source}");
        }
    }
}

/// A run that died leaves a journal that may end anywhere.
#[test]
fn a_journal_may_be_cut_anywhere() {
    let (sandbox, _) = ran(SUITE, &[]);
    let journal = std::fs::read(sandbox.path("callpath-report/events.jsonl")).expect("a journal");
    let first = journal.iter().position(|&byte| byte == b'\n').expect("a line");
    let whole = callpath::internal::record::parse(&journal).expect("a journal");
    for end in 0..=journal.len() {
        let cut = callpath::internal::record::parse(&journal[..end]);
        // Without the line break the first line is whole all the same.
        if end < first {
            assert!(cut.is_err(), "{end}");
            continue;
        }
        let cut = cut.unwrap_or_else(|error| panic!("cut at {end}: {error}"));
        // Only the last line break may go without a loss.
        assert_eq!(cut.stopped.is_none(), end >= journal.len() - 1, "{end}");
        assert!(whole.scenarios.starts_with(&cut.scenarios), "{end}");
        assert_eq!(cut.totals.scenarios, cut.scenarios.len() as u64);
    }
    let second = journal.windows(12).rposition(|bytes| bytes == b"\"index\":1,\"s").expect("the second scenario");
    std::fs::write(sandbox.path("cut.jsonl"), &journal[..second]).expect("a file");
    let ran = sandbox.run(&["report", "cut.jsonl", "--quiet", "--junit", "junit.xml", "--cobertura", "coverage.xml"]);
    assert_eq!((ran.code, &*ran.stderr), (130, ""));
    assert_eq!(still(&ran.stdout), "1 scenario: 1 passed in TIME, interrupted\n");
    assert!(sandbox.read("junit.xml").contains("presses one"));
    assert!(sandbox.read("coverage.xml").contains("flows/tiny.yaml"), "the coverage is counted from the traces");
}

#[test]
fn dashes_are_standard_input_and_output() {
    let (sandbox, _) = ran(SUITE, &[]);
    let record = sandbox.read("callpath-report/run.json");
    let mut command = sandbox.command();
    command.args(["report", "-", "--json", "-", "--quiet"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(record.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.stdout == record.as_bytes(), "nothing else is printed there");
    assert_eq!(still(&String::from_utf8_lossy(&output.stderr)), "3 scenarios: 2 passed, 1 failed in TIME\n");
    // A run does the same.
    let ran = sandbox.run(&["run", "tiny.yaml", "-q", "--metrics", "-"]);
    assert!(ran.stdout.starts_with("# HELP callpath_flow_coverage_ratio "), "{}", ran.stdout);
    assert!(sandbox.path("callpath-report/run.json").is_file() && !sandbox.path("-").exists());
}

#[test]
fn the_mistakes_of_a_first_day_are_explained() {
    let (sandbox, _) = ran(SUITE, &["--baseline", "base.json"]);
    assert!(!sandbox.path("callpath-report").exists(), "a baseline that is not there is found out before the run");
    assert_eq!(sandbox.run(&["run", "-q", "tiny.yaml"]).code, 1);
    let record = sandbox.read("callpath-report/run.json");
    sandbox.write("old.json", record.replacen("\"version\":2", "\"version\":0", 1));
    let lines: Vec<&str> = record.splitn(6, '\n').collect();
    let before: usize = lines[..4].iter().map(|line| line.len() + 1).sum();
    sandbox.write("cut.json", &record[..before + lines[4].len() / 2]);
    sandbox.write("empty.jsonl", "");
    let journal = sandbox.read("callpath-report/events.jsonl");
    sandbox.write("first.jsonl", &journal[..100]);
    sandbox.write("broken.jsonl", journal.replacen("\"scenario-started\"", "\"scenario-sta", 1));
    sandbox.write("empty/x", "");
    let said: Vec<String> = [
        &["report"][..],
        &["report", "gone.json"],
        &["report", "callpath-report"],
        &["report", "empty"],
        &["report", "tiny.yaml"],
        &["report", "callpath-report/junit.xml"],
        &["report", "old.json"],
        &["report", "cut.json"],
        &["report", "empty.jsonl"],
        &["report", "first.jsonl"],
        &["report", "broken.jsonl"],
        &["report", "-"],
        &["report", "callpath-report/run.json", "--junit", "x", "--json", "x"],
        &["report", "callpath-report/run.json", "--junit", "-", "--markdown", "-"],
        &["report", "callpath-report/run.json", "--markdown", "-", "--github"],
        &["report", "callpath-report/run.json", "--baseline", "tiny.yaml"],
        &["report", "callpath-report/run.json", "-q", "--junit", "empty"],
        &["run", "tiny.yaml", "--shard", "0/4"],
        &["run", "tiny.yaml", "--shard", "half"],
    ]
    .iter()
    .map(|arguments| {
        let ran = sandbox.command().args(*arguments).stdin(Stdio::null()).output().expect("the program starts");
        assert_eq!(ran.status.code(), Some(2), "{arguments:?}");
        let text = String::from_utf8_lossy(&ran.stderr).into_owned() + &String::from_utf8_lossy(&ran.stdout);
        format!("$ {}\n{}", arguments.join(" "), text.trim_end())
    })
    .collect();
    let place = regex::Regex::new(r"(cut\.json:\d+|broken\.jsonl:\d+):\d+").expect("a pattern");
    insta::assert_snapshot!(still(&place.replace_all(&said.join("\n"), "$1:COLUMN")));
}

#[test]
fn a_baseline_adds_the_comparison() {
    let (sandbox, _) = ran(SUITE, &["--report-dir", "base"]);
    sandbox.write("tiny.yaml", SUITE.replace("menu: \"1\"", "menu: max_attempts"));
    let live = sandbox.run(&["run", "tiny.yaml", "-q", "--baseline", "base/run.json", "--markdown", "live.md"]);
    let told = sandbox.run(&[
        "report",
        "callpath-report/run.json",
        "-q",
        "--baseline",
        "base/run.json",
        "--markdown",
        "told.md",
    ]);
    assert_eq!((live.code, told.code), (1, 1));
    assert_eq!(live.stdout, told.stdout);
    assert_eq!(sandbox.read("live.md"), sandbox.read("told.md"));
    assert!(sandbox.read("told.md").contains("newly broken (1)"), "{}", sandbox.read("told.md"));
    assert!(sandbox.json("callpath-report/compare.json")["regression"].as_bool().expect("a flag"));
}

#[test]
fn github_gets_annotations_below_the_repository_and_a_summary() {
    let sandbox = Sandbox::new();
    sandbox.write("ivr/callpath.toml", "");
    sandbox.write("ivr/flows/tiny.yaml", TINY_FLOW);
    sandbox.write("ivr/tiny.yaml", SUITE);
    let mut command = sandbox.command();
    command.current_dir(sandbox.path("ivr")).args(["run", "-q", "tiny.yaml", "--github"]);
    command.env("GITHUB_WORKSPACE", sandbox.path("")).env("GITHUB_STEP_SUMMARY", sandbox.path("summary"));
    let output = command.output().expect("the program starts");
    insta::assert_snapshot!(still(&String::from_utf8_lossy(&output.stdout)), @r"
    3 scenarios: 2 passed, 1 failed in TIME
    ::error file=ivr/tiny.yaml,line=5,col=55,endColumn=58,title=failed%3A tiny%3A%3Ais wrong::the last node: expected menu, taken done
    ");
    assert!(sandbox.read("summary").starts_with("### callpath: ❌ 1 failed\n"), "{}", sandbox.read("summary"));
    // Without being asked nothing is printed for GitHub.
    let mut command = sandbox.command();
    command.current_dir(sandbox.path("ivr")).args(["run", "-q", "tiny.yaml"]).env("GITHUB_ACTIONS", "true");
    let output = command.output().expect("the program starts");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("::error"));
}

#[test]
fn descriptions_and_properties_outlive_the_run() {
    let sandbox = Sandbox::new();
    sandbox.write("flows/tiny.yaml", TINY_FLOW);
    sandbox.write("tiny.yaml", TINY_SUITE.replace("{ name", "{ description: \"<b>\", properties: { owner: me }, name"));
    assert_eq!(sandbox.run(&["run", "-q", "tiny.yaml", "--report-dir", "run"]).code, 0);
    let scenario = sandbox.json("run/run.json")["scenarios"][0].clone();
    assert_eq!((&scenario["description"], &scenario["properties"]), (&"<b>".into(), &json!({ "owner": "me" })));
    for source in ["run/run.json", "run/events.jsonl"] {
        assert_eq!(sandbox.run(&["report", "-q", source, "--json", "again.json", "--junit", "again.xml"]).code, 0);
        assert_eq!(sandbox.json("again.json")["scenarios"][0], scenario, "{source}");
        assert_eq!(sandbox.read("again.xml"), sandbox.read("run/junit.xml"), "{source}");
        assert_eq!(sandbox.run(&["merge", "-q", source, "--report-dir", "merged"]).code, 0);
        assert_eq!(sandbox.json("merged/run.json")["scenarios"][0], scenario, "{source}");
        assert_eq!(sandbox.read("merged/junit.xml"), sandbox.read("run/junit.xml"), "{source}");
    }
}

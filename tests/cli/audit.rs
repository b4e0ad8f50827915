//! The audit log of runs, and its verification.

use std::process::Command;

use callpath::internal::report::audit::{AuditEvent, AuditLine};
use sha2::{Digest, Sha256};

use crate::support::Sandbox;

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn lines(text: &str) -> Vec<AuditLine> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line")).collect()
}

#[test]
fn a_run_says_what_was_run_by_whom_and_what_came_of_it() {
    let sandbox = Sandbox::starter();
    let mut command: Command = sandbox.command();
    command.args(["run", "--quiet", "--seed", "7", "--tag", "smoke"]);
    command.envs([("GITLAB_CI", "true"), ("GITLAB_USER_LOGIN", "ada"), ("HOSTNAME", "build-7")]);
    assert!(command.output().expect("the program starts").status.success());
    let log = lines(&sandbox.read("callpath-report/audit.jsonl"));
    let record = sandbox.json("callpath-report/run.json");
    let [first, result, last] = log.as_slice() else { panic!("{log:#?}") };
    let AuditEvent::RunStarted(started) = &first.event else { panic!("{first:?}") };
    assert_eq!(started.correlation, record["wall"]["run_id"].as_str().expect("an id"));
    assert_eq!((started.who.user.as_deref(), started.who.host.as_deref()), (Some("ada"), Some("build-7")));
    assert_eq!((started.seed, started.planned, started.target.as_str()), (7, 1, "embedded"));
    assert_eq!(started.filters, ["smoke"]);
    let suite = std::fs::read(sandbox.path("suites/starter.yaml")).expect("a file");
    assert_eq!(started.files["suites/starter.yaml"], sha256(&suite));
    let AuditEvent::ScenarioFinished(finding) = &result.event else { panic!("{result:?}") };
    assert_eq!(finding.scenario, record["scenarios"][0]["id"].as_str().expect("an id"));
    assert_eq!(finding.decision_density, record["scenarios"][0]["score"]["decision_density"].as_f64());
    // The bytes of the trace as they stand in run.json.
    let text = sandbox.read("callpath-report/run.json");
    let from = text.find(",\"trace\":").expect("a trace") + ",\"trace\":".len();
    let to = text.find(",\"wall\":{\"start_us\"").expect("its end");
    assert_eq!(finding.trace.as_deref(), Some(sha256(&text.as_bytes()[from..to]).as_str()));
    let AuditEvent::RunFinished(finished) = &last.event else { panic!("{last:?}") };
    assert_eq!((finished.lines, finished.totals.passed), (3, 1));
    for (name, hash) in &finished.reports {
        let report = std::fs::read(sandbox.path("callpath-report").join(name)).expect("a report");
        assert_eq!(*hash, sha256(&report), "{name}");
    }
    for name in ["run.json", "junit.xml", "events.jsonl"] {
        assert!(finished.reports.contains_key(name), "{:?}", finished.reports);
    }
    // Who ran is in no other report.
    for name in ["run.json", "events.jsonl", "junit.xml"] {
        assert!(!sandbox.read(&format!("callpath-report/{name}")).contains("build-7"), "{name}");
    }
}

#[test]
fn every_line_follows_its_schema() {
    let schema = crate::support::repository().join("schemas/audit.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(schema).expect("a schema")).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for (paths, code) in [("suites", 0), ("tests/fixtures/failing", 1), ("tests/fixtures/invalid", 2)] {
        let reports = tempfile::tempdir().expect("a folder");
        let ran = crate::support::run_in_repository(reports.path(), &["run", "--quiet", paths]);
        assert_eq!(ran.code, code, "{}", ran.stderr);
        let text = std::fs::read_to_string(reports.path().join("audit.jsonl")).expect("a log");
        for line in text.lines() {
            let value = serde_json::from_str(line).expect("JSON");
            let errors: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{paths}: {line}: {errors:#?}");
        }
        let verified = callpath::internal::report::audit::verify(text.as_bytes()).expect("it can be read");
        assert!(verified.is_whole(), "{paths}: {verified:?}");
    }
}

#[test]
fn a_log_that_was_touched_is_found_out() {
    let sandbox = Sandbox::starter();
    assert_eq!(sandbox.run(&["run", "--quiet"]).code, 0);
    let log = "callpath-report/audit.jsonl";
    let verify = || sandbox.run(&["audit", "verify", log]);
    let whole = verify();
    assert_eq!((whole.code, whole.stderr.as_str()), (0, ""));
    assert!(whole.stdout.starts_with(&format!("{log}: 11 lines of 1 run unchanged, ")), "{}", whole.stdout);
    let text = sandbox.read(log);
    sandbox.write(log, text.replacen("\"passed\"", "\"failed\"", 1));
    let changed = verify();
    assert_eq!((changed.code, changed.stdout.as_str()), (1, ""));
    assert_eq!(changed.stderr, format!("error: {log}:2: line 2 was changed: its hash is not that of its text\n"));
    let lines: Vec<&str> = text.lines().collect();
    sandbox.write(log, lines[..10].join("\n") + "\n");
    let cut = verify();
    assert_eq!(cut.code, 1);
    assert_eq!(
        cut.stderr,
        format!("error: {log}:10: the log is not sealed: line 10 is not followed by the end of a run\n")
    );
    sandbox.write(log, &text);
    let head = whole.stdout.trim().rsplit(' ').next().expect("a hash");
    assert_eq!(sandbox.run(&["audit", "verify", log, "--expect", head]).code, 0);
    let other = sandbox.run(&["audit", "verify", log, "--expect", &"0".repeat(64)]);
    assert_eq!(other.code, 1);
    assert!(other.stderr.contains("not the expected one"), "{}", other.stderr);
    assert_eq!(sandbox.run(&["audit", "verify", "no-such.jsonl"]).code, 2);
    assert_eq!(sandbox.run(&["audit", "verify", log, "--expect", "abc"]).code, 2);
    sandbox.write("empty.jsonl", "");
    assert_eq!(sandbox.run(&["audit", "verify", log, "empty.jsonl"]).code, 1);
}

#[test]
fn another_file_than_an_audit_log_is_told_in_one_sentence() {
    let sandbox = Sandbox::starter();
    assert_eq!(sandbox.run(&["run", "--quiet"]).code, 0);
    let said = |file: &str| {
        let ran = sandbox.run(&["audit", "verify", file]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        ran.stderr
    };
    let help = "give the audit.jsonl of a run, or the file of `callpath run --audit`";
    for file in ["callpath-report/run.json", "callpath-report/events.jsonl"] {
        assert_eq!(said(file), format!("error: '{file}' is not an audit log; {help}\n"));
    }
    assert_eq!(said("callpath-report"), "error: 'callpath-report' is a folder; write 'callpath-report/audit.jsonl'\n");
    assert_eq!(said("gone.jsonl"), "error: there is no file 'gone.jsonl'\n");
    // One line of a log among others is a log that was changed.
    let log = sandbox.read("callpath-report/audit.jsonl");
    sandbox.write("changed.jsonl", format!("hello\n{log}"));
    assert_eq!(sandbox.run(&["audit", "verify", "changed.jsonl"]).code, 1);
}

#[test]
fn a_kept_log_is_one_chain_over_many_runs() {
    let sandbox = Sandbox::starter();
    let children: Vec<_> = (0..6)
        .map(|number| {
            let reports = format!("reports-{number}");
            let mut command = sandbox.command();
            command.args(["run", "--quiet", "--audit", "kept/audit.jsonl", "--report-dir", &reports]);
            command.spawn().expect("the program starts")
        })
        .collect();
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    let verified = sandbox.run(&["audit", "verify", "kept/audit.jsonl", "reports-0/audit.jsonl"]);
    assert_eq!(verified.code, 0, "{}", verified.stderr);
    assert!(verified.stdout.contains("66 lines of 6 runs"), "{}", verified.stdout);
    // A log whose end was lost is not continued as if nothing had happened.
    let text = sandbox.read("kept/audit.jsonl");
    sandbox.write("kept/audit.jsonl", &text[..text.len() - 10]);
    let ran = sandbox.run(&["run", "--quiet", "--audit", "kept/audit.jsonl"]);
    assert_eq!(ran.code, 2);
    assert_eq!(sandbox.read("kept/audit.jsonl").len(), text.len() - 10);
}

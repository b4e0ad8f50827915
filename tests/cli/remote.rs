//! `callpath serve` and `callpath run --target`, as two processes.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::{Ran, Sandbox, callpath, repository, without_wall};

/// A secret that must be in no output.
const SECRET: &str = "s3cret-of-the-client";

struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut command = callpath(repository());
        command.args(["serve", "--flows", "suites/flows", "--port", "0"]).args(arguments);
        command.env("CALLPATH_SERVE_CLIENT_ID", "tester").env("CALLPATH_SERVE_CLIENT_SECRET", SECRET);
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("the server starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("an output")).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("listening on ").expect("the address").to_owned();
        Self { process, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn run(reports: &std::path::Path, address: &str, secret: &str, arguments: &[&str]) -> Ran {
    let mut command = callpath(repository());
    command.args(["run", "--target", "local", "--verbose", "--log", "trace"]).args(arguments);
    command.env("CALLPATH_REPORT_DIR", reports).env("CXONE_BASE_URL", address);
    command.env("CXONE_CLIENT_ID", "tester").env("CXONE_CLIENT_SECRET", secret);
    command.output().expect("the program starts").into()
}

fn record(reports: &std::path::Path) -> Value {
    let text = std::fs::read_to_string(reports.join("run.json")).expect("a run record");
    let mut record = without_wall(serde_json::from_str(&text).expect("JSON"));
    record["header"]["target"].take();
    let definitions = record["header"]["definitions"].take();
    for definition in definitions.as_array().into_iter().flatten() {
        assert!(definition["used"] == "same" || definition["used"] == "file", "{definition}");
    }
    record
}

#[test]
fn the_examples_have_the_same_record_over_http_and_no_report_holds_the_secret() {
    let server = Server::start(&[]);
    let (near, far) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    // Prompts are rehearsed by the embedded target only.
    let ran = run(far.path(), &server.address, SECRET, &["--tag", "not assist"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    let mut command = callpath(repository());
    let output =
        command.args(["run", "--quiet", "--tag", "not assist"]).env("CALLPATH_REPORT_DIR", near.path()).output();
    assert!(output.expect("the program starts").status.success());
    assert!(record(near.path()) == record(far.path()), "the records differ");
    let mut texts = vec![ran.stdout, ran.stderr];
    for file in ["run.json", "junit.xml", "events.jsonl"] {
        texts.push(std::fs::read_to_string(far.path().join(file)).expect("a report"));
    }
    assert!(texts.iter().all(|text| !text.contains(SECRET)));
    assert!(texts.iter().all(|text| !text.contains("Bearer")));
}

#[test]
fn prompts_are_skipped_where_only_calls_can_be_simulated() {
    let server = Server::start(&[]);
    let reports = tempfile::tempdir().expect("a folder");
    let ran = run(reports.path(), &server.address, SECRET, &["suites/assist"]);
    assert_eq!(ran.code, 4, "{}", ran.stdout);
    let record = record(reports.path());
    assert_eq!(record["totals"]["skipped"], record["totals"]["scenarios"]);
    let reason = "target 'local' simulates calls only; prompts are rehearsed by the embedded one";
    assert_eq!(record["scenarios"][0]["reason"], reason);
    assert!(record["assist"].is_null() && record["scenarios"][0]["assist"].is_null());
}

#[test]
fn a_target_that_refuses_or_is_gone_is_exit_code_3_with_reports() {
    let server = Server::start(&[]);
    let reports = tempfile::tempdir().expect("a folder");
    for (address, secret, why) in
        [(server.address.as_str(), "wrong", "invalid_client"), ("http://127.0.0.1:1", SECRET, "refused")]
    {
        let ran = run(reports.path(), address, secret, &["--jobs", "4"]);
        assert_eq!(ran.code, 3, "{}", ran.stdout);
        assert!(ran.stderr.contains("the target cannot be used") && ran.stderr.contains(why), "{}", ran.stderr);
        let record = record(reports.path());
        let total = |name: &str| record["totals"][name].as_u64().unwrap_or_default();
        // All but those that were under way are skipped, and every one has its place in the record.
        assert!(total("scenarios") > 150 && total("skipped") >= total("scenarios") - 4, "{}", record["totals"]);
        assert!(std::fs::read_to_string(reports.path().join("junit.xml")).expect("a report").contains("</testsuites>"));
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("\"wrong\""));
    }
    // Also where no other scenario is left to be skipped; and so the reports made of it say.
    let ran =
        run(reports.path(), "http://127.0.0.1:1", SECRET, &["--filter", "suites/bank/*lost card*", "--fail-fast"]);
    assert_eq!(ran.code, 3, "{}", ran.stdout);
    for source in ["run.json", "events.jsonl"] {
        let output = callpath(repository()).args(["report", "-q"]).arg(reports.path().join(source)).output();
        assert_eq!(output.expect("the program starts").status.code(), Some(3), "{source}");
    }
}

#[test]
fn an_unknown_target_is_named_with_those_that_there_are() {
    let mut command = callpath(repository());
    let ran: Ran = command.args(["run", "--target", "locl"]).output().expect("the program starts").into();
    assert_eq!((ran.code, ran.stderr.as_str()), (2, "error: there is no target 'locl'; there are: embedded, local\n"));
}

/// The starter project with its own server over TLS: what the run said, and the server's access log.
fn run_over_tls(authority: &str, faults: &[&str]) -> (Ran, String) {
    let tls = repository().join("tests/fixtures/tls");
    let sandbox = Sandbox::starter();
    let mut server = sandbox.command();
    server.args(["serve", "--flows", "suites", "--port", "0", "--log", "callpath::server=info"]).args(faults);
    server.arg("--tls-cert").arg(tls.join("localhost.cert.pem")).arg("--tls-key").arg(tls.join("localhost.key.pem"));
    let mut server = Server::spawn(server);
    sandbox.write(
        "callpath.toml",
        format!(
            "[target.secure]\nbase-url = '{}'\nclient-id = 'a'\nclient-secret = 'b'\nsimulation-options = true\nca-file = '{}'\n",
            server.address.replace("127.0.0.1", "localhost"),
            tls.join(authority).display(),
        ),
    );
    let ran = sandbox.run(&["run", "--target", "secure"]);
    assert!(sandbox.read("callpath-report/junit.xml").contains("</testsuites>"));
    server.process.kill().expect("it still runs");
    let mut log = String::new();
    server.process.stderr.take().expect("its log").read_to_string(&mut log).expect("UTF-8");
    (ran, log)
}

#[test]
fn over_tls_both_ends_speak_http_2_unless_faults_need_http_1() {
    let (ran, log) = run_over_tls("localhost.cert.pem", &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let versions = |log: &str| (log.matches("version=HTTP/2.0").count(), log.matches("version=HTTP/1.1").count());
    let (two, one) = versions(&log);
    assert!(two > 3 && one == 0, "{log}");
    let (ran, log) = run_over_tls("localhost.cert.pem", &["--fault", "{on: submit, at: 1, fault: lost_answer}"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let (two, one) = versions(&log);
    assert!(two == 0 && one > 3, "{log}");
}

#[test]
fn a_server_with_a_certificate_that_is_not_trusted_is_exit_code_3() {
    let (ran, log) = run_over_tls("stranger.cert.pem", &[]);
    assert_eq!(ran.code, 3, "{ran:?}");
    let cause =
        "gave no answer: its certificate is not signed by an authority that is trusted here; 'ca-file' names one more";
    assert!(
        ran.stderr.starts_with("error: the target cannot be used: target 'secure' at localhost:"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.ends_with(&format!("{cause}\n")), "{}", ran.stderr);
    assert!(!log.contains("request_id"), "{log}");
}

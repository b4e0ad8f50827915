//! Exports on the command line.

use std::time::Duration;

use serde_json::Value;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::Sandbox;

fn project(url: &str, more: &str) -> Sandbox {
    let sandbox = Sandbox::starter();
    let config = sandbox.read("callpath.toml");
    sandbox
        .write("callpath.toml", format!("{config}\n[export.qa]\nurl = '{url}/results'\nbackoff-base = '5ms'\n{more}"));
    sandbox
}

async fn platform(status: u16) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(status)).mount(&server).await;
    server
}

/// What the platform was sent, by test.
async fn received(server: &MockServer) -> Vec<Value> {
    let mut received: Vec<Value> = Vec::new();
    for request in server.received_requests().await.expect("requests are recorded") {
        received.push(serde_json::from_slice(&request.body).expect("JSON"));
    }
    received.sort_by_key(|payload| payload["testId"].to_string());
    received
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_sends_its_results_and_a_record_sends_the_same() {
    let server = platform(201).await;
    let sandbox = project(&server.uri(), "details = true");
    let ran = sandbox.run(&["run", "--quiet", "--export", "qa"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "export 'qa': 9 delivered, 0 pending, 0 dead letters\n"));
    let sent = received(&server).await;
    assert_eq!(sent.len(), 9);
    let schema = crate::support::repository().join("schemas/qa-result.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(schema).expect("a schema")).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    assert!(sent.iter().all(|payload| schema.is_valid(payload)), "{sent:#?}");
    let audit = sandbox.read("callpath-report/audit.jsonl");
    for payload in &sent {
        assert!(audit.contains(payload["auditCorrelation"].as_str().expect("an id")), "{payload}");
    }
    let mut first = sent[0].clone();
    for name in ["simulationId", "auditCorrelation", "timestamp"] {
        assert!(first[name].take().is_string());
    }
    first["details"]["runId"].take();
    insta::assert_snapshot!(serde_json::to_string_pretty(&first).expect("JSON"), @r#"
    {
      "accuracyScore": 0.9,
      "auditCorrelation": null,
      "details": {
        "flowVersion": "1",
        "name": "a silent caller is asked again and reaches an agent",
        "runId": null,
        "suite": "suites/starter",
        "tags": [],
        "target": "embedded",
        "verdict": "passed"
      },
      "durationMs": 25800,
      "efficiencyScore": 0.6333333333333333,
      "flowId": "starter",
      "simulationId": null,
      "testId": "suites/starter::a silent caller is asked again and reaches an agent",
      "timestamp": null,
      "unreachableBranches": []
    }
    "#);
    // A journal that ends in the middle of a line, as a run that died leaves it.
    let cut = sandbox.read("callpath-report/events.jsonl").trim_end().trim_end_matches('}').to_owned();
    sandbox.write("cut.jsonl", cut);
    for source in ["callpath-report/run.json", "callpath-report/events.jsonl", "cut.jsonl"] {
        server.reset().await;
        Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(200)).mount(&server).await;
        let exported = sandbox.run(&["export", source]);
        assert_eq!(
            (exported.code, exported.stdout.as_str()),
            (0, "export 'qa': 9 delivered, 0 pending, 0 dead letters\n")
        );
        assert_eq!(received(&server).await, sent, "{source}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_is_down_changes_nothing_but_a_line() {
    let sandbox = project("http://127.0.0.1:9", "");
    let ran = sandbox.run(&["run", "--quiet", "--export", "qa", "--export-timeout", "100ms"]);
    assert_eq!(ran.code, 0);
    assert!(
        ran.stderr.starts_with("export 'qa': 0 delivered, 9 pending (127.0.0.1:9 gives no answer: "),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.ends_with("; `callpath export --resume --to qa` sends the rest\n"), "{}", ran.stderr);
    let still = sandbox.run(&["export", "--resume", "--timeout", "100ms"]);
    assert_eq!(still.code, 1);
    assert!(still.stdout.starts_with("export 'qa': 0 delivered, 9 pending"), "{}", still.stdout);
    let server = platform(200).await;
    let config = sandbox.read("callpath.toml").replace("http://127.0.0.1:9/", &format!("{}/", server.uri()));
    sandbox.write("callpath.toml", config);
    let resumed = sandbox.run(&["export", "--resume"]);
    assert_eq!((resumed.code, resumed.stdout.as_str()), (0, "export 'qa': 9 delivered, 0 pending, 0 dead letters\n"));
    assert_eq!(received(&server).await.len(), 9);
}

/// Neither the calls nor the reports wait for a platform that takes its time.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_platform_does_not_slow_the_run() {
    let server = MockServer::start().await;
    let slow = ResponseTemplate::new(201).set_delay(Duration::from_secs(60));
    Mock::given(wiremock::matchers::any()).respond_with(slow).mount(&server).await;
    let sandbox = project(&server.uri(), "");
    let start = std::time::Instant::now();
    let ran = sandbox.run(&["run", "--quiet", "--export", "qa", "--export-timeout", "200ms"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stderr.contains("0 delivered, 9 pending"), "{}", ran.stderr);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_results_become_dead_letters() {
    let server = platform(422).await;
    let sandbox = project(&server.uri(), "");
    let ran = sandbox.run(&["run", "--quiet", "--export", "qa"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stderr.contains("0 delivered, 0 pending, 9 dead letters (127.0.0.1:"), "{}", ran.stderr);
    assert_eq!(sandbox.read("callpath-spool/qa/dead-letters.jsonl").lines().count(), 9);
    let resumed = sandbox.run(&["export", "--resume"]);
    // The dead letters of the run are still undelivered.
    assert_eq!((resumed.code, resumed.stdout.as_str()), (1, "export 'qa': 0 delivered, 0 pending, 9 dead letters\n"));
    server.reset().await;
    Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let resumed = sandbox.run(&["export", "--resume", "--dead-letters"]);
    assert_eq!((resumed.code, resumed.stdout.as_str()), (0, "export 'qa': 9 delivered, 0 pending, 0 dead letters\n"));
}

#[test]
fn mistakes_are_explained() {
    let sandbox = project("http://127.0.0.1:9", "");
    sandbox.write("broken.json", "{\"version\":1,\n \"header\": 5}");
    sandbox.write("cut.json", "{\"version\":1,\n \"head");
    sandbox.write("other.json", "{}");
    let said = |arguments: &[&str]| {
        let ran = sandbox.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.stderr);
        ran.stderr.lines().next().unwrap_or_default().to_owned()
    };
    let all = [
        said(&["run", "--export", "aq"]),
        said(&["export", "broken.json", "--to", "aq"]),
        said(&["export", "no-such.json"]),
        said(&["export", "broken.json"]),
        said(&["export", "cut.json"]),
        said(&["export", "other.json"]),
        said(&["export", "."]),
        said(&["export"]),
        said(&["export", "--resume", "run.json"]),
    ];
    insta::assert_snapshot!(all.join("\n"), @"
    error: there is no export 'aq'; there are: qa
    error: there is no export 'aq'; there are: qa
    error: there is no file 'no-such.json'
    error: broken.json:2:12: not as in a run record: invalid type: integer '5', expected RunHeader; give the run.json of a run, or its events.jsonl
    error: cut.json:2:6: it ends in the middle; give the run.json of a run, or its events.jsonl
    error: other.json: it is not the record of a run; give the run.json of a run, or its events.jsonl
    error: '.' is a folder
    error: the following required arguments were not provided:
    error: the argument '--resume' cannot be used with '[FILE]'
    ");
    let bare = Sandbox::starter();
    let ran = bare.run(&["export", "--resume"]);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.stderr,
        "error: no export is configured; add a table '[export.NAME]' to callpath.toml, see docs/export.md\n"
    );
}

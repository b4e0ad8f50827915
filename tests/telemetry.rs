//! Traces of a run, sent to a collector.
#![cfg(feature = "otel")]

use std::process::{Command, Output};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use wiremock::{Mock, MockServer, ResponseTemplate};

fn run(folder: &std::path::Path, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callpath"));
    command.current_dir(folder).args(["run", "--quiet", "--color", "never"]).envs(variables.iter().copied());
    command.output().expect("the program starts")
}

fn starter() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let made = Command::new(env!("CARGO_BIN_EXE_callpath")).arg("init").current_dir(folder.path()).output();
    assert!(made.expect("the program starts").status.success());
    folder
}

async fn collector(status: u16) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(status)).mount(&server).await;
    server
}

fn text(attributes: &[KeyValue], name: &str) -> String {
    let found = attributes.iter().find(|attribute| attribute.key == name);
    match found.and_then(|attribute| attribute.value.clone()?.value) {
        Some(Value::StringValue(text)) => text,
        other => format!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_one_trace_of_its_suites_and_scenarios() {
    let server = collector(200).await;
    let folder = starter();
    let address = format!("{}/base", server.uri());
    let ran = run(
        folder.path(),
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &address),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=abc"),
            ("OTEL_SERVICE_NAME", "ivr-tests"),
            ("OTEL_RESOURCE_ATTRIBUTES", "team=voice"),
        ],
    );
    assert!(ran.status.success(), "{ran:?}");
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
    let requests = server.received_requests().await.expect("requests are recorded");
    let mut spans: Vec<Span> = Vec::new();
    for request in &requests {
        assert_eq!(request.url.path(), "/base/v1/traces");
        assert_eq!(request.headers["x-key"], "abc");
        assert_eq!(request.headers["content-type"], "application/x-protobuf");
        let sent = ExportTraceServiceRequest::decode(&*request.body).expect("spans");
        for group in sent.resource_spans {
            let resource = group.resource.expect("a resource").attributes;
            assert_eq!((text(&resource, "service.name").as_str(), text(&resource, "team").as_str()), ("ivr-tests", "voice"));
            spans.extend(group.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    }
    assert_eq!(spans.len(), 11);
    let record = std::fs::read_to_string(folder.path().join("callpath-report/run.json")).expect("a record");
    let record: serde_json::Value = serde_json::from_str(&record).expect("JSON");
    let run_id = record["wall"]["run_id"].as_str().expect("an id").replace('-', "");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert!(spans.iter().all(|span| hex(&span.trace_id) == run_id && span.start_time_unix_nano <= span.end_time_unix_nano));
    let root = spans.iter().find(|span| span.parent_span_id.is_empty()).expect("a root");
    assert_eq!(root.name, "callpath run");
    let suite = spans.iter().find(|span| span.parent_span_id == root.span_id).expect("a suite");
    assert_eq!(suite.name, "suite suites/starter");
    let scenarios: Vec<&Span> = spans.iter().filter(|span| span.parent_span_id == suite.span_id).collect();
    assert_eq!(scenarios.len(), 9);
    for scenario in scenarios {
        assert_eq!(text(&scenario.attributes, "callpath.verdict"), "passed");
        assert_eq!(text(&scenario.attributes, "callpath.flow"), "starter");
        assert!(scenario.attributes.iter().any(|attribute| attribute.key == "callpath.accuracy"));
        assert!(suite.start_time_unix_nano <= scenario.start_time_unix_nano);
        assert!(suite.end_time_unix_nano >= scenario.end_time_unix_nano);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_in_trouble_fails_no_run_and_is_named() {
    let folder = starter();
    let server = collector(400).await;
    let ran = run(folder.path(), &[("OTEL_EXPORTER_OTLP_ENDPOINT", &server.uri())]);
    assert!(ran.status.success(), "{ran:?}");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(said.starts_with("traces did not all arrive: 127.0.0.1:") && said.ends_with(" answered 400\n"), "{said}");
    let down = run(folder.path(), &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:9/v1/traces")]);
    assert!(down.status.success(), "{down:?}");
    let said = String::from_utf8_lossy(&down.stderr).into_owned();
    assert!(said.starts_with("traces did not all arrive: 127.0.0.1:9 gives no answer: "), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_decides_whether_anything_is_sent() {
    let folder = starter();
    let server = collector(200).await;
    let address = server.uri();
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", address.as_str());
    for more in [("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none"), ("OTEL_TRACES_SAMPLER", "always_off")] {
        assert!(run(folder.path(), &[endpoint, more]).status.success());
    }
    assert!(server.received_requests().await.expect("requests are recorded").is_empty());
    let wrong = run(folder.path(), &[endpoint, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]);
    assert_eq!(wrong.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&wrong.stderr),
        "error: traces cannot be sent: the protocol 'grpc' is not offered, only 'http/protobuf'\n"
    );
}

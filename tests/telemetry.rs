//! Traces of a run, sent to a collector.
#![cfg(feature = "otel")]

use std::process::{Command, Output};

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

/// A message of protocol buffers: its fields by number, numbers as their eight bytes. Enough for what is read here.
fn fields(mut bytes: &[u8]) -> Vec<(u64, &[u8])> {
    fn varint(bytes: &mut &[u8]) -> u64 {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (first, rest) = bytes.split_first().expect("a byte");
            *bytes = rest;
            number |= u64::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                break;
            }
        }
        number
    }
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        let length = match tag & 7 {
            0 => {
                varint(&mut bytes);
                0
            }
            1 => 8,
            2 => varint(&mut bytes) as usize,
            5 => 4,
            kind => panic!("a field of kind {kind}"),
        };
        let (field, rest) = bytes.split_at(length);
        bytes = rest;
        found.push((tag >> 3, field));
    }
    found
}

/// The fields of this number.
fn all(message: &[u8], number: u64) -> Vec<&[u8]> {
    fields(message).into_iter().filter(|field| field.0 == number).map(|field| field.1).collect()
}

fn one(message: &[u8], number: u64) -> &[u8] {
    all(message, number).first().copied().unwrap_or_default()
}

fn string(message: &[u8], number: u64) -> String {
    String::from_utf8(one(message, number).to_vec()).expect("UTF-8")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A span, with the numbers of opentelemetry/proto/trace/v1/trace.proto.
struct Span {
    trace: String,
    id: String,
    parent: String,
    name: String,
    start: u64,
    end: u64,
    attributes: Vec<Vec<u8>>,
}

impl Span {
    fn read(bytes: &[u8]) -> Self {
        let time = |number| u64::from_le_bytes(one(bytes, number).try_into().expect("eight bytes"));
        Self {
            trace: hex(one(bytes, 1)),
            id: hex(one(bytes, 2)),
            parent: hex(one(bytes, 4)),
            name: string(bytes, 5),
            start: time(7),
            end: time(8),
            attributes: all(bytes, 9).into_iter().map(<[u8]>::to_vec).collect(),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|attribute| string(attribute, 1) == name)
    }
}

/// An attribute's text.
fn text<A: AsRef<[u8]>>(attributes: &[A], name: &str) -> String {
    let found = attributes.iter().find(|attribute| string(attribute.as_ref(), 1) == name);
    found.map(|attribute| string(one(attribute.as_ref(), 2), 1)).unwrap_or_default()
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
        for group in all(&request.body, 1) {
            let resource = all(one(group, 1), 1);
            assert_eq!(
                (text(&resource, "service.name"), text(&resource, "team")),
                ("ivr-tests".into(), "voice".into())
            );
            spans.extend(all(group, 2).into_iter().flat_map(|scope| all(scope, 2)).map(Span::read));
        }
    }
    assert_eq!(spans.len(), 11);
    let record = std::fs::read_to_string(folder.path().join("callpath-report/run.json")).expect("a record");
    let record: serde_json::Value = serde_json::from_str(&record).expect("JSON");
    let run_id = record["wall"]["run_id"].as_str().expect("an id").replace('-', "");
    assert!(spans.iter().all(|span| span.trace == run_id && span.start <= span.end));
    let root = spans.iter().find(|span| span.parent.is_empty()).expect("a root");
    assert_eq!(root.name, "callpath run");
    let suite = spans.iter().find(|span| span.parent == root.id).expect("a suite");
    assert_eq!(suite.name, "suite suites/starter");
    let scenarios: Vec<&Span> = spans.iter().filter(|span| span.parent == suite.id).collect();
    assert_eq!(scenarios.len(), 9);
    // Where a decision was expected.
    let with_accuracy = scenarios.iter().filter(|scenario| scenario.has("callpath.accuracy")).count();
    let scored = record["scenarios"].as_array().expect("a list").iter();
    let scored = scored.filter(|scenario| scenario["score"]["decisions"]["expected"].as_u64() > Some(0)).count();
    assert_eq!(with_accuracy, scored);
    for scenario in scenarios {
        assert_eq!(text(&scenario.attributes, "callpath.verdict"), "passed");
        assert_eq!(text(&scenario.attributes, "callpath.flow"), "starter");
        assert!(suite.start <= scenario.start);
        assert!(suite.end >= scenario.end);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_in_trouble_fails_no_run_and_is_named() {
    let folder = starter();
    let server = collector(400).await;
    let ran = run(folder.path(), &[("OTEL_EXPORTER_OTLP_ENDPOINT", &server.uri())]);
    assert!(ran.status.success(), "{ran:?}");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(
        said.starts_with("not all traces were exported: 127.0.0.1:") && said.ends_with(" answered 400\n"),
        "{said}"
    );
    let down = run(folder.path(), &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:9/v1/traces")]);
    assert!(down.status.success(), "{down:?}");
    let said = String::from_utf8_lossy(&down.stderr).into_owned();
    assert!(said.starts_with("not all traces were exported: 127.0.0.1:9 gives no answer: "), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_decides_whether_anything_is_sent() {
    let folder = starter();
    let server = collector(200).await;
    let address = server.uri();
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", address.as_str());
    for more in [("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none"), ("OTEL_TRACES_SAMPLER", "always_off")]
    {
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

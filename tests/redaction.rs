//! No secret and no token appears in anything that people read. A program of its own, because it listens to all that is
//! logged in its process.

#[path = "remote/support.rs"]
#[allow(dead_code)] // it serves the tests of the remote target too
mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use wiremock::{Request, Respond, ResponseTemplate};

use callpath::internal::export::{ExportProfile, Platform, send_record};
use callpath::internal::record::RunRecord;
use callpath::internal::remote::client::Environment;
use callpath::internal::runner::targets::Remote;
use support::*;

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Repeats what it was sent.
struct Echo {
    status: u16,
    shape: u8,
}

impl Respond for Echo {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let authorization = request.headers.get("authorization").map_or("", |value| value.to_str().unwrap());
        let echo = format!("you sent {authorization} and {}", String::from_utf8_lossy(&request.body));
        let body = match self.shape {
            0 => json!({ "error": echo, "error_description": echo }),
            1 => json!(echo),
            _ => json!({ "access_token": [echo] }),
        };
        let location = format!("http://x.invalid/?{echo}");
        ResponseTemplate::new(self.status).insert_header("location", location.as_str()).set_body_json(body)
    }
}

/// Runs calls against servers that repeat what they were sent wherever they can, with every log line of every crate kept.
#[tokio::test(flavor = "multi_thread")]
async fn secrets_and_tokens_appear_nowhere() {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let pair = "bWU6aHVudGVyMi10aGUtc2VjcmV0";
    let mut said = String::new();
    for style in ["basic", "form"] {
        for (verb, at) in [("POST", TOKEN), ("POST", SUBMIT), ("GET", RESULT)] {
            for status in [200, 400, 401, 403, 404, 409, 429, 503, 302] {
                for shape in 0..3 {
                    let server = good_server().await;
                    first(&server, verb, at, 99, Echo { status, shape }).await;
                    if at != TOKEN {
                        first(&server, "POST", TOKEN, 1, token(1)).await;
                        first(&server, "POST", TOKEN, 9, token(2)).await;
                    }
                    let more = with_credentials(&format!("attempts = 2\ntoken-style = '{style}'"));
                    let settings = settings(&server.uri(), &more);
                    said += &format!("{settings:?}\n");
                    let remote = Remote::new(settings).unwrap();
                    let result = run(&remote).await;
                    said += &format!("{result:?} {remote:?}\n");
                    if let Err(error) = result {
                        said += &format!("{error}\n");
                    }
                }
            }
        }
    }
    let spooled = exports(&mut said).await;
    let logged = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    assert!(
        logged.contains("a token was fetched") && logged.contains("tried again"),
        "the log was not kept: {} bytes",
        logged.len()
    );
    assert!(said.contains("[redacted]") && said.contains("answered 403"), "the servers' words were not passed on");
    assert!(spooled.contains("dead-letters") && spooled.contains("sim-"), "nothing was spooled: {spooled}");
    assert!(said.contains("dead letters") && said.contains("pending ("), "the exports said nothing");
    for secret in [SECRET, pair, "token-number-1", "token-number-2"] {
        for (text, what) in [(&said, "said"), (&logged, "logged"), (&spooled, "spooled")] {
            let found = text.lines().find(|line| line.contains(secret));
            // wiremock runs in this process and logs what it receives; only it may.
            let found = found.filter(|line| what != "logged" || !line.contains("wiremock"));
            assert_eq!(found, None, "{secret} was {what}");
        }
    }
}

/// Exports to platforms that repeat what they were sent; adds what is said to `said` and gives the content of every spool.
async fn exports(said: &mut String) -> String {
    let mut spooled = String::new();
    let record = record();
    for (access, more) in [
        ("bearer", "bearer-env = 'QA'"),
        ("basic", "client-id = 'me'\nclient-secret-env = 'QA'\ntoken-style = 'basic'"),
        ("form", "client-id = 'me'\nclient-secret-env = 'QA'\ntoken-style = 'form'"),
    ] {
        for at in [TOKEN, "/results"] {
            if access == "bearer" && at == TOKEN {
                continue;
            }
            for status in [200, 400, 401, 403, 413, 422, 429, 500, 302] {
                for shape in 0..3 {
                    let server = good_server().await;
                    first(&server, "POST", at, 99, Echo { status, shape }).await;
                    let folder = tempfile::tempdir().unwrap();
                    let text = format!(
                        "url = '{0}/results'\nspool = '{1}'\nattempts = 2\nbackoff-base = '1ms'\nbackoff-cap = '2ms'\n{more}\n{2}",
                        server.uri(),
                        folder.path().display(),
                        if access == "bearer" {
                            String::new()
                        } else {
                            format!("token-url = '{}{TOKEN}'", server.uri())
                        },
                    );
                    let profile: ExportProfile = toml::from_str(&text).unwrap();
                    let environment = |name: &str| (name == "QA").then(|| SECRET.to_owned());
                    let settings = profile.resolve("qa", &Environment::new(&environment)).unwrap();
                    *said += &format!("{settings:?}\n");
                    let platform = Arc::new(Platform::new(settings).unwrap());
                    let outcome = send_record(&platform, &record, Duration::from_millis(20)).await;
                    *said += &format!("{outcome:?} {platform:?}\n");
                    *said += &outcome.map_or_else(|error| error.to_string(), |delivered| delivered.summary("qa"));
                    for entry in std::fs::read_dir(folder.path()).unwrap() {
                        let path = entry.unwrap().path();
                        spooled += &format!("{}\n{}", path.display(), std::fs::read_to_string(&path).unwrap());
                    }
                }
            }
        }
    }
    spooled
}

/// A run of one scenario that could not be carried out.
fn record() -> RunRecord {
    let scenario = json!({
        "id": "suite::one", "suite": "suite", "name": "one", "tags": [], "file": "suite.yaml", "line": 1, "flow": "line",
        "flow_version": "1", "verdict": "error", "wall": { "start_us": 0, "duration_us": 1 },
    });
    RunRecord { scenarios: vec![serde_json::from_value(scenario).unwrap()], ..RunRecord::default() }
}

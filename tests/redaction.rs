//! No secret and no token appears in anything that people read. A program of its own, because it listens to all that is
//! logged in its process.

#[path = "remote/support.rs"]
#[allow(dead_code)] // it serves the tests of the remote target too
mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;
use wiremock::{Request, Respond, ResponseTemplate};

use callpath::target::Remote;
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
    let logged = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    assert!(
        logged.contains("a token was fetched") && logged.contains("tried again"),
        "the log was not kept: {} bytes",
        logged.len()
    );
    assert!(said.contains("[redacted]") && said.contains("answered 403"), "the servers' words were not passed on");
    for secret in [SECRET, pair, "token-number-1", "token-number-2"] {
        for (text, what) in [(&said, "said"), (&logged, "logged")] {
            let found = text.lines().find(|line| line.contains(secret));
            // wiremock runs in this process and logs what it receives; only it may.
            let found = found.filter(|line| what == "said" || !line.contains("wiremock"));
            assert_eq!(found, None, "{secret} was {what}");
        }
    }
}

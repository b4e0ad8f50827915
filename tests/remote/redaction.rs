//! No secret and no token appears in anything that people read.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;
use wiremock::ResponseTemplate;

use super::support::*;
use callpath::target::Remote;

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

/// A token, and from then on another one.
async fn on_first(server: &wiremock::MockServer, one: ResponseTemplate, then: ResponseTemplate) {
    first(server, "POST", TOKEN, 1, one).await;
    first(server, "POST", TOKEN, 9, then).await;
}

/// Runs calls against servers that repeat what they were sent wherever they can, with every log line of every crate kept.
#[tokio::test]
async fn secrets_and_tokens_appear_nowhere() {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // For this thread, on which all of this test runs.
    let _guard = tracing::subscriber::set_default(subscriber);
    let pair = "bWU6aHVudGVyMi10aGUtc2VjcmV0";
    let mut said = String::new();
    for (verb, at) in [("POST", TOKEN), ("POST", SUBMIT), ("GET", RESULT)] {
        // Before there is a token nobody can know it.
        let tokens = if at == TOKEN { "" } else { "Bearer token-number-1, token-number-2" };
        let echo = format!("you sent {SECRET} and {pair} and {tokens}");
        for status in [200, 400, 401, 403, 404, 409, 429, 503, 302] {
            for body in [json!({ "error": echo, "error_description": echo }), json!(echo), json!({ "access_token": [echo] })] {
                let server = good_server().await;
                let answer = ResponseTemplate::new(status)
                    .insert_header("location", format!("http://x.invalid/?{echo}").as_str())
                    .set_body_json(&body);
                first(&server, verb, at, 99, answer).await;
                if at != TOKEN {
                    on_first(&server, token(1), token(2)).await;
                }
                let settings = settings(&server.uri(), &with_credentials("attempts = 2"));
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
    let logged = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("a token was fetched") && logged.contains("tried again"), "the log was not kept");
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

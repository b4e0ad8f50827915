//! Sessions over a transport that is a script: no sockets, so that time can be paused.

use super::*;
use crate::remote::client::{Environment, ErrorKind, Method, RemoteProfile, TransportError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Bytes;
use hyper::header::HeaderMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Reaction = Box<dyn Fn(u32) -> Result<Response, TransportError> + Send + Sync>;

/// Answers the k-th request (tokens are counted apart, from 1) as the script says, after 10 ms.
struct Script {
    calls: Mutex<Vec<(Instant, Request)>>,
    tokens: Mutex<u32>,
    react: Reaction,
}

impl Script {
    fn new(react: impl Fn(u32) -> Result<Response, TransportError> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { calls: Mutex::default(), tokens: Mutex::default(), react: Box::new(react) })
    }

    /// When the requests were sent, in ms from the first.
    fn times(&self) -> Vec<u64> {
        let calls = self.calls.lock().unwrap();
        calls.iter().map(|(at, _)| (*at - calls[0].0).as_millis() as u64).collect()
    }
}

impl Transport for Arc<Script> {
    async fn send(&self, call: &Request) -> Result<Response, TransportError> {
        if call.url.path().ends_with("/oauth/token") {
            let number = {
                let mut tokens = self.tokens.lock().unwrap();
                *tokens += 1;
                *tokens
            };
            tokio::time::sleep(Duration::from_millis(10)).await;
            return Ok(answer(200, &[], &format!(r#"{{"access_token":"token-{number}","expires_in":600}}"#)));
        }
        let number = {
            let mut calls = self.calls.lock().unwrap();
            calls.push((Instant::now(), call.clone()));
            calls.len() as u32
        };
        tokio::time::sleep(Duration::from_millis(10)).await;
        (self.react)(number)
    }
}

fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Response {
    let mut map = HeaderMap::new();
    map.insert("content-type", "application/json".parse().unwrap());
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    Response { status, headers: map, body: Bytes::copy_from_slice(body.as_bytes()) }
}

fn ok() -> Result<Response, TransportError> {
    Ok(answer(200, &[], "7"))
}

fn status(status: u16) -> Result<Response, TransportError> {
    Ok(answer(status, &[], ""))
}

const SECRET: &str = "s3cr/t & more";

fn session(script: &Arc<Script>, more: &str) -> Arc<Session<Arc<Script>>> {
    let rate = if more.contains("requests-per-second") { "" } else { "requests-per-second = 1000000" };
    let profile: RemoteProfile = toml::from_str(&format!(
        "base-url = 'http://sim.test'\nclient-id = 'me'\nclient-secret = '{SECRET}'\n{rate}\n{more}"
    ))
    .unwrap();
    let settings = profile.resolve("tenant", &Environment::new(&|_| None)).unwrap();
    Arc::new(Session::seeded(settings, script.clone(), 3))
}

fn call() -> Request {
    Request {
        method: Method::Get,
        url: "http://sim.test/api/v2/flow/simulator/1".parse().unwrap(),
        authorization: None,
        idempotency_key: None,
        prefer: Default::default(),
        body: None,
    }
}

async fn ask(session: &Session<Arc<Script>>) -> Result<u32, ClientError> {
    session.request(call(), "the job", |answer| wording::json(answer, true)).await.map(|reply| reply.value)
}

#[tokio::test(start_paused = true)]
async fn an_answer_needs_one_token_and_one_request() {
    let script = Script::new(|_| ok());
    let session = session(&script, "");
    assert_eq!(session.answered(), 0);
    assert_eq!(ask(&session).await, Ok(7));
    assert_eq!(ask(&session).await, Ok(7));
    assert_eq!(session.answered(), 2);
    assert_eq!(session.counts(), Counts { requests: 2, tokens: 1, ..Counts::default() });
    let calls = script.calls.lock().unwrap();
    assert_eq!(calls[0].1.authorization.as_ref().unwrap(), "Bearer token-1");
    assert!(!format!("{:?}", calls[0].1).contains("token-1"));
}

#[tokio::test(start_paused = true)]
async fn passing_troubles_are_tried_again_with_growing_pauses() {
    let script = Script::new(|number| match number {
        1 => status(503),
        2 => status(502),
        3 => Err(TransportError::Lost("reset".into())),
        4 => status(429),
        5 => status(504),
        6 => Ok(answer(200, &[], "7 and more")),
        _ => ok(),
    });
    let session = session(&script, "");
    assert_eq!(ask(&session).await, Ok(7));
    let counts = session.counts();
    assert_eq!((counts.requests, counts.retries), (7, 6));
    assert_eq!((counts.throttled, counts.unavailable, counts.broken), (1, 3, 2));
    let times = script.times();
    for (k, pair) in times.windows(2).enumerate() {
        let most = 25 * (1 << k) + 12;
        assert!(pair[1] - pair[0] >= 10 && pair[1] - pair[0] <= most, "{times:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn final_answers_are_not_tried_again() {
    for (code, kind) in [
        (400, ErrorKind::Rejected),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (409, ErrorKind::Rejected),
        (413, ErrorKind::Rejected),
        (415, ErrorKind::Rejected),
        (500, ErrorKind::Rejected),
        (302, ErrorKind::Rejected),
    ] {
        let script = Script::new(move |_| status(code));
        let error = ask(&session(&script, "")).await.unwrap_err();
        assert_eq!((error.kind, script.times().len()), (kind, 1), "{code}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_words_of_the_server_are_passed_on() {
    let body = r#"{"error":"invalid_request","error_description":"'dtmfSequence[3]' is\nno key"}"#;
    let script = Script::new(move |_| Ok(answer(400, &[], body)));
    assert_eq!(
        ask(&session(&script, "")).await.unwrap_err().to_string(),
        "target 'tenant' answered 400 to the job: 'invalid_request, 'dtmfSequence[3]' is no key'"
    );
    let script = Script::new(|_| Ok(answer(302, &[("location", "https://elsewhere.test/")], "")));
    assert_eq!(
        ask(&session(&script, "")).await.unwrap_err().to_string(),
        "target 'tenant' answered 302 to the job (it sends to another address: set that as 'base-url'): 'https://elsewhere.test/'"
    );
}

#[tokio::test(start_paused = true)]
async fn one_refused_token_is_replaced_and_a_second_one_is_final() {
    let script = Script::new(|number| if number == 1 { status(401) } else { ok() });
    let lucky = session(&script, "");
    assert_eq!(ask(&lucky).await, Ok(7));
    assert_eq!(script.calls.lock().unwrap()[1].1.authorization.as_ref().unwrap(), "Bearer token-2");
    assert_eq!(script.times(), [0, 20], "nothing but the new token is waited for");

    let script = Script::new(|_| status(401));
    let error = ask(&session(&script, "")).await.unwrap_err();
    assert_eq!(error.to_string(), "target 'tenant' answered 401 to the job (it refuses the token, also a new one)");
    assert_eq!((error.kind, script.times().len(), *script.tokens.lock().unwrap()), (ErrorKind::Unauthorized, 2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_401_for_a_token_that_expired_fetches_one_new_token() {
    let script = Script::new(|number| if number <= 64 { status(401) } else { ok() });
    let session = session(&script, "");
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { ask(&session).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(7));
    }
    assert_eq!((session.counts().requests, session.counts().tokens), (128, 2));
}

#[tokio::test(start_paused = true)]
async fn retry_after_holds_everybody_and_is_never_undercut() {
    for header in ["3", "Mon, 02 Mar 2026 10:00:03 GMT"] {
        let script = Script::new(move |number| match number {
            1 => Ok(answer(429, &[("retry-after", header), ("date", "Mon, 02 Mar 2026 10:00:00 GMT")], "")),
            _ => ok(),
        });
        let session = session(&script, "");
        let first = tokio::spawn({
            let session = session.clone();
            async move { ask(&session).await }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let session = session.clone();
                tokio::spawn(async move { ask(&session).await })
            })
            .collect();
        assert_eq!(first.await.unwrap(), Ok(7));
        for task in tasks {
            assert_eq!(task.await.unwrap(), Ok(7));
        }
        let times = script.times();
        assert_eq!(times.len(), 22);
        assert!(times[1..].iter().all(|&time| (3_010..=3_120).contains(&time)), "{times:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_503_with_retry_after_holds_its_own_request_and_nobody_else() {
    let script = Script::new(|number| match number {
        1 => Ok(answer(503, &[("retry-after", "3")], "")),
        _ => ok(),
    });
    let session = session(&script, "");
    let first = tokio::spawn({
        let session = session.clone();
        async move { ask(&session).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let start = Instant::now();
    assert_eq!(ask(&session).await, Ok(7));
    assert!(start.elapsed() < Duration::from_millis(20), "{:?}", start.elapsed());
    assert_eq!(first.await.unwrap(), Ok(7));
    let times = script.times();
    assert!(times.len() == 3 && (3_010..=3_120).contains(&times[2]), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_retry_after_beyond_the_deadline_ends_it_at_once_for_everybody() {
    let script = Script::new(|_| Ok(answer(429, &[("retry-after", "3600")], "")));
    let session = session(&script, "deadline = '60s'");
    let start = Instant::now();
    let expected = "target 'tenant' asks for a pause of 3600 s before the job, longer than the deadline of 60 s allows";
    assert_eq!(ask(&session).await.unwrap_err().to_string(), expected);
    let error = ask(&session).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Busy);
    assert!(error.to_string().contains(" asks for a pause of "), "{error}");
    assert_eq!(script.times().len(), 1, "the second caller does not even ask");
    assert!(start.elapsed() < Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stays_down_is_given_up_at_the_deadline() {
    let script = Script::new(|_| status(503));
    let session = session(&script, "attempts = 1000\ndeadline = '5s'\nbackoff-cap = '500ms'");
    let start = Instant::now();
    let error = ask(&session).await.unwrap_err();
    assert_eq!(error.to_string(), "target 'tenant' answered 503 to the job (tried for 5 s)");
    assert!(start.elapsed() <= Duration::from_millis(5_040) && start.elapsed() >= Duration::from_millis(4_400));
    let script = Script::new(|_| Err(TransportError::Connect("connection refused".into())));
    let error = ask(&self::session(&script, "attempts = 3")).await.unwrap_err();
    assert_eq!(error.to_string(), "target 'tenant' at sim.test gave no answer: connection refused (after 3 tries)");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_stays_unreadable_is_shown() {
    let page = format!("<html>\u{1b}[31m{}</html>", "x".repeat(400));
    let script = Script::new(move |_| Ok(answer(200, &[("content-type", "text/html; charset=utf-8")], &page)));
    let error = ask(&session(&script, "")).await.unwrap_err();
    assert_eq!((error.kind, script.times().len()), (ErrorKind::Unreadable, 3));
    let shown = format!("<html>\u{241b}[31m{}\u{2026}", "x".repeat(189));
    assert_eq!(
        error.to_string(),
        format!(
            "target 'tenant' gave an unusable answer to the job: it has 'text/html; charset=utf-8' where JSON belongs: '{shown}'"
        )
    );
    let script = Script::new(|_| Ok(answer(200, &[], "[1, 2")));
    let error = ask(&session(&script, "")).await.unwrap_err();
    assert!(error.to_string().ends_with(": '[1, 2'"), "{error}");
    let script = Script::new(|_| Err(TransportError::TooLong(1000)));
    let error = ask(&session(&script, "")).await.unwrap_err();
    assert!(error.to_string().ends_with("longer than 1000 bytes, the most that 'max-answer-bytes' allows"), "{error}");
    assert_eq!(script.times().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn requests_keep_to_the_rate_and_the_deadline_does_not_count_the_queue() {
    let script = Script::new(|_| ok());
    let session = session(&script, "requests-per-second = 10\nburst = 1\ndeadline = '1s'");
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { ask(&session).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(7));
    }
    let times = script.times();
    assert!((9_890..=9_920).contains(&times[99]), "{}", times[99]);
}

#[test]
fn basic_credentials_are_form_encoded_unless_they_are_to_be_raw() {
    for (style, pair) in [("basic", "me+too:s3cr%2Ft+%26+more"), ("basic-raw", "me too:s3cr/t & more")] {
        let credentials = Credentials {
            token_url: "http://sim.test/oauth/token".parse().unwrap(),
            style: toml::from_str::<std::collections::HashMap<String, _>>(&format!("style = '{style}'")).unwrap()["style"],
            client_id: "me too".into(),
            client_secret: SECRET.into(),
            scopes: Vec::new(),
        };
        let header = token_request(&credentials).unwrap().authorization.unwrap();
        let sent = STANDARD.decode(header.to_str().unwrap().strip_prefix("Basic ").unwrap()).unwrap();
        assert_eq!(String::from_utf8(sent).unwrap(), pair);
        assert!(header.is_sensitive());
    }
}

/// How HTTP Basic writes the encoded credentials.
const BASIC: &str = "bWU6czNjciUyRnQrJTI2K21vcmU=";

#[tokio::test(start_paused = true)]
async fn a_server_that_repeats_credentials_does_not_get_them_into_messages() {
    let form = "s3cr%2Ft+%26+more";
    assert!(String::from_utf8_lossy(&STANDARD.decode(BASIC).unwrap()).ends_with(form));
    let body = format!(r#"{{"error":"you sent {SECRET}, {form}, bWU6czNjci90ICYgbW9yZQ==, {BASIC} and token-1"}}"#);
    for code in [400, 200, 401] {
        let body = body.clone();
        let script = Script::new(move |_| Ok(answer(code, &[("location", "http://x/?t=token-1")], &body)));
        let error = ask(&session(&script, "")).await.unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains("you sent [redacted], [redacted]"), "{text}");
        for secret in [SECRET, form, "bWU6", "token-1"] {
            assert!(!text.contains(secret), "{code}: {text}");
        }
    }
}

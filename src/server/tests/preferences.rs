use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use tokio::time::Instant;

use crate::server::routes::build;
use crate::server::test_support::{PLAIN, TestResponse, get, options, plan, send, submission, submit, token};
use crate::server::{FaultPlan, Latency, ServerOptions, router};

fn preferring(mut request: Request<Body>, preference: &str) -> Request<Body> {
    request.headers_mut().insert("prefer", preference.parse().unwrap());
    request
}

async fn submit_preferring(router: &Router, token: &str, preference: &str) -> TestResponse {
    send(router, preferring(submission(token, PLAIN), preference)).await
}

#[tokio::test]
async fn a_result_that_is_there_comes_with_the_submissions_answer() {
    let router = router(options());
    let token = token(&router).await;
    let answer = submit_preferring(&router, &token, "return=representation").await;
    assert_eq!((answer.status.as_u16(), answer.header("preference-applied")), (201, "return=representation"));
    assert_eq!(answer.header("location"), answer.header("content-location"));
    assert_eq!(answer.json()["status"], "completed");
    assert_eq!(send(&router, get(answer.header("location"), &token)).await.body, answer.body);
    assert_eq!(send(&router, get("/health", "")).await.json()["awaited"], 0);
    for preference in ["return=minimal", "wait=10", "handling=strict"] {
        let answer = submit_preferring(&router, &token, preference).await;
        assert_eq!((answer.status.as_u16(), answer.header("preference-applied")), (201, ""));
        assert!(answer.json()["executionPath"].is_null() && answer.json()["resultUrl"].is_string());
    }
}

#[tokio::test]
async fn a_submission_that_is_repeated_has_its_result_again() {
    let router = router(options());
    let token = token(&router).await;
    let mut bodies = Vec::new();
    for _ in 0..3 {
        let mut request = preferring(submission(&token, PLAIN), "return=representation");
        request.headers_mut().insert("idempotency-key", "k".parse().unwrap());
        bodies.push(send(&router, request).await.body);
    }
    assert!(bodies[0] == bodies[1] && bodies[1] == bodies[2]);
}

#[tokio::test(start_paused = true)]
async fn a_submission_that_takes_its_time_is_answered_at_once() {
    let router = router(ServerOptions { processing: Latency::Fixed(50), ..options() });
    let token = token(&router).await;
    let answer = submit_preferring(&router, &token, "return=representation").await;
    assert_eq!((answer.header("preference-applied"), answer.json()["status"].as_str()), ("", Some("queued")));
}

#[tokio::test(start_paused = true)]
async fn a_submission_is_held_until_there_is_a_result() {
    let router = router(ServerOptions { processing: Latency::Fixed(1_500), ..options() });
    let token = token(&router).await;
    for (preference, applied, state, held_ms) in [
        ("return=representation, wait=10", "return=representation, wait=10", "completed", 1_500),
        ("return=representation, wait=1", "wait=1", "running", 1_000),
        ("return=representation, wait=0", "wait=0", "queued", 0),
        ("wait=10", "", "queued", 0),
    ] {
        let begun = Instant::now();
        let answer = submit_preferring(&router, &token, preference).await;
        let ms = begun.elapsed().as_millis();
        assert_eq!(answer.header("preference-applied"), applied, "{preference}");
        assert_eq!(answer.json()["status"], state, "{preference}");
        assert!((held_ms..held_ms + 10).contains(&ms), "{preference}: {ms}");
        let over = state == "completed";
        assert_eq!(answer.json()["executionPath"].is_array(), over, "{preference}");
        assert_eq!(answer.json()["resultUrl"].is_string(), !over, "{preference}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_submission_that_is_held_and_its_repetition_have_the_same_result() {
    let router = router(ServerOptions { processing: Latency::Fixed(100), ..options() });
    let token = token(&router).await;
    let held = || async {
        let mut request = preferring(submission(&token, PLAIN), "return=representation, wait=1");
        request.headers_mut().insert("idempotency-key", "k".parse().unwrap());
        send(&router, request).await.body
    };
    let (first, second) = tokio::join!(held(), held());
    assert!(first == second && first == held().await);
}

#[tokio::test]
async fn faults_strike_as_ever() {
    for (fault, status, preference) in [
        ("{on: submit, every: 1, fault: fails}", "failed", "return=representation"),
        // With the result in the answer there would be no question for it to strike.
        ("{on: status, every: 1, fault: status, status: 503}", "completed", ""),
        ("{every: 7, fault: delay, time: 1ms}", "completed", ""),
    ] {
        let router = router(ServerOptions { faults: plan(fault), ..options() });
        let token = token(&router).await;
        for wait in ["", ", wait=1"] {
            let answer = submit_preferring(&router, &token, &format!("return=representation{wait}")).await;
            let applied = if preference.is_empty() { String::new() } else { format!("{preference}{wait}") };
            assert_eq!(answer.header("preference-applied"), applied, "{fault}");
            assert_eq!(answer.json()["status"], status, "{fault}");
        }
    }
}

/// The state that a question finds after a wait of at most so many seconds, what was applied, and
/// how long it took in ms.
async fn ask(router: &Router, path: &str, token: &str, preference: &str) -> (String, String, u128) {
    let begun = Instant::now();
    let answer = send(router, preferring(get(path, token), preference)).await;
    let state = answer.json()["status"].as_str().unwrap().to_owned();
    (state, answer.header("preference-applied").to_owned(), begun.elapsed().as_millis())
}

#[tokio::test(start_paused = true)]
async fn a_question_is_held_until_there_is_an_answer() {
    let router = router(ServerOptions { processing: Latency::Fixed(1_500), ..options() });
    let token = token(&router).await;
    let path = submit(&router, &token, PLAIN).await;
    let expected = |state: &str, applied: &str| (state.to_owned(), applied.to_owned());
    let (state, applied, ms) = ask(&router, &path, &token, "wait=1").await;
    assert_eq!((state, applied), expected("running", "wait=1"));
    assert!((1_000..1_010).contains(&ms), "{ms}");
    let (state, applied, ms) = ask(&router, &path, &token, "wait=10").await;
    assert_eq!((state, applied), expected("completed", "wait=10"));
    assert!((490..510).contains(&ms), "{ms}");
    let (state, applied, ms) = ask(&router, &path, &token, "wait=4000000000").await;
    assert_eq!((state, applied, ms), ("completed".to_owned(), "wait=30".to_owned(), 0));
    let (_, applied, ms) = ask(&router, &path, &token, "wait=soon").await;
    assert_eq!((applied.as_str(), ms), ("", 0));
}

#[tokio::test(start_paused = true)]
async fn who_waits_gets_what_everybody_gets() {
    for fault in ["", "{on: submit, every: 1, fault: fails}", "{on: submit, every: 1, fault: other_version}"] {
        let faults = if fault.is_empty() { FaultPlan::default() } else { plan(fault) };
        let router = router(ServerOptions { processing: Latency::Fixed(50), faults, ..options() });
        let token = token(&router).await;
        let path = submit(&router, &token, PLAIN).await;
        let waited = send(&router, preferring(get(&path, &token), "wait=1")).await;
        assert_eq!(waited.header("preference-applied"), "wait=1");
        for _ in 0..2 {
            assert!(send(&router, get(&path, &token)).await.body == waited.body, "{fault}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_question_is_held_for_longer_than_half_a_minute() {
    let router = router(ServerOptions { faults: plan("{on: submit, every: 1, fault: never_completes}"), ..options() });
    let token = token(&router).await;
    let path = submit(&router, &token, PLAIN).await;
    let (state, applied, ms) = ask(&router, &path, &token, "wait=3600").await;
    assert_eq!((state.as_str(), applied.as_str()), ("running", "wait=30"));
    assert!((30_000..30_010).contains(&ms), "{ms}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_holds_nobody() {
    let (router, service) = build(ServerOptions { processing: Latency::Fixed(60_000), ..options() });
    let app = service.app.clone();
    let token = token(&router).await;
    let path = submit(&router, &token, PLAIN).await;
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        app.start_draining();
    };
    let submitting = submit_preferring(&router, &token, "return=representation, wait=20");
    let ((state, applied, ms), answer, ()) = tokio::join!(ask(&router, &path, &token, "wait=20"), submitting, stopping);
    assert_eq!((state.as_str(), applied.as_str()), ("queued", ""));
    assert_eq!((answer.status.as_u16(), answer.header("preference-applied")), (201, ""));
    assert!(answer.json()["resultUrl"].is_string());
    assert!((200..210).contains(&ms), "{ms}");
    assert_eq!(ask(&router, &path, &token, "wait=20").await, ("queued".to_owned(), String::new(), 0));
}

//! What saves requests where a server knows it, and does no harm where it does not.

use std::time::{Duration, Instant};

use callpath::internal::runner::targets::Remote;
use callpath::internal::server::{Catalogue, Latency, Server, ServerOptions};
use serde_json::json;
use wiremock::ResponseTemplate;

use super::support::*;

/// Our own server; its URL, and what stops it.
async fn start(processing_ms: u64) -> (String, tokio::sync::oneshot::Sender<()>) {
    let mut flows = Catalogue::default();
    flows.add(program()).unwrap();
    let options = ServerOptions { flows, processing: Latency::Fixed(processing_ms), ..ServerOptions::default() };
    let server = Server::bind(options).await.unwrap();
    let url = server.url();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    tokio::spawn(server.run(async { drop(stopped.await) }));
    (url, stop)
}

fn remote(url: &str, more: &str) -> Remote {
    Remote::new(settings(url, &with_credentials(more))).unwrap()
}

#[tokio::test]
async fn our_server_answers_a_submission_with_its_result() {
    let (url, _stop) = start(0).await;
    for (more, requests) in [("", 10), ("prefer = false", 20)] {
        let remote = remote(&url, more);
        for _ in 0..10 {
            assert_eq!(run(&remote).await.unwrap(), PATH);
        }
        assert_eq!(remote.counts().requests, requests, "{more}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn our_server_holds_a_submission_until_the_job_is_done() {
    let (url, _stop) = start(150).await;
    let remote = remote(&url, "");
    for _ in 0..8 {
        let begun = Instant::now();
        assert_eq!(run(&remote).await.unwrap(), PATH);
        assert!(begun.elapsed() >= Duration::from_millis(150));
    }
    // One submission each, also for the first: nothing has to be learned.
    assert_eq!(remote.counts().requests, 8);
}

#[tokio::test]
async fn a_server_that_knows_no_preferences_is_asked_as_ever() {
    let server = good_server().await;
    let running = ResponseTemplate::new(200).set_body_json(json!({ "status": "running" }));
    first(&server, "GET", RESULT, 3, running).await;
    assert_eq!(run_at(&server.uri(), "").await.unwrap(), PATH);
    let submissions = requests(&server, "POST", SUBMIT).await;
    let questions = requests(&server, "GET", RESULT).await;
    assert_eq!(submissions[0].headers["prefer"], "return=representation, wait=15");
    assert_eq!(questions.len(), 4);
    assert!(questions.iter().all(|question| question.headers["prefer"] == "wait=15"));
}

#[tokio::test]
async fn nothing_is_preferred_where_the_profile_says_so_or_the_time_is_short() {
    let server = good_server().await;
    for (more, submission, question) in [
        ("prefer = false", None, None),
        ("request-timeout = '1900ms'", Some("return=representation"), None),
        ("job-timeout = '900ms'", Some("return=representation"), None),
        ("request-timeout = '10s'", Some("return=representation, wait=5"), Some("wait=5")),
        ("request-timeout = '10m'", Some("return=representation, wait=20"), Some("wait=20")),
    ] {
        server.reset().await;
        on(&server, "POST", SUBMIT, accepted()).await;
        on(&server, "GET", RESULT, completed()).await;
        assert_eq!(run_at(&server.uri(), more).await.unwrap(), PATH);
        let sent =
            |request: &wiremock::Request| request.headers.get("prefer").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(sent(&requests(&server, "POST", SUBMIT).await[0]).as_deref(), submission, "{more}");
        assert_eq!(sent(&requests(&server, "GET", RESULT).await[0]).as_deref(), question, "{more}");
    }
}

#[tokio::test]
async fn a_server_that_says_that_it_waits_and_does_not_is_not_asked_without_a_pause() {
    let server = good_server().await;
    let running = ResponseTemplate::new(200)
        .insert_header("preference-applied", "wait=15")
        .set_body_json(json!({ "status": "running" }));
    first(&server, "GET", RESULT, 1_000, running).await;
    let more = "poll-cap = '50ms'\njob-timeout = '1500ms'\nrequest-timeout = '9s'";
    let error = run_at(&server.uri(), more).await.unwrap_err().to_string();
    assert!(error.contains("did not finish simulation 'sim-1' within 1s 500ms"), "{error}");
    let questions = requests(&server, "GET", RESULT).await.len();
    assert!((5..=60).contains(&questions), "{questions} questions");
}

#[tokio::test]
async fn the_time_for_which_a_submission_was_held_is_the_jobs() {
    let server = good_server().await;
    let held = accepted().insert_header("preference-applied", "wait=2").set_delay(Duration::from_secs(2));
    first(&server, "POST", SUBMIT, 1, held).await;
    let running = ResponseTemplate::new(200).set_body_json(json!({ "status": "running" }));
    first(&server, "GET", RESULT, 1_000, running).await;
    let error = run_at(&server.uri(), "job-timeout = '2s'").await.unwrap_err().to_string();
    assert!(error.contains("did not finish simulation 'sim-1' within 2s"), "{error}");
    assert_eq!(requests(&server, "POST", SUBMIT).await[0].headers["prefer"], "return=representation, wait=2");
    assert_eq!(requests(&server, "GET", RESULT).await.len(), 1);
}

#[tokio::test]
async fn a_failure_in_the_answer_to_the_submission_is_the_callers() {
    let server = good_server().await;
    let failed = ResponseTemplate::new(201)
        .insert_header("preference-applied", "return=representation")
        .set_body_json(json!({ "simulationId": "sim-1", "status": "failed", "errorMessage": "no capacity" }));
    first(&server, "POST", SUBMIT, 1, failed).await;
    let error = run_at(&server.uri(), "").await.unwrap_err();
    assert_eq!(error.to_string(), "target 'tenant': the simulation failed: no capacity");
    assert_eq!(requests(&server, "GET", RESULT).await.len(), 0);
    // A representation that is not over yet is asked for like any other.
    let going = ResponseTemplate::new(201)
        .insert_header("preference-applied", "return=representation")
        .set_body_json(json!({ "simulationId": "sim-1", "status": "running" }));
    first(&server, "POST", SUBMIT, 1, going).await;
    assert_eq!(run_at(&server.uri(), "").await.unwrap(), PATH);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_lets_those_go_that_it_holds_and_hands_out_their_results() {
    let (url, stop) = start(700).await;
    let remote = remote(&url, "");
    let (result, ()) = tokio::join!(run(&remote), async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        stop.send(()).unwrap();
    });
    assert_eq!(result.unwrap(), PATH);
}

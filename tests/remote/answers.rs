//! Servers that answer, but not with what was hoped for.

use std::time::{Duration, Instant, SystemTime};

use serde_json::json;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, ResponseTemplate};

use super::support::*;
use callpath::internal::runner::targets::{Remote, TargetError};

fn call_error(result: Result<String, TargetError>) -> String {
    match result {
        Err(TargetError::Call(message)) => message,
        other => panic!("{other:?}"),
    }
}

fn unusable(result: Result<String, TargetError>) -> String {
    match result {
        Err(TargetError::Unusable(message)) => message,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn all_goes_well() {
    let server = good_server().await;
    assert_eq!(run_at(&server.uri(), "").await.unwrap(), PATH);
    let submission = &requests(&server, "POST", SUBMIT).await[0];
    assert_eq!(submission.headers["content-type"], "application/json");
    let body: serde_json::Value = submission.body_json().unwrap();
    assert_eq!(
        body,
        json!({ "flowId": "line", "dtmfSequence": ["2"], "variableStateMatrix": { "tier": "gold" }, "mediaAssetReferences": [] })
    );
}

#[tokio::test]
async fn a_result_in_the_answer_to_the_submission_needs_no_question() {
    let server = good_server().await;
    let mut body = result();
    body["simulationId"] = "sim-1".into();
    first(&server, "POST", SUBMIT, 1, ResponseTemplate::new(201).set_body_json(body)).await;
    let remote = Remote::new(settings(&server.uri(), "")).unwrap();
    assert_eq!(run(&remote).await.unwrap(), PATH);
    assert_eq!(remote.counts().requests, 1);
}

#[tokio::test]
async fn a_result_url_is_followed_on_the_same_server_only() {
    let server = good_server().await;
    on(&server, "GET", "/api/v2/results/7", completed()).await;
    let say = |url: &str| {
        ResponseTemplate::new(201)
            .set_body_json(json!({ "simulationId": "sim-1", "status": "completed", "resultUrl": url }))
    };
    first(&server, "POST", SUBMIT, 1, say("/api/v2/results/7")).await;
    assert_eq!(run_at(&server.uri(), "").await.unwrap(), PATH);
    assert_eq!(requests(&server, "GET", "/api/v2/results/7").await.len(), 1);
    first(&server, "POST", SUBMIT, 1, say("http://elsewhere.invalid/7")).await;
    assert_eq!(run_at(&server.uri(), "").await.unwrap(), PATH);
    assert_eq!(requests(&server, "GET", RESULT).await.len(), 1);
}

#[tokio::test]
async fn an_id_cannot_lead_elsewhere() {
    for id in ["../../admin", "a/b?c#d", "\u{e9} %2e%2e"] {
        let server = good_server().await;
        first(
            &server,
            "POST",
            SUBMIT,
            1,
            ResponseTemplate::new(201).set_body_json(json!({ "simulationId": id, "status": "queued" })),
        )
        .await;
        assert!(matches!(run_at(&server.uri(), "").await, Err(TargetError::Call(_))));
        let all = server.received_requests().await.unwrap();
        let asked = all.iter().find(|request| request.method.as_str() == "GET").unwrap().url.path().to_owned();
        assert!(asked.starts_with(&format!("{SUBMIT}/")) && !asked[SUBMIT.len() + 1..].contains('/'), "{asked}");
    }
    for id in ["", "..", "."] {
        let server = good_server().await;
        on(
            &server,
            "POST",
            SUBMIT,
            ResponseTemplate::new(201).set_body_json(json!({ "simulationId": id, "status": "queued" })),
        )
        .await;
        server.reset().await;
        on(
            &server,
            "POST",
            SUBMIT,
            ResponseTemplate::new(201).set_body_json(json!({ "simulationId": id, "status": "queued" })),
        )
        .await;
        let error = run_at(&server.uri(), "").await.unwrap_err().to_string();
        assert!(error.contains("'simulationId'"), "{error}");
    }
}

#[tokio::test]
async fn the_token_is_fetched_once_and_sent_as_the_contract_says() {
    let server = good_server().await;
    let remote =
        Remote::new(settings(&server.uri(), &with_credentials("scopes = ['flow:simulator:run', 'flow:read']")))
            .unwrap();
    let runs = (0..20).map(|_| run(&remote));
    for result in futures(runs).await {
        assert_eq!(result.unwrap(), PATH);
    }
    let tokens = requests(&server, "POST", TOKEN).await;
    assert_eq!(tokens.len(), 1);
    assert_eq!(tokens[0].headers["content-type"], "application/x-www-form-urlencoded");
    // base64 of me:hunter2-the-secret
    assert_eq!(tokens[0].headers["authorization"], "Basic bWU6aHVudGVyMi10aGUtc2VjcmV0");
    assert_eq!(
        String::from_utf8_lossy(&tokens[0].body),
        "grant_type=client_credentials&scope=flow%3Asimulator%3Arun+flow%3Aread"
    );
    for request in requests(&server, "GET", RESULT).await {
        assert_eq!(request.headers["authorization"], "Bearer token-number-1");
    }
}

/// All of them at once.
async fn futures<F: Future>(all: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = all.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, done) in &mut pending {
            if done.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *done = Some(value);
            }
        }
        if pending.iter().all(|(_, done)| done.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    pending.into_iter().filter_map(|(_, done)| done).collect()
}

#[tokio::test]
async fn credentials_may_travel_in_the_form() {
    let server = good_server().await;
    on(&server, "POST", "/auth/t", token(9)).await;
    let more = with_credentials(&format!("token-style = 'form'\ntoken-url = '{}/auth/t'", server.uri()));
    assert_eq!(run_at(&server.uri(), &more).await.unwrap(), PATH);
    let tokens = requests(&server, "POST", "/auth/t").await;
    assert!(!tokens[0].headers.contains_key("authorization"));
    assert_eq!(
        String::from_utf8_lossy(&tokens[0].body),
        "grant_type=client_credentials&client_id=me&client_secret=hunter2-the-secret"
    );
}

#[tokio::test]
async fn refused_credentials_make_the_target_unusable_after_one_request() {
    let server = good_server().await;
    let body = json!({ "error": "invalid_client", "error_description": format!("no client with {SECRET}") });
    first(&server, "POST", TOKEN, 9, ResponseTemplate::new(401).set_body_json(body)).await;
    let remote = Remote::new(settings(&server.uri(), &with_credentials(""))).unwrap();
    let expected = format!(
        "target 'tenant' gets no token: {}/oauth/token answered 401, invalid_client; check 'client-id', the secret, 'scopes', 'token-url' and 'token-style'",
        server.uri()
    );
    assert_eq!(unusable(run(&remote).await), expected);
    assert_eq!(unusable(run(&remote).await), expected);
    assert_eq!(requests(&server, "POST", TOKEN).await.len(), 1);
    assert_eq!(requests(&server, "POST", SUBMIT).await.len(), 0);
}

#[tokio::test]
async fn a_token_that_expires_in_mid_run_is_replaced_once_for_all() {
    let server = good_server().await;
    let remote = Remote::new(settings(&server.uri(), &with_credentials(""))).unwrap();
    assert_eq!(run(&remote).await.unwrap(), PATH);
    // From now on the first token is refused, as after its expiry.
    first(&server, "POST", TOKEN, 9, token(2)).await;
    Mock::given(header("authorization", "Bearer token-number-1"))
        .respond_with(ResponseTemplate::new(401).set_body_json(json!({ "error": "invalid_token" })))
        .with_priority(1)
        .mount(&server)
        .await;
    for result in futures((0..16).map(|_| run(&remote))).await {
        assert_eq!(result.unwrap(), PATH);
    }
    assert_eq!(requests(&server, "POST", TOKEN).await.len(), 2);
}

#[tokio::test]
async fn a_storm_of_401_ends_with_a_clear_error_and_few_requests() {
    let server = good_server().await;
    first(&server, "POST", SUBMIT, 99, ResponseTemplate::new(401)).await;
    let remote = Remote::new(settings(&server.uri(), &with_credentials(""))).unwrap();
    let expected = "target 'tenant' answered 401 to the submission (it refuses the token, also a new one)";
    assert_eq!(unusable(run(&remote).await), expected);
    assert_eq!(requests(&server, "POST", SUBMIT).await.len(), 2);
    assert_eq!(requests(&server, "POST", TOKEN).await.len(), 2);
}

#[tokio::test]
async fn final_answers_are_passed_on_at_once() {
    for (status, expected) in [
        (400, "target 'tenant' answered 400 to the submission: 'invalid_request, 'flowId' is no flow'"),
        (404, "target 'tenant' answered 404 to the submission: 'invalid_request, 'flowId' is no flow'"),
        (409, "target 'tenant' answered 409 to the submission: 'invalid_request, 'flowId' is no flow'"),
        (413, "target 'tenant' answered 413 to the submission: 'invalid_request, 'flowId' is no flow'"),
        (415, "target 'tenant' answered 415 to the submission: 'invalid_request, 'flowId' is no flow'"),
        (500, "target 'tenant' answered 500 to the submission: 'invalid_request, 'flowId' is no flow'"),
    ] {
        let server = good_server().await;
        let body = json!({ "error": "invalid_request", "error_description": "'flowId' is no flow" });
        first(&server, "POST", SUBMIT, 9, ResponseTemplate::new(status).set_body_json(body)).await;
        assert_eq!(call_error(run_at(&server.uri(), "").await), expected);
        assert_eq!(requests(&server, "POST", SUBMIT).await.len(), 1);
    }
    let server = good_server().await;
    first(&server, "POST", SUBMIT, 9, ResponseTemplate::new(403)).await;
    assert_eq!(
        unusable(run_at(&server.uri(), "").await),
        "target 'tenant' answered 403 to the submission (the client may not do that: check its scopes)"
    );
}

#[tokio::test]
async fn a_result_that_has_gone_is_an_error_of_the_call() {
    let server = good_server().await;
    let body = json!({ "error": "expired", "error_description": "the result is no longer kept" });
    first(&server, "GET", RESULT, 9, ResponseTemplate::new(404).set_body_json(body)).await;
    assert_eq!(
        call_error(run_at(&server.uri(), "").await),
        "target 'tenant' answered 404 to the question for a result: 'expired, the result is no longer kept'"
    );
}

#[tokio::test]
async fn both_forms_of_retry_after_are_kept() {
    let now = SystemTime::now();
    let date = |skew: u64| httpdate::fmt_http_date(now + Duration::from_secs(skew));
    let second = ResponseTemplate::new(429).insert_header("retry-after", "1");
    // A server whose clock is an hour ahead: its own `Date` says what its `Retry-After` means.
    let skewed = ResponseTemplate::new(429)
        .insert_header("retry-after", date(3_601).as_str())
        .insert_header("date", date(3_600).as_str());
    for answer in [second, skewed] {
        let server = good_server().await;
        first(&server, "POST", SUBMIT, 1, answer).await;
        let start = Instant::now();
        assert_eq!(run_at(&server.uri(), "").await.unwrap(), PATH);
        let took = start.elapsed();
        assert!(took >= Duration::from_secs(1) && took < Duration::from_secs(5), "{took:?}");
    }
}

#[tokio::test]
async fn a_retry_after_beyond_the_deadline_is_not_waited_for() {
    let server = good_server().await;
    first(&server, "POST", SUBMIT, 1, ResponseTemplate::new(503).insert_header("retry-after", "600")).await;
    let start = Instant::now();
    assert_eq!(
        unusable(run_at(&server.uri(), "deadline = '20s'").await),
        "target 'tenant' asks for a pause of 600 s before the submission, longer than the deadline of 20 s allows"
    );
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn passing_troubles_pass_and_the_submission_keeps_its_key() {
    let server = good_server().await;
    for status in [503, 429, 502, 504] {
        first(&server, "POST", SUBMIT, 1, ResponseTemplate::new(status)).await;
        first(&server, "GET", RESULT, 1, ResponseTemplate::new(status)).await;
    }
    let remote = Remote::new(settings(&server.uri(), "")).unwrap();
    assert_eq!(run(&remote).await.unwrap(), PATH);
    assert_eq!(run(&remote).await.unwrap(), PATH);
    let keys: Vec<_> = requests(&server, "POST", SUBMIT)
        .await
        .iter()
        .map(|request| request.headers["idempotency-key"].to_str().unwrap().to_owned())
        .collect();
    assert_eq!(keys.len(), 6);
    assert!(keys[..5].iter().all(|key| *key == keys[0]), "{keys:?}");
    assert_ne!(keys[5], keys[0]);
    let counts = remote.counts();
    assert_eq!((counts.retries, counts.throttled, counts.unavailable), (8, 2, 6));
}

#[tokio::test]
async fn garbled_answers_are_asked_for_again_and_shown_when_they_stay() {
    let cut_off =
        ResponseTemplate::new(200).set_body_raw(&br#"{"status":"completed","executionPa"#[..], "application/json");
    let page = ResponseTemplate::new(200).set_body_raw(&b"<html>Sign in</html>"[..], "text/html");
    let other = ResponseTemplate::new(200).set_body_json(json!({ "status": "done" }));
    for (answer, problem) in [
        (cut_off, r#"its JSON is cut off: '{"status":"completed","executionPa'"#),
        (page, "it has 'text/html' where JSON belongs: '<html>Sign in</html>'"),
        (
            other,
            "its JSON is not what it should be (unknown variant 'done', expected one of 'queued', 'running', 'completed', 'failed' at line 1 column 16): '{\"status\":\"done\"}'",
        ),
    ] {
        let server = good_server().await;
        first(&server, "GET", RESULT, 2, answer.clone()).await;
        assert_eq!(run_at(&server.uri(), "").await.unwrap(), PATH);
        let server = good_server().await;
        first(&server, "GET", RESULT, 9, answer).await;
        let expected = format!("target 'tenant' gave an unusable answer to the question for a result: {problem}");
        assert_eq!(call_error(run_at(&server.uri(), "").await), expected);
        assert_eq!(requests(&server, "GET", RESULT).await.len(), 3);
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read() {
    let server = good_server().await;
    let long = format!("\"{}\"", "x".repeat(100_000));
    first(&server, "GET", RESULT, 9, ResponseTemplate::new(200).set_body_raw(long, "application/json")).await;
    assert_eq!(
        call_error(run_at(&server.uri(), "max-answer-bytes = 50000").await),
        "target 'tenant' gave an unusable answer to the question for a result: it is longer than 50000 bytes, the most that 'max-answer-bytes' allows"
    );
    assert_eq!(requests(&server, "GET", RESULT).await.len(), 1);
}

#[tokio::test]
async fn a_job_that_never_completes_ends_at_its_timeout() {
    let server = good_server().await;
    first(&server, "GET", RESULT, u64::MAX, ResponseTemplate::new(200).set_body_json(json!({ "status": "running" })))
        .await;
    let start = Instant::now();
    assert_eq!(
        call_error(run_at(&server.uri(), "job-timeout = '600ms'\npoll-cap = '100ms'").await),
        "target 'tenant' did not finish simulation 'sim-1' within 600ms; 'job-timeout' of [target.tenant] sets how long it may take"
    );
    assert!(start.elapsed() >= Duration::from_millis(600) && start.elapsed() < Duration::from_secs(5));
    let asked = requests(&server, "GET", RESULT).await.len();
    assert!((5..60).contains(&asked), "{asked} questions");
}

#[tokio::test]
async fn a_job_that_fails_says_why() {
    let server = good_server().await;
    let body = json!({ "status": "failed", "errorMessage": "compute node lost" });
    first(&server, "GET", RESULT, 1, ResponseTemplate::new(200).set_body_json(body)).await;
    assert_eq!(
        call_error(run_at(&server.uri(), "").await),
        "target 'tenant': the simulation failed: compute node lost"
    );
}

#[tokio::test]
async fn a_job_that_takes_its_time_is_asked_until_it_is_done() {
    let server = good_server().await;
    let queued = ResponseTemplate::new(200).set_body_json(json!({ "status": "queued" }));
    first(&server, "GET", RESULT, 4, queued).await;
    let remote = Remote::new(settings(&server.uri(), "")).unwrap();
    assert_eq!(run(&remote).await.unwrap(), PATH);
    assert_eq!(remote.counts().requests, 6);
}

#[tokio::test]
async fn what_a_server_does_not_offer_is_skipped_and_not_sent() {
    let server = good_server().await;
    let remote = Remote::new(settings(&server.uri(), "")).unwrap();
    let mut simulation = simulation();
    simulation.request.call.ani = Some("+15550100".into());
    simulation.request.keypad.push(callpath::internal::simulator::Input::HangUp { at_ms: None });
    simulation.request.seed = 7;
    match callpath::internal::runner::targets::Target::simulate(&remote, &simulation, Default::default()).await {
        Err(TargetError::Skip(reason)) => assert_eq!(
            reason,
            "target 'tenant' takes no simulationOptions, which this scenario needs for the timing of keys and call"
        ),
        other => panic!("{other:?}"),
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
    Mock::given(method("POST")).and(path(SUBMIT)).respond_with(accepted()).mount(&server).await;
    let remote = Remote::new(settings(&server.uri(), "simulation-options = true")).unwrap();
    assert!(
        callpath::internal::runner::targets::Target::simulate(&remote, &simulation, Default::default()).await.is_ok()
    );
    let body: serde_json::Value = requests(&server, "POST", SUBMIT).await[0].body_json().unwrap();
    assert_eq!(body["simulationOptions"]["call"]["ani"], "+15550100");
}

//! The real service: a REST client and a server of wiremock's.

use std::time::{Duration, Instant};

use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::remote::client::{Environment, HttpTransport, RemoteProfile, Session};

async fn service(server: &MockServer) -> RemoteService<HttpTransport> {
    at(&server.uri())
}

fn at(url: &str) -> RemoteService<HttpTransport> {
    let profile = format!("base-url = '{url}'\nclient-id = 'me'\nclient-secret = 's3cret'\n");
    let profile: RemoteProfile = toml::from_str(&profile).unwrap();
    let settings = profile.resolve("tenant", &Environment::new(&|_| None)).unwrap();
    let settings = with_prompt_defaults(settings, profile.refresh_early.is_some());
    let transport = HttpTransport::new(&settings).unwrap();
    RemoteService::new(Session::new(settings, transport)).unwrap()
}

fn token(text: &str, expires_in: u64) -> ResponseTemplate {
    ResponseTemplate::new(200)
        .set_body_json(serde_json::json!({ "access_token": text, "token_type": "Bearer", "expires_in": expires_in }))
}

async fn with_tokens(server: &MockServer) {
    Mock::given(path("/oauth/token")).respond_with(token("t", 3600)).mount(server).await;
}

fn prompts(status: u16) -> Service {
    Service { status, headers: Vec::new() }
}

/// An answer of the prompt service.
struct Service {
    status: u16,
    headers: Vec<(&'static str, String)>,
}

impl Service {
    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Mounts it for so many requests.
    async fn times(self, server: &MockServer, count: u64) {
        let body = if self.status < 300 { r#"{"status":"accepted"}"# } else { r#"{"error":"down"}"# };
        let mut answer = ResponseTemplate::new(self.status).set_body_raw(body, "application/json");
        for (name, value) in self.headers {
            answer = answer.insert_header(name, value);
        }
        Mock::given(method("POST"))
            .and(path("/api/v2/agentassist/prompts"))
            .respond_with(answer)
            .up_to_n_times(count)
            .mount(server)
            .await;
    }
}

async fn deliver(service: &RemoteService<HttpTransport>, settings: Settings) -> Record {
    let pipeline = Pipeline::new(settings, Agents::default(), 1);
    Arc::unwrap_or_clone(pipeline.deliver(service, prompt("p"), None).await.record)
}

async fn sent(server: &MockServer, to: &str) -> Vec<wiremock::Request> {
    let requests = server.received_requests().await.unwrap();
    requests.into_iter().filter(|request| request.url.path() == to).collect()
}

const PROMPTS: &str = "/api/v2/agentassist/prompts";

#[tokio::test]
async fn a_prompt_is_sent_with_a_token_of_the_three_scopes() {
    let server = MockServer::start().await;
    with_tokens(&server).await;
    prompts(201).times(&server, 1).await;
    let record = deliver(&service(&server).await, Settings::default()).await;
    assert_eq!(record.outcome, Outcome::Delivered, "{record:?}");
    let tokens = sent(&server, "/oauth/token").await;
    let form = String::from_utf8(tokens[0].body.clone()).unwrap();
    assert_eq!(
        form,
        "grant_type=client_credentials&scope=agentassist%3Aprompt%3Awrite+interactions%3Aread+users%3Aread"
    );
    let requests = sent(&server, PROMPTS).await;
    assert_eq!(requests[0].headers["authorization"], "Bearer t");
    assert_eq!(requests[0].headers["idempotency-key"], "p");
    assert_eq!(serde_json::from_slice::<Prompt>(&requests[0].body).unwrap(), prompt("p"));
}

#[tokio::test]
async fn every_failure_of_the_service_is_recorded_with_what_it_says() {
    for status in [400, 404, 429, 500, 502, 503, 504] {
        let server = MockServer::start().await;
        with_tokens(&server).await;
        prompts(status).times(&server, 3).await;
        prompts(201).times(&server, 1).await;
        let record = deliver(&service(&server).await, Settings::default()).await;
        assert_eq!((record.outcome, record.attempts.len()), (Outcome::Fallback, 4), "{status}");
        assert_eq!(record.reasons, [format!("the prompt service answered {status}: down")]);
        let bodies: Vec<Prompt> =
            sent(&server, PROMPTS).await.iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect();
        assert_eq!(&*bodies[3].prompt_id, "p_fallback");
        assert_eq!(bodies[3].priority, Priority::Low);
        assert_eq!(*bodies[3].content, Fallback::default().content);
        assert_eq!(bodies[0], bodies[2]);
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    let server = MockServer::start().await;
    Mock::given(path("/oauth/token")).respond_with(token("old", 3600)).up_to_n_times(1).mount(&server).await;
    Mock::given(path("/oauth/token")).respond_with(token("new", 3600)).mount(&server).await;
    Mock::given(path(PROMPTS))
        .and(header("authorization", "Bearer old"))
        .respond_with(ResponseTemplate::new(401))
        .mount(&server)
        .await;
    prompts(201).times(&server, 1).await;
    let record = deliver(&service(&server).await, Settings::default()).await;
    assert_eq!((record.outcome, record.attempts.len()), (Outcome::Delivered, 1));
    assert_eq!(sent(&server, "/oauth/token").await.len(), 2);
}

#[tokio::test]
async fn what_is_refused_with_a_new_token_too_is_not_sent_again() {
    for (status, requests) in [(401, 2), (403, 1)] {
        let server = MockServer::start().await;
        with_tokens(&server).await;
        prompts(status).times(&server, 9).await;
        let record = deliver(&service(&server).await, Settings::default()).await;
        assert_eq!((record.outcome, record.attempts.len()), (Outcome::Failed, 1));
        assert_eq!(record.attempts[0].status, Some(status));
        assert_eq!(sent(&server, PROMPTS).await.len(), requests);
    }
}

#[tokio::test]
async fn credentials_that_are_refused_end_it_without_a_secret_in_the_record() {
    let server = MockServer::start().await;
    Mock::given(path("/oauth/token")).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    let record = deliver(&service(&server).await, Settings::default()).await;
    assert_eq!((record.outcome, record.attempts.len()), (Outcome::Failed, 1));
    assert!(record.reasons[0].contains("gets no token"), "{record:?}");
    assert!(!format!("{record:?}").contains("s3cret"));
    assert_eq!(sent(&server, PROMPTS).await.len(), 0);
}

#[tokio::test]
async fn many_prompts_share_one_token_and_it_is_replaced_100_s_early() {
    let server = MockServer::start().await;
    Mock::given(path("/oauth/token")).respond_with(token("t", 3600)).expect(1).mount(&server).await;
    prompts(201).times(&server, 1_000).await;
    let service = service(&server).await;
    assert_eq!(service.session().settings().refresh_early, Duration::from_secs(100));
    let settings =
        Settings { limits: RateLimits { agent: None, tenant: None, patience: Duration::ZERO }, ..Settings::default() };
    let pipeline = Pipeline::new(settings, Agents::default(), 1);
    let pipeline = &pipeline;
    let service = &service;
    let all =
        (0..50).map(|n| async move { pipeline.deliver(service, prompt(&format!("p{n}")), None).await.record.outcome });
    let outcomes = futures_of(all).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Delivered));
    server.verify().await;
}

/// All futures at once.
async fn futures_of<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in running.iter_mut().filter(|(_, output)| output.is_none()) {
            if let std::task::Poll::Ready(value) = future.as_mut().poll(context) {
                *output = Some(value);
            }
        }
        if running.iter().all(|(_, output)| output.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    running.into_iter().filter_map(|(_, output)| output).collect()
}

#[tokio::test]
async fn both_forms_of_retry_after_are_kept_to_in_real_time() {
    let date =
        |seconds: u64| httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds));
    for asked in [vec![("retry-after", "1".to_owned())], vec![("retry-after", date(1)), ("date", date(0))]] {
        let server = MockServer::start().await;
        with_tokens(&server).await;
        let mut refused = prompts(429);
        for (name, value) in asked {
            refused = refused.header(name, value);
        }
        refused.times(&server, 1).await;
        prompts(201).times(&server, 1).await;
        let begun = Instant::now();
        let record = deliver(&service(&server).await, Settings::default()).await;
        assert_eq!(record.outcome, Outcome::Delivered, "{record:?}");
        assert_eq!(record.attempts[0].retry_after_ms, Some(1_000));
        assert!(begun.elapsed() >= Duration::from_secs(1));
    }
}

#[tokio::test]
async fn nobody_listening_and_nobody_answering_are_failures_with_their_words() {
    let server = MockServer::start().await;
    with_tokens(&server).await;
    let slow = ResponseTemplate::new(201).set_delay(Duration::from_secs(5));
    Mock::given(path(PROMPTS)).respond_with(slow).mount(&server).await;
    let service = service(&server).await;
    let mut settings = Settings::default();
    settings.delivery.attempt_timeout = Duration::from_millis(60);
    let record = deliver(&service, settings.clone()).await;
    assert_eq!((record.outcome, record.attempts.len()), (Outcome::Failed, 4));
    assert_eq!(record.attempts[0].error.as_deref(), Some("no response within 60ms"));
    // The token endpoint is gone as well.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let record = deliver(&at(&format!("http://{address}")), settings).await;
    assert!(record.attempts.iter().all(|attempt| attempt.status.is_none()), "{record:?}");
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_no_delivery() {
    let server = MockServer::start().await;
    with_tokens(&server).await;
    let page = ResponseTemplate::new(200).set_body_raw("<html>maintenance</html>", "text/html");
    Mock::given(path(PROMPTS)).respond_with(page).mount(&server).await;
    let record = deliver(&service(&server).await, Settings::default()).await;
    assert_eq!(record.outcome, Outcome::Failed);
    assert_eq!(record.reasons[0], "the prompt service answered 200 and its body is not the JSON that it should be");
}

#[tokio::test]
async fn the_transcript_is_asked_for_at_the_interactions_own_path() {
    let server = MockServer::start().await;
    with_tokens(&server).await;
    prompts(201).times(&server, 1).await;
    let transcript = "/api/v2/interactions/int_98765432/transcripts";
    Mock::given(path(transcript)).respond_with(ResponseTemplate::new(404)).up_to_n_times(1).mount(&server).await;
    Mock::given(path(transcript))
        .respond_with(ResponseTemplate::new(200).set_body_json(serde_json::json!({ "id": "tr_9" })))
        .mount(&server)
        .await;
    let service = service(&server).await;
    let mut settings = Settings::default();
    settings.correlation.first_pause = Duration::from_millis(20);
    let pipeline = Pipeline::new(settings, Agents::default(), 1);
    let Delivered { record, search, .. } = pipeline.deliver(&service, prompt("p"), None).await;
    assert_eq!(record.transcript.state, TranscriptState::Pending);
    assert_eq!(pipeline.pending_searches(), 1);
    let transcript = pipeline.correlate(&service, search.unwrap()).await;
    assert_eq!((transcript.id.as_deref(), transcript.questions), (Some("tr_9"), 2));
    assert_eq!(pipeline.pending_searches(), 0);
}

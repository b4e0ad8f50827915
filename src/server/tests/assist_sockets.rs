//! Prompts over real connections, and what becomes of them when the server stops.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use super::sockets::{Running, ask, request, start, submit, token};
use crate::assist::{Outcome, PromptLog, Record, TranscriptState};
use crate::remote::client::{Environment, RemoteProfile};
use crate::server::test_support::{options, plan};
use crate::server::{AssistOptions, Latency, ServerOptions, ShutdownReport, Upstream};

const BODY: &str =
    r#"{"interactionId":"int_1","agentId":"agt_1","content":"Offer a credit.","priority":"HIGH","sentiment":0.1}"#;

async fn simulate(address: SocketAddr) -> String {
    let text = request("POST", "/simulate-prompt", "content-type: application/json\r\n", BODY);
    ask(address, &text).await.unwrap()
}

async fn stopped(mut server: Running) -> ShutdownReport {
    server.stop.take().unwrap().send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), server.task).await.unwrap().unwrap()
}

fn logged(path: &Path) -> AssistOptions {
    AssistOptions { log: Some(PromptLog::open(path).unwrap()), ..AssistOptions::default() }
}

fn lines(path: &Path) -> Vec<Record> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn a_transcript_that_is_looked_for_at_the_end_is_recorded_as_pending() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prompts.jsonl");
    let assist = AssistOptions { transcripts: Latency::Fixed(60_000), ..logged(&path) };
    let server = start(ServerOptions { assist, grace: Duration::from_millis(300), ..options() }).await;
    assert!(simulate(server.address).await.starts_with("HTTP/1.1 200 "));
    let begun = Instant::now();
    assert_eq!(stopped(server).await, ShutdownReport { pending: 1, cut: 0, log: None });
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let [line] = &lines(&path)[..] else { panic!("{:?}", lines(&path)) };
    assert_eq!((line.outcome, line.transcript.state), (Outcome::Delivered, TranscriptState::Pending));
    assert_eq!(line.transcript.reason.as_deref(), Some("the server stopped during the search"));
}

#[tokio::test]
async fn what_was_accepted_is_finished_before_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prompts.jsonl");
    let faults = plan("{on: prompts, at: 1, fault: delay, time: 300ms}");
    let assist = AssistOptions { transcripts: Latency::Fixed(300), ..logged(&path) };
    let server = start(ServerOptions { assist, faults, ..options() }).await;
    let answer = tokio::spawn(simulate(server.address));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(stopped(server).await, ShutdownReport::default());
    assert!(answer.await.unwrap().starts_with("HTTP/1.1 200 "));
    let [line] = &lines(&path)[..] else { panic!("{:?}", lines(&path)) };
    assert_eq!((line.outcome, line.transcript.state), (Outcome::Delivered, TranscriptState::Correlated));
}

#[tokio::test]
async fn a_delivery_that_takes_longer_than_the_grace_is_cut_off_and_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prompts.jsonl");
    let faults = plan("{on: prompts, every: 1, fault: delay, time: 2s}");
    let options = ServerOptions { assist: logged(&path), faults, grace: Duration::from_millis(200), ..options() };
    let server = start(options).await;
    let answer = tokio::spawn(async move {
        let text = request("POST", "/simulate-prompt", "content-type: application/json\r\n", BODY);
        ask(server.address, &text).await
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let running = Running { address: server.address, stop: server.stop, task: server.task };
    assert_eq!(stopped(running).await, ShutdownReport { pending: 0, cut: 1, log: None });
    let _ = answer.await.unwrap();
    let [line] = &lines(&path)[..] else { panic!("{:?}", lines(&path)) };
    assert_eq!(line.outcome, Outcome::Failed);
    assert_eq!(line.reasons, ["the server stopped before the delivery ended"]);
}

#[tokio::test]
async fn a_server_that_is_about_to_stop_takes_no_prompts() {
    let mut server = start(ServerOptions { processing: Latency::Fixed(400), ..options() }).await;
    let token = token(server.address).await;
    submit(server.address, &token).await.unwrap();
    server.stop.take().unwrap().send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let answer = simulate(server.address).await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 1"), "{answer}");
    server.task.abort();
}

#[tokio::test]
async fn prompts_go_to_a_target_over_the_network() {
    let upstream =
        start(ServerOptions { faults: plan("{on: prompts, at: 1, fault: status, status: 503}"), ..options() }).await;
    let profile = format!("base-url = 'http://{}'\nclient-id = 'me'\nclient-secret = 's3cret'", upstream.address);
    let profile: RemoteProfile = toml::from_str(&profile).unwrap();
    let settings = profile.resolve("tenant", &Environment::new(&|_| None)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prompts.jsonl");
    let assist = AssistOptions { upstream: Upstream::target(settings, false).unwrap(), ..logged(&path) };
    let server = start(ServerOptions { assist, ..options() }).await;
    let answer = simulate(server.address).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"attempts\":2"), "{answer}");
    assert_eq!(stopped(server).await, ShutdownReport::default());
    let [line] = &lines(&path)[..] else { panic!("{:?}", lines(&path)) };
    assert_eq!(line.transcript.id.as_deref(), Some("tr_int_1"));
    // The other server counts what it was sent.
    let token = token(upstream.address).await;
    let headers = format!("authorization: Bearer {token}\r\n");
    let acceptance =
        ask(upstream.address, &request("GET", "/api/v2/agentassist/acceptance", &headers, "")).await.unwrap();
    assert!(acceptance.contains("\"delivered\":1"), "{acceptance}");
}

#[tokio::test]
async fn many_at_once_get_exactly_the_tokens_that_there_are() {
    let server = start(options()).await;
    let all: Vec<_> = (0..60).map(|_| tokio::spawn(simulate(server.address))).collect();
    let begun = Instant::now();
    let mut passed = 0;
    for one in all {
        let answer = one.await.unwrap();
        match &answer[9..12] {
            "200" => passed += 1,
            "429" => assert!(answer.contains("retry-after: 1"), "{answer}"),
            _ => panic!("{answer}"),
        }
    }
    let refilled = begun.elapsed().as_millis() / 500 + 1;
    assert!((10..=10 + refilled).contains(&passed), "{passed} in {:?}", begun.elapsed());
}

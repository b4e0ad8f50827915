use std::time::Duration;

use proptest::prelude::*;

use crate::server::faults::{FaultInjector, InjectedFault};
use crate::server::test_support::{PLAIN, get, options, plan, send, submission, submit, token, try_send};
use crate::server::{Endpoint, FaultPlan, ServerOptions, read_faults, router};
use crate::source::diagnostics::{Diagnostics, Source, Style, render_all};

fn with(text: &str) -> axum::Router {
    router(ServerOptions { faults: plan(text), ..options() })
}

#[test]
fn the_example_is_read() {
    let text = include_str!("../../../tests/fixtures/faults/bad-day.yaml");
    let plan = plan(text);
    assert_eq!((plan.seed, plan.clock_skew_ms, plan.rules.len()), (Some(20_260_302), -90_000, 16));
}

#[test]
fn mistakes_are_shown_where_they_are() {
    let text = "\
seed: 1
faults:
  - { on: submit, every: 10, fault: status, status: 200 }
  - { on: sbmit, every: 0, fault: reset }
  - { on: status, probability: 1.5, fault: fails }
  - { on: status, every: 2, fault: never_completes }
  - { every: 2, at: 3, fault: reset }
  - { fault: reset }
  - { every: 2, fault: delay, time: 80ms..20ms }
  - { every: 2, fault: slow_body }
  - { every: 2, fault: resett }
  - { every: 2, fault: reset, status: 503 }
clock_skew: 90
";
    let mut diagnostics = Diagnostics::new();
    assert_eq!(read_faults(&Source::new("faults.yaml", text), &mut diagnostics), None);
    insta::assert_snapshot!(render_all(&diagnostics, Style { color: false, width: 100 }));
}

proptest! {
    #[test]
    fn a_draw_depends_on_seed_endpoint_and_number_alone(seed in any::<u64>(), order in proptest::collection::vec(0..4_usize, 0..60)) {
        let rules = plan("{on: any, probability: 0.3, fault: status, status: 503}");
        let more = plan("faults: [{on: any, probability: 0.3, fault: status, status: 503}, {every: 3, fault: delay, time: 1ms..9ms}]");
        let make = |plan: &FaultPlan| FaultInjector::new(plan.clone(), seed);
        let (asked, alone, longer) = (make(&rules), make(&rules), make(&more));
        let mut counts = [0_u64; 4];
        for endpoint in order {
            let endpoint = Endpoint::ALL[endpoint];
            counts[endpoint.index()] += 1;
            let k = counts[endpoint.index()];
            // Whatever the other endpoints were asked, and whatever rules come after.
            let injected = asked.next_fault(endpoint).unwrap();
            prop_assert_eq!(&injected, &alone.fault_at(endpoint, k));
            prop_assert_eq!(&injected.fault, &longer.fault_at(endpoint, k).fault);
        }
    }

    #[test]
    fn as_many_are_struck_as_the_probability_says(seed in any::<u64>()) {
        let faults = FaultInjector::new(plan("{probability: 0.1, fault: reset}"), seed);
        let struck = (1..=5_000).filter(|&k| faults.fault_at(Endpoint::Submit, k).fault.is_some()).count();
        // Six standard deviations.
        prop_assert!((370..=630).contains(&struck), "{}", struck);
    }
}

#[test]
fn requests_are_struck_by_number_and_the_first_rule_counts() {
    let faults = FaultInjector::new(
        plan(
            "faults: [{on: submit, every: 4, fault: reset}, {on: submit, at: [2, 4], fault: malformed}, {on: submit, at: 6, fault: unauthorized, requests: 3}]",
        ),
        0,
    );
    let shown: Vec<String> = (1..=9)
        .map(|k| faults.fault_at(Endpoint::Submit, k).fault.map_or("-".to_owned(), |fault| format!("{fault:?}")))
        .collect();
    assert_eq!(
        shown.join(" "),
        "- Malformed - Reset - Unauthorized { requests: 3 } Unauthorized { requests: 3 } Reset -"
    );
    assert_eq!(faults.fault_at(Endpoint::Status, 4), InjectedFault::default());
    assert_eq!(faults.next_fault(Endpoint::Status), None);
}

#[tokio::test]
async fn statuses_come_with_the_time_to_come_again() {
    let router = with(
        "clock_skew: 1h\nfaults: [{on: definitions, at: 1, fault: status, status: 429, retry_after: 1500ms}, \
         {on: definitions, at: 2, fault: status, status: 503, retry_after: {date: 2s}}, {on: definitions, at: 3, fault: status, status: 500}]",
    );
    let token = token(&router).await;
    let ask = || send(&router, get("/api/v2/flow/definitions", &token));
    let first = ask().await;
    assert_eq!((first.status.as_u16(), first.header("retry-after")), (429, "2"));
    assert_eq!(first.json()["error"], "too_many_requests");
    let second = ask().await;
    let time = |header: &str| httpdate::parse_http_date(header).unwrap();
    let (date, retry) = (time(second.header("date")), time(second.header("retry-after")));
    assert_eq!(second.status, 503);
    assert!(retry >= date + Duration::from_secs(1) && retry <= date + Duration::from_secs(3));
    let ahead = date.duration_since(std::time::SystemTime::now()).unwrap();
    assert!(ahead > Duration::from_secs(3590) && ahead < Duration::from_secs(3610), "{ahead:?}");
    let third = ask().await;
    assert_eq!((third.status.as_u16(), third.header("retry-after")), (500, ""));
    assert_eq!(ask().await.status, 200);
}

#[tokio::test]
async fn answers_are_damaged() {
    let router = with(
        "faults: [{on: definitions, at: 1, fault: truncated}, {on: definitions, at: 2, fault: malformed}, \
         {on: definitions, at: 3, fault: wrong_type}, {on: definitions, at: 4, fault: reset}]",
    );
    let token = token(&router).await;
    let ask = || try_send(&router, get("/api/v2/flow/definitions", &token));
    assert!(ask().await.is_err());
    let malformed = ask().await.unwrap();
    assert_eq!((malformed.status.as_u16(), malformed.header("content-type")), (200, "application/json"));
    assert!(serde_json::from_slice::<serde_json::Value>(&malformed.body).is_err());
    assert_eq!(malformed.header("content-length"), malformed.body.len().to_string());
    let page = ask().await.unwrap();
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(ask().await.is_err());
    assert_eq!(ask().await.unwrap().status, 200);
}

#[tokio::test(start_paused = true)]
async fn answers_take_longer() {
    let router = with(
        "faults: [{on: definitions, at: 1, fault: delay, time: 300ms}, {on: definitions, at: 2, fault: slow_body, over: 400ms}]",
    );
    let token = token(&router).await;
    let plain = send(&router, get("/api/v2/flow/definitions/line", &token));
    let mut bodies = Vec::new();
    let mut times = Vec::new();
    drop(plain);
    for _ in 0..3 {
        let start = tokio::time::Instant::now();
        bodies.push(send(&router, get("/api/v2/flow/definitions/line", &token)).await.body);
        times.push(start.elapsed().as_millis());
    }
    assert_eq!(bodies[0], bodies[2]);
    assert_eq!(bodies[1], bodies[2]);
    assert!((300..310).contains(&times[0]) && (390..=440).contains(&times[1]) && times[2] == 0, "{times:?}");
}

#[tokio::test]
async fn tokens_go_bad() {
    let router = with("tokens_expire_early: 1h\nfaults: [{on: definitions, at: 1, fault: revoked_token}]");
    let early = token(&router).await;
    assert_eq!(send(&router, get("/api/v2/flow/definitions", &early)).await.status, 401);
    let router = with(
        "faults: [{on: definitions, at: 2, fault: revoked_token}, {on: status, at: 2, fault: unauthorized, requests: 2}]",
    );
    let first = token(&router).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(send(&router, get("/api/v2/flow/definitions", &first)).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 401, 401]);
    let second = token(&router).await;
    let path = submit(&router, &second, PLAIN).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(send(&router, get(&path, &second)).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 401, 401, 200]);
}

#[tokio::test(start_paused = true)]
async fn simulations_go_wrong() {
    let router = with(
        "faults: [{on: submit, at: 1, fault: never_completes}, {at: 2, fault: fails}, {at: 3, fault: other_version}]",
    );
    let token = token(&router).await;
    let never = submit(&router, &token, PLAIN).await;
    tokio::time::advance(Duration::from_secs(300)).await;
    assert_eq!(send(&router, get(&never, &token)).await.json()["status"], "running");
    let fails = submit(&router, &token, PLAIN).await;
    let result = send(&router, get(&fails, &token)).await.json();
    assert_eq!(
        (result["status"].as_str(), result["errorMessage"].as_str()),
        (Some("failed"), Some("the simulator ran out of compute capacity"))
    );
    let other = submit(&router, &token, PLAIN).await;
    let result = send(&router, get(&other, &token)).await.json();
    assert_eq!(result["executionPath"][0]["nodeId"], "welcome2");
    let good = submit(&router, &token, PLAIN).await;
    assert_eq!(send(&router, get(&good, &token)).await.json()["executionPath"][0]["nodeId"], "welcome10");
}

#[tokio::test]
async fn a_flow_of_one_version_drifts_by_a_node() {
    let mut flows = crate::server::Catalogue::default();
    flows.add(crate::flow::Program::parse(&[&crate::server::test_support::flow("1")]).unwrap()).unwrap();
    let router =
        router(ServerOptions { flows, faults: plan("{every: 1, fault: other_version}"), ..ServerOptions::default() });
    let token = token(&router).await;
    let path = submit(&router, &token, r#"{"flowId":"line","dtmfSequence":["2"],"simulationOptions":{}}"#).await;
    let result = send(&router, get(&path, &token)).await;
    let names: Vec<String> = result.json()["executionPath"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["nodeId"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["welcome1", "main", "notice_of_another_version", "bye"]);
    let program = crate::flow::Program::parse(&[&crate::server::test_support::flow("1")]).unwrap();
    let result: crate::remote::contract::SimulationResult = serde_json::from_slice(&result.body).unwrap();
    let trace = result.into_trace(&program.table).unwrap();
    assert_eq!(trace.prompts.last().map(|prompt| (prompt.step, &*prompt.text)), Some((3, "Goodbye.")));
    assert_eq!(trace.table.nodes.len(), program.table.nodes.len() + 1);
}

#[tokio::test]
async fn a_lost_answer_has_taken_effect() {
    let router = with("{on: submit, at: 1, fault: lost_answer}");
    let token = token(&router).await;
    let request = || {
        let mut request = submission(&token, PLAIN);
        request.headers_mut().insert("idempotency-key", "k".parse().unwrap());
        request
    };
    assert!(try_send(&router, request()).await.is_err());
    assert_eq!(send(&router, request()).await.status, 201);
    assert_eq!(send(&router, get("/health", "")).await.json()["simulations"], 1);
}

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use crate::remote::contract::{SimulationResult, Status, SubmitRequest};
use crate::server::test_support::{PLAIN, flow, flows, get, options, send, submission, submit, token};
use crate::server::{Latency, ServerOptions, router};
use crate::simulator::{Input, Request, Trace, simulate};

#[tokio::test(start_paused = true)]
async fn a_simulation_is_queued_then_running_then_completed() {
    let router = router(ServerOptions { processing: Latency::Fixed(1000), ..options() });
    let token = token(&router).await;
    let path = submit(&router, &token, PLAIN).await;
    let mut states = Vec::new();
    for _ in 0..6 {
        let result = send(&router, get(&path, &token)).await.json();
        states.push(result["status"].as_str().unwrap().to_owned());
        assert_eq!(result["executionPath"].as_array().unwrap().is_empty(), result["status"] != "completed");
        tokio::time::advance(Duration::from_millis(199)).await;
    }
    assert_eq!(states, ["queued", "queued", "running", "running", "running", "running"]);
    tokio::time::advance(Duration::from_millis(10)).await;
    assert_eq!(send(&router, get(&path, &token)).await.json()["status"], "completed");
}

#[tokio::test(start_paused = true)]
async fn a_result_is_kept_for_its_time() {
    let router = router(ServerOptions { result_ttl: Duration::from_secs(60), ..options() });
    let token = token(&router).await;
    let path = submit(&router, &token, PLAIN).await;
    tokio::time::advance(Duration::from_secs(59)).await;
    assert_eq!(send(&router, get(&path, &token)).await.status, 200);
    tokio::time::advance(Duration::from_secs(1)).await;
    let answer = send(&router, get(&path, &token)).await;
    assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (404, Some("expired")));
    // The next submission drops it for good; its id is still known to have been one.
    submit(&router, &token, PLAIN).await;
    assert_eq!(send(&router, get(&path, &token)).await.json()["error"], "expired");
}

#[tokio::test]
async fn an_id_that_was_never_issued_is_unknown() {
    let router = router(options());
    let token = token(&router).await;
    let path = submit(&router, &token, PLAIN).await;
    let (root, id) = path.rsplit_once('/').unwrap();
    let before = uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001).to_string();
    for id in [id.to_uppercase(), id.replace('-', ""), before, "sim-1".to_owned()] {
        let answer = send(&router, get(&format!("{root}/{id}"), &token)).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (404, Some("not_found")), "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_server_refuses_submissions_and_drops_nothing_that_is_still_awaited() {
    let processing = Latency::Fixed(1_000);
    let router = router(ServerOptions { max_simulations: 3, processing, ..options() });
    let token = token(&router).await;
    let mut paths = Vec::new();
    for _ in 0..3 {
        paths.push(submit(&router, &token, PLAIN).await);
    }
    let refused = send(&router, submission(&token, PLAIN)).await;
    assert_eq!(refused.header("retry-after"), "1");
    insta::assert_snapshot!(refused.error_line(), @"503 temporarily_unavailable -: too many simulations are in progress or have results that were never read");
    // Nor does a question for a simulation in progress, or a result that nobody has read, make
    // room.
    assert_eq!(send(&router, get(&paths[0], &token)).await.json()["status"], "queued");
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(send(&router, submission(&token, PLAIN)).await.status, 503);
    let health = send(&router, get("/health", "")).await.json();
    assert_eq!((health["simulations"].as_u64(), health["awaited"].as_u64()), (Some(3), Some(3)));
    // The result that was read first makes room first.
    for path in [&paths[1], &paths[0], &paths[1]] {
        assert_eq!(send(&router, get(path, &token)).await.json()["status"], "completed");
    }
    submit(&router, &token, PLAIN).await;
    assert_eq!(send(&router, get(&paths[1], &token)).await.json()["error"], "expired");
    assert_eq!(send(&router, get(&paths[0], &token)).await.json()["status"], "completed");
    assert_eq!(send(&router, get(&paths[2], &token)).await.json()["status"], "completed");
}

#[tokio::test(start_paused = true)]
async fn expired_results_make_room_and_free_their_idempotency_keys() {
    let router = router(ServerOptions { max_simulations: 1, result_ttl: Duration::from_secs(60), ..options() });
    let token = token(&router).await;
    let keyed = |body: &str| {
        let mut request = submission(&token, body.to_owned());
        request.headers_mut().insert("idempotency-key", "k".parse().unwrap());
        request
    };
    let first = send(&router, keyed(PLAIN)).await.json();
    // A repetition needs no room.
    assert_eq!(send(&router, keyed(PLAIN)).await.json()["simulationId"], first["simulationId"]);
    let other = r#"{"flowId":"line"}"#;
    assert_eq!(send(&router, keyed(other)).await.status, 409);
    tokio::time::advance(Duration::from_secs(60)).await;
    let second = send(&router, keyed(other)).await;
    assert_eq!(second.status, 201);
    assert_ne!(second.json()["simulationId"], first["simulationId"]);
}

#[tokio::test]
async fn a_secret_is_sent_to_whom_asks_for_it_and_to_nobody_else() {
    let router = router(options());
    let token = token(&router).await;
    for (options, seen) in
        [("", false), (r#","simulationOptions":{}"#, false), (r#","simulationOptions":{"revealSecrets":true}"#, true)]
    {
        let path =
            submit(&router, &token, &format!(r#"{{"flowId":"line","dtmfSequence":["1","4321"]{options}}}"#)).await;
        let mut result = send(&router, get(&path, &token)).await.json();
        // An id may happen to have the same digits.
        result["simulationId"].take();
        let body = result.to_string();
        assert_eq!(body.contains("4321"), seen, "{body}");
        assert_eq!(body.contains("simulationTrace"), !options.is_empty());
        assert!(body.contains(r#""pin":"[secret]""#), "{body}");
    }
}

#[tokio::test]
async fn a_version_can_be_asked_for() {
    let router = router(options());
    let token = token(&router).await;
    for (options, first) in [("{}", "welcome10"), (r#"{"flowVersion":"1"}"#, "welcome1")] {
        let path = submit(&router, &token, &format!(r#"{{"flowId":"line","simulationOptions":{options}}}"#)).await;
        let result = send(&router, get(&path, &token)).await.json();
        assert_eq!(result["executionPath"][0]["nodeId"], first);
        assert_eq!(result["simulationTrace"]["flowVersion"], first["welcome".len()..]);
    }
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        Just(Input::Silence),
        "[0-9*#]{1,5}".prop_map(|keys| Input::Keys { keys: keys.into(), gap_ms: None, at_ms: None }),
        ("[0-9]{1,4}", 0..5_000_u64).prop_map(|(keys, at)| Input::Keys {
            keys: keys.into(),
            gap_ms: Some(at / 3),
            at_ms: Some(at)
        }),
        "[0-9]{1,4}".prop_map(|keys| Input::Ahead(keys.into())),
        Just(Input::HangUp { at_ms: Some(700) }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_trace_over_http_is_the_trace_in_process(keypad in proptest::collection::vec(input(), 0..6), seed in any::<u64>()) {
        let request = Request { keypad, seed, variables: Arc::from([("tier".into(), "gold".into())]), ..Request::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let json = runtime.block_on(async {
            let router = router(options());
            let token = token(&router).await;
            let mut body = serde_json::to_value(SubmitRequest::extended(&"line".into(), &request)).unwrap();
            body["simulationOptions"]["flowVersion"] = "1".into();
            let body = body.to_string();
            let path = submit(&router, &token, &body).await;
            send(&router, get(&path, &token)).await.body
        });
        let program = crate::flow::Program::parse(&[&flow("1")]).unwrap();
        let expected = simulate(&program, &request);
        let result: SimulationResult = serde_json::from_slice(&json).unwrap();
        prop_assert_eq!(result.status, Status::Completed);
        let trace = result.into_trace(&program.table).unwrap();
        // The engine's events refer to its steps; those of a message are in full.
        prop_assert_eq!(trace.full_events(), expected.full_events());
        let shown = |trace: Trace| format!("{:?}", Trace { events: Vec::new(), ..trace });
        prop_assert_eq!(shown(trace), shown(expected));
    }
}

#[test]
fn flows_are_found_by_version() {
    let flows = flows();
    let version = |version| flows.find("line", version).map(|program| program.entry().version.clone());
    assert_eq!(version(None).as_deref(), Some("10"));
    assert_eq!(version(Some("1")).as_deref(), Some("1"));
    assert_eq!(version(Some("3")), None);
}

use axum::body::Body;
use axum::http::Request;

use crate::server::routes::{build, with_middleware};
use crate::server::test_support::{PLAIN, flow, get, options, send, submission, submit, token};
use crate::server::{ServerOptions, router};

#[tokio::test]
async fn what_cannot_be_answered_is_refused_in_json() {
    let router = router(ServerOptions { max_body: 400, ..options() });
    let token = token(&router).await;
    let large = format!(r#"{{"flowId":"line","variableStateMatrix":{{"a":"{}"}}}}"#, "x".repeat(400));
    let typed = |content_type: &str| {
        Request::post("/api/v2/flow/simulator")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", content_type)
            .body(Body::from(PLAIN))
            .unwrap()
    };
    let plain = |method: &str, path: &str| Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let mut key = submission(&token, PLAIN);
    key.headers_mut().insert("idempotency-key", "k".repeat(256).parse().unwrap());
    let requests = [
        submission(&token, "{\"flowId\":\"line\",\n \"dtmfSequence\": [\"1\",]}"),
        submission(&token, r#"{"flowId":"line","dtmfSequence":["1x"]}"#),
        submission(&token, r#"{"flowId":"line","dtmfSequence":[1]}"#),
        submission(&token, r#"{"flowId":"lime"}"#),
        submission(&token, r#"{"flowId":"line","simulationOptions":{"flowVersion":"3"}}"#),
        submission(&token, large),
        key,
        typed("text/plain"),
        typed("application/x-www-form-urlencoded"),
        get("/api/v2/flow/simulator/sim-0123456789abcdef", &token),
        get("/api/v2/flow/simulator/17", &token),
        get("/api/v2/flow/definitions/lime", &token),
        get("/api/v2/flow/definitions/line?version=3", &token),
        get("/api/v2/flow/definitions/line?versoin=1", &token),
        plain("GET", "/api/v2/flow"),
        plain("GET", "/"),
        plain("GET", "/oauth/token"),
        plain("DELETE", "/api/v2/flow/simulator"),
        plain("PUT", "/health"),
    ];
    let mut errors = Vec::new();
    for request in requests {
        let answer = send(&router, request).await;
        let allow = answer.header("allow");
        let allow = if allow.is_empty() { String::new() } else { format!(" [Allow: {allow}]") };
        errors.push(format!("{}{allow}", answer.error_line()));
    }
    insta::assert_snapshot!(errors.join("\n"), @r"
    400 invalid_request -: the body is not JSON: trailing comma at line 2, column 23
    400 invalid_request dtmfSequence[0]: 'x' is not a telephone key; the keys are 0-9, *, # and A-D
    400 invalid_request dtmfSequence[0]: invalid type: integer '1', expected a string at line 1, column 34
    404 not_found flowId: there is no flow 'lime'
    404 not_found simulationOptions.flowVersion: the flow 'line' has no version '3'
    413 too_large -: the body has more than the 400 bytes allowed
    400 invalid_request Idempotency-Key: an idempotency key must have 1 to 255 characters
    415 unsupported_media_type -: the content type 'text/plain' is not supported here; send application/json
    415 unsupported_media_type -: the content type 'application/x-www-form-urlencoded' is not supported here; send application/json
    404 not_found -: there is no simulation 'sim-0123456789abcdef'
    404 not_found -: there is no simulation '17'
    404 not_found -: there is no flow 'lime'
    404 not_found -: the flow 'line' has no version '3'
    400 invalid_request versoin: there is no parameter 'versoin'
    404 not_found -: there is nothing at '/api/v2/flow'
    404 not_found -: there is nothing at '/'
    405 method_not_allowed -: GET is not allowed here; the header 'Allow' lists the methods that are [Allow: POST]
    405 method_not_allowed -: DELETE is not allowed here; the header 'Allow' lists the methods that are [Allow: POST]
    405 method_not_allowed -: PUT is not allowed here; the header 'Allow' lists the methods that are [Allow: GET,HEAD]
    ");
}

#[tokio::test]
async fn every_answer_has_a_request_id() {
    let router = router(options());
    let answer =
        send(&router, Request::get("/health").header("x-request-id", "abc-1").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("x-request-id"), "abc-1");
    let mut ids = Vec::new();
    for id in ["", "with space", &"x".repeat(129)] {
        let answer =
            send(&router, Request::get("/nowhere").header("x-request-id", id).body(Body::empty()).unwrap()).await;
        ids.push(answer.header("x-request-id").to_owned());
    }
    assert!(ids.iter().all(|id| uuid::Uuid::try_parse(id).is_ok()), "{ids:?}");
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
}

#[tokio::test]
async fn the_same_key_is_the_same_simulation() {
    let router = router(options());
    let token = token(&router).await;
    let with = |key: &str, body: &str| {
        let mut request = submission(&token, body.to_owned());
        request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        request
    };
    let first = send(&router, with("a", PLAIN)).await;
    let again = send(&router, with("a", PLAIN)).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!(first.json(), again.json());
    assert_ne!(send(&router, with("b", PLAIN)).await.json(), first.json());
    let other = send(&router, with("a", r#"{"flowId":"line"}"#)).await;
    assert_eq!(other.error_line(), "409 conflict -: the idempotency key was used with another body");
    let health = send(&router, get("/health", "")).await.json();
    assert_eq!(health["simulations"], 2);
}

#[tokio::test]
async fn flows_are_listed_and_described() {
    let router = router(options());
    let token = token(&router).await;
    let list = send(&router, get("/api/v2/flow/definitions", &token)).await.json();
    insta::assert_snapshot!(list, @r#"{"flows":[{"flowId":"line","name":"line","versions":["1","2","10"]}]}"#);
    let newest = send(&router, get("/api/v2/flow/definitions/line", &token)).await.json();
    assert_eq!(newest["version"], "10");
    let mut one = send(&router, get("/api/v2/flow/definitions/line?version=1", &token)).await.json();
    let files = one["files"].take();
    assert_eq!(files, serde_json::json!([{ "path": "flow-1.yaml", "text": flow("1") }]));
    insta::assert_snapshot!(one, @r#"{"files":null,"flowId":"line","name":"line","nodes":[{"edges":[{"outcome":"next","target":"main"},{"outcome":"error"}],"nodeId":"welcome1","nodeType":"play"},{"edges":[{"outcome":"1","target":"ask"},{"outcome":"2","target":"bye"},{"outcome":"no_input"},{"outcome":"no_match"},{"outcome":"max_attempts","target":"bye"},{"outcome":"error"}],"nodeId":"main","nodeType":"menu"},{"edges":[{"outcome":"ok","target":"bye"},{"outcome":"no_input"},{"outcome":"invalid"},{"outcome":"cancelled"},{"outcome":"max_attempts","target":"bye"},{"outcome":"error"}],"nodeId":"ask","nodeType":"collect"},{"edges":[],"nodeId":"bye","nodeType":"end"}],"start":"welcome1","version":"1","versions":["1","2","10"]}"#);
}

#[tokio::test]
async fn a_result_says_what_the_contract_says() {
    let router = router(options());
    let token = token(&router).await;
    let path = submit(&router, &token, PLAIN).await;
    let result = send(&router, get(&path, &token)).await;
    assert_eq!(result.status, 200);
    let mut json = result.json();
    json["simulationId"] = "sim".into();
    insta::assert_snapshot!(json, @r#"{"durationMs":6350,"executionPath":[{"durationMs":400,"input":{},"nodeId":"welcome10","nodeType":"play","output":{"outcome":"next","prompts":["Welcome."]}},{"decision":"1","durationMs":2600,"input":{"keys":"1"},"nodeId":"main","nodeType":"menu","output":{"outcome":"1","prompts":["Press 1 or 2."]}},{"decision":"ok","durationMs":2950,"input":{"keys":"••••"},"nodeId":"ask","nodeType":"collect","output":{"outcome":"ok","prompts":["Your code, please."]}},{"durationMs":400,"input":{},"nodeId":"bye","nodeType":"end","output":{"prompts":["Goodbye."]}}],"simulationId":"sim","status":"completed","variables":{"pin":"[secret]","tier":"silver"}}"#);
    // A second and a third reading give the same bytes, made anew or kept.
    assert_eq!(send(&router, get(&path, &token)).await.body, result.body);
    assert_eq!(send(&router, get(&path, &token)).await.body, result.body);
}

#[tokio::test]
async fn a_request_that_panics_is_answered_and_the_next_one_too() {
    let app = build(options()).1.app.clone();
    let routes = axum::Router::new()
        .route(
            "/boom",
            axum::routing::get(|| async {
                if true {
                    panic!("what the caller keyed: 4321")
                }
            }),
        )
        .route("/fine", axum::routing::get(|| async { "fine" }));
    let router = with_middleware(routes, app);
    for _ in 0..2 {
        let answer = send(&router, get("/boom", "")).await;
        assert_eq!(answer.error_line(), "500 server_error -: the request hit a defect of the server");
        assert!(uuid::Uuid::try_parse(answer.header("x-request-id")).is_ok());
        assert_eq!(send(&router, get("/fine", "")).await.body, b"fine");
    }
}

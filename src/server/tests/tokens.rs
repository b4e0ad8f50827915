use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::server::test_support::{TestResponse, flows, get, options, send, submission};
use crate::server::{Client, Credentials, Scope, ServerOptions, router};

const FORM: &str = "application/x-www-form-urlencoded";

fn guarded() -> Router {
    let client = |id: &str, secret: &str, scopes: &[Scope]| Client {
        id: id.into(),
        secret: secret.into(),
        scopes: scopes.into(),
    };
    router(ServerOptions {
        credentials: Credentials::Clients(vec![
            client("runner", "p%s+:w&rd", &Scope::ALL),
            client("reader", "other", &[Scope::Read]),
        ]),
        flows: flows(),
        ..ServerOptions::default()
    })
}

async fn ask(router: &Router, basic: Option<&str>, content_type: &str, body: &str) -> TestResponse {
    let mut request = Request::post("/api/v2/oauth/token");
    if let Some(basic) = basic {
        request = request.header("authorization", format!("Basic {}", STANDARD.encode(basic)));
    }
    if !content_type.is_empty() {
        request = request.header("content-type", content_type);
    }
    send(router, request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn a_token_is_given_for_credentials_however_they_are_sent() {
    let router = guarded();
    let grant = "grant_type=client_credentials";
    let form = format!("{grant}&client_id=runner&client_secret=p%25s%2B%3Aw%26rd");
    for (basic, content_type, body) in [
        (None, FORM, form.as_str()),
        (Some("runner:p%s+:w&rd"), FORM, grant),
        (Some("runner:p%25s%2B%3Aw%26rd"), "application/x-www-form-urlencoded; charset=utf-8", grant),
        // The tutorial's program.
        (Some("runner:p%s+:w&rd"), FORM, ""),
    ] {
        let answer = ask(&router, basic, content_type, body).await;
        assert_eq!(answer.status, 200, "{basic:?} {body}: {}", String::from_utf8_lossy(&answer.body));
        let json = answer.json();
        assert_eq!((json["token_type"].as_str(), json["expires_in"].as_u64()), (Some("Bearer"), Some(3600)));
        let all = Scope::ALL.map(Scope::name).join(" ");
        assert_eq!(json["scope"], all.as_str());
        assert_eq!(answer.header("cache-control"), "no-store");
        let token = json["access_token"].as_str().unwrap();
        assert_eq!(send(&router, get("/api/v2/flow/definitions", token)).await.status, 200);
    }
}

#[tokio::test]
async fn other_requests_for_a_token_are_refused_with_the_reason() {
    let router = guarded();
    let grant = "grant_type=client_credentials";
    let mut errors = Vec::new();
    for (basic, content_type, body) in [
        (None, FORM, "client_id=runner&client_secret=x".to_owned()),
        (None, FORM, "grant_type=password".to_owned()),
        (None, FORM, grant.to_owned()),
        (None, FORM, format!("{grant}&client_id=runner&client_secret=wrong")),
        (Some("nobody:x"), FORM, grant.to_owned()),
        (Some("reader:p%s+:w&rd"), FORM, grant.to_owned()),
        (Some("no colon"), FORM, grant.to_owned()),
        (Some("runner:p%s+:w&rd"), FORM, format!("{grant}&scope=flow:write")),
        (Some("reader:other"), FORM, format!("{grant}&scope=flow:simulator:run")),
        (Some("runner:p%s+:w&rd"), FORM, format!("{grant}&{grant}")),
        (None, "application/json", r#"{"grant_type":"client_credentials"}"#.to_owned()),
        (None, "", grant.to_owned()),
    ] {
        errors.push(ask(&router, basic, content_type, &body).await.error_line());
    }
    insta::assert_snapshot!(errors.join("\n"), @r"
    400 invalid_request grant_type: the field 'grant_type' is missing
    400 unsupported_grant_type grant_type: the only grant type supported here is 'client_credentials'
    401 invalid_client -: the client's id and secret are missing: send them as HTTP Basic or in the form
    401 invalid_client -: the client's id or secret is wrong
    401 invalid_client -: the client's id or secret is wrong
    401 invalid_client -: the client's id or secret is wrong
    401 invalid_client -: the header 'Authorization' is not HTTP Basic
    400 invalid_scope scope: a requested scope does not exist, or the client does not have it
    400 invalid_scope scope: a requested scope does not exist, or the client does not have it
    400 invalid_request -: a field of the form appears twice
    415 unsupported_media_type -: the content type 'application/json' is not supported here; send application/x-www-form-urlencoded
    415 unsupported_media_type -: the header 'Content-Type' is missing; send application/x-www-form-urlencoded
    ");
    let answer = ask(&router, Some("a:b"), FORM, grant).await;
    assert_eq!(answer.header("www-authenticate"), "Basic realm=\"callpath\"");
}

#[tokio::test]
async fn a_token_allows_what_its_scopes_say() {
    let router = guarded();
    let endpoints = |token: &str| {
        [
            submission(token, r#"{"flowId":"line"}"#),
            get("/api/v2/flow/simulator/sim-0000000000000000", token),
            get("/api/v2/flow/definitions/line", token),
        ]
    };
    for (scope, statuses) in [
        ("flow:simulator:run", [201, 403, 403]),
        ("flow:simulator:read", [403, 404, 403]),
        ("flow:read", [403, 403, 200]),
        ("flow:simulator:run,flow:read", [201, 403, 200]),
    ] {
        let body = format!("grant_type=client_credentials&scope={scope}");
        let token = ask(&router, Some("runner:p%s+:w&rd"), FORM, &body).await.json();
        for (request, status) in endpoints(token["access_token"].as_str().unwrap()).into_iter().zip(statuses) {
            let answer = send(&router, request).await;
            assert_eq!(answer.status, status, "{scope}");
            if status == 403 {
                assert_eq!(answer.json()["error"], "insufficient_scope");
                assert!(answer.header("www-authenticate").starts_with("Bearer error=\"insufficient_scope\""));
            }
        }
    }
    for request in endpoints("made-up") {
        let answer = send(&router, request).await;
        assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (401, Some("invalid_token")));
    }
    let answer = send(&router, Request::get("/api/v2/flow/definitions").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test(start_paused = true)]
async fn a_token_expires() {
    let router = router(ServerOptions { token_ttl: Duration::from_secs(5), ..options() });
    let token = crate::server::test_support::token(&router).await;
    assert_eq!(send(&router, get("/api/v2/flow/definitions", &token)).await.status, 200);
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(send(&router, get("/api/v2/flow/definitions", &token)).await.status, 401);
}

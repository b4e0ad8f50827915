//! A small flow, and requests to the server's routes, for the tests of this module.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::{Catalogue, FaultPlan, ServerOptions, read_faults};
use crate::flow::Program;
use crate::source::diagnostics::{Diagnostics, Source};

/// A flow with a menu and a secret entry, in this version.
pub(crate) fn flow(version: &str) -> String {
    let greeting = if version == "1" { "Hello." } else { "Welcome." };
    format!(
        r#"
flow: line
version: "{version}"
start: welcome{version}
variables: {{ pin: "", tier: silver }}
nodes:
  welcome{version}: {{ type: play, prompts: ["{greeting}"], next: main }}
  main:
    type: menu
    prompts: ["Press 1 or 2."]
    choices: {{ "1": ask, "2": bye }}
    on: {{ max_attempts: bye }}
  ask:
    type: collect
    prompts: ["Your code, please."]
    variable: pin
    min: 4
    max: 4
    secret: true
    on: {{ ok: bye, max_attempts: bye }}
  bye: {{ type: end, prompts: ["Goodbye."] }}
"#
    )
}

/// The versions 1, 2 and 10 of `line`.
pub(crate) fn flows() -> Catalogue {
    let mut catalogue = Catalogue::default();
    for version in ["10", "1", "2"] {
        let program = Program::parse(&[&flow(version)]).unwrap_or_else(|found| panic!("{found:?}"));
        catalogue.add(program).unwrap();
    }
    catalogue
}

/// Options with the flows above.
pub(crate) fn options() -> ServerOptions {
    ServerOptions { flows: flows(), ..ServerOptions::default() }
}

/// The plan of a fault file.
pub(crate) fn plan(text: &str) -> FaultPlan {
    let mut diagnostics = Diagnostics::new();
    let plan = read_faults(&Source::new("faults.yaml", text), &mut diagnostics);
    plan.unwrap_or_else(|| panic!("{diagnostics:?}"))
}

/// A response with its body.
#[derive(Debug)]
pub(crate) struct TestResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl TestResponse {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status, code, field and description of an error response in one line.
    pub(crate) fn error_line(&self) -> String {
        let body = self.json();
        assert_eq!(self.header("content-type"), "application/json");
        let field = body.get("field").map_or("-", |field| field.as_str().unwrap());
        format!(
            "{} {} {field}: {}",
            self.status.as_u16(),
            body["error"].as_str().unwrap(),
            body["error_description"].as_str().unwrap()
        )
    }
}

/// Sends a request to a router. Fails if the body cannot be read.
pub(crate) async fn try_send(router: &Router, request: Request<Body>) -> Result<TestResponse, axum::Error> {
    let (head, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await?.to_bytes().to_vec();
    Ok(TestResponse { status: head.status, headers: head.headers, body })
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> TestResponse {
    try_send(router, request).await.unwrap()
}

/// A token with all scopes.
pub(crate) async fn token(router: &Router) -> String {
    let request = Request::post("/oauth/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials&client_id=tester&client_secret=secret".into())
        .unwrap();
    send(router, request).await.json()["access_token"].as_str().unwrap().to_owned()
}

pub(crate) fn get(path: &str, token: &str) -> Request<Body> {
    Request::get(path).header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap()
}

pub(crate) fn submission(token: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post("/api/v2/flow/simulator")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

/// Submits a simulation and returns the path of its result.
pub(crate) async fn submit(router: &Router, token: &str, body: &str) -> String {
    let answer = send(router, submission(token, body.to_owned())).await;
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()["resultUrl"].as_str().unwrap().to_owned()
}

pub(crate) const PLAIN: &str = r#"{"flowId":"line","dtmfSequence":["1","4321"]}"#;

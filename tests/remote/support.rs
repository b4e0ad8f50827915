//! A flow, a call, and servers to send it to.

use std::sync::Arc;

use callpath::internal::flow::{Program, Value};
use callpath::internal::remote::client::{Environment, RemoteProfile, RemoteSettings};
use callpath::internal::runner::targets::{Remote, Simulation, Target, TargetError};
use callpath::internal::simulator::{Input, Request, Trace, simulate};
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

pub(crate) const FLOW: &str = r#"
flow: line
start: welcome
variables: { tier: silver }
nodes:
  welcome: { type: play, prompts: ["Welcome."], next: menu }
  menu:
    type: menu
    prompts: ["Press 1 for sales, 2 for cards."]
    choices: { "1": sales, "2": cards }
    on: { max_attempts: sales }
  sales: { type: play, prompts: ["Sales."], next: done }
  cards: { type: play, prompts: ["Cards."], next: done }
  done: { type: end }
"#;

pub(crate) const SUBMIT: &str = "/api/v2/flow/simulator";
pub(crate) const RESULT: &str = "/api/v2/flow/simulator/sim-1";
pub(crate) const TOKEN: &str = "/oauth/token";
pub(crate) const SECRET: &str = "hunter2-the-secret";

pub(crate) fn program() -> Arc<Program> {
    Program::parse(&[FLOW]).unwrap_or_else(|_| panic!("the flow of these tests is fine"))
}

pub(crate) fn simulation() -> Simulation {
    let keys = Input::Keys { keys: "2".into(), gap_ms: None, at_ms: None };
    let request = Request {
        keypad: vec![keys],
        variables: vec![("tier".into(), Value::Text("gold".into()))].into(),
        ..Request::default()
    };
    Simulation { program: program(), request }
}

/// What a server that works says.
pub(crate) fn result() -> serde_json::Value {
    let local: Trace = simulate(&program(), &simulation().request);
    serde_json::to_value(callpath::internal::remote::contract::SimulationResult::from_trace(
        None,
        &local,
        &callpath::internal::remote::contract::Detail::Plain,
    ))
    .unwrap()
}

pub(crate) fn settings(base: &str, more: &str) -> RemoteSettings {
    let profile: RemoteProfile =
        toml::from_str(&format!("base-url = '{base}'\nbackoff-base = '2ms'\npoll-first = '2ms'\n{more}")).unwrap();
    profile.resolve("tenant", &Environment::new(&|_| None)).unwrap()
}

pub(crate) fn with_credentials(more: &str) -> String {
    format!("client-id = 'me'\nclient-secret = '{SECRET}'\n{more}")
}

pub(crate) async fn run(remote: &Remote) -> Result<String, TargetError> {
    let trace = remote.simulate(&simulation(), Default::default()).await?;
    Ok(trace.steps.iter().map(|step| trace.node_name(step)).collect::<Vec<_>>().join(" "))
}

pub(crate) async fn run_at(base: &str, more: &str) -> Result<String, TargetError> {
    run(&Remote::new(settings(base, more)).unwrap()).await
}

/// The path that the call takes where all goes well.
pub(crate) const PATH: &str = "welcome menu cards done";

pub(crate) fn accepted() -> ResponseTemplate {
    ResponseTemplate::new(201).set_body_json(json!({ "simulationId": "sim-1", "status": "queued" }))
}

pub(crate) fn completed() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(result())
}

pub(crate) fn token(number: u32) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "access_token": format!("token-number-{number}"), "token_type": "Bearer", "expires_in": 3600,
    }))
}

pub(crate) async fn on(server: &MockServer, verb: &str, at: &str, respond: impl Respond + 'static) {
    Mock::given(method(verb)).and(path(at)).respond_with(respond).mount(server).await;
}

/// First this answer so many times, then the usual one.
pub(crate) async fn first(server: &MockServer, verb: &str, at: &str, times: u64, respond: impl Respond + 'static) {
    Mock::given(method(verb))
        .and(path(at))
        .respond_with(respond)
        .up_to_n_times(times)
        .with_priority(1)
        .mount(server)
        .await;
}

/// A server that does everything right.
pub(crate) async fn good_server() -> MockServer {
    let server = MockServer::start().await;
    on(&server, "POST", TOKEN, token(1)).await;
    on(&server, "POST", SUBMIT, accepted()).await;
    on(&server, "GET", RESULT, completed()).await;
    server
}

pub(crate) async fn requests(server: &MockServer, verb: &str, at: &str) -> Vec<wiremock::Request> {
    let all = server.received_requests().await.unwrap();
    all.into_iter().filter(|request| request.method.as_str() == verb && request.url.path() == at).collect()
}

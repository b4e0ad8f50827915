//! What a target runs, asked for before the first call: by its own definition a run is measured.

use std::num::NonZeroUsize;
use std::sync::Arc;

use callpath::internal::flow::Library;
use callpath::internal::record::{CoverageKind, DefinitionSource, RunRecord};
use callpath::internal::runner::targets::Remote;
use callpath::internal::runner::{Plan, RecountError, RunOptions, Selection, Stop, recount, run};
use callpath::internal::server::{Catalogue, Credentials, Server, ServerOptions};
use callpath::internal::source::diagnostics::Diagnostics;
use callpath::internal::suite::{LoadOptions, discover, load};
use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::ResponseTemplate;

use super::support::*;

const SUITE: &str = "
suite: Line
flow: line.yaml
scenarios:
  - { name: cards, dtmf: [\"2\"], expect: { decisions: { menu: \"2\" }, ends_at: done } }
  - { name: sales, dtmf: [\"1\"], expect: { ends_at: done } }
";

/// The suite with its flow.
fn local() -> (TempDir, Plan) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("line.yaml"), FLOW).unwrap();
    std::fs::write(folder.path().join("suite.yaml"), SUITE).unwrap();
    let files = discover(&["suite.yaml".into()], folder.path()).unwrap();
    let loaded = load(&files, &LoadOptions::new(folder.path()), &Library::default());
    assert!(loaded.rejected.is_empty(), "{:?}", loaded.rejected);
    let plan = Plan::new(loaded, &Selection::default());
    (folder, plan)
}

/// A server of ours that has this flow in `flows/theirs.yaml`.
async fn serve(flow: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("flows")).unwrap();
    std::fs::write(folder.path().join("flows/theirs.yaml"), flow).unwrap();
    let flows = Catalogue::load(&["flows".into()], folder.path(), &mut Diagnostics::new()).unwrap();
    let options = ServerOptions { flows, credentials: Credentials::Any, ..ServerOptions::default() };
    let server = Server::bind(options).await.unwrap();
    let url = server.url();
    tokio::spawn(server.run(std::future::pending()));
    url
}

async fn run_on(url: &str, more: &str) -> (RunRecord, Plan, Remote) {
    let (_folder, plan) = local();
    let remote = Arc::new(Remote::new(settings(url, more)).unwrap());
    let options = RunOptions { jobs: NonZeroUsize::MIN, ..RunOptions::default() };
    let record = run(plan, remote.clone(), &options, Vec::new(), &Stop::new()).await.record;
    (record, local().1, Arc::into_inner(remote).expect("the run is over"))
}

fn note(record: &RunRecord) -> (DefinitionSource, &str) {
    let [definition] = &record.header.definitions[..] else { panic!("{:?}", record.header.definitions) };
    assert_eq!(definition.flow, "line");
    (definition.used, definition.note.as_deref().unwrap_or(""))
}

fn nodes(record: &RunRecord) -> (&str, &str, u64, u64) {
    let [flow] = &record.coverage.as_ref().unwrap().flows[..] else { panic!("one flow") };
    let count = flow.kinds[&CoverageKind::Nodes];
    (&flow.file, &flow.version, count.covered, count.of)
}

#[tokio::test]
async fn the_same_flow_is_told_to_be_the_same_and_measured_by_the_file() {
    let (record, _, remote) = run_on(&serve(FLOW).await, &with_credentials("simulation-options = true")).await;
    assert_eq!(note(&record), (DefinitionSource::Same, ""));
    assert_eq!(nodes(&record), ("line.yaml", "1", 5, 5));
    assert_eq!(record.totals.passed, 2);
    assert_eq!(remote.counts().requests, record.wall.requests.unwrap().requests);
}

#[tokio::test]
async fn another_version_is_measured_by_its_own_definition() {
    let theirs = FLOW
        .replace("start: welcome", "version: '2'\nstart: welcome")
        .replace("\"2\": cards", "\"2\": fraud, \"3\": cards")
        .replace("  done:", "  fraud: { type: play, prompts: [Fraud.], next: cards }\n  done:");
    let url = serve(&theirs).await;
    let (mut record, plan, _) = run_on(&url, &with_credentials("simulation-options = true")).await;
    assert_eq!(note(&record), (DefinitionSource::Target, "it has version '2', the file has version '1'"));
    assert_eq!(nodes(&record), ("flows/theirs.yaml", "2", 6, 6));
    // The calls went as the server's flow goes, and still keep what the suite expects of them.
    assert_eq!(record.totals.passed, 2, "{:?}", record.totals);
    assert_eq!(record.decisions.as_ref().unwrap().flows[0].version, "2");
    assert!(record.scores.efficiency.is_some());
    let missing: Vec<&str> =
        record.coverage.iter().flat_map(|coverage| &coverage.flows[0].missing).map(|item| &*item.item).collect();
    assert_eq!(missing, ["menu: 3", "menu: no_input", "menu: no_match", "menu: max_attempts"]);
    assert_eq!(recount(&mut record, &plan), Err(RecountError::Elsewhere("line".to_owned())));
}

#[tokio::test]
async fn a_text_that_is_another_is_told() {
    let url = serve(&FLOW.replace("Welcome.", "Hello.")).await;
    let (record, ..) = run_on(&url, &with_credentials("simulation-options = true")).await;
    assert_eq!(note(&record), (DefinitionSource::Target, "its text is another"));
}

/// A server that gives this definition.
async fn giving(definition: ResponseTemplate) -> RunRecord {
    let server = good_server().await;
    on(&server, "GET", "/api/v2/flow/definitions/line", definition).await;
    let (record, ..) = run_on(&server.uri(), "simulation-options = true").await;
    assert_eq!(nodes(&record).0, "line.yaml");
    record
}

#[tokio::test]
async fn without_a_definition_the_file_is_measured_and_the_record_says_why() {
    let record = giving(ResponseTemplate::new(404)).await;
    assert_eq!(
        note(&record),
        (DefinitionSource::File, "target 'tenant' answered 404 to the question for a flow's definition")
    );
    let record = giving(ResponseTemplate::new(200).set_body_json(json!({ "flowId": "line" }))).await;
    assert_eq!(note(&record), (DefinitionSource::File, "the target gives no nodes with its definition"));
    let record = giving(ResponseTemplate::new(200).set_body_string("hello")).await;
    assert!(note(&record).1.contains("where JSON belongs"), "{}", note(&record).1);
    let broken =
        json!({ "flowId": "line", "version": "9", "files": [{ "path": "x", "text": "flow: line\nnodes: 7" }] });
    let record = giving(ResponseTemplate::new(200).set_body_json(broken)).await;
    assert!(
        note(&record).1.starts_with("it has version '9', the file has version '1'; the target's cannot be read: "),
        "{}",
        note(&record).1
    );
}

/// A server that shows its nodes and not its files, as far as they are told apart.
#[tokio::test]
async fn nodes_without_files_are_compared() {
    let whole = serde_json::to_value(callpath::internal::remote::contract::FlowDefinition::new(&program(), Vec::new()))
        .unwrap();
    let told = async |change: &dyn Fn(&mut Value)| {
        let mut body = whole.clone();
        body.as_object_mut().unwrap().remove("files");
        change(&mut body);
        let record = giving(ResponseTemplate::new(200).set_body_json(body)).await;
        let (used, note) = note(&record);
        format!("{used:?} {note}")
    };
    assert_eq!(told(&|_| {}).await, "Same ");
    let whole_text = "; the target does not give its whole text";
    assert_eq!(told(&|body| body["start"] = json!("menu")).await, format!("File it begins with 'menu'{whole_text}"));
    assert_eq!(
        told(&|body| body["nodes"][2]["nodeId"] = json!("buy")).await,
        format!("File it has a node 'buy', which the file does not have{whole_text}")
    );
    assert_eq!(
        told(&|body| body["nodes"][1]["edges"][0]["target"] = json!("done")).await,
        format!("File its node 'menu' is another{whole_text}")
    );
    assert_eq!(
        told(&|body| drop(body["nodes"].as_array_mut().unwrap().pop())).await,
        format!("File it has no node 'done'{whole_text}")
    );
}

/// What the server did is held against what the server says that it runs.
#[tokio::test]
async fn a_call_that_its_own_definition_does_not_allow_is_an_error() {
    let server = good_server().await;
    let theirs = callpath::internal::flow::Program::parse(&[&FLOW.replace("\"2\": cards", "\"2\": sales")]).unwrap();
    let definition =
        serde_json::to_value(callpath::internal::remote::contract::FlowDefinition::new(&theirs, Vec::new())).unwrap();
    let answer = ResponseTemplate::new(200).set_body_json(definition);
    on(&server, "GET", "/api/v2/flow/definitions/line", answer).await;
    let (record, ..) = run_on(&server.uri(), "simulation-options = true").await;
    assert_eq!(note(&record), (DefinitionSource::Target, "its node 'menu' is another"));
    assert!(record.totals.error > 0 && record.totals.passed == 0, "{:?}", record.totals);
}

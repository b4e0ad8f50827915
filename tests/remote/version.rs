//! Servers that hold another version of the flow.

use serde_json::json;
use wiremock::ResponseTemplate;

use super::support::*;

async fn drift(change: impl Fn(&mut serde_json::Value)) -> String {
    let server = good_server().await;
    let mut body = result();
    change(&mut body["executionPath"]);
    first(&server, "GET", RESULT, 1, ResponseTemplate::new(200).set_body_json(body)).await;
    run_at(&server.uri(), "").await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_node_that_the_local_flow_does_not_have_is_named() {
    let error = drift(|path| path[2]["nodeId"] = json!("card_team")).await;
    assert_eq!(
        error,
        "target 'tenant' runs another version of flow 'line': it has a node 'card_team', which the local flow does not have"
    );
}

#[tokio::test]
async fn an_edge_that_the_local_flow_does_not_have_is_named() {
    let error = drift(|path| {
        path[2] = json!({ "nodeId": "sales", "nodeType": "play", "input": {}, "output": {}, "durationMs": 1 })
    })
    .await;
    assert_eq!(
        error,
        "target 'tenant' runs another version of flow 'line': it went from 'menu' to 'sales', an edge that the local flow does not have"
    );
}

#[tokio::test]
async fn an_outcome_that_the_local_flow_does_not_have_is_named() {
    let error = drift(|path| {
        path[1]["decision"] = json!("3");
        path[1]["output"]["outcome"] = json!("3");
    })
    .await;
    assert_eq!(
        error,
        "target 'tenant' runs another version of flow 'line': node 'menu' ended with '3', which the local flow does not have"
    );
}

#[tokio::test]
async fn another_beginning_is_named() {
    let error = drift(|path| {
        path.as_array_mut().unwrap().remove(0);
    })
    .await;
    assert_eq!(
        error,
        "target 'tenant' runs another version of flow 'line': it begins with 'menu', the local flow does not"
    );
}

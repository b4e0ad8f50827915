use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use crate::server::test_support::{options, send};
use crate::server::{openapi, router};

/// Every route: a request to each is neither 404 nor 405, and each is described.
const ROUTES: [(&str, &str); 15] = [
    ("post", "/oauth/token"),
    ("post", "/api/v2/oauth/token"),
    ("post", "/api/v2/flow/simulator"),
    ("get", "/api/v2/flow/simulator/{id}"),
    ("get", "/api/v2/flow/definitions"),
    ("get", "/api/v2/flow/definitions/{id}"),
    ("get", "/health"),
    ("get", "/openapi.json"),
    ("post", "/simulate-prompt"),
    ("post", "/api/v2/agentassist/prompts"),
    ("get", "/api/v2/agentassist/prompts/{id}"),
    ("post", "/api/v2/agentassist/prompts/{id}/acknowledgement"),
    ("get", "/api/v2/interactions/{id}/transcripts"),
    ("get", "/api/v2/agentassist/acceptance"),
    ("get", "/metrics"),
];

fn each<'a>(value: &'a Value, visit: &mut impl FnMut(&'a serde_json::Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(members);
            members.values().for_each(|value| each(value, visit));
        }
        Value::Array(items) => items.iter().for_each(|value| each(value, visit)),
        _ => {}
    }
}

#[tokio::test]
async fn every_route_is_described_and_every_description_is_a_route() {
    let document = openapi();
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())))
        .collect();
    let routes = ROUTES.map(|(method, path)| (method.to_owned(), path.to_owned()));
    assert_eq!(described, BTreeSet::from(routes));
    let router = router(options());
    for (method, path) in described {
        let request = Request::builder().method(method.to_uppercase().as_str()).uri(path.replace("{id}", "x"));
        let answer = send(&router, request.body(Body::empty()).unwrap()).await;
        assert!(![404, 405].contains(&answer.status.as_u16()), "{method} {path}: {}", answer.status);
        let described = &document["paths"][&path][&method]["responses"];
        assert!(described.get(answer.status.as_str()).is_some(), "{method} {path}: {} is not described", answer.status);
        let other = Request::builder().method("PATCH").uri(path.replace("{id}", "x")).body(Body::empty()).unwrap();
        assert!(send(&router, other).await.header("allow").to_lowercase().contains(&method));
    }
}

#[test]
fn the_document_is_openapi_3_1() {
    let document = openapi();
    assert_eq!(document["openapi"], "3.1.0");
    for key in ["title", "version"] {
        assert!(document["info"][key].is_string());
    }
    let mut operations = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(operations.insert(id), "two operations are called {id}");
            let in_path = path.matches('{').count();
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            assert_eq!(parameters.iter().filter(|parameter| parameter["in"] == "path").count(), in_path, "{path}");
            assert!(
                parameters.iter().all(|parameter| parameter["schema"].is_object() && parameter["name"].is_string())
            );
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(status.parse::<u16>().is_ok_and(|status| (200..600).contains(&status)));
                assert!(response.get("$ref").is_some() || response["description"].is_string());
            }
            for requirement in operation["security"].as_array().unwrap() {
                for scheme in requirement.as_object().unwrap().keys() {
                    assert!(document["components"]["securitySchemes"].get(scheme).is_some(), "{scheme}");
                }
            }
        }
    }
    let mut references = 0;
    each(&document, &mut |members| {
        if let Some(Value::String(reference)) = members.get("$ref") {
            references += 1;
            assert!(document.pointer(&reference[1..]).is_some(), "{reference} leads nowhere");
        }
    });
    assert!(references > 30);
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        jsonschema::meta::validate(schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[tokio::test]
async fn answers_and_examples_satisfy_their_schemas() {
    let document = openapi();
    let validator = |name: &str| {
        let mut schema = document.clone();
        schema["$ref"] = format!("#/components/schemas/{name}").into();
        jsonschema::validator_for(&schema).unwrap()
    };
    let router = router(options());
    let token = crate::server::test_support::token(&router).await;
    let body = r#"{"flowId":"line","dtmfSequence":["1","4321"],"simulationOptions":{"revealSecrets":true,"clock":{"at":"2026-03-02T15:00:00Z"}}}"#;
    assert!(validator("SubmitRequest").is_valid(&serde_json::from_str(body).unwrap()));
    assert!(!validator("SubmitRequest").is_valid(&serde_json::from_str(r#"{"flowId":"line","dtmf":[]}"#).unwrap()));
    let path = crate::server::test_support::submit(&router, &token, body).await;
    let result = send(&router, crate::server::test_support::get(&path, &token)).await.json();
    validator("SimulationResult").validate(&result).unwrap();
    let flow = send(&router, crate::server::test_support::get("/api/v2/flow/definitions/line", &token)).await.json();
    validator("FlowDefinition").validate(&flow).unwrap();
    let error = send(&router, crate::server::test_support::get("/nowhere", &token)).await.json();
    validator("ErrorBody").validate(&error).unwrap();
}

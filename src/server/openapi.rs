//! The server's description of itself: OpenAPI 3.1, generated from the types of the wire.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::assist;
use super::endpoint::{DEFINITIONS, SIMULATOR, TOKEN_PATHS};
use super::options::Scope;
use crate::remote::contract::{
    ErrorBody, FlowDefinition, FlowList, Health, SimulationResult, SubmitRequest, SubmitResponse, TokenRequest,
    TokenResponse,
};

/// The OpenAPI 3.1 document of the server.
pub(crate) fn openapi() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut schemas = settings.into_generator();
    let error = body::<ErrorBody>(&mut schemas);
    let mut paths = Map::new();
    for (path, id) in TOKEN_PATHS.into_iter().zip(["token", "tokenApi"]) {
        let answer = body::<TokenResponse>(&mut schemas);
        let form = body::<TokenRequest>(&mut schemas);
        let form = json!({ "required": true, "content": { "application/x-www-form-urlencoded": { "schema": form } } });
        let token = operation(
            id,
            "A token for client credentials",
            None,
            ("200", answer),
            &[400, 401, 405, 408, 413, 415, 429, 500, 503],
        );
        let token = with(token, "security", json!([{}, { "basic": [] }]));
        paths.insert(path.to_owned(), json!({ "post": with(token, "requestBody", form) }));
    }
    let submission = body::<SubmitRequest>(&mut schemas);
    let answer = body::<SubmitResponse>(&mut schemas);
    let result = body::<SimulationResult>(&mut schemas);
    let submit = operation(
        "submit",
        "The simulation that was accepted",
        Some(Scope::Run),
        ("201", json!({ "anyOf": [answer, result] })),
        &[400, 401, 403, 404, 405, 408, 409, 413, 415, 429, 500, 503],
    );
    let submit = with(
        submit,
        "requestBody",
        json!({ "required": true, "content": { "application/json": { "schema": submission } } }),
    );
    let submit = with_applied(submit, "201");
    let representation = "RFC 7240: 'return=representation' asks for the result itself where it is there at once; with \
                          'wait=10', also where it is there up to 10 seconds later, at most 30";
    let key = "Submissions with the same key and body are one simulation; with another body they are refused with 409";
    paths.insert(
        SIMULATOR.to_owned(),
        json!({ "post": with(submit, "parameters", json!([parameter("Idempotency-Key", "header", key), parameter("Prefer", "header", representation)])) }),
    );
    let status = operation(
        "status",
        "How far the simulation is, and its result",
        Some(Scope::Read),
        ("200", result),
        &[401, 403, 404, 405, 429, 500, 503],
    );
    let status = with_applied(status, "200");
    let wait = "RFC 7240: 'wait=10' asks for an answer up to 10 seconds later, once the simulation is over; at most 30";
    let parameters = json!([parameter("id", "path", "The simulation's id"), parameter("Prefer", "header", wait)]);
    paths.insert(format!("{SIMULATOR}/{{id}}"), json!({ "get": with(status, "parameters", parameters) }));
    let list = body::<FlowList>(&mut schemas);
    let list = operation(
        "flows",
        "All flows that can be called",
        Some(Scope::Flows),
        ("200", list),
        &[401, 403, 405, 429, 500, 503],
    );
    paths.insert(DEFINITIONS.to_owned(), json!({ "get": list }));
    let flow = body::<FlowDefinition>(&mut schemas);
    let flow =
        operation("flow", "The flow", Some(Scope::Flows), ("200", flow), &[400, 401, 403, 404, 405, 429, 500, 503]);
    let parameters = json!([
        parameter("id", "path", "The flow's id"),
        parameter("version", "query", "Its version; without it the newest")
    ]);
    paths.insert(format!("{DEFINITIONS}/{{id}}"), json!({ "get": with(flow, "parameters", parameters) }));
    let health = body::<Health>(&mut schemas);
    paths.insert(
        "/health".to_owned(),
        json!({ "get": operation("health", "How the server is", None, ("200", health.clone()), &[405]) }),
    );
    if let Some(responses) = paths.get_mut("/health").and_then(|path| path.pointer_mut("/get/responses")) {
        responses["503"] = json!({ "description": "The server is about to stop", "content": { "application/json": { "schema": health } } });
    }
    paths.insert(
        "/openapi.json".to_owned(),
        json!({ "get": operation("openapi", "This document", None, ("200", json!({ "type": "object" })), &[405]) }),
    );

    assist::describe(&mut paths, &mut schemas);

    let responses: Map<String, Value> = REFUSALS
        .into_iter()
        .map(|(status, description)| {
            let answer = json!({ "description": description, "content": { "application/json": { "schema": error } } });
            (status.to_string(), answer)
        })
        .collect();
    let scopes: Map<String, Value> = Scope::ALL
        .into_iter()
        .zip(["Submit simulations", "Read results", "Read flows", "Send prompts", "Read interactions", "Read agents"])
        .map(|(scope, description)| (scope.name().to_owned(), description.into()))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "callpath flow simulator",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Simulates calls through IVR flows, and sends prompts to agents. The contracts are those of the CXone \
                            tutorials on the Flow Simulator API and the Agent Assist API; 'simulationOptions' and \
                            'simulationTrace' are extensions.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" }
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "responses": responses,
            "securitySchemes": {
                "basic": { "type": "http", "scheme": "basic", "description": "The client's id and secret, for tokens" },
                "clientCredentials": {
                    "type": "oauth2",
                    "flows": { "clientCredentials": { "tokenUrl": TOKEN_PATHS[0], "scopes": scopes } }
                }
            }
        }
    })
}

/// The refusals that the endpoints share.
const REFUSALS: [(u16, &str); 12] = [
    (400, "The request is wrong; 'field' names the field"),
    (401, "There is no token, or it is not good; or the client's id or secret is wrong"),
    (403, "The token lacks the scope"),
    (404, "There is no such thing, or ('expired') it is no longer kept"),
    (405, "Another method; the header 'Allow' says which"),
    (408, "The body did not arrive in time"),
    (409, "The idempotency key was used with another body"),
    (413, "The body is too large"),
    (415, "Another content type"),
    (429, "Too many requests; the header 'Retry-After' may say when to come again"),
    (500, "A defect of the server"),
    (
        503,
        "The server is stopping, or keeps too many simulations already; the header 'Retry-After' may say when to come again",
    ),
];

/// An operation whose good answer says which preferences were heeded.
fn with_applied(mut operation: Value, status: &str) -> Value {
    operation["responses"][status]["headers"] = json!({
        "Preference-Applied": { "description": "The preferences that were heeded", "schema": { "type": "string" } }
    });
    operation
}

/// An operation with its good answer and the refusals that it shares with others.
pub(super) fn operation(id: &str, summary: &str, scope: Option<Scope>, good: (&str, Value), bad: &[u16]) -> Value {
    let (status, schema) = good;
    let mut responses = Map::new();
    responses.insert(
        status.to_owned(),
        json!({ "description": summary, "content": { "application/json": { "schema": schema } } }),
    );
    let refusal = |status: &u16| (status.to_string(), json!({ "$ref": format!("#/components/responses/{status}") }));
    responses.extend(bad.iter().map(refusal));
    let security = scope.map_or_else(|| json!([]), |scope| json!([{ "clientCredentials": [scope.name()] }]));
    json!({ "operationId": id, "summary": summary, "security": security, "responses": responses })
}

/// The same with one more member.
pub(super) fn with(mut operation: Value, key: &str, value: Value) -> Value {
    operation[key] = value;
    operation
}

/// A parameter; those in paths are required.
pub(super) fn parameter(name: &str, place: &str, description: &str) -> Value {
    json!({
        "name": name, "in": place, "required": place == "path", "description": description,
        "schema": { "type": "string" }
    })
}

/// A reference to the schema of a type, which is kept among the components.
pub(super) fn body<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Value {
    schemas.subschema_for::<T>().to_value()
}

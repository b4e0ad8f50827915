//! The OpenAPI 3.1 document of the server, generated from the wire types.

mod operation;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

pub(super) use self::operation::{operation, parameter, request_body, response, schema_of, with};
use super::assist;
use super::endpoint::{DEFINITIONS, SIMULATOR, TOKEN_PATHS};
use super::options::Scope;
use crate::remote::contract::{
    ErrorBody, FlowDefinition, FlowList, Health, SimulationResult, SubmitRequest, SubmitResponse, TokenRequest,
    TokenResponse,
};

/// The error responses that operations share.
const ERROR_RESPONSES: [(u16, &str); 12] = [
    (400, "The request is invalid; 'field' names the field"),
    (401, "The token is missing or invalid; or the client's id or secret is wrong"),
    (403, "The token lacks the scope"),
    (404, "It does not exist, or ('expired') it is no longer kept"),
    (405, "The method is not allowed; the header 'Allow' lists those that are"),
    (408, "The body did not arrive in time"),
    (409, "The idempotency key was used with another body"),
    (413, "The body is too large"),
    (415, "The content type is not supported"),
    (429, "Too many requests; the header 'Retry-After' may say when to retry"),
    (500, "A defect of the server"),
    (503, "The server is stopping, or keeps too many simulations; the header 'Retry-After' may say when to retry"),
];

/// The OpenAPI 3.1 document of the server.
pub(crate) fn openapi() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut schemas = settings.into_generator();
    let mut paths = Map::new();
    describe_tokens(&mut paths, &mut schemas);
    describe_simulations(&mut paths, &mut schemas);
    describe_definitions(&mut paths, &mut schemas);
    describe_server(&mut paths, &mut schemas);
    assist::describe(&mut paths, &mut schemas);

    let error = schema_of::<ErrorBody>(&mut schemas);
    let responses: Map<String, Value> = ERROR_RESPONSES
        .into_iter()
        .map(|(status, description)| (status.to_string(), response(description, &error)))
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

fn describe_tokens(paths: &mut Map<String, Value>, schemas: &mut SchemaGenerator) {
    for (path, id) in TOKEN_PATHS.into_iter().zip(["token", "tokenApi"]) {
        let granted = schema_of::<TokenResponse>(schemas);
        let form = schema_of::<TokenRequest>(schemas);
        let form = json!({ "required": true, "content": { "application/x-www-form-urlencoded": { "schema": form } } });
        let summary = "Exchanges client credentials for a token";
        let token = operation(id, summary, None, ("200", granted), &[400, 401, 405, 408, 413, 415, 429, 500, 503]);
        let token = with(token, "security", json!([{}, { "basic": [] }]));
        paths.insert(path.to_owned(), json!({ "post": with(token, "requestBody", form) }));
    }
}

fn describe_simulations(paths: &mut Map<String, Value>, schemas: &mut SchemaGenerator) {
    let submission = schema_of::<SubmitRequest>(schemas);
    let accepted = schema_of::<SubmitResponse>(schemas);
    let result = schema_of::<SimulationResult>(schemas);
    let submit = operation(
        "submit",
        "Submits a simulation",
        Some(Scope::Run),
        ("201", json!({ "anyOf": [accepted, result] })),
        &[400, 401, 403, 404, 405, 408, 409, 413, 415, 429, 500, 503],
    );
    let submit = with(submit, "requestBody", request_body(submission, true));
    let prefer = "RFC 7240: 'return=representation' asks for the result itself if it is ready at once; with 'wait=10', also \
                  if it is ready within 10 seconds (at most 30)";
    let key =
        "Submissions with the same key and body are one simulation; the same key with another body is refused with 409";
    let parameters = json!([parameter("Idempotency-Key", "header", key), parameter("Prefer", "header", prefer)]);
    let submit = with(with_preference_applied(submit, "201"), "parameters", parameters);
    paths.insert(SIMULATOR.to_owned(), json!({ "post": submit }));

    let errors = [401, 403, 404, 405, 429, 500, 503];
    let summary = "Returns the state of a simulation, and its result";
    let status = operation("status", summary, Some(Scope::Read), ("200", result), &errors);
    let prefer =
        "RFC 7240: 'wait=10' delays the response until the simulation is over, by at most 10 seconds (at most 30)";
    let parameters = json!([parameter("id", "path", "The simulation's id"), parameter("Prefer", "header", prefer)]);
    let status = with(with_preference_applied(status, "200"), "parameters", parameters);
    paths.insert(format!("{SIMULATOR}/{{id}}"), json!({ "get": status }));
}

fn describe_definitions(paths: &mut Map<String, Value>, schemas: &mut SchemaGenerator) {
    let list = schema_of::<FlowList>(schemas);
    let errors = [401, 403, 405, 429, 500, 503];
    let list = operation("flows", "Lists the flows", Some(Scope::Flows), ("200", list), &errors);
    paths.insert(DEFINITIONS.to_owned(), json!({ "get": list }));
    let flow = schema_of::<FlowDefinition>(schemas);
    let errors = [400, 401, 403, 404, 405, 429, 500, 503];
    let flow = operation("flow", "Returns a flow", Some(Scope::Flows), ("200", flow), &errors);
    let parameters = json!([
        parameter("id", "path", "The flow's id"),
        parameter("version", "query", "The flow's version; by default the newest")
    ]);
    paths.insert(format!("{DEFINITIONS}/{{id}}"), json!({ "get": with(flow, "parameters", parameters) }));
}

fn describe_server(paths: &mut Map<String, Value>, schemas: &mut SchemaGenerator) {
    let health = schema_of::<Health>(schemas);
    let mut state = operation("health", "Returns the state of the server", None, ("200", health.clone()), &[405]);
    state["responses"]["503"] = response("The server is about to stop", &health);
    paths.insert("/health".to_owned(), json!({ "get": state }));
    let document = json!({ "type": "object" });
    let openapi = operation("openapi", "Returns this document", None, ("200", document), &[405]);
    paths.insert("/openapi.json".to_owned(), json!({ "get": openapi }));
}

/// Adds the header that lists the applied preferences to a response.
fn with_preference_applied(mut operation: Value, status: &str) -> Value {
    operation["responses"][status]["headers"] = json!({
        "Preference-Applied": { "description": "The preferences that were applied", "schema": { "type": "string" } }
    });
    operation
}

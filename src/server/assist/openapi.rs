//! The OpenAPI description of the agent-assist endpoints.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::paths::{ACCEPTANCE, INTERACTIONS, METRICS, PROMPTS, SIMULATE};
use super::responses::{Acknowledged, Acknowledgement, PromptRefused, PromptShown, PromptTaken, TranscriptAnswer};
use crate::assist::{Acceptance, GroupBy, Prompt, PromptRequest, Record};
use crate::server::openapi::{operation, parameter, request_body, response, schema_of, with};
use crate::server::options::Scope;

/// Adds the endpoints to the document's paths.
pub(crate) fn describe(paths: &mut Map<String, Value>, schemas: &mut SchemaGenerator) {
    let shown = schema_of::<PromptShown>(schemas);
    let refused = schema_of::<PromptRefused>(schemas);
    let mut simulate = operation(
        "simulatePrompt",
        "Sends a prompt to an agent",
        None,
        ("200", shown),
        &[400, 401, 405, 408, 413, 415, 503],
    );
    simulate["security"] = json!([{}, { "clientCredentials": [Scope::Prompts.name()] }]);
    let retry = json!({ "description": "When to retry, in seconds", "schema": { "type": "integer" } });
    simulate["responses"]["403"] = response(
        "The sentiment or the agent's skills do not allow the prompt ('ineligible'), or the token lacks the scope",
        &refused,
    );
    simulate["responses"]["429"] = response("A rate limit is exhausted", &refused);
    simulate["responses"]["429"]["headers"] = json!({ "Retry-After": retry });
    simulate["responses"]["500"] = response("Neither the prompt nor its fallback could be delivered", &refused);
    let simulate = with(simulate, "requestBody", request_body(schema_of::<PromptRequest>(schemas), true));
    paths.insert(SIMULATE.to_owned(), json!({ "post": simulate }));

    let taken = schema_of::<PromptTaken>(schemas);
    let mut take = operation(
        "takePrompt",
        "Submits a prompt to the stand-in of the prompt service",
        Some(Scope::Prompts),
        ("201", taken.clone()),
        &[400, 401, 403, 405, 408, 409, 413, 415, 429, 503],
    );
    take["responses"]["200"] = response("The same prompt was submitted before", &taken);
    let take = with(take, "requestBody", request_body(schema_of::<Prompt>(schemas), true));
    paths.insert(PROMPTS.to_owned(), json!({ "post": take }));

    let id = json!([parameter("id", "path", "The prompt's id")]);
    let record = schema_of::<Record>(schemas);
    let record = operation(
        "promptRecord",
        "Returns the record of a prompt",
        Some(Scope::Interactions),
        ("200", record),
        &[401, 403, 404, 405],
    );
    paths.insert(format!("{PROMPTS}/{{id}}"), json!({ "get": with(record, "parameters", id.clone()) }));

    let acknowledged = schema_of::<Acknowledged>(schemas);
    let acknowledge = operation(
        "acknowledgePrompt",
        "Acknowledges a prompt",
        Some(Scope::Prompts),
        ("200", acknowledged),
        &[400, 401, 403, 404, 405, 408, 409, 413, 415],
    );
    let acknowledge = with(acknowledge, "requestBody", request_body(schema_of::<Acknowledgement>(schemas), false));
    paths.insert(format!("{PROMPTS}/{{id}}/acknowledgement"), json!({ "post": with(acknowledge, "parameters", id) }));

    let transcript = schema_of::<TranscriptAnswer>(schemas);
    let mut transcripts = operation(
        "transcript",
        "Returns the transcript of an interaction",
        Some(Scope::Interactions),
        ("200", transcript.clone()),
        &[401, 403, 404, 405, 429, 503],
    );
    transcripts["responses"]["202"] = response("The transcript is in progress", &transcript);
    let id = json!([parameter("id", "path", "The interaction's id")]);
    paths.insert(format!("{INTERACTIONS}/{{id}}/transcripts"), json!({ "get": with(transcripts, "parameters", id) }));

    let acceptance = schema_of::<Acceptance>(schemas);
    let acceptance = operation(
        "acceptance",
        "Counts the prompts that reached agents and those that the agents accepted",
        Some(Scope::Interactions),
        ("200", acceptance),
        &[400, 401, 403, 405],
    );
    let mut by = parameter("by", "query", "How to group the prompts; by default 'agent'");
    by["schema"] = schema_of::<GroupBy>(schemas);
    paths.insert(ACCEPTANCE.to_owned(), json!({ "get": with(acceptance, "parameters", json!([by])) }));

    let mut metrics = operation("metrics", "Metrics for Prometheus", None, ("200", json!({})), &[405]);
    metrics["responses"]["200"]["content"] = json!({ "text/plain": { "schema": { "type": "string" } } });
    paths.insert(METRICS.to_owned(), json!({ "get": metrics }));
}

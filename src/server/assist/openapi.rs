//! The OpenAPI description of this room's endpoints.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::answers::{Acknowledged, Acknowledgement, PromptRefused, PromptShown, PromptTaken, TranscriptAnswer};
use super::paths::{ACCEPTANCE, INTERACTIONS, METRICS, PROMPTS, SIMULATE};
use crate::assist::{Acceptance, GroupBy, Prompt, PromptRequest, Record};
use crate::server::openapi::{body, operation, parameter, with};
use crate::server::options::Scope;

/// Adds them to the document's paths.
pub(crate) fn describe(paths: &mut Map<String, Value>, schemas: &mut SchemaGenerator) {
    let sent = |schema: Value, required: bool| json!({ "required": required, "content": { "application/json": { "schema": schema } } });
    let answer = |schema: &Value, description: &str| json!({ "description": description, "content": { "application/json": { "schema": schema } } });

    let shown = body::<PromptShown>(schemas);
    let refused = body::<PromptRefused>(schemas);
    let mut simulate =
        operation("simulatePrompt", "What the agent sees", None, ("200", shown), &[400, 401, 405, 408, 413, 415, 503]);
    simulate["security"] = json!([{}, { "clientCredentials": [Scope::Prompts.name()] }]);
    let retry = json!({ "description": "When there is room again, in seconds", "schema": { "type": "integer" } });
    simulate["responses"]["403"] =
        answer(&refused, "The sentiment or the agent's skills forbid it ('ineligible'); or the token lacks the scope");
    simulate["responses"]["429"] = answer(&refused, "A rate limit is exhausted");
    simulate["responses"]["429"]["headers"] = json!({ "Retry-After": retry });
    simulate["responses"]["500"] = answer(&refused, "Neither the prompt nor its fallback could be delivered");
    let simulate = with(simulate, "requestBody", sent(body::<PromptRequest>(schemas), true));
    paths.insert(SIMULATE.to_owned(), json!({ "post": simulate }));

    let taken = body::<PromptTaken>(schemas);
    let mut take = operation(
        "takePrompt",
        "The prompt that was taken",
        Some(Scope::Prompts),
        ("201", taken.clone()),
        &[400, 401, 403, 405, 408, 409, 413, 415, 429, 503],
    );
    take["responses"]["200"] = answer(&taken, "It was taken before");
    let take = with(take, "requestBody", sent(body::<Prompt>(schemas), true));
    paths.insert(PROMPTS.to_owned(), json!({ "post": take }));

    let id = json!([parameter("id", "path", "The prompt's id")]);
    let record = body::<Record>(schemas);
    let record = operation(
        "promptRecord",
        "What became of the prompt",
        Some(Scope::Interactions),
        ("200", record),
        &[401, 403, 404, 405],
    );
    paths.insert(format!("{PROMPTS}/{{id}}"), json!({ "get": with(record, "parameters", id.clone()) }));

    let acknowledged = body::<Acknowledged>(schemas);
    let acknowledge = operation(
        "acknowledgePrompt",
        "The acknowledgement that was taken",
        Some(Scope::Prompts),
        ("200", acknowledged),
        &[400, 401, 403, 404, 405, 408, 409, 413, 415],
    );
    let acknowledge = with(acknowledge, "requestBody", sent(body::<Acknowledgement>(schemas), false));
    paths.insert(format!("{PROMPTS}/{{id}}/acknowledgement"), json!({ "post": with(acknowledge, "parameters", id) }));

    let transcript = body::<TranscriptAnswer>(schemas);
    let mut transcripts = operation(
        "transcript",
        "The interaction's transcript",
        Some(Scope::Interactions),
        ("200", transcript.clone()),
        &[401, 403, 404, 405, 429, 503],
    );
    transcripts["responses"]["202"] = answer(&transcript, "It is being made");
    let id = json!([parameter("id", "path", "The interaction's id")]);
    paths.insert(format!("{INTERACTIONS}/{{id}}/transcripts"), json!({ "get": with(transcripts, "parameters", id) }));

    let acceptance = body::<Acceptance>(schemas);
    let acceptance = operation(
        "acceptance",
        "How many prompts reached agents, and how many of those were taken",
        Some(Scope::Interactions),
        ("200", acceptance),
        &[400, 401, 403, 405],
    );
    let mut by = parameter("by", "query", "What is counted together; 'agent' if left out");
    by["schema"] = body::<GroupBy>(schemas);
    paths.insert(ACCEPTANCE.to_owned(), json!({ "get": with(acceptance, "parameters", json!([by])) }));

    let mut metrics = operation("metrics", "Counters for Prometheus", None, ("200", json!({})), &[405]);
    metrics["responses"]["200"]["content"] = json!({ "text/plain": { "schema": { "type": "string" } } });
    paths.insert(METRICS.to_owned(), json!({ "get": metrics }));
}

//! Builds the operations of an OpenAPI document.

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::server::options::Scope;

/// An operation with its success response and the error responses that it shares with others.
pub(in crate::server) fn operation(
    id: &str,
    summary: &str,
    scope: Option<Scope>,
    success: (&str, Value),
    errors: &[u16],
) -> Value {
    let (status, schema) = success;
    let mut responses = Map::new();
    responses.insert(status.to_owned(), response(summary, &schema));
    let error = |status: &u16| (status.to_string(), json!({ "$ref": format!("#/components/responses/{status}") }));
    responses.extend(errors.iter().map(error));
    let security = scope.map_or_else(|| json!([]), |scope| json!([{ "clientCredentials": [scope.name()] }]));
    json!({ "operationId": id, "summary": summary, "security": security, "responses": responses })
}

/// A response with a JSON body.
pub(in crate::server) fn response(description: &str, schema: &Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

/// A request body of JSON.
pub(in crate::server) fn request_body(schema: Value, is_required: bool) -> Value {
    json!({ "required": is_required, "content": { "application/json": { "schema": schema } } })
}

/// Adds a member to an operation.
pub(in crate::server) fn with(mut operation: Value, key: &str, value: Value) -> Value {
    operation[key] = value;
    operation
}

/// A parameter; those in paths are required.
pub(in crate::server) fn parameter(name: &str, location: &str, description: &str) -> Value {
    json!({
        "name": name, "in": location, "required": location == "path", "description": description,
        "schema": { "type": "string" }
    })
}

/// A reference to the schema of a type, which is added to the components.
pub(in crate::server) fn schema_of<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Value {
    schemas.subschema_for::<T>().to_value()
}

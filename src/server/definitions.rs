//! Endpoints for the definitions of flows.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Response, StatusCode};

use super::app::App;
use super::options::Scope;
use super::response::{ApiError, json};
use crate::remote::contract::{FlowDefinition, FlowList, FlowSummary};

/// `GET /api/v2/flow/definitions`
pub(super) async fn list(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response<Body>, ApiError> {
    app.authorize(&headers, Scope::Flows)?;
    let flows = app.options.flows.iter().map(|(id, versions)| FlowSummary {
        flow_id: id.clone(),
        name: versions.last().map_or_else(String::new, |program| program.entry().name.clone()),
        versions: versions.iter().map(|program| program.entry().version.to_string()).collect(),
    });
    Ok(json(StatusCode::OK, &FlowList { flows: flows.collect() }))
}

/// `GET /api/v2/flow/definitions/{id}?version=`
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    app.authorize(&headers, Scope::Flows)?;
    let version = version_parameter(query.as_deref().unwrap_or(""))?;
    let flows = &app.options.flows;
    let program = flows.find(&id, version.as_deref()).ok_or_else(|| {
        let shown = id.escape_default();
        ApiError::not_found(match version.as_deref().filter(|_| flows.find(&id, None).is_some()) {
            Some(version) => format!("the flow '{shown}' has no version '{}'", version.escape_default()),
            None => format!("there is no flow '{shown}'"),
        })
    })?;
    let versions = flows.versions(&id).iter().map(|program| program.entry().version.to_string()).collect();
    Ok(json(StatusCode::OK, &FlowDefinition::new(program, versions)))
}

fn version_parameter(query: &str) -> Result<Option<String>, ApiError> {
    let mut version = None;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if name != "version" {
            let message = format!("there is no parameter '{}'", name.escape_default());
            return Err(ApiError::invalid(message).field(name.into_owned()));
        }
        if version.replace(value.into_owned()).is_some() {
            return Err(ApiError::invalid("the parameter 'version' appears twice").field(name.into_owned()));
        }
    }
    Ok(version)
}

//! Endpoints of the stand-ins for the prompt service and the transcript service, and of the prompt
//! records.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, Response, StatusCode};

use super::loopback::InternalRequest;
use super::responses::{Acknowledged, Acknowledgement, PromptTaken, TranscriptAnswer};
use super::stand_in::{SubmitOutcome, TranscriptProgress};
use crate::assist::{AcknowledgeError, GroupBy, Outcome, Prompt, Record};
use crate::remote::contract::{code, decode};
use crate::server::app::App;
use crate::server::body;
use crate::server::options::Scope;
use crate::server::response::{ApiError, json};

/// `POST /api/v2/agentassist/prompts`
pub(super) async fn submit(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, ApiError> {
    let (head, sent) = request.into_parts();
    app.authorize(&head.headers, Scope::Prompts)?;
    body::require_content_type(&head.headers, "application/json")?;
    let is_internal = head.extensions.get::<InternalRequest>().is_some();
    // The server delivers the prompts that it has accepted before it stops.
    if app.is_draining() && !is_internal {
        return Err(ApiError::stopping());
    }
    let bytes = body::read(&app, &head.headers, sent).await?;
    let prompt = Prompt::read(&bytes).map_err(ApiError::invalid_fields)?;
    let status = match app.stand_in.submit(&prompt) {
        SubmitOutcome::New => StatusCode::CREATED,
        SubmitOutcome::Repeated => StatusCode::OK,
        SubmitOutcome::Conflict => {
            let message = format!("another prompt has the id '{}'", prompt.prompt_id);
            let error = ApiError::new(StatusCode::CONFLICT, code::CONFLICT, message);
            return Err(error.field("promptId".to_owned()));
        }
    };
    let accepted = PromptTaken { prompt_id: prompt.prompt_id.clone(), status: "accepted".into() };
    if status == StatusCode::CREATED && !is_internal {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_err(|_| ApiError::internal("the system clock is before 1970"))?;
        let record = Record::new(prompt, now.as_millis() as u64, Outcome::Delivered);
        app.metrics.count_delivery(&record, Duration::ZERO);
        app.ledger.finish(record);
    }
    Ok(json(status, &accepted))
}

/// `GET /api/v2/agentassist/prompts/{id}`
pub(super) async fn record(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    app.authorize(&headers, Scope::Interactions)?;
    let record = app.ledger.record(&id).ok_or_else(|| no_prompt(&id))?;
    Ok(json(StatusCode::OK, &*record))
}

/// `POST /api/v2/agentassist/prompts/{id}/acknowledgement`
pub(super) async fn acknowledge(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response<Body>, ApiError> {
    let (head, sent) = request.into_parts();
    app.authorize(&head.headers, Scope::Prompts)?;
    let bytes = body::read(&app, &head.headers, sent).await?;
    let acknowledgement: Acknowledgement = if bytes.is_empty() {
        Acknowledgement::default()
    } else {
        body::require_content_type(&head.headers, "application/json")?;
        decode(&bytes).map_err(|error| ApiError::invalid(error.message).field(error.field))?
    };
    let before = app.ledger.record(&id).and_then(|record| record.accepted);
    let Acknowledgement { accepted, agent_id } = acknowledgement;
    let record = app.ledger.acknowledge(&id, agent_id.as_deref(), accepted).map_err(|refused| {
        let conflict = |message: String| ApiError::new(StatusCode::CONFLICT, code::CONFLICT, message);
        let shown = id.escape_default();
        match refused {
            AcknowledgeError::Unknown => no_prompt(&id),
            AcknowledgeError::NotShown => conflict(format!("the prompt '{shown}' was not shown to any agent")),
            AcknowledgeError::Conflict => {
                conflict(format!("the prompt '{shown}' has a different acknowledgement already"))
            }
            AcknowledgeError::OtherAgent => {
                ApiError::invalid(format!("the prompt '{shown}' was for another agent")).field("agentId".to_owned())
            }
        }
    })?;
    if before.is_none() {
        app.metrics.count_acknowledgement(accepted);
    }
    let agent_id = record.prompt.target_agent_id.clone();
    Ok(json(StatusCode::OK, &Acknowledged { prompt_id: id, accepted, agent_id }))
}

fn no_prompt(id: &str) -> ApiError {
    ApiError::not_found(format!("there is no prompt '{}', or it is no longer kept", id.escape_default()))
}

/// `GET /api/v2/interactions/{id}/transcripts`
pub(super) async fn transcript(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    app.authorize(&headers, Scope::Interactions)?;
    let body = |id: Option<String>, interaction_id: String, status: &'static str| TranscriptAnswer {
        id,
        interaction_id,
        status: status.into(),
    };
    match app.stand_in.transcript(&id) {
        TranscriptProgress::Unknown => {
            Err(ApiError::not_found(format!("no prompt was sent for an interaction '{}'", id.escape_default())))
        }
        TranscriptProgress::Processing => Ok(json(StatusCode::ACCEPTED, &body(None, id, "processing"))),
        TranscriptProgress::Completed => Ok(json(StatusCode::OK, &body(Some(format!("tr_{id}")), id, "completed"))),
    }
}

/// `GET /api/v2/agentassist/acceptance?by=agent`
pub(super) async fn acceptance(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    app.authorize(&headers, Scope::Interactions)?;
    let mut by = GroupBy::Agent;
    for (name, value) in url::form_urlencoded::parse(query.as_deref().unwrap_or("").as_bytes()) {
        let invalid = |message: String| ApiError::invalid(message).field(name.clone().into_owned());
        if name != "by" {
            return Err(invalid(format!("there is no parameter '{}'", name.escape_default())));
        }
        by = GroupBy::from_word(&value).ok_or_else(|| {
            let known = GroupBy::WORDS.map(|word| format!("'{word}'")).join(", ");
            invalid(format!("'by' must be one of {known}, not '{}'", value.escape_default()))
        })?;
    }
    Ok(json(StatusCode::OK, &app.ledger.acceptance(by)))
}

//! `POST /simulate-prompt` and `GET /metrics`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, StatusCode};

use super::metrics::CONTENT_TYPE;
use super::responses::{PromptRefused, PromptShown};
use super::service::AssistService;
use crate::assist::{Outcome, PromptRequest, Record};
use crate::remote::contract::{ErrorBody, code};
use crate::server::body;
use crate::server::options::Scope;
use crate::server::response::{ApiError, json, with_body};

/// `POST /simulate-prompt`. It needs no token if only this machine can reach the server.
pub(super) async fn simulate(
    State(service): State<Arc<AssistService>>,
    request: Request,
) -> Result<Response<Body>, ApiError> {
    let (head, sent) = request.into_parts();
    let app = &service.app;
    if !app.options.bind.ip().is_loopback() {
        app.authorize(&head.headers, Scope::Prompts)?;
    }
    body::require_content_type(&head.headers, "application/json")?;
    if app.is_draining() {
        return Err(ApiError::stopping());
    }
    let bytes = body::read(app, &head.headers, sent).await?;
    drop(head);
    Ok(response(&*send(&service, &bytes)?.await))
}

/// Sends the prompt that a body describes. A function of its own: its locals are dropped before the
/// delivery.
fn send(
    service: &Arc<AssistService>,
    bytes: &[u8],
) -> Result<impl Future<Output = Arc<Record>> + Send + use<>, ApiError> {
    let request = PromptRequest::read(bytes).map_err(ApiError::invalid_fields)?;
    let id = service.prompt_id(&request.interaction_id);
    Ok(service.send(request.prompt(id)))
}

fn response(record: &Record) -> Response<Body> {
    let (status, error) = match record.outcome {
        Outcome::Delivered | Outcome::Fallback => {
            let shown = PromptShown {
                success: true,
                prompt_id: record.shown_id().clone(),
                fallback: record.outcome == Outcome::Fallback,
                attempts: record.attempts.len(),
                transcript: record.transcript.state,
            };
            return json(StatusCode::OK, &shown);
        }
        Outcome::Ineligible => (StatusCode::FORBIDDEN, code::INELIGIBLE),
        Outcome::RateLimited => (StatusCode::TOO_MANY_REQUESTS, code::TOO_MANY_REQUESTS),
        Outcome::Failed => (StatusCode::INTERNAL_SERVER_ERROR, code::DELIVERY_FAILED),
    };
    let error = ErrorBody {
        error: error.into(),
        error_description: record.reasons.join("; "),
        field: None,
        fields: Vec::new(),
    };
    let mut response = json(status, &PromptRefused { error, prompt_id: record.prompt.prompt_id.clone() });
    if let Some(after_ms) = record.retry_after_ms {
        // Whole seconds, rounded up.
        response.headers_mut().insert("retry-after", HeaderValue::from(after_ms.div_ceil(1_000).max(1)));
    }
    response
}

/// `GET /metrics`
pub(super) async fn metrics(State(service): State<Arc<AssistService>>) -> Result<Response<Body>, ApiError> {
    let app = &service.app;
    let text = app.metrics.encode(service.awaited_transcripts(), app.store.count());
    let text = text.map_err(|error| ApiError::internal(format!("the metrics cannot be encoded: {error}")))?;
    Ok(with_body(StatusCode::OK, HeaderValue::from_static(CONTENT_TYPE), text.into()))
}

//! `POST /simulate-prompt`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, StatusCode};

use super::answers::{PromptRefused, PromptShown};
use super::service::Service;
use crate::assist::{Outcome, PromptRequest, Record};
use crate::remote::contract::{ErrorBody, code};
use crate::server::body;
use crate::server::options::Scope;
use crate::server::reply::{Refusal, json};

/// Sends a prompt to an agent, if it may be sent. No token is needed where only this machine can reach the server.
pub(super) async fn simulate(State(service): State<Arc<Service>>, request: Request) -> Result<Response<Body>, Refusal> {
    let (head, sent) = request.into_parts();
    let app = &service.app;
    if !app.options.bind.ip().is_loopback() {
        app.allow(&head.headers, Scope::Prompts)?;
    }
    body::must_be(&head.headers, "application/json")?;
    if app.is_draining() {
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, code::UNAVAILABLE, "the server is about to stop")
            .header("retry-after", "1"));
    }
    let bytes = body::read(app, &head.headers, sent).await?;
    drop(head);
    Ok(answer(&*begun(&service, &bytes)?.await))
}

/// The way of the prompt that a body asks for. A function of its own: what is only needed here is not kept until its end.
fn begun(service: &Arc<Service>, bytes: &[u8]) -> Result<impl Future<Output = Arc<Record>> + Send + use<>, Refusal> {
    let request = PromptRequest::read(bytes).map_err(Refusal::misfits)?;
    let id = service.prompt_id(&request.interaction_id);
    Ok(service.send(request.prompt(id)))
}

fn answer(record: &Record) -> Response<Body> {
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
    if let Some(after) = record.retry_after_ms {
        // Whole seconds, never too early.
        response.headers_mut().insert("retry-after", HeaderValue::from(after.div_ceil(1_000).max(1)));
    }
    response
}

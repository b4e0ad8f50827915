//! The stand-ins for the prompt service and the transcript service, and what is known about prompts.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::routing::{get, post};

use super::answers::{Acknowledged, Acknowledgement, PromptTaken, TranscriptAnswer};
use super::inside::FromInside;
use super::metrics::CONTENT_TYPE as METRICS_TYPE;
use super::paths::{ACCEPTANCE, INTERACTIONS, PROMPTS};
use super::service::Service;
use super::stand_in::{Progress, Taken};
use crate::assist::{GroupBy, NotAcknowledged, Outcome, Prompt, Record};
use crate::remote::contract::{FieldError, code, decode};
use crate::server::app::App;
use crate::server::body;
use crate::server::options::Scope;
use crate::server::reply::{Refusal, json, ready};

/// The routes of the stand-ins and of the records.
pub(crate) fn stand_ins(router: Router<Arc<App>>) -> Router<Arc<App>> {
    router
        .route(PROMPTS, post(take))
        .route(&format!("{PROMPTS}/{{id}}"), get(record))
        .route(&format!("{PROMPTS}/{{id}}/acknowledgement"), post(acknowledge))
        .route(&format!("{INTERACTIONS}/{{id}}/transcripts"), get(transcript))
        .route(ACCEPTANCE, get(acceptance))
}

/// `POST /api/v2/agentassist/prompts`
async fn take(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, Refusal> {
    let (head, sent) = request.into_parts();
    app.allow(&head.headers, Scope::Prompts)?;
    body::must_be(&head.headers, "application/json")?;
    let inside = head.extensions.get::<FromInside>().is_some();
    // A prompt of this server's own is one that it has accepted to deliver.
    if app.is_draining() && !inside {
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, code::UNAVAILABLE, "the server is about to stop")
            .header("retry-after", "1"));
    }
    let bytes = body::read(&app, &head.headers, sent).await?;
    let prompt = Prompt::read(&bytes).map_err(Refusal::misfits)?;
    let status = match app.stand_in.take(&prompt) {
        Taken::New => StatusCode::CREATED,
        Taken::Known => StatusCode::OK,
        Taken::Conflict => {
            let message = format!("another prompt has the id '{}'", prompt.prompt_id);
            let refusal = Refusal::new(StatusCode::CONFLICT, code::CONFLICT, message);
            return Err(refusal.field(Some("promptId".to_owned())));
        }
    };
    let answer = PromptTaken { prompt_id: prompt.prompt_id.clone(), status: "accepted".into() };
    if status == StatusCode::CREATED && !inside {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let record = Record::new(prompt, now, Outcome::Delivered);
        app.metrics.delivered(&record, Duration::ZERO);
        app.ledger.finish(record);
    }
    Ok(json(status, &answer))
}

/// `GET /api/v2/agentassist/prompts/{id}`
async fn record(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response<Body>, Refusal> {
    app.allow(&headers, Scope::Interactions)?;
    let record = app.ledger.record(&id).ok_or_else(|| no_prompt(&id))?;
    Ok(json(StatusCode::OK, &*record))
}

/// `POST /api/v2/agentassist/prompts/{id}/acknowledgement`
async fn acknowledge(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let (head, sent) = request.into_parts();
    app.allow(&head.headers, Scope::Prompts)?;
    let bytes = body::read(&app, &head.headers, sent).await?;
    let said: Acknowledgement = if bytes.is_empty() {
        Acknowledgement::default()
    } else {
        body::must_be(&head.headers, "application/json")?;
        decode(&bytes).map_err(|misfit| Refusal::invalid(misfit.message).field(misfit.field))?
    };
    let before = app.ledger.record(&id).and_then(|record| record.accepted);
    let record = app.ledger.acknowledge(&id, said.agent_id.as_deref(), said.accepted).map_err(|refused| {
        let conflict = |message: String| Refusal::new(StatusCode::CONFLICT, code::CONFLICT, message);
        let shown = id.escape_default();
        match refused {
            NotAcknowledged::Unknown => no_prompt(&id),
            NotAcknowledged::NotShown => conflict(format!("the prompt '{shown}' was not shown to anybody")),
            NotAcknowledged::Conflict => {
                conflict(format!("the prompt '{shown}' was acknowledged the other way before"))
            }
            NotAcknowledged::OtherAgent => Refusal::invalid(format!("the prompt '{shown}' was for another agent"))
                .field(Some("agentId".to_owned())),
        }
    })?;
    if before.is_none() {
        app.metrics.acknowledged(said.accepted);
    }
    let answer =
        Acknowledged { prompt_id: id, accepted: said.accepted, agent_id: record.prompt.target_agent_id.clone() };
    Ok(json(StatusCode::OK, &answer))
}

fn no_prompt(id: &str) -> Refusal {
    Refusal::not_found(format!("there is no prompt '{}', or it is no longer kept", id.escape_default()))
}

/// `GET /api/v2/interactions/{id}/transcripts`
async fn transcript(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response<Body>, Refusal> {
    app.allow(&headers, Scope::Interactions)?;
    let answer = |id: Option<String>, interaction_id: String, status: &'static str| TranscriptAnswer {
        id,
        interaction_id,
        status: status.into(),
    };
    match app.stand_in.transcript(&id) {
        Progress::Unknown => {
            Err(Refusal::not_found(format!("there is no interaction '{}' with a prompt", id.escape_default())))
        }
        Progress::Processing => Ok(json(StatusCode::ACCEPTED, &answer(None, id, "processing"))),
        Progress::Completed => Ok(json(StatusCode::OK, &answer(Some(format!("tr_{id}")), id, "completed"))),
    }
}

/// `GET /api/v2/agentassist/acceptance?by=agent`
async fn acceptance(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response<Body>, Refusal> {
    app.allow(&headers, Scope::Interactions)?;
    let mut by = GroupBy::Agent;
    for (name, value) in url::form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes()) {
        let wrong = |message: String| Refusal::invalid(message).field(Some(name.clone().into_owned()));
        if name != "by" {
            return Err(wrong(format!("there is no parameter '{}'", name.escape_default())));
        }
        by = GroupBy::of(&value).ok_or_else(|| {
            let known = GroupBy::WORDS.map(|word| format!("'{word}'")).join(", ");
            wrong(format!("'by' must be one of {known}, not '{}'", value.escape_default()))
        })?;
    }
    Ok(json(StatusCode::OK, &app.ledger.acceptance(by)))
}

/// `GET /metrics`
pub(super) async fn metrics(State(service): State<Arc<Service>>) -> Response<Body> {
    let app = &service.app;
    let text = app.metrics.text(service.pipeline.awaited(), app.store.count());
    let mut response = ready(StatusCode::OK, text.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(METRICS_TYPE));
    response
}

impl Refusal {
    /// 400 for a body whose fields are wrong: all of them are named, the first also as the usual `field`.
    pub(super) fn misfits(fields: Vec<FieldError>) -> Self {
        let sentences: Vec<String> = fields
            .iter()
            .map(|error| if error.field.is_empty() { error.message.clone() } else { error.to_string() })
            .collect();
        let named = fields.into_iter().filter(|error| !error.field.is_empty()).collect();
        Self::invalid(sentences.join("; ")).fields(named)
    }
}

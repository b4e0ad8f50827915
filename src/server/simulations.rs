//! Endpoints for submissions and their results.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_LOCATION, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use uuid::Uuid;

use super::app::App;
use super::endpoint::SIMULATOR;
use super::options::Scope;
use super::response::{ApiError, json, json_bytes};
use super::simulate::{Submission, compute_result, recompute_result, unfinished};
use super::store::{AddOutcome, FindOutcome, IdempotencyKey, Job, JobOutcome};
use super::{body, draw};
use crate::remote::contract::{PREFER, PREFERENCE_APPLIED, Preferences, Status, SubmitResponse, code};

/// The stream of the draws of processing times.
const PROCESSING: u64 = 1 << 62;
/// Maximum length of an idempotency key.
const MAX_KEY_LENGTH: usize = 255;
/// Maximum time for which a response is held back, in seconds. Load balancers close connections
/// that are silent for a minute.
const MAX_WAIT_S: u32 = 30;
/// Seconds after which a submission to a full server may be repeated: each result that is read
/// makes room.
const RETRY_AFTER_S: &str = "1";

/// `POST /api/v2/flow/simulator`
pub(super) async fn submit(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, ApiError> {
    let app = &*app;
    let (head, sent) = request.into_parts();
    app.authorize(&head.headers, Scope::Run)?;
    body::require_content_type(&head.headers, "application/json")?;
    if app.is_draining() {
        return Err(ApiError::stopping());
    }
    let key = key_digest(&head.headers)?;
    let bytes = body::read(app, &head.headers, sent).await?;
    // The processing time includes reading and checking the submission.
    let now = Instant::now();
    let submission = Submission::read(app, &bytes)?;
    let outcome = head.extensions.get::<JobOutcome>().copied().unwrap_or_default();
    let id = add_job(app, key, &bytes, &submission, outcome, now)?;
    let simulation_id = id.to_string();
    let path = [SIMULATOR, "/", &simulation_id].concat();
    let location = HeaderValue::try_from(&path).map_err(|error| ApiError::internal(error.to_string()))?;
    let preferences = preferences(&head.headers);
    let mut applied = Preferences::default();
    if preferences.representation && app.returns_results {
        let compute = |job: &Job| compute_result(app, &simulation_id, job, &submission);
        let (state, waited_s) = find_result(app, id, preferences.wait_s, compute).await?;
        applied = Preferences { representation: matches!(state, ResultState::Done(_)), wait_s: waited_s };
        if let ResultState::Done(result) = state {
            let mut response = json_bytes(StatusCode::CREATED, result);
            set_preference_applied(&mut response, applied)?;
            // RFC 7240, section 4.2: the body is the content of this location.
            response.headers_mut().insert(CONTENT_LOCATION, location.clone());
            response.headers_mut().insert(LOCATION, location);
            return Ok(response);
        }
    }
    let status = app.store.status(id, Instant::now());
    let mut response = json(StatusCode::CREATED, &SubmitResponse { simulation_id, status, result_url: Some(path) });
    response.headers_mut().insert(LOCATION, location);
    set_preference_applied(&mut response, applied)?;
    Ok(response)
}

/// Adds the job of a submission to the store; a repeated submission has the id of the first one.
fn add_job(
    app: &App,
    key: Option<u128>,
    bytes: &Bytes,
    submission: &Submission,
    outcome: JobOutcome,
    now: Instant,
) -> Result<Uuid, ApiError> {
    let key = key.map(|key| IdempotencyKey { key, body: digest(bytes) });
    let added = app.store.add(key, now, |number| {
        let processing = match app.options.processing.is_zero() {
            true => Duration::ZERO,
            false => app.options.processing.sample(draw::uniform(app.options.seed, PROCESSING, number)),
        };
        // A copy: hyper's buffer may be much larger than the body and must not be kept alive by it.
        let body = Arc::from(&bytes[..]);
        let program = submission.program.clone();
        Job { body, program, outcome, runs_at: now + processing / 5, ends_at: now + processing }
    });
    match added {
        AddOutcome::New(id) | AddOutcome::Repeated(id) => Ok(id),
        AddOutcome::Conflict => {
            let message = "the idempotency key was used with another body";
            Err(ApiError::new(StatusCode::CONFLICT, code::CONFLICT, message))
        }
        AddOutcome::Full => {
            let message = "too many simulations are in progress or have results that were never read";
            Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, code::UNAVAILABLE, message)
                .header("retry-after", RETRY_AFTER_S))
        }
    }
}

/// `GET /api/v2/flow/simulator/{id}`
pub(super) async fn status(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response<Body>, ApiError> {
    let app = &*app;
    app.authorize(&headers, Scope::Read)?;
    let unknown = || ApiError::not_found(format!("there is no simulation '{}'", id.escape_default()));
    let uuid = parse_id(&id).ok_or_else(unknown)?;
    let compute = |job: &Job| recompute_result(app, &id, job);
    let (state, waited_s) = find_result(app, uuid, preferences(&headers).wait_s, compute).await?;
    let mut response = match state {
        ResultState::Unknown => return Err(unknown()),
        ResultState::Expired => {
            let message = format!("the result of simulation '{id}' has expired");
            return Err(ApiError::new(StatusCode::NOT_FOUND, code::EXPIRED, message));
        }
        ResultState::Pending(status) => json(StatusCode::OK, &unfinished(id, status, None)),
        ResultState::Done(bytes) => json_bytes(StatusCode::OK, bytes),
    };
    set_preference_applied(&mut response, Preferences { representation: false, wait_s: waited_s })?;
    Ok(response)
}

/// The preferences of a request (RFC 7240).
fn preferences(headers: &HeaderMap) -> Preferences {
    static NAME: HeaderName = HeaderName::from_static(PREFER);
    Preferences::read(headers.get_all(&NAME).iter().filter_map(|value| value.to_str().ok()))
}

/// Adds the header that lists the preferences that were applied, if there are any.
fn set_preference_applied(response: &mut Response<Body>, applied: Preferences) -> Result<(), ApiError> {
    static NAME: HeaderName = HeaderName::from_static(PREFERENCE_APPLIED);
    if applied != Preferences::default() {
        let value = HeaderValue::try_from(applied.to_string());
        let value = value.map_err(|error| ApiError::internal(error.to_string()))?;
        response.headers_mut().insert(&NAME, value);
    }
    Ok(())
}

/// The digest of the idempotency key, if there is one. All clients share one set of keys, because
/// the server has one tenant.
fn key_digest(headers: &HeaderMap) -> Result<Option<u128>, ApiError> {
    static NAME: HeaderName = HeaderName::from_static("idempotency-key");
    let Some(key) = headers.get(&NAME) else { return Ok(None) };
    let key = key.as_bytes();
    if key.is_empty() || key.len() > MAX_KEY_LENGTH {
        let message = format!("an idempotency key must have 1 to {MAX_KEY_LENGTH} characters");
        return Err(ApiError::invalid(message).field("Idempotency-Key".to_owned()));
    }
    Ok(Some(digest(key)))
}

/// The first half of SHA-256.
fn digest(bytes: &[u8]) -> u128 {
    Sha256::digest(bytes).iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

/// The state of a simulation as a client sees it.
enum ResultState {
    Pending(Status),
    Done(Bytes),
    Expired,
    Unknown,
}

/// Finds a simulation and computes its result with `compute` if it has ended. A caller that wants
/// to wait is held until it ends, at most `wait_s` seconds. Also returns how long the caller was to
/// wait, if the server complied.
async fn find_result(
    app: &App,
    id: Uuid,
    wait_s: Option<u32>,
    compute: impl Fn(&Job) -> Result<Vec<u8>, ApiError>,
) -> Result<(ResultState, Option<u32>), ApiError> {
    let mut found = app.store.find(id, Instant::now());
    let mut waited_s = wait_s.filter(|_| !app.is_draining()).map(|seconds| seconds.min(MAX_WAIT_S));
    if let (Some(seconds), &FindOutcome::InProgress(_, ends_at)) = (waited_s, &found) {
        let latest = Instant::now() + Duration::from_secs(seconds.into());
        app.wait_until(ends_at.map_or(latest, |ends_at| ends_at.min(latest))).await;
        found = app.store.find(id, Instant::now());
        // A caller that is answered early must not believe that the server complied.
        waited_s = waited_s.filter(|_| !app.is_draining());
    }
    let state = match found {
        FindOutcome::InProgress(status, _) => ResultState::Pending(status),
        FindOutcome::Ended(job) => ResultState::Done(compute(&job)?.into()),
        FindOutcome::Expired => ResultState::Expired,
        FindOutcome::Unknown => ResultState::Unknown,
    };
    Ok((state, waited_s))
}

/// Parses the id of a path. Only the form in which ids are issued is valid.
fn parse_id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|id| id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text)
}

//! Submissions and their results.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_LOCATION, LOCATION};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use uuid::Uuid;

use super::app::App;
use super::endpoint::SIMULATOR;
use super::options::Scope;
use super::reply::{Refusal, json, ready};
use super::store::{Added, Fate, Found, Job, Repeatable};
use super::{body, draw};
use crate::flow::Program;
use crate::remote::contract::{
    Detail, Fields, NodeExecution, NodeInput, NodeOutput, PREFER, PREFERENCE_APPLIED, Preferences, SimulationResult,
    Status, SubmitRequest, SubmitResponse, code, decode,
};
use crate::simulator::{self, simulate};

/// The stream of processing times among the draws.
const PROCESSING: u64 = 1 << 62;
/// How long an idempotency key may be.
const LONGEST_KEY: usize = 255;
/// The longest that a question for a result is held, in seconds; load balancers end connections that say nothing for a
/// minute.
const LONGEST_WAIT_S: u32 = 30;
/// After so many seconds a submission that found no room may be repeated: every result that is read makes room.
const RETRY_AFTER_S: &str = "1";
/// What a simulation says that fails for no reason of the call's.
const FAILURE: &str = "the simulator ran out of compute capacity";

/// `POST /api/v2/flow/simulator`
pub(super) async fn submit(
    State(app): State<Arc<App>>,
    request: axum::extract::Request,
) -> Result<Response<Body>, Refusal> {
    let app = &*app;
    let (head, sent) = request.into_parts();
    app.allow(&head.headers, Scope::Run)?;
    body::must_be(&head.headers, "application/json")?;
    if app.is_draining() {
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, code::UNAVAILABLE, "the server is about to stop")
            .header("retry-after", "1"));
    }
    let key = key(&head.headers)?;
    let bytes = body::read(app, &head.headers, sent).await?;
    // The processing time begins when the submission is here; looking at it is a part of it.
    let now = Instant::now();
    let accepted = validated(app, &bytes)?;
    let repeatable = key.map(|key| Repeatable { key, body: digest(&[&bytes]) });
    let fate = fate(&head.extensions);
    let added = app.store.add(repeatable, now, |number| {
        let processing = match app.options.processing.is_zero() {
            true => Duration::ZERO,
            false => app.options.processing.at(draw::unit(app.options.seed, PROCESSING, number)),
        };
        // Hyper's buffer may be much larger than the body and must not be kept with it.
        let body = Arc::from(&bytes[..]);
        let program = accepted.program.clone();
        Job { body, program, fate, runs_at: now + processing / 5, ends_at: now + processing }
    });
    let id = match added {
        Added::New(id) | Added::Known(id) => id,
        Added::Conflict => {
            let message = "the idempotency key was used with another body";
            return Err(Refusal::new(StatusCode::CONFLICT, code::CONFLICT, message));
        }
        Added::Full => {
            let message = "too many simulations are in progress or have results that were never read";
            return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, code::UNAVAILABLE, message)
                .header("retry-after", RETRY_AFTER_S));
        }
    };
    let simulation_id = id.to_string();
    let path = [SIMULATOR, "/", &simulation_id].concat();
    let wanted = preferences(&head.headers);
    let mut heeded = Preferences::default();
    if wanted.representation && app.represents {
        let make = |job: &Job| outcome(app, &simulation_id, job, &accepted);
        let (known, waited_s) = find(app, id, wanted.wait_s, make).await?;
        heeded = Preferences { representation: matches!(known, Known::Result(_)), wait_s: waited_s };
        if let Known::Result(result) = known {
            let mut response = ready(StatusCode::CREATED, result);
            applied(&mut response, heeded);
            if let Ok(location) = HeaderValue::try_from(path) {
                // RFC 7240, section 4.2: the answer's body is what lies there.
                response.headers_mut().insert(CONTENT_LOCATION, location.clone());
                response.headers_mut().insert(LOCATION, location);
            }
            return Ok(response);
        }
    }
    let location = HeaderValue::try_from(&path);
    let status = app.store.status(id, Instant::now());
    let answer = SubmitResponse { simulation_id, status, result_url: Some(path) };
    let mut response = json(StatusCode::CREATED, &answer);
    if let Ok(location) = location {
        response.headers_mut().insert(LOCATION, location);
    }
    applied(&mut response, heeded);
    Ok(response)
}

/// What a request would like.
fn preferences(headers: &HeaderMap) -> Preferences {
    static NAME: HeaderName = HeaderName::from_static(PREFER);
    Preferences::read(headers.get_all(&NAME).iter().filter_map(|value| value.to_str().ok()))
}

/// Says which preferences were heeded.
fn applied(response: &mut Response<Body>, preferences: Preferences) {
    static NAME: HeaderName = HeaderName::from_static(PREFERENCE_APPLIED);
    if preferences == Preferences::default() {
        return;
    }
    // Words and digits of ours are always a header's value.
    if let Ok(value) = HeaderValue::try_from(preferences.to_string()) {
        response.headers_mut().insert(&NAME, value);
    }
}

fn fate(extensions: &Extensions) -> Fate {
    extensions.get::<Fate>().copied().unwrap_or_default()
}

/// A submission that can be simulated.
struct Accepted {
    program: Arc<Program>,
    request: simulator::Request,
    /// Whether the values of secrets are wanted; none for a plain submission.
    reveal_secrets: Option<bool>,
}

/// A submission as what it asks for, if it can be simulated.
fn validated(app: &App, bytes: &[u8]) -> Result<Accepted, Refusal> {
    let submission: SubmitRequest =
        decode(bytes).map_err(|error| Refusal::invalid(error.message).field(error.field))?;
    let flow_id = submission.flow_id.clone();
    let version = submission.simulation_options.as_ref().and_then(|options| options.flow_version.clone());
    let reveal_secrets = submission.simulation_options.as_ref().map(|options| options.reveal_secrets);
    let request = submission
        .into_request(&app.options.limits)
        .map_err(|rejection| Refusal::invalid(rejection.message).field(Some(rejection.field)))?;
    let flows = &app.options.flows;
    if let Some(program) = flows.find(&flow_id, version.as_deref()) {
        return Ok(Accepted { program: program.clone(), request, reveal_secrets });
    }
    let shown = flow_id.escape_default();
    Err(match version.filter(|_| flows.find(&flow_id, None).is_some()) {
        Some(version) => {
            let message = format!("the flow '{shown}' has no version '{}'", version.escape_default());
            Refusal::not_found(message).field(Some("simulationOptions.flowVersion".to_owned()))
        }
        None => Refusal::not_found(format!("there is no flow '{shown}'")).field(Some("flowId".to_owned())),
    })
}

/// The digest of the idempotency key, if there is one; a key belongs to whoever has the token's credentials, and there is
/// but one tenant here.
fn key(headers: &HeaderMap) -> Result<Option<u128>, Refusal> {
    static NAME: HeaderName = HeaderName::from_static("idempotency-key");
    let Some(key) = headers.get(&NAME) else { return Ok(None) };
    let key = key.as_bytes();
    if key.is_empty() || key.len() > LONGEST_KEY {
        let message = format!("an idempotency key has 1 to {LONGEST_KEY} characters");
        return Err(Refusal::invalid(message).field(Some("Idempotency-Key".to_owned())));
    }
    Ok(Some(digest(&[key])))
}

/// The first half of SHA-256.
fn digest(parts: &[&[u8]]) -> u128 {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

/// `GET /api/v2/flow/simulator/{id}`
pub(super) async fn status(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response<Body>, Refusal> {
    let app = &*app;
    app.allow(&headers, Scope::Read)?;
    let unknown = || Refusal::not_found(format!("there is no simulation '{}'", id.escape_default()));
    let uuid = read_id(&id).ok_or_else(unknown)?;
    let make = |job: &Job| carry_out(app, &id, job);
    let (known, waited_s) = find(app, uuid, preferences(&headers).wait_s, make).await?;
    let mut response = match known {
        Known::Unknown => return Err(unknown()),
        Known::Expired => {
            let message = format!("the result of simulation '{id}' is no longer kept");
            return Err(Refusal::new(StatusCode::NOT_FOUND, code::EXPIRED, message));
        }
        Known::Going(status) => json(StatusCode::OK, &pending(id, status, None)),
        Known::Result(bytes) => ready(StatusCode::OK, bytes),
    };
    applied(&mut response, Preferences { representation: false, wait_s: waited_s });
    Ok(response)
}

/// What is known of a simulation.
enum Known {
    Going(Status),
    Result(Bytes),
    Expired,
    Unknown,
}

/// Finds a simulation and computes its result with `make` if it has ended. A caller that wants to wait is held until it
/// ends, at most `wait_s` seconds. Also returns how long the caller was to wait, if the server complied.
async fn find(
    app: &App,
    id: Uuid,
    wait_s: Option<u32>,
    make: impl Fn(&Job) -> Result<Vec<u8>, Refusal>,
) -> Result<(Known, Option<u32>), Refusal> {
    let mut found = app.store.find(id, Instant::now());
    let mut waited_s = wait_s.filter(|_| !app.is_draining()).map(|seconds| seconds.min(LONGEST_WAIT_S));
    if let (Some(seconds), &Found::InProgress(_, ends_at)) = (waited_s, &found) {
        let longest = Instant::now() + Duration::from_secs(seconds.into());
        app.hold(ends_at.map_or(longest, |ends_at| ends_at.min(longest))).await;
        found = app.store.find(id, Instant::now());
        // A caller that is answered early must not believe that the server complied.
        waited_s = waited_s.filter(|_| !app.is_draining());
    }
    let known = match found {
        Found::InProgress(status, _) => Known::Going(status),
        Found::Ended(job) => Known::Result(make(&job)?.into()),
        Found::Expired => Known::Expired,
        Found::Unknown => Known::Unknown,
    };
    Ok((known, waited_s))
}

/// The id of a path, in the one form in which ids are issued.
fn read_id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|id| id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text)
}

/// A result without a path.
fn pending(simulation_id: String, status: Status, error_message: Option<String>) -> SimulationResult {
    SimulationResult {
        simulation_id: Some(simulation_id),
        status,
        execution_path: Vec::new(),
        variables: Fields::default(),
        duration_ms: 0,
        error_message,
        simulation_trace: None,
    }
}

/// The outcome of a job that was kept as its body, as JSON.
fn carry_out(app: &App, simulation_id: &str, job: &Job) -> Result<Vec<u8>, Refusal> {
    // It was both when it was submitted.
    let broken = |reason: String| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, code::SERVER_ERROR, reason);
    let submission: SubmitRequest = decode(&job.body).map_err(|error| broken(error.message))?;
    let reveal_secrets = submission.simulation_options.as_ref().map(|options| options.reveal_secrets);
    let request = submission.into_request(&app.options.limits).map_err(|rejection| broken(rejection.message))?;
    outcome(app, simulation_id, job, &Accepted { program: job.program.clone(), request, reveal_secrets })
}

/// What a submission comes to, as its job's fate has it, as JSON.
fn outcome(app: &App, simulation_id: &str, job: &Job, accepted: &Accepted) -> Result<Vec<u8>, Refusal> {
    if job.fate == Fate::Fails {
        return written(&pending(simulation_id.to_owned(), Status::Failed, Some(FAILURE.to_owned())));
    }
    let other = (job.fate == Fate::OtherVersion).then(|| other_version(app, &job.program));
    let program = match &other {
        Some(Some(other)) => other,
        _ => &accepted.program,
    };
    let trace = simulate(program, &accepted.request);
    let detail = match accepted.reveal_secrets {
        None => Detail::Plain,
        Some(reveal_secrets) => Detail::Full { reveal_secrets, flow_version: Some(program.entry().version.clone()) },
    };
    let mut result = SimulationResult::from_trace(Some(simulation_id), &trace, &detail);
    if let Some(None) = other {
        drift(&mut result);
    }
    written(&result)
}

fn written(result: &SimulationResult) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec(result)
        .map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, code::SERVER_ERROR, error.to_string()))
}

/// Another version of the flow: the one before, else the one after.
fn other_version(app: &App, program: &Arc<Program>) -> Option<Arc<Program>> {
    let versions = app.options.flows.versions(&program.entry().id.value);
    let place = versions.iter().position(|version| Arc::ptr_eq(version, program))?;
    let other = place.checked_sub(1).unwrap_or(place + 1);
    versions.get(other).cloned()
}

/// Where there is but one version, the path gets a node that the flow does not have, before its last one.
fn drift(result: &mut SimulationResult) {
    let place = result.execution_path.len().saturating_sub(1);
    let execution = NodeExecution {
        node_id: "notice_of_another_version".into(),
        node_type: "play".into(),
        input: NodeInput::default(),
        output: NodeOutput { outcome: Some("next".into()), ..NodeOutput::default() },
        decision: None,
        duration_ms: 0,
    };
    result.execution_path.insert(place, execution);
    if let Some(trace) = &mut result.simulation_trace {
        let at_ms = trace.at_ms.get(place).copied().unwrap_or(result.duration_ms);
        trace.at_ms.insert(place.min(trace.at_ms.len()), at_ms);
        let move_on = |step: &mut u32| *step += u32::from(*step as usize >= place);
        trace.prompts.iter_mut().for_each(|prompt| move_on(&mut prompt.step));
        trace.lookups.iter_mut().for_each(|lookup| move_on(&mut lookup.step));
    }
}

//! Middleware around every request: its id, injected faults, the access log.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::DATE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;
use futures_util::FutureExt;
use http_body_util::BodyExt;
use tokio::time::Instant;
use uuid::Uuid;

use super::app::{App, bearer_token, unauthorized};
use super::assist::InternalRequest;
use super::connection::ResetConnection;
use super::endpoint::Endpoint;
use super::faults::{Fault, InjectedFault, RetryAfter, damage_response};
use super::response::ApiError;
use super::store::JobOutcome;
use crate::remote::contract::code;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Maximum length of a client's request id; a longer one is replaced.
const MAX_REQUEST_ID_LENGTH: usize = 128;

/// Handles a request: gives it an id, injects faults, survives panics and writes the access log.
pub(super) async fn handle(State(app): State<Arc<App>>, request: Request, next: Next) -> Response<Body> {
    // A request of the server to itself is part of a request that has an id and a line in the log
    // already.
    if request.extensions().get::<InternalRequest>().is_some() {
        let endpoint = Endpoint::from_request(request.method(), request.uri().path());
        return respond(&app, endpoint, request, next).await;
    }
    let started = Instant::now();
    app.record_request(started);
    let id = request_id(request.headers());
    let logged_id = String::from_utf8_lossy(id.as_bytes()).into_owned();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let endpoint = Endpoint::from_request(&method, uri.path());
    let version = request.version();
    // A panic must not end the connection with its other requests. It is safe to continue: the
    // state that requests share is consistent after each step, and the rest is dropped with the
    // future.
    let result = AssertUnwindSafe(respond(&app, endpoint, request, next)).catch_unwind().await;
    let mut response = result.unwrap_or_else(|_| {
        // The panic's message is not logged: it may quote the request.
        tracing::error!(target: "callpath::server", request_id = logged_id, "a request panicked");
        ApiError::internal("the request hit a defect of the server").into_response()
    });
    response.headers_mut().insert(&REQUEST_ID, id);
    tracing::info!(
        target: "callpath::server::access",
        request_id = logged_id,
        method = method.as_str(),
        path = uri.path(),
        status = response.status().as_u16(),
        duration_us = started.elapsed().as_micros() as u64,
        version = ?version,
    );
    response
}

/// Responds with the injected faults, and with the date of a clock that is wrong.
async fn respond(app: &App, endpoint: Endpoint, request: Request, next: Next) -> Response<Body> {
    let mut response = match app.faults.next_fault(endpoint) {
        None => next.run(request).await,
        Some(injected) => respond_with_fault(app, injected, request, next).await,
    };
    if app.faults.plan.clock_skew_ms != 0
        && let Some(date) = skewed_date(app, Duration::ZERO)
    {
        response.headers_mut().insert(DATE, date);
    }
    response
}

/// The request's own id if it is short and printable, else a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let is_usable = |id: &&HeaderValue| {
        let id = id.as_bytes();
        !id.is_empty() && id.len() <= MAX_REQUEST_ID_LENGTH && id.iter().all(u8::is_ascii_graphic)
    };
    match headers.get(&REQUEST_ID).filter(is_usable) {
        Some(id) => id.clone(),
        #[expect(clippy::expect_used, reason = "hexadecimal digits and hyphens are valid in a header")]
        None => HeaderValue::try_from(Uuid::now_v7().to_string()).expect("a header value"),
    }
}

async fn respond_with_fault(app: &App, injected: InjectedFault, mut request: Request, next: Next) -> Response<Body> {
    if !injected.delay.is_zero() {
        tokio::time::sleep(injected.delay).await;
    }
    let job_outcome = injected.job_outcome();
    let Some(fault) = injected.fault else { return next.run(request).await };
    match &fault {
        Fault::Status { status, retry_after } => return status_response(app, *status, *retry_after),
        Fault::Unauthorized { .. } => return unauthorized("an injected fault refuses the token").into_response(),
        Fault::Reset => return reset_response(),
        Fault::RevokedToken => {
            if let Some(token) = bearer_token(request.headers()) {
                app.tokens.revoke(token);
            }
        }
        _ => {}
    }
    if job_outcome != JobOutcome::Completed {
        request.extensions_mut().insert(job_outcome);
    }
    let response = next.run(request).await;
    match &fault {
        Fault::LostAnswer => reset_response(),
        Fault::Truncated | Fault::Malformed | Fault::WrongType | Fault::SlowBody { .. } => {
            let (head, body) = response.into_parts();
            match body.collect().await {
                Ok(body) => damage_response(Response::from_parts(head, Body::empty()), body.to_bytes(), &fault),
                Err(error) => ApiError::internal(format!("the response body failed: {error}")).into_response(),
            }
        }
        _ => response,
    }
}

/// A response that makes the connection reset itself. Where there is no connection, in a router
/// that a test calls, its body cannot be read.
fn reset_response() -> Response<Body> {
    let mut response = damage_response(Response::new(Body::empty()), Bytes::new(), &Fault::Truncated);
    response.extensions_mut().insert(ResetConnection);
    response
}

/// The response of an injected status.
fn status_response(app: &App, status: u16, retry_after: Option<RetryAfter>) -> Response<Body> {
    let Ok(status) = StatusCode::from_u16(status) else {
        return ApiError::internal(format!("the injected status {status} is invalid")).into_response();
    };
    let error = match status.as_u16() {
        400 => code::INVALID_REQUEST,
        401 => code::INVALID_TOKEN,
        403 => code::INSUFFICIENT_SCOPE,
        404 => code::NOT_FOUND,
        409 => code::CONFLICT,
        413 => code::TOO_LARGE,
        415 => code::UNSUPPORTED_MEDIA_TYPE,
        429 => code::TOO_MANY_REQUESTS,
        502..=504 => code::UNAVAILABLE,
        _ => code::SERVER_ERROR,
    };
    let mut response = ApiError::new(status, error, "this is an injected fault").into_response();
    let value = match retry_after {
        None => None,
        Some(RetryAfter::Seconds(wait)) => Some(HeaderValue::from(wait.as_millis().div_ceil(1000) as u64)),
        Some(RetryAfter::Date(wait)) => skewed_date(app, wait),
    };
    if let Some(value) = value {
        response.headers_mut().insert("retry-after", value);
    }
    response
}

/// An HTTP date this long from now by the server's clock; none if the date is out of range.
fn skewed_date(app: &App, from_now: Duration) -> Option<HeaderValue> {
    // HTTP dates end with the year 9999.
    const MAX_DATE: Duration = Duration::from_secs(253_402_300_799);
    let skew = app.faults.plan.clock_skew_ms;
    let now = SystemTime::now().checked_add(from_now)?;
    let shift = Duration::from_millis(skew.unsigned_abs());
    let time = if skew < 0 { now.checked_sub(shift) } else { now.checked_add(shift) }?;
    let is_representable = time.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|since| since <= MAX_DATE);
    is_representable.then(|| HeaderValue::try_from(httpdate::fmt_http_date(time)).ok()).flatten()
}

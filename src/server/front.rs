//! What every request passes first and last: its id, the faults, the access log.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

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

use super::app::{App, bearer, unauthorized};
use super::assist::FromInside;
use super::connection::ResetConnection;
use super::endpoint::Endpoint;
use super::faults::{Fault, RetryAfter, Strike, damaged};
use super::reply::Refusal;
use super::store::Fate;
use crate::remote::contract::code;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids of callers are replaced.
const LONGEST_ID: usize = 128;

pub(super) async fn front(State(app): State<Arc<App>>, request: Request, next: Next) -> Response<Body> {
    // What the server asks itself is part of a request that has its id and its line in the log.
    if request.extensions().get::<FromInside>().is_some() {
        let endpoint = Endpoint::of(request.method(), request.uri().path());
        return answered(&app, endpoint, request, next).await;
    }
    let started = Instant::now();
    app.touch(started);
    let id = request_id(request.headers());
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let endpoint = Endpoint::of(&method, uri.path());
    let version = request.version();
    // One request's defect is no reason to leave others on its connection without an answer. What a panic leaves half done is
    // dropped with the future; what requests share is whole after each step.
    let answer = AssertUnwindSafe(answered(&app, endpoint, request, next)).catch_unwind().await;
    let mut response = answer.unwrap_or_else(|_| {
        // What a panic says may be a part of the request.
        tracing::error!(target: "callpath::server", request_id = id.to_str().unwrap_or_default(), "a request panicked");
        let message = "the server has a defect, which this request met";
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, code::SERVER_ERROR, message).into_response()
    });
    response.headers_mut().insert(&REQUEST_ID, id.clone());
    tracing::info!(
        target: "callpath::server::access",
        request_id = id.to_str().unwrap_or_default(),
        method = method.as_str(),
        path = uri.path(),
        status = response.status().as_u16(),
        duration_us = started.elapsed().as_micros() as u64,
        version = ?version,
    );
    response
}

/// The answer, with the faults that strike it and the date of a clock that is wrong.
async fn answered(app: &App, endpoint: Endpoint, request: Request, next: Next) -> Response<Body> {
    let mut response = match app.faults.next(endpoint) {
        None => next.run(request).await,
        Some(strike) => struck(app, strike, request, next).await,
    };
    if app.faults.plan.clock_skew_ms != 0
        && let Some(date) = date(app, Duration::ZERO)
    {
        response.headers_mut().insert(DATE, date);
    }
    response
}

/// The id that the request has, where it is short and printable; else a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let printable = |id: &&HeaderValue| {
        let id = id.as_bytes();
        !id.is_empty() && id.len() <= LONGEST_ID && id.iter().all(u8::is_ascii_graphic)
    };
    match headers.get(&REQUEST_ID).filter(printable) {
        Some(id) => id.clone(),
        // Hexadecimal digits and hyphens are always a header's value.
        None => HeaderValue::try_from(Uuid::now_v7().to_string()).unwrap_or_else(|_| HeaderValue::from_static("-")),
    }
}

async fn struck(app: &App, strike: Strike, mut request: Request, next: Next) -> Response<Body> {
    if !strike.delay.is_zero() {
        tokio::time::sleep(strike.delay).await;
    }
    let fate = strike.fate();
    let Some(fault) = strike.fault else { return next.run(request).await };
    match &fault {
        Fault::Status { status, retry_after } => return refused(app, *status, *retry_after),
        Fault::Unauthorized { .. } => return unauthorized("the token is refused on purpose").into_response(),
        Fault::Reset => return reset(),
        Fault::RevokedToken => {
            if let Some(token) = bearer(request.headers()) {
                app.tokens.revoke(token);
            }
        }
        _ => {}
    }
    if fate != Fate::Completes {
        request.extensions_mut().insert(fate);
    }
    let response = next.run(request).await;
    match &fault {
        Fault::LostAnswer => reset(),
        Fault::Truncated | Fault::Malformed | Fault::WrongType | Fault::SlowBody { .. } => {
            let (head, body) = response.into_parts();
            // Our own answers are whole and in memory.
            let bytes = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
            damaged(Response::from_parts(head, Body::empty()), bytes, &fault)
        }
        _ => response,
    }
}

/// An answer that makes the connection reset itself; where there is no connection (a router that is driven directly), its
/// body cannot be read.
fn reset() -> Response<Body> {
    let mut response = damaged(Response::new(Body::empty()), Bytes::new(), &Fault::Truncated);
    response.extensions_mut().insert(ResetConnection);
    response
}

/// An answer with a status that was not earned.
fn refused(app: &App, status: u16, retry_after: Option<RetryAfter>) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
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
    let mut response = Refusal::new(status, error, "this is a fault on purpose").into_response();
    let value = match retry_after {
        None => None,
        Some(RetryAfter::Seconds(wait)) => Some(HeaderValue::from(wait.as_millis().div_ceil(1000) as u64)),
        Some(RetryAfter::Date(wait)) => date(app, wait),
    };
    if let Some(value) = value {
        response.headers_mut().insert("retry-after", value);
    }
    response
}

/// So long after now on the server's clock, as HTTP writes dates.
fn date(app: &App, after: Duration) -> Option<HeaderValue> {
    let skew = app.faults.plan.clock_skew_ms;
    let now = std::time::SystemTime::now() + after;
    let shift = Duration::from_millis(skew.unsigned_abs());
    let time = if skew < 0 { now.checked_sub(shift) } else { now.checked_add(shift) }?;
    HeaderValue::try_from(httpdate::fmt_http_date(time)).ok()
}

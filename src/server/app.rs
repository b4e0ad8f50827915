//! The state that all requests share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::assist::{Metrics, StandIn};
use super::endpoint::Endpoint;
use super::faults::FaultInjector;
use super::openapi;
use super::options::{Scope, ServerOptions};
use super::response::ApiError;
use super::store::Store;
use super::tokens::{TokenStatus, TokenStore};
use crate::assist::Ledger;
use crate::remote::contract::code;

/// The server's state.
#[derive(Debug)]
pub(super) struct App {
    pub options: ServerOptions,
    pub tokens: TokenStore,
    pub store: Store,
    pub faults: FaultInjector,
    pub openapi: Bytes,
    pub stand_in: StandIn,
    pub ledger: Ledger,
    pub metrics: Metrics,
    draining: AtomicBool,
    /// Notified when the server begins to stop.
    drain_started: Notify,
    /// Whether the response to a submission may carry its result.
    pub returns_results: bool,
    started: Instant,
    /// The time of the last request, in ms from the start.
    last_request_ms: AtomicU64,
}

impl App {
    pub(super) fn new(mut options: ServerOptions, stand_in: StandIn, ledger: Ledger) -> Self {
        let plan = std::mem::take(&mut options.faults);
        // Faults of status requests need status requests to strike.
        let returns_results = !plan.rules.iter().any(|rule| rule.on.is_none_or(|on| on == Endpoint::Status));
        #[expect(
            clippy::expect_used,
            reason = "names and labels are constants, and every test of the server runs this"
        )]
        let metrics = Metrics::new().expect("valid names and labels");
        Self {
            stand_in,
            ledger,
            metrics,
            tokens: TokenStore::default(),
            store: Store::new(options.result_ttl, options.max_simulations),
            faults: FaultInjector::new(plan, options.seed),
            openapi: openapi().to_string().into(),
            draining: AtomicBool::new(false),
            drain_started: Notify::new(),
            returns_results,
            started: Instant::now(),
            last_request_ms: AtomicU64::new(0),
            options,
        }
    }

    /// Records the time of a request.
    pub(super) fn record_request(&self, now: Instant) {
        let ms = now.saturating_duration_since(self.started).as_millis() as u64;
        // Every request reads this; a needless write would evict the value from the caches of the
        // other cores.
        if self.last_request_ms.load(Ordering::Relaxed) != ms {
            self.last_request_ms.store(ms, Ordering::Relaxed);
        }
    }

    /// The time since the last request.
    pub(super) fn idle_time(&self) -> Duration {
        self.started.elapsed().saturating_sub(Duration::from_millis(self.last_request_ms.load(Ordering::Relaxed)))
    }

    /// Refuses submissions from now on, and ends all waits for results.
    pub(super) fn start_draining(&self) {
        self.draining.store(true, Ordering::SeqCst);
        self.drain_started.notify_waiters();
    }

    /// Waits until `at`, or until the server begins to stop.
    pub(super) async fn wait_until(&self, at: Instant) {
        // Created before the check: it sees every notification from here on.
        let drain_started = self.drain_started.notified();
        if self.is_draining() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep_until(at) => {}
            () = drain_started => {}
        }
    }

    /// Whether the server is stopping.
    pub(super) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// Checks that the request's token has a scope.
    pub(super) fn authorize(&self, headers: &HeaderMap, scope: Scope) -> Result<(), ApiError> {
        let Some(token) = bearer_token(headers) else {
            return Err(unauthorized("send a token: 'Authorization: Bearer ...'"));
        };
        match self.tokens.check(token, scope) {
            TokenStatus::Valid => Ok(()),
            TokenStatus::Unknown => Err(unauthorized("the token is unknown or has expired")),
            TokenStatus::InsufficientScope => {
                let scope = scope.name();
                let challenge = format!("Bearer error=\"{}\", scope=\"{scope}\"", code::INSUFFICIENT_SCOPE);
                let message = format!("the token lacks the scope '{scope}'");
                Err(ApiError::new(StatusCode::FORBIDDEN, code::INSUFFICIENT_SCOPE, message)
                    .header("www-authenticate", challenge))
            }
        }
    }
}

/// The token of a request.
pub(super) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}

/// 401 (RFC 6750, section 3).
pub(super) fn unauthorized(message: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, code::INVALID_TOKEN, message)
        .header("www-authenticate", format!("Bearer error=\"{}\"", code::INVALID_TOKEN))
}

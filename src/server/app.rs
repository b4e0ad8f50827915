//! What all requests have in common.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::assist::{Metrics, StandIn};
use super::endpoint::Endpoint;
use super::faults::Faults;
use super::openapi;
use super::options::{Scope, ServerOptions};
use super::reply::Refusal;
use super::store::Store;
use super::tokens::{Tokens, Worth};
use crate::assist::Ledger;
use crate::remote::contract::code;

/// The server's state.
#[derive(Debug)]
pub(super) struct App {
    pub options: ServerOptions,
    pub tokens: Tokens,
    pub store: Store,
    pub faults: Faults,
    pub openapi: Bytes,
    pub stand_in: StandIn,
    pub ledger: Ledger,
    pub metrics: Metrics,
    draining: AtomicBool,
    /// Rings when the server is about to stop.
    drained: Notify,
    /// Whether a submission may be answered with its result.
    pub represents: bool,
    started: Instant,
    /// When the last request came, in ms from the start.
    last_request: AtomicU64,
}

impl App {
    pub(super) fn new(mut options: ServerOptions, stand_in: StandIn, ledger: Ledger) -> Self {
        let plan = std::mem::take(&mut options.faults);
        // Faults of the questions for results want questions to strike.
        let represents = !plan.rules.iter().any(|rule| rule.on.is_none_or(|on| on == Endpoint::Status));
        Self {
            stand_in,
            ledger,
            metrics: Metrics::new().expect("the names and labels are constants, which every test of this room tries"),
            tokens: Tokens::default(),
            store: Store::new(options.result_ttl, options.max_simulations),
            faults: Faults::new(plan, options.seed),
            openapi: openapi().to_string().into(),
            draining: AtomicBool::new(false),
            drained: Notify::new(),
            represents,
            started: Instant::now(),
            last_request: AtomicU64::new(0),
            options,
        }
    }

    /// Notes that somebody is there.
    pub(super) fn touch(&self, now: Instant) {
        let ms = now.saturating_duration_since(self.started).as_millis() as u64;
        // Every request reads this; what is written more often than needed makes the others wait for the memory.
        if self.last_request.load(Ordering::Relaxed) != ms {
            self.last_request.store(ms, Ordering::Relaxed);
        }
    }

    /// For how long nobody has asked anything.
    pub(super) fn idle(&self) -> Duration {
        self.started.elapsed().saturating_sub(Duration::from_millis(self.last_request.load(Ordering::Relaxed)))
    }

    /// No more submissions are taken from now on.
    pub(super) fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
        self.drained.notify_waiters();
    }

    /// Waits until `at`, or until the server is about to stop.
    pub(super) async fn hold(&self, at: Instant) {
        let drained = self.drained.notified();
        // The future above is notified of whatever happens after it was made.
        if self.is_draining() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep_until(at) => {}
            () = drained => {}
        }
    }

    /// Whether the server is about to stop.
    pub(super) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// Refuses a request whose token does not allow this.
    pub(super) fn allow(&self, headers: &HeaderMap, scope: Scope) -> Result<(), Refusal> {
        let Some(token) = bearer(headers) else {
            return Err(unauthorized("send a token: 'Authorization: Bearer ...'"));
        };
        match self.tokens.check(token, scope) {
            Worth::Good => Ok(()),
            Worth::Unknown => Err(unauthorized("the token is not known here, or has expired")),
            Worth::Insufficient => {
                let scope = scope.name();
                let challenge = format!("Bearer error=\"{}\", scope=\"{scope}\"", code::INSUFFICIENT_SCOPE);
                let message = format!("the token lacks the scope '{scope}'");
                Err(Refusal::new(StatusCode::FORBIDDEN, code::INSUFFICIENT_SCOPE, message)
                    .header("www-authenticate", challenge))
            }
        }
    }
}

/// The token of a request.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}

/// 401 (RFC 6750, section 3).
pub(super) fn unauthorized(message: &str) -> Refusal {
    Refusal::new(StatusCode::UNAUTHORIZED, code::INVALID_TOKEN, message)
        .header("www-authenticate", format!("Bearer error=\"{}\"", code::INVALID_TOKEN))
}

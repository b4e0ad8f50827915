//! A QA platform: sends each request until the platform accepts or rejects it, or attempts run out.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use hyper::body::Bytes;
use hyper::header::HeaderValue;

use super::authorizer::{Authorization, Authorizer};
use super::classify::{ResponseClass, classify_response};
use super::segment::SpooledResult;
use super::settings::{Access, ExportSettings};
use crate::remote::client::{
    Body, ClientError, ErrorKind, HttpTransport, Jitter, Limiter, Method, Request, Response, SetupError, Transport,
    TransportError, ceiling, explanation, retry_after,
};
use crate::remote::contract::Preferences;

/// Maximum number of bytes of a response that are read. Only its status and a message matter.
const MAX_RESPONSE_BYTES: usize = 1 << 20;

/// A platform with its connections, tokens and limits.
#[derive(Debug)]
pub struct Platform<T = HttpTransport> {
    settings: ExportSettings,
    transport: T,
    authorizer: Authorizer,
    limiter: Limiter,
    /// Maximum number of results in one request, as far as is known.
    batch: AtomicUsize,
    /// Failed attempts in a row, of all requests.
    failures_in_a_row: AtomicU32,
    /// Whether the platform accepted a request before.
    has_accepted: AtomicBool,
    /// The error of the latest failed attempt.
    last_error: Mutex<Option<String>>,
}

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The platform has the results.
    Accepted,
    /// The request is too large; the response of the platform.
    TooLarge(String),
    /// The platform rejects the results; its response.
    Rejected(String),
    /// It failed for this reason and may succeed later.
    Retry(String),
    /// No request can succeed, for this reason.
    Stopped(String),
}

/// The outcome of one attempt.
enum AttemptOutcome {
    /// The outcome of the request.
    Final(SendOutcome),
    /// The platform rejects this authorization, which can be renewed.
    Unauthorized(Authorization),
    /// It failed for this reason and is repeated.
    Failed(String),
}

impl Platform {
    /// A platform with these settings. Must be created and used inside a tokio runtime.
    ///
    /// # Errors
    /// When certificates cannot be read, or there are none to check an `https` server against.
    pub fn new(settings: ExportSettings) -> Result<Self, SetupError> {
        let token_url = match &settings.access {
            Access::Client(client) => Some(client.token_url.clone()),
            _ => None,
        };
        let urls = std::iter::once(&settings.url).chain(&token_url);
        let transport =
            HttpTransport::to(urls, settings.ca_file.as_deref(), settings.request_timeout, MAX_RESPONSE_BYTES)?;
        Ok(Self::with_transport(settings, transport))
    }
}

impl<T: Transport> Platform<T> {
    /// A platform with these settings over a given transport.
    pub fn with_transport(settings: ExportSettings, transport: T) -> Self {
        Self {
            authorizer: Authorizer::new(&settings.name, settings.access.clone()),
            limiter: Limiter::new(settings.rate, None, settings.backoff_base, Jitter::random()),
            batch: AtomicUsize::new(settings.batch),
            failures_in_a_row: AtomicU32::new(0),
            has_accepted: AtomicBool::new(false),
            last_error: Mutex::new(None),
            settings,
            transport,
        }
    }

    /// The settings of the platform.
    pub fn settings(&self) -> &ExportSettings {
        &self.settings
    }

    /// The error of the latest failed attempt.
    pub fn last_error(&self) -> Option<String> {
        self.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Maximum number of results in one request, as far as is known.
    pub fn batch(&self) -> usize {
        self.batch.load(Relaxed)
    }

    /// Lowers the maximum number of results in one request.
    pub fn limit_batch(&self, size: usize) {
        self.batch.fetch_min(size.max(1), Relaxed);
    }

    /// Sends results in one request.
    pub async fn send(&self, results: &[SpooledResult]) -> SendOutcome {
        let mut request = match self.build_request(results) {
            Ok(request) => request,
            Err(error) => return SendOutcome::Stopped(error.to_string()),
        };
        let mut jitter = Jitter::random();
        let mut renewed = false;
        let mut rejected = None;
        let mut attempts = 0;
        loop {
            // Never an error: the delivery, not the limiter, has the deadline.
            let _ = self.limiter.acquire(Duration::MAX).await;
            let cause = match self.attempt(&mut request, rejected.take(), renewed).await {
                AttemptOutcome::Final(sent) => return sent,
                AttemptOutcome::Unauthorized(authorization) => {
                    tracing::debug!(export = %self.settings.name, "token rejected, fetching a new one");
                    rejected = Some(authorization);
                    renewed = true;
                    continue;
                }
                AttemptOutcome::Failed(cause) => cause,
            };
            attempts += 1;
            *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) = Some(cause.clone());
            let (base, cap) = (self.settings.backoff_base, self.settings.backoff_cap);
            // Failures of all requests in a row are the fault of the platform, so that all slow
            // down.
            let in_a_row = self.failures_in_a_row.fetch_add(1, Relaxed) + 1;
            let rounds = in_a_row / u32::try_from(self.settings.in_flight).unwrap_or(u32::MAX).max(1);
            if rounds > 0 {
                self.limiter.pause(jitter.up_to(ceiling(base, cap, rounds)));
            }
            if attempts >= self.settings.attempts {
                return SendOutcome::Retry(cause);
            }
            let pause = jitter.up_to(ceiling(base, cap, attempts));
            tracing::debug!(export = %self.settings.name, results = results.len(), pause_ms = pause.as_millis() as u64, %cause, "tried again");
            tokio::time::sleep(pause).await;
        }
    }

    /// Sends the request once. `rejected` is the authorization that the platform just rejected, if
    /// `renewed`.
    async fn attempt(&self, request: &mut Request, rejected: Option<Authorization>, renewed: bool) -> AttemptOutcome {
        let authorization = match self.authorizer.authorize(&self.transport, rejected.as_ref()).await {
            Ok(authorization) => authorization,
            Err(error) if is_hopeless(&error) => return AttemptOutcome::Final(SendOutcome::Stopped(error.to_string())),
            Err(error) => return AttemptOutcome::Failed(error.to_string()),
        };
        request.authorization = authorization.header();
        let response = match self.transport.send(request).await {
            Ok(response) => response,
            Err(TransportError::Invalid(problem)) => return AttemptOutcome::Final(SendOutcome::Stopped(problem)),
            Err(problem) => {
                let text = format!("{} gives no answer: {problem}", self.host());
                return AttemptOutcome::Failed(self.authorizer.redacted(&text));
            }
        };
        let class = classify_response(response.status, self.has_accepted.load(Relaxed));
        if class != ResponseClass::Retry {
            self.failures_in_a_row.store(0, Relaxed);
        }
        AttemptOutcome::Final(match class {
            ResponseClass::Accepted => {
                self.has_accepted.store(true, Relaxed);
                SendOutcome::Accepted
            }
            ResponseClass::TooLarge => SendOutcome::TooLarge(self.describe(response)),
            ResponseClass::Rejected => SendOutcome::Rejected(self.describe(response)),
            ResponseClass::Unauthorized if self.authorizer.can_renew() && !renewed => {
                return AttemptOutcome::Unauthorized(authorization);
            }
            ResponseClass::Stopped | ResponseClass::Unauthorized => SendOutcome::Stopped(self.describe(response)),
            ResponseClass::Retry => {
                let asked = response.header("retry-after");
                let asked = asked.and_then(|text| retry_after(text, response.header("date"), SystemTime::now()));
                if let Some(wait) = asked {
                    self.limiter.pause(wait);
                }
                return AttemptOutcome::Failed(self.describe(response));
            }
        })
    }

    fn build_request(&self, results: &[SpooledResult]) -> Result<Request, ClientError> {
        let (key, body) = match (self.settings.batch, results) {
            (1, [result]) => (result.key.clone(), result.payload.clone()),
            _ => (batch_key(results), json_array(results)),
        };
        let key = HeaderValue::try_from(key)
            .map_err(|_| ClientError::new(ErrorKind::Rejected, "the key of a result cannot be sent in a header"))?;
        Ok(Request {
            method: Method::Post,
            url: self.settings.url.clone(),
            authorization: None,
            idempotency_key: Some(key),
            prefer: Preferences::default(),
            body: Some(Body { content_type: "application/json", bytes: body }),
        })
    }

    /// The host for messages. A path or a query may carry a key.
    fn host(&self) -> String {
        let host = self.settings.url.host_str().unwrap_or_default();
        self.settings.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Describes a response, with secrets that it repeats redacted.
    fn describe(&self, mut response: Response) -> String {
        let meaning = match (response.status, self.authorizer.can_renew()) {
            (401, true) => " (it rejects the token, and a new one too)",
            (401, false) => match self.settings.access {
                Access::Open => " (it requires a token: set 'bearer-env', or 'client-id' and 'client-secret-env')",
                _ => " (it rejects the token)",
            },
            (403, _) => " (access denied: check the rights of the token)",
            (404 | 405, _) => " (check 'url')",
            (300..=399, _) => " (it redirects: set the new address as 'url')",
            _ => "",
        };
        let text = String::from_utf8_lossy(&response.body);
        let clean = self.authorizer.redacted(&text);
        if clean != *text {
            response.body = Bytes::from(clean);
        }
        let said = explanation(&response).map_or(String::new(), |said| format!(": {said}"));
        format!("{} answered {}{meaning}{said}", self.host(), response.status)
    }
}

/// Whether no retry of a token request can help.
fn is_hopeless(error: &ClientError) -> bool {
    !matches!(error.kind, ErrorKind::Unreachable | ErrorKind::Busy)
}

fn json_array(results: &[SpooledResult]) -> Bytes {
    let length: usize = results.iter().map(|result| result.payload.len() + 1).sum();
    let mut body = Vec::with_capacity(length + 2);
    body.push(b'[');
    for (index, result) in results.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(&result.payload);
    }
    body.push(b']');
    Bytes::from(body)
}

/// A key that is the same for the same results in the same order.
fn batch_key(results: &[SpooledResult]) -> String {
    // The standard library's hasher without a random key. A batch of other results is another
    // request, and the platform identifies results by their own keys.
    let mut hasher = DefaultHasher::new();
    results.iter().for_each(|result| hasher.write(result.key.as_bytes()));
    let first = results.first().map_or("", |result| result.key.as_str());
    format!("{first}-{}-{:016x}", results.len(), hasher.finish())
}

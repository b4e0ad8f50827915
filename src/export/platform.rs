//! A QA platform: requests are sent until it takes them, refuses them or cannot be reached.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use hyper::body::Bytes;
use hyper::header::HeaderValue;

use super::authority::{Authority, Right};
use super::judge::{Judgement, judge};
use super::segment::Item;
use super::settings::{Access, ExportSettings};
use crate::remote::client::{
    Body, ClientError, ErrorKind, HttpTransport, Jitter, Limiter, Method, Request, Response, SetupError, Transport,
    TransportError, ceiling, explanation, retry_after,
};
use crate::remote::contract::Preferences;

/// So much of an answer is read: only its status counts.
const LONGEST: usize = 1 << 20;

/// A platform with its connections, its token and its limits.
#[derive(Debug)]
pub struct Platform<T = HttpTransport> {
    settings: ExportSettings,
    transport: T,
    authority: Authority,
    limiter: Limiter,
    /// Results in one request, as the platform takes them.
    batch: AtomicUsize,
    /// Tries in a row that failed, whoever made them.
    failed: AtomicU32,
    /// It has taken something.
    proven: AtomicBool,
    /// Why the last try failed that did.
    trouble: Mutex<Option<String>>,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It has arrived.
    Accepted,
    /// It is too large; what the platform says.
    TooLarge(String),
    /// The platform does not take it; what it says.
    Refused(String),
    /// It did not arrive now, for this reason.
    Later(String),
    /// Nothing will arrive, for this reason.
    Closed(String),
}

/// What became of one try.
enum Try {
    /// The last one that is made.
    Over(Sent),
    /// The platform refuses this right, and there may be another.
    Refused(Right),
    /// Another one may do better; what is wrong.
    Failed(String),
}

impl Platform {
    /// The platform of these settings. Nothing is sent yet; it must be made and used inside a tokio runtime.
    ///
    /// # Errors
    /// When certificates cannot be read, or there are none to check an `https` server against.
    pub fn new(settings: ExportSettings) -> Result<Self, SetupError> {
        let token_url = match &settings.access {
            Access::Client(client) => Some(client.token_url.clone()),
            _ => None,
        };
        let urls = std::iter::once(&settings.url).chain(&token_url);
        let transport = HttpTransport::to(urls, settings.ca_file.as_deref(), settings.request_timeout, LONGEST)?;
        Ok(Self::over(settings, transport))
    }
}

impl<T: Transport> Platform<T> {
    /// The platform of these settings over a given transport.
    pub fn over(settings: ExportSettings, transport: T) -> Self {
        Self {
            authority: Authority::new(&settings.name, settings.access.clone()),
            limiter: Limiter::new(settings.rate, None, settings.backoff_base, Jitter::random()),
            batch: AtomicUsize::new(settings.batch),
            failed: AtomicU32::new(0),
            proven: AtomicBool::new(false),
            trouble: Mutex::new(None),
            settings,
            transport,
        }
    }

    /// Its settings.
    pub fn settings(&self) -> &ExportSettings {
        &self.settings
    }

    /// Why the last try failed that did.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Results in one request at most, as far as is known now.
    pub fn batch(&self) -> usize {
        self.batch.load(Relaxed)
    }

    /// Learns that so many results are as many as the platform takes.
    pub fn shrink(&self, most: usize) {
        self.batch.fetch_min(most.max(1), Relaxed);
    }

    /// Sends results in one request.
    pub async fn send(&self, items: &[Item]) -> Sent {
        let mut call = match self.call(items) {
            Ok(call) => call,
            Err(error) => return Sent::Closed(error.to_string()),
        };
        let mut jitter = Jitter::random();
        let mut renewed = false;
        let mut refused = None;
        let mut tries = 0;
        loop {
            // Nobody's patience ends here: who waits for this call ends it.
            let _ = self.limiter.acquire(Duration::MAX).await;
            let cause = match self.try_once(&mut call, refused.take(), renewed).await {
                Try::Over(sent) => return sent,
                Try::Refused(right) => {
                    tracing::debug!(export = %self.settings.name, "the token was refused, a new one is fetched");
                    refused = Some(right);
                    renewed = true;
                    continue;
                }
                Try::Failed(cause) => cause,
            };
            tries += 1;
            *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(cause.clone());
            let (base, cap) = (self.settings.backoff_base, self.settings.backoff_cap);
            // Where nobody gets through it is not about this request: all slow down.
            let in_a_row = self.failed.fetch_add(1, Relaxed) + 1;
            let rounds = in_a_row / u32::try_from(self.settings.in_flight).unwrap_or(u32::MAX).max(1);
            if rounds > 0 {
                self.limiter.pause(jitter.up_to(ceiling(base, cap, rounds)));
            }
            if tries >= self.settings.attempts {
                return Sent::Later(cause);
            }
            let pause = jitter.up_to(ceiling(base, cap, tries));
            tracing::debug!(export = %self.settings.name, results = items.len(), pause_ms = pause.as_millis() as u64, %cause, "tried again");
            tokio::time::sleep(pause).await;
        }
    }

    /// One try. `refused` is what the platform did not accept just before, if `renewed`.
    async fn try_once(&self, call: &mut Request, refused: Option<Right>, renewed: bool) -> Try {
        let right = match self.authority.right(&self.transport, refused.as_ref()).await {
            Ok(right) => right,
            Err(error) if is_hopeless(&error) => return Try::Over(Sent::Closed(error.to_string())),
            Err(error) => return Try::Failed(error.to_string()),
        };
        call.authorization = right.header();
        let answer = match self.transport.send(call).await {
            Ok(answer) => answer,
            Err(TransportError::Invalid(problem)) => return Try::Over(Sent::Closed(problem)),
            Err(problem) => {
                let text = format!("{} gives no answer: {problem}", self.place());
                return Try::Failed(self.authority.redacted(&text));
            }
        };
        let judgement = judge(answer.status, self.proven.load(Relaxed));
        if judgement != Judgement::Again {
            self.failed.store(0, Relaxed);
        }
        Try::Over(match judgement {
            Judgement::Accepted => {
                self.proven.store(true, Relaxed);
                Sent::Accepted
            }
            Judgement::TooLarge => Sent::TooLarge(self.words(answer)),
            Judgement::Refused => Sent::Refused(self.words(answer)),
            Judgement::Unauthorized if self.authority.can_renew() && !renewed => return Try::Refused(right),
            Judgement::Closed | Judgement::Unauthorized => Sent::Closed(self.words(answer)),
            Judgement::Again => {
                let asked = answer.header("retry-after");
                let asked = asked.and_then(|text| retry_after(text, answer.header("date"), SystemTime::now()));
                if let Some(wait) = asked {
                    self.limiter.pause(wait);
                }
                return Try::Failed(self.words(answer));
            }
        })
    }

    fn call(&self, items: &[Item]) -> Result<Request, ClientError> {
        let (key, body) = match (self.settings.batch, items) {
            (1, [item]) => (item.key.clone(), item.payload.clone()),
            _ => (batch_key(items), array(items)),
        };
        let key = HeaderValue::try_from(key).map_err(|_| {
            ClientError::new(ErrorKind::Rejected, "the key of a result in the spool does not fit into a header")
        })?;
        Ok(Request {
            method: Method::Post,
            url: self.settings.url.clone(),
            authorization: None,
            idempotency_key: Some(key),
            prefer: Preferences::default(),
            body: Some(Body { content_type: "application/json", bytes: body }),
        })
    }

    /// The host, for messages: a path or a query may carry a key.
    fn place(&self) -> String {
        let host = self.settings.url.host_str().unwrap_or_default();
        self.settings.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// An answer in words, without what it repeats of the secrets.
    fn words(&self, mut answer: Response) -> String {
        let meaning = match (answer.status, self.authority.can_renew()) {
            (401, true) => " (it refuses the token, also a new one)",
            (401, false) => match self.settings.access {
                Access::Open => " (it wants a token: set 'bearer-env', or 'client-id' and 'client-secret-env')",
                _ => " (it refuses the token)",
            },
            (403, _) => " (it does not allow that: check the token's rights)",
            (404 | 405, _) => " (check 'url')",
            (300..=399, _) => " (it sends to another address: set that as 'url')",
            _ => "",
        };
        let text = String::from_utf8_lossy(&answer.body);
        let clean = self.authority.redacted(&text);
        if clean != *text {
            answer.body = Bytes::from(clean);
        }
        let said = explanation(&answer).map_or(String::new(), |said| format!(": {said}"));
        format!("{} answered {}{meaning}{said}", self.place(), answer.status)
    }
}

/// Whether no further try of a token's request can help.
fn is_hopeless(error: &ClientError) -> bool {
    !matches!(error.kind, ErrorKind::Unreachable | ErrorKind::Busy)
}

fn array(items: &[Item]) -> Bytes {
    let length: usize = items.iter().map(|item| item.payload.len() + 1).sum();
    let mut body = Vec::with_capacity(length + 2);
    body.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(&item.payload);
    }
    body.push(b']');
    Bytes::from(body)
}

/// The same for the same results in the same order.
fn batch_key(items: &[Item]) -> String {
    // The standard library's hasher without a random key; a batch that is formed anew is another request, and results are
    // known by their own keys.
    let mut hasher = DefaultHasher::new();
    items.iter().for_each(|item| hasher.write(item.key.as_bytes()));
    let first = items.first().map_or("", |item| item.key.as_str());
    format!("{first}-{}-{:016x}", items.len(), hasher.finish())
}

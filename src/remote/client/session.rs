//! Requests with a token, within the limits, tried until they are answered or beyond help.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::body::Bytes;
use hyper::header::HeaderValue;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use tokio::time::Instant;

use super::backoff::Jitter;
use super::credentials::{redacted, token_request};
use super::error::ClientError;
use super::limit::Limiter;
use super::settings::{Credentials, RemoteSettings};
use super::token::{Token, TokenAnswer, TokenCache};
use super::transport::{Request, Response, Transport};
use super::tries::Tries;
use super::wording;

/// A target with its token, its limits and its connections: one for all callers.
#[derive(Debug)]
pub struct Session<T> {
    pub(super) settings: RemoteSettings,
    transport: T,
    tokens: TokenCache,
    pub(super) limiter: Limiter,
    seed: u64,
    pub(super) tally: Tally,
    /// Requests that were answered with success.
    answered: AtomicU64,
}

/// What a session has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Requests sent, each try counted; tokens not included.
    pub requests: u64,
    /// Tries after a first one.
    pub retries: u64,
    /// Answers 429.
    pub throttled: u64,
    /// Answers 502, 503 and 504.
    pub unavailable: u64,
    /// Tries without an answer, or with one that could not be read.
    pub broken: u64,
    /// Answers 401.
    pub unauthorized: u64,
    /// Requests for a token, each try counted.
    pub tokens: u64,
}

/// [`Counts`] in the making.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) requests: AtomicU64,
    pub(super) retries: AtomicU64,
    pub(super) throttled: AtomicU64,
    pub(super) unavailable: AtomicU64,
    pub(super) broken: AtomicU64,
    pub(super) unauthorized: AtomicU64,
    pub(super) tokens: AtomicU64,
    drawn: AtomicU64,
}

/// An answer that was understood.
#[derive(Debug)]
pub struct Reply<D> {
    /// What it says.
    pub value: D,
    /// When the try that brought it was sent.
    pub sent: Instant,
}

impl<T> Session<T> {
    /// A session that has not sent anything yet.
    pub fn new(settings: RemoteSettings, transport: T) -> Self {
        Self::seeded(settings, transport, Jitter::random().number())
    }

    /// The same with a given seed for the pauses between tries.
    pub fn seeded(settings: RemoteSettings, transport: T, seed: u64) -> Self {
        let limiter =
            Limiter::new(settings.rate, settings.in_flight, settings.retry.base, Jitter::seeded(seed.wrapping_add(1)));
        Self {
            settings,
            transport,
            tokens: TokenCache::default(),
            limiter,
            seed,
            tally: Tally::default(),
            answered: AtomicU64::new(0),
        }
    }

    /// Its settings.
    pub fn settings(&self) -> &RemoteSettings {
        &self.settings
    }

    /// Its limits.
    pub fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// How many requests were answered with success. Once there is one the target works, and what fails is one request.
    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// What it has done so far.
    pub fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            requests: read(&self.tally.requests),
            retries: read(&self.tally.retries),
            throttled: read(&self.tally.throttled),
            unavailable: read(&self.tally.unavailable),
            broken: read(&self.tally.broken),
            unauthorized: read(&self.tally.unauthorized),
            tokens: read(&self.tally.tokens),
        }
    }

    /// A text of others without this session's credentials, wherever they may have been repeated.
    pub(super) fn redacted(&self, text: &str) -> String {
        let Some(credentials) = &self.settings.credentials else { return text.to_owned() };
        redacted(text, credentials, &self.tokens.known())
    }

    /// An answer without the credentials that a server may have repeated in it.
    pub(super) fn clean(&self, mut answer: Response) -> Response {
        let text = String::from_utf8_lossy(&answer.body);
        let clean = self.redacted(&text);
        if clean != *text {
            answer.body = Bytes::from(clean);
        }
        // What was a header's value stays one: the replacement is plain ASCII.
        if let Some(Ok(place)) = answer.header("location").map(|place| HeaderValue::try_from(self.redacted(place))) {
            answer.headers.insert("location", place);
        }
        answer
    }

    /// The chance of one more request.
    pub(super) fn draw(&self) -> Jitter {
        let drawn = self.tally.drawn.fetch_add(1, Ordering::Relaxed);
        Jitter::derived(self.seed, drawn)
    }
}

impl<T: Transport> Session<T> {
    /// Sends a request with the session's token until `decode` understands its answer. `what` names the request in
    /// messages; the error of `decode` is tried again at first, as an answer may be cut off.
    pub async fn request<D>(
        &self,
        request: Request,
        what: &str,
        decode: impl Fn(&Response) -> Result<D, String> + Sync,
    ) -> Result<Reply<D>, ClientError> {
        let reply = self.ask(request, what, decode).await?;
        count(&self.answered);
        Ok(reply)
    }

    /// The same, where a success does not show that the target can be used.
    pub(super) async fn ask<D>(
        &self,
        mut request: Request,
        what: &str,
        decode: impl Fn(&Response) -> Result<D, String> + Sync,
    ) -> Result<Reply<D>, ClientError> {
        let mut token = match &self.settings.credentials {
            Some(credentials) => Some(self.tokens.get(|| self.fetch_token(credentials)).await?),
            None => None,
        };
        let mut renewed = false;
        let mut tries = Tries::new(self, what);
        loop {
            tries.wait().await?;
            request.authorization = token.as_ref().map(|token| token.header.clone());
            count(&self.tally.requests);
            let sent = Instant::now();
            let result = self.transport.send(&request).await;
            if let (Ok(answer), Some(old), Some(credentials)) = (&result, &token, &self.settings.credentials)
                && answer.status == 401
                && !renewed
            {
                count(&self.tally.unauthorized);
                tracing::debug!(target = %self.settings.name, what, "the token was refused, a new one is fetched");
                token = Some(self.tokens.other_than(Some(old), || self.fetch_token(credentials)).await?);
                renewed = true;
                continue;
            }
            match tries.judge(&request.url, result, &decode).await? {
                Some(value) => return Ok(Reply { value, sent }),
                // A token may have been replaced during a long pause.
                None => {
                    if let Some(credentials) = &self.settings.credentials {
                        token = Some(self.tokens.get(|| self.fetch_token(credentials)).await?);
                    }
                }
            }
        }
    }

    /// Sends a request once with the session's token and within its rate, for callers that decide themselves what is worth another try. A token
    /// that is refused is replaced once and the request sent again with the new one; an answer 401 is about that one.
    ///
    /// # Errors
    /// When there is no token, or no answer.
    pub async fn once(&self, mut request: Request, what: &str) -> Result<Response, ClientError> {
        let patience = self.settings.retry.deadline;
        let mut token = match &self.settings.credentials {
            Some(credentials) => Some(self.tokens.get(|| self.fetch_token(credentials)).await?),
            None => None,
        };
        let mut renewed = false;
        loop {
            if let Err(left) = self.limiter.acquire(patience).await {
                return Err(wording::told_to_wait(&self.settings.name, what, left, patience));
            }
            request.authorization = token.as_ref().map(|token| token.header.clone());
            count(&self.tally.requests);
            let answer = match self.transport.send(&request).await {
                Ok(answer) => answer,
                Err(error) => {
                    count(&self.tally.broken);
                    return Err(wording::unreachable(&self.settings.name, &request.url, &error));
                }
            };
            match &self.settings.credentials {
                Some(credentials) if answer.status == 401 && !renewed => {
                    count(&self.tally.unauthorized);
                    token = Some(self.tokens.other_than(token.as_ref(), || self.fetch_token(credentials)).await?);
                    renewed = true;
                }
                _ if (200..300).contains(&answer.status) => {
                    count(&self.answered);
                    return Ok(answer);
                }
                _ => return Ok(self.clean(answer)),
            }
        }
    }

    /// Boxed, because it is a request within a request.
    fn fetch_token<'a>(
        &'a self,
        credentials: &'a Credentials,
    ) -> Pin<Box<dyn Future<Output = Result<Token, ClientError>> + Send + 'a>> {
        Box::pin(async move {
            let request = token_request(credentials)?;
            let mut tries = Tries::new(self, "the request for a token");
            loop {
                tries.wait().await?;
                count(&self.tally.tokens);
                let asked = Instant::now();
                let result = self.transport.send(&request).await;
                if let Ok(answer) = &result
                    && matches!(answer.status, 400 | 401 | 403)
                {
                    return Err(wording::refused(&self.settings.name, &credentials.token_url, answer));
                }
                let decode = |answer: &Response| {
                    let token: TokenAnswer = wording::json(answer, false)?;
                    Ok((token.header()?, token.lifetime()))
                };
                if let Some((header, lifetime)) = tries.judge(&request.url, result, &decode).await? {
                    tracing::debug!(target = %self.settings.name, lifetime_s = lifetime.as_secs(), "a token was fetched");
                    return Ok(Token::new(header, asked, lifetime, self.settings.refresh_early));
                }
            }
        })
    }
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests;

//! Access tokens: fetched once for any number of callers, replaced before they expire.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use hyper::header::HeaderValue;
use serde::Deserialize;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::error::{ClientError, ErrorKind};

/// A token that says nothing about its life is taken for an hour's: the usual, and a 401 tells when it was less.
const UNSAID: Duration = Duration::from_secs(3600);
/// A token that claims to be expired already is used for this long, lest every request fetch one.
const SHORTEST: Duration = Duration::from_secs(1);
/// No token is used for longer.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// What a token endpoint answers (RFC 6749, section 5.1). `Debug` shows nothing of the token.
#[derive(Deserialize)]
pub(crate) struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    token_type: Option<String>,
    /// In seconds; some servers write a text.
    #[serde(default)]
    expires_in: Option<serde_json::Value>,
}

impl std::fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenAnswer").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

impl TokenAnswer {
    /// The header that carries the token; the error says what is wrong with the answer, without the token.
    pub(crate) fn header(&self) -> Result<HeaderValue, String> {
        if let Some(kind) = self.token_type.as_deref().filter(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(format!("its token is of type {}, not 'Bearer'", crate::source::diagnostics::quoted(kind)));
        }
        if self.access_token.is_empty() {
            return Err("its token is empty".into());
        }
        let mut header = HeaderValue::try_from(format!("Bearer {}", self.access_token))
            .map_err(|_| "its token has characters that no header can carry".to_owned())?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// How long the token lives, counted from before it was asked for.
    pub(crate) fn lifetime(&self) -> Duration {
        let seconds = match &self.expires_in {
            None | Some(serde_json::Value::Null) => return UNSAID,
            Some(serde_json::Value::Number(number)) => number.as_f64(),
            Some(serde_json::Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        match seconds {
            Some(seconds) if seconds.is_finite() => {
                Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(LONGEST).min(LONGEST)
            }
            _ => UNSAID,
        }
    }
}

/// A token in use. `Debug` shows nothing of it: the header is marked as sensitive.
#[derive(Debug)]
pub(crate) struct Token {
    /// The value of `Authorization`.
    pub header: HeaderValue,
    refresh_at: Instant,
    expires_at: Instant,
}

impl Token {
    /// A token that was asked for at `asked` and lives so long from then on; it is replaced `early` before its end, at
    /// half its life where that is shorter than twice `early`.
    pub(crate) fn new(header: HeaderValue, asked: Instant, lifetime: Duration, early: Duration) -> Self {
        let lifetime = lifetime.clamp(SHORTEST, LONGEST);
        let use_for = lifetime.saturating_sub(early).max(lifetime / 2).max(SHORTEST);
        Self { header, refresh_at: asked + use_for, expires_at: asked + lifetime }
    }
}

/// The token that all callers of one target share.
#[derive(Debug, Default)]
pub(crate) struct TokenCache {
    current: RwLock<Option<Arc<Token>>>,
    /// The one before: servers may still speak of it.
    previous: RwLock<Option<Arc<Token>>>,
    /// Held while a token is fetched: the error of the last fetch, where it failed.
    fetching: Mutex<Option<ClientError>>,
    /// Fetches that have ended.
    ended: AtomicU64,
}

impl TokenCache {
    /// The token to be used now. Only one caller runs `fetch` at a time; those who came while it ran get what it got, the
    /// error included. While the old token still lives nobody waits for its replacement but the one who fetches it.
    pub(crate) async fn get<F>(&self, fetch: impl FnOnce() -> F) -> Result<Arc<Token>, ClientError>
    where
        F: Future<Output = Result<Token, ClientError>>,
    {
        let now = Instant::now();
        let Some(token) = self.current() else { return self.other_than(None, fetch).await };
        if now < token.refresh_at {
            return Ok(token);
        }
        if now >= token.expires_at {
            return self.other_than(Some(&token), fetch).await;
        }
        match self.fetching.try_lock() {
            // A failure to replace a token early is no failure yet.
            Ok(last) => Ok(self.run(last, Some(&token), fetch).await.unwrap_or(token)),
            Err(_) => Ok(token),
        }
    }

    /// A token other than the one that a server has just refused (or that has expired): the one that somebody fetched
    /// meanwhile, else a new one.
    pub(crate) async fn other_than<F>(
        &self,
        old: Option<&Arc<Token>>,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<Token>, ClientError>
    where
        F: Future<Output = Result<Token, ClientError>>,
    {
        let ended = self.ended.load(SeqCst);
        let last = self.fetching.lock().await;
        if let Some(error) = &*last {
            let waited_for_it = self.ended.load(SeqCst) != ended;
            // Credentials that never worked are not tried again by every scenario of a run.
            let hopeless = error.kind == ErrorKind::Credentials && self.current().is_none();
            if waited_for_it || hopeless {
                return Err(error.clone());
            }
        }
        self.run(last, old, fetch).await
    }

    async fn run<F>(
        &self,
        mut last: MutexGuard<'_, Option<ClientError>>,
        old: Option<&Arc<Token>>,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<Token>, ClientError>
    where
        F: Future<Output = Result<Token, ClientError>>,
    {
        if let Some(current) = self.current()
            && old.is_none_or(|old| !Arc::ptr_eq(old, &current))
        {
            return Ok(current);
        }
        let result = fetch().await;
        let result = match result {
            Ok(token) => {
                let token = Arc::new(token);
                let old = self.current.write().unwrap_or_else(PoisonError::into_inner).replace(token.clone());
                *self.previous.write().unwrap_or_else(PoisonError::into_inner) = old;
                *last = None;
                Ok(token)
            }
            Err(error) => {
                *last = Some(error.clone());
                Err(error)
            }
        };
        self.ended.fetch_add(1, SeqCst);
        result
    }

    /// The token that was fetched last and the one before: what must not be shown.
    pub(crate) fn known(&self) -> [Option<Arc<Token>>; 2] {
        [self.current(), self.previous.read().unwrap_or_else(PoisonError::into_inner).clone()]
    }

    fn current(&self) -> Option<Arc<Token>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests;

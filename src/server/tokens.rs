//! The tokens that are good.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::options::Scope;

/// How many tokens are remembered; the oldest give way.
const MOST: usize = 10_000;

/// SHA-256 of a token: what is kept cannot be used as a token.
type Hash = [u8; 32];

#[derive(Debug, Default)]
pub(super) struct Tokens {
    good: RwLock<HashMap<Hash, Grant>>,
    /// In the order of their end: the lifetime is the same for all.
    order: Mutex<std::collections::VecDeque<(Instant, Hash)>>,
}

#[derive(Clone, Copy, Debug)]
struct Grant {
    until: Instant,
    scopes: u8,
}

/// What a token is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    /// It allows what is asked.
    Good,
    /// It is not known, or no longer good.
    Unknown,
    /// It does not allow this.
    Insufficient,
}

impl Tokens {
    /// Remembers a token.
    pub(super) fn add(&self, token: &str, scopes: u8, ttl: Duration) {
        let (now, hash) = (Instant::now(), hash(token));
        let until = now + ttl;
        let mut order = self.order();
        let mut good = self.good.write().unwrap_or_else(PoisonError::into_inner);
        while order.front().is_some_and(|(until, _)| *until <= now) || order.len() >= MOST {
            if let Some((_, old)) = order.pop_front() {
                good.remove(&old);
            }
        }
        order.push_back((until, hash));
        good.insert(hash, Grant { until, scopes });
    }

    /// Whether a token allows this.
    pub(super) fn check(&self, token: &str, scope: Scope) -> Worth {
        let hash = hash(token);
        let grant = self.good.read().unwrap_or_else(PoisonError::into_inner).get(&hash).copied();
        match grant {
            Some(grant) if grant.until > Instant::now() => {
                if grant.scopes & scope.bit() == 0 {
                    Worth::Insufficient
                } else {
                    Worth::Good
                }
            }
            _ => Worth::Unknown,
        }
    }

    /// Forgets a token: it has expired before its time.
    pub(super) fn revoke(&self, token: &str) {
        self.good.write().unwrap_or_else(PoisonError::into_inner).remove(&hash(token));
    }

    fn order(&self) -> MutexGuard<'_, std::collections::VecDeque<(Instant, Hash)>> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_token_is_good_until_its_end_or_its_revocation() {
        let tokens = Tokens::default();
        tokens.add("a", Scope::Run.bit(), Duration::from_secs(10));
        tokens.add("b", Scope::Run.bit(), Duration::from_secs(10));
        assert_eq!(tokens.check("a", Scope::Run), Worth::Good);
        assert_eq!(tokens.check("a", Scope::Read), Worth::Insufficient);
        assert_eq!(tokens.check("c", Scope::Run), Worth::Unknown);
        tokens.revoke("b");
        assert_eq!(tokens.check("b", Scope::Run), Worth::Unknown);
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(tokens.check("a", Scope::Run), Worth::Unknown);
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_tokens_are_remembered_and_no_more() {
        let tokens = Tokens::default();
        for index in 0..=MOST {
            tokens.add(&index.to_string(), 7, Duration::from_secs(10));
        }
        assert_eq!(tokens.good.read().unwrap().len(), MOST);
        assert_eq!(tokens.check("0", Scope::Run), Worth::Unknown);
        assert_eq!(tokens.check(&MOST.to_string(), Scope::Run), Worth::Good);
        tokio::time::advance(Duration::from_secs(11)).await;
        tokens.add("new", 7, Duration::from_secs(10));
        assert_eq!(tokens.good.read().unwrap().len(), 1);
    }
}

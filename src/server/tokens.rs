//! The store of access tokens.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::options::Scope;

/// Maximum number of tokens; the oldest are forgotten first.
const MAX_TOKENS: usize = 10_000;

/// SHA-256 of a token: the stored value cannot be used as a token.
type Hash = [u8; 32];

#[derive(Debug, Default)]
pub(super) struct TokenStore {
    grants: RwLock<HashMap<Hash, Grant>>,
    /// Ordered by expiry, because all tokens have the same lifetime.
    order: Mutex<std::collections::VecDeque<(Instant, Hash)>>,
}

#[derive(Clone, Copy, Debug)]
struct Grant {
    expires_at: Instant,
    scopes: u8,
}

/// Whether a token allows a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenStatus {
    /// It has the scope.
    Valid,
    /// It was never issued, has expired, or is revoked.
    Unknown,
    /// It lacks the scope.
    InsufficientScope,
}

impl TokenStore {
    /// Adds a token.
    pub(super) fn add(&self, token: &str, scopes: u8, ttl: Duration) {
        let (now, hash) = (Instant::now(), hash(token));
        let expires_at = now + ttl;
        let mut order = self.order();
        let mut grants = self.grants.write().unwrap_or_else(PoisonError::into_inner);
        while order.front().is_some_and(|(expires_at, _)| *expires_at <= now) || order.len() >= MAX_TOKENS {
            if let Some((_, old)) = order.pop_front() {
                grants.remove(&old);
            }
        }
        order.push_back((expires_at, hash));
        grants.insert(hash, Grant { expires_at, scopes });
    }

    /// Checks that a token is valid and has a scope.
    pub(super) fn check(&self, token: &str, scope: Scope) -> TokenStatus {
        let hash = hash(token);
        let grant = self.grants.read().unwrap_or_else(PoisonError::into_inner).get(&hash).copied();
        match grant {
            Some(grant) if grant.expires_at > Instant::now() => {
                if grant.scopes & scope.bit() == 0 {
                    TokenStatus::InsufficientScope
                } else {
                    TokenStatus::Valid
                }
            }
            _ => TokenStatus::Unknown,
        }
    }

    /// Revokes a token.
    pub(super) fn revoke(&self, token: &str) {
        self.grants.write().unwrap_or_else(PoisonError::into_inner).remove(&hash(token));
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
    async fn a_token_is_valid_until_it_expires_or_is_revoked() {
        let tokens = TokenStore::default();
        tokens.add("a", Scope::Run.bit(), Duration::from_secs(10));
        tokens.add("b", Scope::Run.bit(), Duration::from_secs(10));
        assert_eq!(tokens.check("a", Scope::Run), TokenStatus::Valid);
        assert_eq!(tokens.check("a", Scope::Read), TokenStatus::InsufficientScope);
        assert_eq!(tokens.check("c", Scope::Run), TokenStatus::Unknown);
        tokens.revoke("b");
        assert_eq!(tokens.check("b", Scope::Run), TokenStatus::Unknown);
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(tokens.check("a", Scope::Run), TokenStatus::Unknown);
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_tokens_are_forgotten() {
        let tokens = TokenStore::default();
        for index in 0..=MAX_TOKENS {
            tokens.add(&index.to_string(), 7, Duration::from_secs(10));
        }
        assert_eq!(tokens.grants.read().unwrap().len(), MAX_TOKENS);
        assert_eq!(tokens.check("0", Scope::Run), TokenStatus::Unknown);
        assert_eq!(tokens.check(&MAX_TOKENS.to_string(), Scope::Run), TokenStatus::Valid);
        tokio::time::advance(Duration::from_secs(11)).await;
        tokens.add("new", 7, Duration::from_secs(10));
        assert_eq!(tokens.grants.read().unwrap().len(), 1);
    }
}

//! Authorizes requests by a fixed token, or by one that is fetched and renewed.

use std::sync::Arc;
use std::time::Duration;

use hyper::header::HeaderValue;
use secrecy::ExposeSecret;
use tokio::time::Instant;

use super::settings::Access;
use crate::remote::client::{
    ClientError, Credentials, ErrorKind, Response, Token, TokenAnswer, TokenCache, Transport, json, redacted,
    token_request,
};

/// How long before its expiry a token is replaced.
const REFRESH_EARLY: Duration = Duration::from_secs(30);

/// Authorizes requests to one platform.
#[derive(Debug)]
pub(super) struct Authorizer {
    name: String,
    access: Access,
    tokens: TokenCache,
}

/// The authorization of one request.
#[derive(Debug)]
pub(super) enum Authorization {
    /// No header.
    None,
    /// A header that never changes.
    Fixed(HeaderValue),
    /// A token that can be replaced.
    Token(Arc<Token>),
}

impl Authorization {
    /// The value of `Authorization`.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        match self {
            Self::None => None,
            Self::Fixed(header) => Some(header.clone()),
            Self::Token(token) => Some(token.header.clone()),
        }
    }
}

impl Authorizer {
    /// An authorizer for the export of this name.
    pub(super) fn new(name: &str, access: Access) -> Self {
        Self { name: name.to_owned(), access, tokens: TokenCache::default() }
    }

    /// Returns the authorization of a request. `rejected` is one that the platform rejected; it is
    /// replaced where it can be renewed.
    pub(super) async fn authorize(
        &self,
        transport: &impl Transport,
        rejected: Option<&Authorization>,
    ) -> Result<Authorization, ClientError> {
        match (&self.access, rejected) {
            (Access::Open, _) => Ok(Authorization::None),
            (Access::Bearer(token), _) => {
                let header = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()));
                let mut header = header.map_err(|_| {
                    ClientError::new(ErrorKind::Credentials, "the bearer token cannot be sent in a header")
                })?;
                header.set_sensitive(true);
                Ok(Authorization::Fixed(header))
            }
            (Access::Client(client), Some(Authorization::Token(old))) => {
                let fetch = || self.fetch(transport, client);
                Ok(Authorization::Token(self.tokens.other_than(Some(old), fetch).await?))
            }
            (Access::Client(client), _) => {
                Ok(Authorization::Token(self.tokens.get(|| self.fetch(transport, client)).await?))
            }
        }
    }

    /// Whether a rejected authorization can be renewed.
    pub(super) fn can_renew(&self) -> bool {
        matches!(self.access, Access::Client(_))
    }

    /// Replaces the secrets of this authorizer in a foreign text.
    pub(super) fn redacted(&self, text: &str) -> String {
        match &self.access {
            Access::Open => text.to_owned(),
            Access::Bearer(token) => text.replace(token.expose_secret(), "[redacted]"),
            Access::Client(client) => redacted(text, client, &self.tokens.known()),
        }
    }

    /// Requests a token once. The kind of the error says whether a retry may help.
    async fn fetch(&self, transport: &impl Transport, client: &Credentials) -> Result<Token, ClientError> {
        let request = token_request(client)?;
        let asked = Instant::now();
        let url = client.token_url.host_str().unwrap_or_default();
        let error = |kind, what: &str| {
            ClientError::new(kind, format!("{url} gives no token for export '{}': {what}", self.name))
        };
        let response =
            transport.send(&request).await.map_err(|problem| error(ErrorKind::Unreachable, &problem.to_string()))?;
        match response.status {
            200..=299 => {}
            408 | 425 | 429 | 500..=599 => {
                return Err(error(ErrorKind::Busy, &format!("it answered {}", response.status)));
            }
            // The body of such a response may repeat the credentials, so it is not quoted.
            status => {
                let help = "check 'client-id', the secret, 'scopes', 'token-url' and 'token-style'";
                return Err(error(ErrorKind::Credentials, &format!("it answered {status}; {help}")));
            }
        }
        let (header, lifetime) =
            Self::token(&response).map_err(|problem| error(ErrorKind::Unreadable, &self.redacted(&problem)))?;
        tracing::debug!(export = %self.name, lifetime_s = lifetime.as_secs(), "a token was fetched");
        Ok(Token::new(header, asked, lifetime, REFRESH_EARLY))
    }

    fn token(response: &Response) -> Result<(HeaderValue, Duration), String> {
        let token: TokenAnswer = json(response, false)?;
        Ok((token.header()?, token.lifetime()))
    }
}

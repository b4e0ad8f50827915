//! The right to post: a fixed token, or one that is fetched and renewed.

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

/// How long before its end a token is replaced.
const REFRESH_EARLY: Duration = Duration::from_secs(30);

/// Authorises requests of one platform.
#[derive(Debug)]
pub(super) struct Authority {
    name: String,
    access: Access,
    tokens: TokenCache,
}

/// What authorises one request.
#[derive(Debug)]
pub(super) enum Right {
    /// Nothing.
    None,
    /// A header that stays the same.
    Fixed(HeaderValue),
    /// A token that can be replaced.
    Token(Arc<Token>),
}

impl Right {
    /// The value of `Authorization`.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        match self {
            Self::None => None,
            Self::Fixed(header) => Some(header.clone()),
            Self::Token(token) => Some(token.header.clone()),
        }
    }
}

impl Authority {
    /// For the export of this name.
    pub(super) fn new(name: &str, access: Access) -> Self {
        Self { name: name.to_owned(), access, tokens: TokenCache::default() }
    }

    /// What authorises a request now; `refused` is what the platform did not accept: it gives another right, or none where
    /// there is no other.
    pub(super) async fn right(
        &self,
        transport: &impl Transport,
        refused: Option<&Right>,
    ) -> Result<Right, ClientError> {
        match (&self.access, refused) {
            (Access::Open, _) => Ok(Right::None),
            (Access::Bearer(token), _) => {
                let header = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()));
                let mut header = header.map_err(|_| {
                    ClientError::new(ErrorKind::Credentials, "the bearer token does not fit into a header")
                })?;
                header.set_sensitive(true);
                Ok(Right::Fixed(header))
            }
            (Access::Client(client), Some(Right::Token(old))) => {
                let fetch = || self.fetch(transport, client);
                Ok(Right::Token(self.tokens.other_than(Some(old), fetch).await?))
            }
            (Access::Client(client), _) => Ok(Right::Token(self.tokens.get(|| self.fetch(transport, client)).await?)),
        }
    }

    /// Whether a refused right can be replaced.
    pub(super) fn can_renew(&self) -> bool {
        matches!(self.access, Access::Client(_))
    }

    /// A text of others without this authority's secrets, wherever they may have been repeated.
    pub(super) fn redacted(&self, text: &str) -> String {
        match &self.access {
            Access::Open => text.to_owned(),
            Access::Bearer(token) => text.replace(token.expose_secret(), "[redacted]"),
            Access::Client(client) => redacted(text, client, &self.tokens.known()),
        }
    }

    /// Asks for a token once. The error's kind says whether asking again may help.
    async fn fetch(&self, transport: &impl Transport, client: &Credentials) -> Result<Token, ClientError> {
        let call = token_request(client)?;
        let asked = Instant::now();
        let url = client.token_url.host_str().unwrap_or_default();
        let error = |kind, what: &str| {
            ClientError::new(kind, format!("{url} gives no token for export '{}': {what}", self.name))
        };
        let answer =
            transport.send(&call).await.map_err(|problem| error(ErrorKind::Unreachable, &problem.to_string()))?;
        match answer.status {
            200..=299 => {}
            408 | 425 | 429 | 500..=599 => {
                return Err(error(ErrorKind::Busy, &format!("it answered {}", answer.status)));
            }
            // What such an answer says may repeat what it was sent.
            status => {
                let help = "check 'client-id', the secret, 'scopes', 'token-url' and 'token-style'";
                return Err(error(ErrorKind::Credentials, &format!("it answered {status}; {help}")));
            }
        }
        let (header, lifetime) =
            Self::token(&answer).map_err(|problem| error(ErrorKind::Unreadable, &self.redacted(&problem)))?;
        tracing::debug!(export = %self.name, lifetime_s = lifetime.as_secs(), "a token was fetched");
        Ok(Token::new(header, asked, lifetime, REFRESH_EARLY))
    }

    fn token(answer: &Response) -> Result<(HeaderValue, Duration), String> {
        let token: TokenAnswer = json(answer, false)?;
        Ok((token.header()?, token.lifetime()))
    }
}

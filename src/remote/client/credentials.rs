//! How credentials are sent, and how they are kept out of what people read.

use std::sync::Arc;

use base64::Engine;
use hyper::body::Bytes;
use hyper::header::HeaderValue;
use secrecy::ExposeSecret;
use url::form_urlencoded;

use super::error::{ClientError, ErrorKind};
use super::profile::TokenStyle;
use super::settings::Credentials;
use super::token::Token;
use super::transport::{Body, Method, Request};
use crate::remote::contract::Preferences;

/// The request for a token (RFC 6749, section 4.4).
pub(crate) fn token_request(credentials: &Credentials) -> Result<Request, ClientError> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    if !credentials.scopes.is_empty() {
        form.append_pair("scope", &credentials.scopes.join(" "));
    }
    let secret = credentials.client_secret.expose_secret();
    let mut authorization = None;
    match credentials.style {
        TokenStyle::Form => {
            form.append_pair("client_id", &credentials.client_id).append_pair("client_secret", secret);
        }
        TokenStyle::Basic | TokenStyle::BasicRaw => {
            let raw = credentials.style == TokenStyle::BasicRaw;
            let mut value = HeaderValue::try_from(format!("Basic {}", basic(credentials, raw)))
                .map_err(|_| ClientError::new(ErrorKind::Credentials, "the credentials do not fit into a header"))?;
            value.set_sensitive(true);
            authorization = Some(value);
        }
    }
    Ok(Request {
        method: Method::Post,
        url: credentials.token_url.clone(),
        authorization,
        idempotency_key: None,
        prefer: Preferences::default(),
        body: Some(Body { content_type: "application/x-www-form-urlencoded", bytes: Bytes::from(form.finish()) }),
    })
}

/// The id and the secret as Basic authentication writes them (RFC 7617), each form-encoded before (RFC 6749, section
/// 2.3.1) unless they are to be sent as they are.
fn basic(credentials: &Credentials, raw: bool) -> String {
    let (id, secret) = (&*credentials.client_id, credentials.client_secret.expose_secret());
    let pair = if raw { format!("{id}:{secret}") } else { format!("{}:{}", encoded(id), encoded(secret)) };
    base64::engine::general_purpose::STANDARD.encode(pair)
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A text in which the secret (plain, as a form and as Basic authentication write it) and the tokens are replaced.
pub(crate) fn redacted(text: &str, credentials: &Credentials, tokens: &[Option<Arc<Token>>]) -> String {
    let secret = credentials.client_secret.expose_secret();
    let (encoded, pair, raw) = (encoded(secret), basic(credentials, false), basic(credentials, true));
    let tokens = tokens.iter().flatten().filter_map(|token| token.header.to_str().ok()?.strip_prefix("Bearer "));
    let mut text = text.to_owned();
    for secret in tokens.chain([pair.as_str(), raw.as_str(), encoded.as_str(), secret]) {
        if !secret.is_empty() && text.contains(secret) {
            text = text.replace(secret, "[redacted]");
        }
    }
    text
}

//! The token endpoint: OAuth 2.0 client credentials (RFC 6749, section 4.4).

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use super::app::App;
use super::options::{Client, Credentials, Scope};
use super::response::{ApiError, json};
use super::{body, tokens};
use crate::remote::contract::{TokenRequest, TokenResponse, code};

const FORM: &str = "application/x-www-form-urlencoded";

/// `POST /oauth/token`
pub(super) async fn token(State(app): State<Arc<App>>, request: Request) -> Result<Response<Body>, ApiError> {
    let (head, sent) = request.into_parts();
    let bytes = body::read(&app, &head.headers, sent).await?;
    // The tutorial's program sends no body. With HTTP Basic, nothing is missing from the request.
    let form = if bytes.is_empty() && head.headers.contains_key(AUTHORIZATION) {
        TokenRequest { grant_type: "client_credentials".to_owned(), ..TokenRequest::default() }
    } else {
        body::require_content_type(&head.headers, FORM)?;
        parse_form(&bytes)?
    };
    if form.grant_type != "client_credentials" {
        let (error, message) = match form.grant_type.as_str() {
            "" => (code::INVALID_REQUEST, "the field 'grant_type' is missing"),
            _ => (code::UNSUPPORTED_GRANT_TYPE, "the only grant type supported here is 'client_credentials'"),
        };
        return Err(ApiError::new(StatusCode::BAD_REQUEST, error, message).field("grant_type".to_owned()));
    }
    let allowed = authenticate(&app, &head.headers, &form)?;
    let scopes = grant_scopes(form.scope.as_deref(), allowed)?;
    let token = URL_SAFE_NO_PAD.encode(random_bytes()?);
    let ttl = app.options.token_ttl;
    app.tokens.add(&token, scopes, ttl.saturating_sub(app.faults.plan.tokens_expire_early));
    let names: Vec<&str> =
        Scope::ALL.iter().filter(|scope| scopes & scope.bit() != 0).map(|scope| scope.name()).collect();
    let answer = TokenResponse {
        access_token: token,
        token_type: "Bearer".to_owned(),
        expires_in: ttl.as_secs(),
        scope: Some(names.join(" ")),
    };
    let mut response = json(StatusCode::OK, &answer);
    // RFC 6749, section 5.1.
    response.headers_mut().insert("cache-control", HeaderValue::from_static("no-store"));
    Ok(response)
}

/// 256 bits from the system's random generator. Without it no token is issued: tokens must not be
/// guessable.
fn random_bytes() -> Result<[u8; 32], ApiError> {
    let mut bytes = [0; 32];
    let provider = rustls::crypto::ring::default_provider();
    let filled = provider.secure_random.fill(&mut bytes);
    filled.map_err(|_| ApiError::internal("no token can be issued: the system's random generator failed"))?;
    Ok(bytes)
}

fn parse_form(bytes: &[u8]) -> Result<TokenRequest, ApiError> {
    let mut form = TokenRequest::default();
    let mut seen: Vec<Cow<'_, str>> = Vec::new();
    for (name, value) in url::form_urlencoded::parse(bytes) {
        // RFC 6749, section 3.2: parameters must not be repeated.
        if seen.contains(&name) {
            return Err(ApiError::invalid("a field of the form appears twice"));
        }
        match &*name {
            "grant_type" => form.grant_type = value.into_owned(),
            "client_id" => form.client_id = Some(value.into_owned()),
            "client_secret" => form.client_secret = Some(value.into_owned()),
            "scope" => form.scope = Some(value.into_owned()),
            _ => {}
        }
        seen.push(name);
    }
    Ok(form)
}

/// Authenticates the client of a request; returns its scopes as bits.
fn authenticate(app: &App, headers: &HeaderMap, form: &TokenRequest) -> Result<u8, ApiError> {
    let sent: Vec<(String, String)> = match headers.get(AUTHORIZATION) {
        Some(header) => {
            parse_basic(header).ok_or_else(|| invalid_client("the header 'Authorization' is not HTTP Basic"))?
        }
        None => match (&form.client_id, &form.client_secret) {
            (Some(id), Some(secret)) => vec![(id.clone(), secret.clone())],
            _ => {
                return Err(invalid_client(
                    "the client's id and secret are missing: send them as HTTP Basic or in the form",
                ));
            }
        },
    };
    match &app.options.credentials {
        Credentials::Any if sent.iter().all(|(id, secret)| !id.is_empty() && !secret.is_empty()) => Ok(u8::MAX),
        Credentials::Any => Err(invalid_client("the client's id or secret is empty")),
        Credentials::Clients(clients) => {
            let known = clients.iter().fold(None, |known, client| {
                // Compares with every client in full, so that the response time reveals nothing
                // about any of them.
                let same = sent.iter().fold(false, |same, sent| same | credentials_match(client, sent));
                if same { Some(client) } else { known }
            });
            let known = known.ok_or_else(|| invalid_client("the client's id or secret is wrong"))?;
            Ok(known.scopes.iter().fold(0, |bits, scope| bits | scope.bit()))
        }
    }
}

fn credentials_match(client: &Client, (id, secret): &(String, String)) -> bool {
    let same = |one: &str, other: &str| tokens::hash(one).ct_eq(&tokens::hash(other));
    (same(&client.id, id) & same(&client.secret, secret)).into()
}

/// Id and secret of HTTP Basic. RFC 6749, section 2.3.1, wants both form-encoded, and many clients
/// send them unencoded: both readings are returned if they differ.
fn parse_basic(header: &HeaderValue) -> Option<Vec<(String, String)>> {
    let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = (form_decode(id)?, form_decode(secret)?);
    let mut readings = vec![(id.to_owned(), secret.to_owned())];
    if decoded != readings[0] {
        readings.push(decoded);
    }
    Some(readings)
}

/// Decodes a text as the value of a form with one field.
fn form_decode(text: &str) -> Option<String> {
    // A raw '&' is part of the text and must not end the field.
    let field = format!("={}", text.replace('&', "%26"));
    let (_, value) = url::form_urlencoded::parse(field.as_bytes()).next()?;
    Some(value.into_owned())
}

fn invalid_client(message: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, code::INVALID_CLIENT, message)
        .header("www-authenticate", "Basic realm=\"callpath\"")
}

/// The requested scopes, or all that the client has if it requests none; as bits.
fn grant_scopes(requested: Option<&str>, allowed: u8) -> Result<u8, ApiError> {
    let all = Scope::ALL.iter().fold(0, |bits, scope| bits | scope.bit()) & allowed;
    // The standard separates scopes by spaces, the tutorial by commas.
    let mut names = requested.unwrap_or("").split([' ', ',']).filter(|name| !name.is_empty()).peekable();
    if names.peek().is_none() {
        return Ok(all);
    }
    names.try_fold(0, |bits, name| {
        let scope = Scope::ALL.into_iter().find(|scope| scope.name() == name).filter(|scope| all & scope.bit() != 0);
        let scope = scope.ok_or_else(|| {
            let message = "a requested scope does not exist, or the client does not have it";
            ApiError::new(StatusCode::BAD_REQUEST, code::INVALID_SCOPE, message).field("scope".to_owned())
        })?;
        Ok(bits | scope.bit())
    })
}

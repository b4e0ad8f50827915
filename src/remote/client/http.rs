//! Requests over real connections, by reqwest: kept alive, HTTP/2 where a TLS server offers it, through the proxies of the
//! environment.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use url::Url;

use super::profile::Environment;
use super::proxy::{Proxies, ProxyError, place};
use super::settings::RemoteSettings;
use super::tls::{self, TlsError};
use super::transport::{Method, Request, Response, Transport, TransportError};
use crate::remote::contract::PREFER;
use crate::source::diagnostics::safe_text;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an unused connection is kept. Shorter than what servers and load balancers usually allow (60 s and more), so
/// that a connection seldom closes just as it is used.
const MAX_IDLE: Duration = Duration::from_secs(30);

static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
static PREFERENCES: HeaderName = HeaderName::from_static(PREFER);

/// Why connections cannot be set up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// Certificates cannot be read, or there are none.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A proxy of the environment cannot be used.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// The client itself.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}

/// The transport of a remote target. It is made once: it holds the connections.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: reqwest::Client,
    proxies: Arc<Proxies>,
    timeout: Duration,
    max_body_bytes: usize,
}

impl HttpTransport {
    /// The transport for a target's settings.
    ///
    /// # Errors
    /// When certificates cannot be read, there are none to check an `https` server against, or the target's proxy cannot be
    /// used.
    pub fn new(settings: &RemoteSettings) -> Result<Self, SetupError> {
        let token = settings.credentials.as_ref().map(|credentials| &credentials.token_url);
        let urls = [Some(&settings.base), token].into_iter().flatten();
        Self::to(urls, settings.ca_file.as_deref(), settings.request_timeout, settings.max_answer_bytes)
    }

    /// A transport to the servers of these URLs: `ca_file` is trusted besides the system's authorities, one try lasts `timeout`
    /// at most, and responses are read up to `max_body_bytes`.
    pub fn to<'a>(
        urls: impl IntoIterator<Item = &'a Url>,
        ca_file: Option<&Path>,
        timeout: Duration,
        max_body_bytes: usize,
    ) -> Result<Self, SetupError> {
        let proxies = Proxies::from_environment(&Environment::process());
        Self::through(proxies, urls, ca_file, timeout, max_body_bytes)
    }

    fn through<'a>(
        proxies: Proxies,
        urls: impl IntoIterator<Item = &'a Url>,
        ca_file: Option<&Path>,
        timeout: Duration,
        max_body_bytes: usize,
    ) -> Result<Self, SetupError> {
        let proxies = Arc::new(proxies);
        let mut secure = false;
        for url in urls {
            let proxy = proxies.find(url)?;
            secure |= [Some(url), proxy].into_iter().flatten().any(|url| url.scheme() == "https");
        }
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // Each try counts and is decided by the caller.
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(concat!("callpath/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(MAX_IDLE)
            .no_proxy();
        let builder = if proxies.is_empty() { builder } else { builder.proxy(custom_proxy(proxies.clone())) };
        let client = tls::trust(builder, secure, ca_file)?.build().map_err(|error| {
            let text = causes(&error);
            // How the platform's verifier says it.
            if text.contains("No CA certificates") { TlsError::NoAuthorities.into() } else { SetupError::Client(text) }
        })?;
        Ok(Self { client, proxies, timeout, max_body_bytes })
    }

    /// Sends a request as it is and reads the response to its end, without a time limit.
    pub async fn exchange(&self, request: reqwest::Request) -> Result<Response, TransportError> {
        let proxy = self.proxies.find(request.url()).map_err(|error| TransportError::Invalid(error.to_string()))?;
        let proxy = proxy.map(place);
        let is_plain = request.url().scheme() == "http";
        let mut response = self.client.execute(request).await.map_err(|error| failure(&error, proxy.as_deref()))?;
        let status = response.status().as_u16();
        // Through a tunnel it would be the server that speaks.
        if let (407, true, Some(proxy)) = (status, is_plain, &proxy) {
            return Err(TransportError::Proxy(wants_credentials(proxy)));
        }
        let headers = std::mem::take(response.headers_mut());
        let body =
            Limited::new(reqwest::Body::from(response), self.max_body_bytes).collect().await.map_err(|error| {
                if error.is::<LengthLimitError>() {
                    TransportError::TooLong(self.max_body_bytes)
                } else {
                    TransportError::Lost(causes(&*error))
                }
            })?;
        Ok(Response { status, headers, body: body.to_bytes() })
    }
}

impl Transport for HttpTransport {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        match tokio::time::timeout(self.timeout, self.exchange(http_request(request))).await {
            Ok(result) => result,
            Err(_) => Err(TransportError::Slow(self.timeout)),
        }
    }
}

fn custom_proxy(proxies: Arc<Proxies>) -> reqwest::Proxy {
    // A proxy that cannot be used is refused before any request is sent.
    reqwest::Proxy::custom(move |url| proxies.find(url).ok().flatten().cloned())
}

fn http_request(request: &Request) -> reqwest::Request {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
    };
    let mut http = reqwest::Request::new(method, request.url.clone());
    let headers = http.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(value) = &request.authorization {
        headers.insert(AUTHORIZATION, value.clone());
    }
    if let Some(value) = &request.idempotency_key {
        headers.insert(&IDEMPOTENCY_KEY, value.clone());
    }
    let prefer = request.prefer.to_string();
    // Digits and words of ours are good for every header.
    if !prefer.is_empty()
        && let Ok(value) = HeaderValue::try_from(prefer)
    {
        headers.insert(&PREFERENCES, value);
    }
    if let Some(body) = &request.body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(body.content_type));
        *http.body_mut() = Some(body.bytes.clone().into());
    }
    http
}

/// Why a request has no response; `proxy` is the place of the proxy that it used.
fn failure(error: &reqwest::Error, proxy: Option<&str>) -> TransportError {
    if let Some(refusal) = tls::refused_certificate(error) {
        return TransportError::Untrusted(refusal);
    }
    let text = causes(error);
    let text = match proxy {
        // reqwest knows no type for these.
        Some(proxy) if text.contains("proxy authorization required") => {
            return TransportError::Proxy(wants_credentials(proxy));
        }
        Some(proxy) if text.contains("tunnel error: unsuccessful") => {
            format!("the proxy {proxy} of the environment refuses to connect to it")
        }
        Some(proxy) => format!("the proxy {proxy} of the environment: {text}"),
        None => text,
    };
    if error.is_connect() { TransportError::Connect(text) } else { TransportError::Lost(text) }
}

fn wants_credentials(proxy: &str) -> String {
    format!("the proxy {proxy} of the environment answered 407: it wants a user and a password in its address")
}

/// The causes of an error, each said once. The error itself may quote a URL, and with it a secret.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        // hyper-util's wrapper around what it says next.
        if !more.starts_with("client error (") && !text.contains(&more) {
            text = if text.is_empty() { more } else { format!("{text}: {more}") };
        }
        cause = error.source();
    }
    match text.as_str() {
        "" => error.downcast_ref::<reqwest::Error>().map_or_else(|| error.to_string(), kind),
        text => safe_text(text).into_owned(),
    }
}

/// An error without a cause, in words without its URL.
fn kind(error: &reqwest::Error) -> String {
    let text = if error.is_builder() { "the request cannot be written" } else { "the request cannot be sent" };
    text.to_owned()
}

#[cfg(test)]
mod tests;

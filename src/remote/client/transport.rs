//! One request and its response, whoever carries them.

use std::time::Duration;

use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderValue};
use url::Url;

use crate::remote::contract::{PREFERENCE_APPLIED, Preferences};

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its method.
    pub method: Method,
    /// Where it goes.
    pub url: Url,
    /// The value of `Authorization`, marked as sensitive.
    pub authorization: Option<HeaderValue>,
    /// The value of `Idempotency-Key`: the same for every try of one submission.
    pub idempotency_key: Option<HeaderValue>,
    /// What the client would like beyond the contract.
    pub prefer: Preferences,
    /// What is sent; the same bytes for every try.
    pub body: Option<Body>,
}

impl Request {
    /// A `GET` that asks for nothing beyond the contract.
    pub fn get(url: Url) -> Self {
        let prefer = Preferences::default();
        Self { method: Method::Get, url, authorization: None, idempotency_key: None, prefer, body: None }
    }
}

/// What is sent.
#[derive(Clone)]
pub struct Body {
    /// Its content type.
    pub content_type: &'static str,
    /// The bytes.
    pub bytes: Bytes,
}

impl std::fmt::Debug for Body {
    /// Without the bytes: they may hold a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes of {}", self.bytes.len(), self.content_type)
    }
}

/// The methods in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Submits.
    Post,
}

/// One answer, read to its end.
#[derive(Clone, Debug)]
pub struct Response {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Response {
    /// A header's value where it is a text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The preferences that the server heeded.
    pub fn applied(&self) -> Preferences {
        let values = self.headers.get_all(PREFERENCE_APPLIED);
        Preferences::read(values.iter().filter_map(|value| value.to_str().ok()))
    }
}

/// Why there is no answer. The texts name no credentials: they come from the network below the requests.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection could be made: no such host, refused.
    #[error("{0}")]
    Connect(String),
    /// A proxy refuses the request: that does not pass.
    #[error("{0}")]
    Proxy(String),
    /// The server's certificate is not one to be trusted: that does not pass.
    #[error("{0}")]
    Untrusted(String),
    /// The connection was lost before the answer was complete.
    #[error("the connection was lost: {0}")]
    Lost(String),
    /// The answer was not complete in time.
    #[error("no complete answer came within {0:?}")]
    Slow(Duration),
    /// The answer is longer than allowed.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// The request cannot be written down as HTTP.
    #[error("the request cannot be sent: {0}")]
    Invalid(String),
}

/// Carries requests. It may be used by any number of callers at once.
pub trait Transport: Send + Sync {
    /// Sends a request once and reads its answer to the end.
    fn send(&self, call: &Request) -> impl Future<Output = Result<Response, TransportError>> + Send;
}

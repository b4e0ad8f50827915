//! The REST client of a flow simulator: credentials, tokens, retries, limits, polling.
//!
//! From below: `transport` sends one request (`http` over real connections), `session` sends it until it is answered or
//! beyond help (token, limits and retries are decided in modules of their own, without I/O), `job` submits one call and
//! waits for its result.

mod backoff;
mod bucket;
mod credentials;
mod definitions;
mod error;
mod http;
mod job;
mod limit;
mod no_proxy;
mod poll;
mod profile;
mod proxy;
mod retry;
mod retry_after;
mod session;
mod settings;
mod tls;
mod token;
mod transport;
mod tries;
mod wording;

pub(crate) use backoff::Jitter;
pub(crate) use backoff::ceiling;
pub use bucket::{Bucket, Rate};
pub(crate) use credentials::{redacted, token_request};
pub(crate) use error::{ClientError, ErrorKind};
pub(crate) use http::{HttpTransport, SetupError};
pub(crate) use job::Jobs;
pub(crate) use limit::Limiter;
pub(crate) use poll::PollRules;
pub(crate) use profile::TokenStyle;
pub use profile::{Environment, RemoteProfile};
pub(crate) use retry::RetryPolicy;
pub(crate) use retry_after::retry_after;
pub(crate) use session::{Counts, Session};
pub(crate) use settings::Credentials;
pub use settings::RemoteSettings;
pub(crate) use token::{Token, TokenAnswer, TokenCache};
pub(crate) use transport::{Body, Method, Request, Response, Transport, TransportError};
pub(crate) use wording::{explanation, json};

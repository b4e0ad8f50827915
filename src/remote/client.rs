//! The REST client of a flow simulator: credentials, tokens, retries, limits, polling.
//!
//! From below: `transport` sends one request, `session` sends it until it is answered or beyond help (token, limits and
//! retries are decided in rooms of their own, without I/O), `job` submits one call and waits for its result.

mod backoff;
mod bucket;
mod credentials;
mod definitions;
mod error;
mod hyper;
mod job;
mod limit;
mod poll;
mod profile;
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
pub(crate) use credentials::{redacted, token_call};
pub(crate) use error::{ClientError, ErrorKind};
pub(crate) use hyper::HyperTransport;
pub(crate) use job::Jobs;
pub(crate) use limit::Limiter;
pub(crate) use poll::PollRules;
pub use profile::{Environment, RemoteProfile};
pub(crate) use retry::RetryPolicy;
pub(crate) use retry_after::retry_after;
pub(crate) use session::{Counts, Session};
pub use settings::RemoteSettings;
pub(crate) use settings::{Credentials, TokenStyle};
pub(crate) use tls::TlsError;
pub(crate) use token::{Token, TokenAnswer, TokenCache};
pub(crate) use transport::{Answer, Body, Call, Method, Transport, TransportError};
pub(crate) use wording::{explanation, json};

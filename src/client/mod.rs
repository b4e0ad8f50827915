//! The REST client of a flow simulator: credentials, tokens, retries, limits, polling.
//!
//! From below: `transport` sends one request, `session` sends it until it is answered or beyond help (token, limits and
//! retries are decided in rooms of their own, without I/O), `job` submits one call and waits for its result.

mod alarm;
mod backoff;
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

pub use alarm::Alarm;
pub use backoff::{Jitter, ceiling};
pub(crate) use credentials::{redacted, token_call};
pub use error::{ClientError, ErrorKind};
pub use hyper::HyperTransport;
pub use job::Jobs;
pub use limit::{Limiter, Rate};
pub use poll::{Durations, PollPlan, PollRules};
pub use profile::{Environment, RemoteProfile};
pub use retry::{Failure, FailureKind, GiveUp, Next, Retries, RetryPolicy};
pub use retry_after::retry_after;
pub use session::{Counts, Reply, Session};
pub use settings::{Credentials, RemoteSettings, SettingsError, TokenStyle};
pub use tls::TlsError;
pub use token::{Token, TokenAnswer, TokenCache};
pub use transport::{Answer, Body, Call, Method, Transport, TransportError};
pub(crate) use wording::{explanation, json};

//! A QA platform as `callpath.toml` describes it.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

use crate::remote::client::TokenStyle;
use crate::source::yaml::parse_duration;

/// The table `[export.NAME]` of `callpath.toml`. [`ExportProfile::resolve`] adds the defaults.
///
/// Durations are strings such as `250ms` or `1m 30s`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExportProfile {
    /// The URL that results are posted to: `http` or `https`.
    pub url: Option<String>,
    /// Maximum number of results in one request (default 1). With 1 the body is a JSON object, with
    /// more it is an array.
    pub batch: Option<u32>,
    /// Maximum number of requests in flight (default 8).
    pub in_flight: Option<u32>,
    /// Maximum requests per second, which may be a fraction (default no limit).
    pub requests_per_second: Option<f64>,
    /// The environment variable that holds a bearer token.
    pub bearer_env: Option<String>,
    /// The client id, for a token by OAuth client credentials.
    pub client_id: Option<String>,
    /// The client secret. Prefer `client-secret-env`, which keeps it out of files.
    pub client_secret: Option<SecretString>,
    /// The environment variable that holds the client secret.
    pub client_secret_env: Option<String>,
    /// The URL of the token endpoint.
    pub token_url: Option<String>,
    /// How client id and secret are sent (default basic).
    pub token_style: Option<TokenStyle>,
    /// The requested scopes.
    pub scopes: Option<Vec<String>>,
    /// Certificates in PEM to trust besides those of the system, relative to the configuration
    /// file.
    pub ca_file: Option<PathBuf>,
    /// Timeout of one attempt, from the connection to the last byte of the response (default 15s).
    #[serde(default, deserialize_with = "duration")]
    pub request_timeout: Option<Duration>,
    /// Maximum number of attempts of one request before it waits for all others (default 8).
    pub attempts: Option<u32>,
    /// The longest pause before the second attempt (default 100ms). It doubles with each attempt.
    #[serde(default, deserialize_with = "duration")]
    pub backoff_base: Option<Duration>,
    /// The longest pause between two attempts, unless the platform names one (default 5s).
    #[serde(default, deserialize_with = "duration")]
    pub backoff_cap: Option<Duration>,
    /// The folder of undelivered results, relative to the configuration file (default
    /// `callpath-spool/NAME`).
    pub spool: Option<PathBuf>,
    /// Whether to send `details` beside the fields of the tutorial (default false).
    pub details: Option<bool>,
}

fn duration<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_duration(&text).map(|ms| Some(Duration::from_millis(ms))).map_err(serde::de::Error::custom)
}

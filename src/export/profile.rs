//! A QA platform as `callpath.toml` describes it.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

use crate::remote::client::TokenStyle;
use crate::source::yaml::parse_duration;

/// The table `[export.NAME]` of `callpath.toml`; what it leaves out is completed by [`ExportProfile::resolve`].
///
/// Lengths of time are texts such as `250ms` or `1m 30s`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExportProfile {
    /// Where results are posted: `http` or `https`.
    pub url: Option<String>,
    /// Results in one request at most (default 1). With 1 a request is one JSON object, with more it is an array of them.
    pub batch: Option<u32>,
    /// Requests at once at most (default 8).
    pub in_flight: Option<u32>,
    /// Requests a second at most; a fraction is allowed (default no limit).
    pub requests_per_second: Option<f64>,
    /// The environment variable that holds a bearer token.
    pub bearer_env: Option<String>,
    /// The client's id, for a token by OAuth client credentials.
    pub client_id: Option<String>,
    /// The client's secret. Better kept out of files: see `client-secret-env`.
    pub client_secret: Option<SecretString>,
    /// The environment variable that holds the client's secret.
    pub client_secret_env: Option<String>,
    /// Where the token is fetched.
    pub token_url: Option<String>,
    /// How the client's id and secret travel (default basic).
    pub token_style: Option<TokenStyle>,
    /// The scopes asked for.
    pub scopes: Option<Vec<String>>,
    /// Certificates in PEM to be trusted besides those of the system; relative to the configuration file.
    pub ca_file: Option<PathBuf>,
    /// One try, from the connection to the last byte of the answer (default 15s).
    #[serde(default, deserialize_with = "length")]
    pub request_timeout: Option<Duration>,
    /// Tries of one request before others have their turn, the first included (default 8).
    pub attempts: Option<u32>,
    /// The longest first pause between two tries (default 100ms); each further one is twice as long.
    #[serde(default, deserialize_with = "length")]
    pub backoff_base: Option<Duration>,
    /// The longest pause between two tries, where the platform names none (default 5s).
    #[serde(default, deserialize_with = "length")]
    pub backoff_cap: Option<Duration>,
    /// Where results wait until they are delivered, relative to the configuration file (default `callpath-spool/NAME`).
    pub spool: Option<PathBuf>,
    /// Whether `details` are sent beside the fields of the tutorial (default false).
    pub details: Option<bool>,
}

fn length<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_duration(&text).map(|ms| Some(Duration::from_millis(ms))).map_err(serde::de::Error::custom)
}

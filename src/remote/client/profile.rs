//! A remote target as `callpath.toml` and the environment describe it.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

use crate::source::yaml::parse_duration;

/// How the credentials travel to the token endpoint (RFC 6749, section 2.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenStyle {
    /// In an `Authorization: Basic` header, the id and the secret form-encoded as the standard has it.
    #[default]
    Basic,
    /// The same with the id and the secret as they are, for servers that do not decode them. It makes a difference only
    /// where they have other characters than letters, digits and `-._*`.
    BasicRaw,
    /// As fields of the form.
    Form,
}

/// The table `[target.NAME]` of `callpath.toml`; what it leaves out is completed by [`RemoteProfile::resolve`].
///
/// Lengths of time are texts such as `250ms` or `1m 30s`.
///
/// [`RemoteProfile::resolve`]: super::RemoteSettings
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RemoteProfile {
    /// Where the API lives, without `/api/v2`: `http` or `https`.
    pub base_url: Option<String>,
    /// The tenant's region: short for the base URL `https://api.REGION.niceincontact.com`.
    pub region: Option<String>,
    /// Where tokens are fetched [base URL + `/oauth/token`].
    pub token_url: Option<String>,
    /// How the credentials travel (default basic).
    pub token_style: Option<TokenStyle>,
    /// The client's id; a target without one is called without a token.
    pub client_id: Option<String>,
    /// The client's secret. Better kept out of files: see `client-secret-env`.
    pub client_secret: Option<SecretString>,
    /// The environment variable that holds the secret (default `CXONE_CLIENT_SECRET`).
    pub client_secret_env: Option<String>,
    /// The scopes asked for.
    pub scopes: Option<Vec<String>>,
    /// Whether the server takes `simulationOptions` [false].
    pub simulation_options: Option<bool>,
    /// Requests a second at most, polls included; a fraction is allowed [10; no limit for a server on this machine].
    pub requests_per_second: Option<f64>,
    /// Requests that may come at once under that limit [one second's worth, at least 1].
    pub burst: Option<u32>,
    /// Simulations at once at most, whatever `--jobs` says [no limit].
    pub in_flight: Option<u32>,
    /// Tries of one request, the first included (default 10).
    pub attempts: Option<u32>,
    /// All tries of one request together (default 60s).
    #[serde(default, deserialize_with = "length")]
    pub deadline: Option<Duration>,
    /// The longest first pause between two tries (default 25ms); each further one is twice as long.
    #[serde(default, deserialize_with = "length")]
    pub backoff_base: Option<Duration>,
    /// The longest pause between two tries, where the server names none (default 10s).
    #[serde(default, deserialize_with = "length")]
    pub backoff_cap: Option<Duration>,
    /// One try, from the connection to the last byte of the answer (default 30s).
    #[serde(default, deserialize_with = "length")]
    pub request_timeout: Option<Duration>,
    /// From a submission to the first question for its result, until a job has been seen done (default 1s; 5ms for a
    /// server on this machine).
    #[serde(default, alias = "poll-first", deserialize_with = "length")]
    pub first_poll: Option<Duration>,
    /// From one poll to the next at most (default 2s).
    #[serde(default, deserialize_with = "length")]
    pub poll_cap: Option<Duration>,
    /// From a submission to its result (default 5m); a run without a timeout of its own follows it.
    #[serde(default, deserialize_with = "length")]
    pub job_timeout: Option<Duration>,
    /// Whether the server is told what would save requests (RFC 7240): the result in the answer to a submission where it
    /// is there at once, and answers that wait for results (default true).
    pub prefer: Option<bool>,
    /// How long before its expiry a token is replaced (default 30s).
    #[serde(default, deserialize_with = "length")]
    pub refresh_early: Option<Duration>,
    /// Certificates in PEM to be trusted besides those of the system; relative to the configuration file.
    pub ca_file: Option<PathBuf>,
    /// The longest answer in bytes [16 MiB].
    pub max_answer_bytes: Option<usize>,
}

fn length<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_duration(&text).map(|ms| Some(Duration::from_millis(ms))).map_err(serde::de::Error::custom)
}

/// The environment variables that a profile looks at: a function, so that tests need not touch the process.
pub struct Environment<'a>(&'a dyn Fn(&str) -> Option<String>);

impl<'a> Environment<'a> {
    /// An environment made of a function.
    pub fn new(look_up: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self(look_up)
    }

    /// A variable's value; an empty one counts as absent.
    pub fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }
}

impl Environment<'static> {
    /// That of the process; a variable that is not UTF-8 counts as absent.
    pub fn process() -> Self {
        Self(&|name| std::env::var(name).ok())
    }
}

impl std::fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Environment")
    }
}

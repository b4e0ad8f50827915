//! What a profile and the environment mean together.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use url::{Host, Url};

use super::bucket::Rate;
use super::poll::PollRules;
use super::profile::{Environment, RemoteProfile, TokenStyle};
use super::retry::RetryPolicy;
use crate::source::diagnostics::quoted;

/// Longer waits would overflow clocks; nobody means them.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// A remote target with every setting decided.
#[derive(Clone, Debug)]
pub struct RemoteSettings {
    /// The profile's name, which reports show.
    pub name: String,
    /// Where the API lives; its path ends with `/`.
    pub base: Url,
    /// How tokens are fetched; none for a server that asks for none.
    pub credentials: Option<Credentials>,
    /// Whether the server takes `simulationOptions`.
    pub simulation_options: bool,
    /// Requests a second at most.
    pub rate: Option<Rate>,
    /// Simulations at once at most.
    pub in_flight: Option<u32>,
    /// When a request is tried again.
    pub retry: RetryPolicy,
    /// One try of a request.
    pub request_timeout: Duration,
    /// When a job is asked for its result.
    pub poll: PollRules,
    /// Whether the server is told what would save requests (RFC 7240).
    pub prefer: bool,
    /// How long before its expiry a token is replaced.
    pub refresh_early: Duration,
    /// More certificates to be trusted.
    pub ca_file: Option<PathBuf>,
    /// The longest answer in bytes.
    pub max_answer_bytes: usize,
}

/// How tokens are fetched.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Where.
    pub token_url: Url,
    /// How the id and the secret travel.
    pub style: TokenStyle,
    /// The client's id.
    pub client_id: String,
    /// The client's secret; never shown.
    pub client_secret: SecretString,
    /// The scopes asked for.
    pub scopes: Vec<String>,
}

/// Why a profile cannot be used: one sentence that says where to set what.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(String);

/// Settings that differ between a simulator on this machine and a tenant that others use as well.
struct Defaults {
    first_poll: Duration,
    per_second: Option<f64>,
}

impl Defaults {
    const LOOPBACK: Self = Self { first_poll: Duration::from_millis(5), per_second: None };
    const TENANT: Self = Self { first_poll: Duration::from_secs(1), per_second: Some(10.0) };
}

impl RemoteSettings {
    /// The longest that one simulation may take within these settings: its submission, the wait for its result, and the
    /// last question for it.
    pub fn longest(&self) -> Duration {
        self.retry.deadline + self.poll.timeout + self.retry.deadline.max(self.request_timeout)
    }
}

impl RemoteProfile {
    /// Decides every setting. The environment wins over the file: `CXONE_BASE_URL`, then `CXONE_REGION`, then
    /// `CXONE_TENANT_URL` say where the API lives; `CXONE_TOKEN_URL`, `CXONE_CLIENT_ID` and `CXONE_CLIENT_SECRET` (or
    /// the variable that `client-secret-env` names) give the credentials.
    pub fn resolve(&self, name: &str, environment: &Environment<'_>) -> Result<RemoteSettings, SettingsError> {
        let table = Table { name };
        let base = self.base(&table, environment)?;
        let credentials = self.credentials(&table, environment, &base)?;
        let retry = RetryPolicy {
            attempts: table.at_least_one("attempts", self.attempts, 10)?,
            base: table.length("backoff-base", self.backoff_base, Duration::from_millis(25))?,
            cap: table.length("backoff-cap", self.backoff_cap, Duration::from_secs(10))?,
            deadline: table.length("deadline", self.deadline, Duration::from_secs(60))?,
        };
        let defaults = if is_loopback(&base) { Defaults::LOOPBACK } else { Defaults::TENANT };
        let poll = PollRules {
            first: table.length("first-poll", self.first_poll, defaults.first_poll)?,
            cap: table.length("poll-cap", self.poll_cap, Duration::from_secs(2))?,
            timeout: table.length("job-timeout", self.job_timeout, Duration::from_secs(300))?,
        };
        let in_flight = match self.in_flight {
            None => None,
            some => Some(table.at_least_one("in-flight", some, 1)?),
        };
        Ok(RemoteSettings {
            name: name.to_owned(),
            base,
            credentials,
            simulation_options: self.simulation_options.unwrap_or(false),
            rate: self.rate(&table, defaults.per_second)?,
            in_flight,
            retry,
            request_timeout: table.length("request-timeout", self.request_timeout, Duration::from_secs(30))?,
            poll,
            prefer: self.prefer.unwrap_or(true),
            refresh_early: self.refresh_early.unwrap_or(Duration::from_secs(30)).min(LONGEST),
            ca_file: self.ca_file.clone(),
            max_answer_bytes: self.max_answer_bytes.unwrap_or(16 << 20).max(1),
        })
    }

    fn base(&self, table: &Table<'_>, environment: &Environment<'_>) -> Result<Url, SettingsError> {
        let from_environment = [
            ("CXONE_BASE_URL", environment.get("CXONE_BASE_URL")),
            ("CXONE_REGION", environment.get("CXONE_REGION")),
            ("CXONE_TENANT_URL", environment.get("CXONE_TENANT_URL")),
        ];
        for (variable, value) in from_environment {
            let Some(value) = value else { continue };
            let place = format!("the environment variable {variable}");
            return if variable == "CXONE_REGION" { region_url(&value, &place) } else { base_url(&value, &place) };
        }
        match (&self.base_url, &self.region) {
            (Some(_), Some(_)) => Err(table.error("has both 'base-url' and 'region'; keep one of them")),
            (Some(url), None) => base_url(url, &table.key("base-url")),
            (None, Some(region)) => region_url(region, &table.key("region")),
            (None, None) => {
                Err(table.error("says no 'base-url' and no 'region'; set one there, or CXONE_BASE_URL or CXONE_REGION"))
            }
        }
    }

    fn credentials(
        &self,
        table: &Table<'_>,
        environment: &Environment<'_>,
        base: &Url,
    ) -> Result<Option<Credentials>, SettingsError> {
        let variable = self.client_secret_env.as_deref().unwrap_or("CXONE_CLIENT_SECRET");
        let secret = environment.get(variable).map(SecretString::from).or_else(|| self.client_secret.clone());
        let id = environment.get("CXONE_CLIENT_ID").or_else(|| self.client_id.clone());
        let token_url = match (environment.get("CXONE_TOKEN_URL"), &self.token_url) {
            (Some(url), _) => absolute(&url, "the environment variable CXONE_TOKEN_URL")?,
            (None, Some(url)) => absolute(url, &table.key("token-url"))?,
            (None, None) => base
                .join("oauth/token")
                .map_err(|error| table.error(&format!("has a base URL without room for a path: {error}")))?,
        };
        match (id, secret) {
            (Some(client_id), Some(client_secret)) => Ok(Some(Credentials {
                token_url,
                style: self.token_style.unwrap_or_default(),
                client_id,
                client_secret,
                scopes: self.scopes.clone().unwrap_or_default(),
            })),
            (Some(_), None) => Err(table.error(&format!("has a client id and no secret; set the environment variable {variable}"))),
            (None, Some(_)) => Err(table.error("has a client secret and no id; set 'client-id' there or CXONE_CLIENT_ID")),
            (None, None) if self.client_secret_env.is_some() || self.token_url.is_some() || self.scopes.is_some() => Err(table
                .error(&format!("needs credentials; set 'client-id' there or CXONE_CLIENT_ID, and the environment variable {variable}"))),
            (None, None) => Ok(None),
        }
    }

    fn rate(&self, table: &Table<'_>, default: Option<f64>) -> Result<Option<Rate>, SettingsError> {
        let Some(per_second) = self.requests_per_second.or(default.filter(|_| self.burst.is_none())) else {
            return match self.burst {
                Some(_) => Err(table.error("has 'burst' and no 'requests-per-second' that it belongs to")),
                None => Ok(None),
            };
        };
        // `as` turns what is not a number into 0, and `Rate` refuses it.
        let burst = table.at_least_one("burst", self.burst, (per_second.clamp(1.0, 1e6) as u32).max(1))?;
        match Rate::new(per_second, burst) {
            Some(rate) => Ok(Some(rate)),
            None => Err(table.error("needs 'requests-per-second' between 0.001 and 1000000")),
        }
    }
}

/// Where a setting stands, for messages.
struct Table<'a> {
    name: &'a str,
}

impl Table<'_> {
    fn key(&self, key: &str) -> String {
        format!("'{key}' of [target.{}] in callpath.toml", self.name)
    }

    fn error(&self, what: &str) -> SettingsError {
        SettingsError(format!("[target.{}] in callpath.toml {what}", self.name))
    }

    fn at_least_one(&self, key: &str, value: Option<u32>, default: u32) -> Result<u32, SettingsError> {
        match value.unwrap_or(default) {
            0 => Err(SettingsError(format!("{} must be at least 1", self.key(key)))),
            value => Ok(value),
        }
    }

    fn length(&self, key: &str, value: Option<Duration>, default: Duration) -> Result<Duration, SettingsError> {
        match value.unwrap_or(default) {
            value if value.is_zero() => Err(SettingsError(format!("{} must be longer than 0s", self.key(key)))),
            value if value > LONGEST => Err(SettingsError(format!("{} must not be longer than 720h", self.key(key)))),
            value => Ok(value),
        }
    }
}

/// Whether a URL leads to this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn absolute(text: &str, place: &str) -> Result<Url, SettingsError> {
    let example = "write for example https://api.na1.niceincontact.com";
    // The text itself stays out of the message where it may carry a password.
    let url: Url = text.parse().map_err(|error| SettingsError(format!("{place} is not a URL ({error}); {example}")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(SettingsError(format!("{place} must start with https:// or http://; {example}")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(SettingsError(format!(
            "{place} carries a user or a password; use 'client-id' and CXONE_CLIENT_SECRET"
        )));
    }
    if url.fragment().is_some() || url.query().is_some() {
        return Err(SettingsError(format!("{place} must end before the first '?' or '#'")));
    }
    Ok(url)
}

fn base_url(text: &str, place: &str) -> Result<Url, SettingsError> {
    let mut url = absolute(text, place)?;
    // People paste the whole endpoint: the part that callpath adds itself would be there twice.
    let path = url.path().trim_end_matches('/').trim_end_matches("/api/v2").to_owned();
    url.set_path(&format!("{}/", path.trim_end_matches('/')));
    Ok(url)
}

fn region_url(region: &str, place: &str) -> Result<Url, SettingsError> {
    let plain = region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') && region.len() <= 40;
    if !plain || region.is_empty() {
        return Err(SettingsError(format!(
            "{place} is {}, which is no region; write for example na1, or give the whole address as 'base-url'",
            quoted(region)
        )));
    }
    absolute(&format!("https://api.{region}.niceincontact.com/"), place)
}

#[cfg(test)]
mod tests;

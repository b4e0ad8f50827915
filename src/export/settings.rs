//! Resolves the table of an export and the environment to settings.

use std::path::PathBuf;
use std::time::Duration;

use hyper::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::profile::ExportProfile;
use crate::remote::client::{Credentials, Environment, Rate};

/// Maximum of every duration. Longer ones could overflow clocks.
const MAX_DURATION: Duration = Duration::from_secs(30 * 24 * 3600);

/// A QA platform with all settings resolved.
#[derive(Clone, Debug)]
pub struct ExportSettings {
    /// The name of the table.
    pub name: String,
    /// The URL that results are posted to.
    pub url: Url,
    /// Maximum number of results in one request.
    pub batch: usize,
    /// Maximum number of requests in flight.
    pub in_flight: usize,
    /// Maximum rate of requests.
    pub rate: Option<Rate>,
    /// How requests are authorized.
    pub access: Access,
    /// Additional certificates to trust.
    pub ca_file: Option<PathBuf>,
    /// Timeout of one attempt.
    pub request_timeout: Duration,
    /// Maximum number of attempts of one request before it waits for all others.
    pub attempts: u32,
    /// The longest pause before the second attempt.
    pub backoff_base: Duration,
    /// The longest pause between two attempts.
    pub backoff_cap: Duration,
    /// The folder of undelivered results.
    pub spool: PathBuf,
    /// Whether to send `details`.
    pub details: bool,
}

/// How requests are authorized. Its debug output hides secrets.
#[derive(Clone, Debug)]
pub enum Access {
    /// Without a token.
    Open,
    /// By a fixed token.
    Bearer(SecretString),
    /// By tokens fetched with OAuth client credentials.
    Client(Credentials),
}

/// Why a table is invalid: one sentence that names the key to set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ExportSettingsError(String);

impl ExportProfile {
    /// Resolves every setting. Paths stay as written.
    pub fn resolve(&self, name: &str, environment: &Environment<'_>) -> Result<ExportSettings, ExportSettingsError> {
        let table = ProfileTable { name };
        if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', ':']) {
            return Err(ExportSettingsError(
                "an [export.NAME] of callpath.toml needs a NAME of letters, digits, '-' and '_': it names a folder"
                    .to_owned(),
            ));
        }
        let Some(url) = &self.url else {
            return Err(table.error("has no 'url'; set it to the address that accepts results"));
        };
        let rate = match self.requests_per_second {
            None => None,
            // `as` converts NaN to 0, which `Rate` rejects.
            Some(rate) => Some(
                Rate::new(rate, (rate.clamp(1.0, 1e6) as u32).max(1))
                    .ok_or_else(|| table.error("needs 'requests-per-second' between 0.001 and 1000000"))?,
            ),
        };
        Ok(ExportSettings {
            name: name.to_owned(),
            url: table.url("url", url)?,
            batch: table.count("batch", self.batch, 1, 10_000)? as usize,
            in_flight: table.count("in-flight", self.in_flight, 8, 1_000)? as usize,
            rate,
            access: self.access(&table, environment)?,
            ca_file: self.ca_file.clone(),
            request_timeout: table.duration("request-timeout", self.request_timeout, Duration::from_secs(15))?,
            attempts: table.count("attempts", self.attempts, 8, 1_000)?,
            backoff_base: table.duration("backoff-base", self.backoff_base, Duration::from_millis(100))?,
            backoff_cap: table.duration("backoff-cap", self.backoff_cap, Duration::from_secs(5))?,
            spool: self.spool.clone().unwrap_or_else(|| PathBuf::from("callpath-spool").join(name)),
            details: self.details.unwrap_or(false),
        })
    }

    fn access(&self, table: &ProfileTable<'_>, environment: &Environment<'_>) -> Result<Access, ExportSettingsError> {
        let secret = match &self.client_secret_env {
            Some(variable) => environment.get(variable).map(SecretString::from).or_else(|| self.client_secret.clone()),
            None => self.client_secret.clone(),
        };
        let wants_client = self.client_id.is_some() || self.client_secret.is_some() || self.client_secret_env.is_some();
        match (&self.bearer_env, wants_client) {
            (Some(_), true) => Err(table.error("has both 'bearer-env' and client credentials; keep one of them")),
            (None, false) if self.token_url.is_some() || self.scopes.is_some() || self.token_style.is_some() => {
                Err(table.error("needs credentials for its token; set 'client-id' and 'client-secret-env'"))
            }
            (None, false) => Ok(Access::Open),
            (Some(variable), false) => {
                let Some(token) = environment.get(variable) else {
                    return Err(table.error(&format!("needs a token; set the environment variable {variable}")));
                };
                if HeaderValue::try_from(&token).is_err() {
                    return Err(table.error(&format!(
                        "has a token that cannot be sent in a header; check the environment variable {variable}"
                    )));
                }
                Ok(Access::Bearer(SecretString::from(token)))
            }
            (None, true) => {
                let Some(token_url) = &self.token_url else {
                    return Err(table.error("has client credentials and no 'token-url'"));
                };
                let Some(client_id) = self.client_id.clone().filter(|id| !id.is_empty()) else {
                    return Err(table.error("has a client secret and no 'client-id'"));
                };
                let Some(client_secret) = secret.filter(|secret| !secret.expose_secret().is_empty()) else {
                    let variable = self.client_secret_env.as_deref();
                    let set = match variable {
                        Some(variable) => format!("set the environment variable {variable}"),
                        None => "set 'client-secret-env' to the name of the variable that holds it".to_owned(),
                    };
                    return Err(table.error(&format!("has a client id and no secret; {set}")));
                };
                Ok(Access::Client(Credentials {
                    token_url: table.url("token-url", token_url)?,
                    style: self.token_style.unwrap_or_default(),
                    client_id,
                    client_secret,
                    scopes: self.scopes.clone().unwrap_or_default(),
                }))
            }
        }
    }
}

/// The table of a setting, for messages.
struct ProfileTable<'a> {
    name: &'a str,
}

impl ProfileTable<'_> {
    fn key(&self, key: &str) -> String {
        format!("'{key}' of [export.{}] in callpath.toml", self.name)
    }

    fn error(&self, what: &str) -> ExportSettingsError {
        ExportSettingsError(format!("[export.{}] in callpath.toml {what}", self.name))
    }

    fn count(&self, key: &str, value: Option<u32>, default: u32, max: u32) -> Result<u32, ExportSettingsError> {
        let value = value.unwrap_or(default);
        if (1..=max).contains(&value) {
            return Ok(value);
        }
        Err(ExportSettingsError(format!("{} must be from 1 to {max}", self.key(key))))
    }

    fn duration(&self, key: &str, value: Option<Duration>, default: Duration) -> Result<Duration, ExportSettingsError> {
        let value = value.unwrap_or(default);
        if value.is_zero() || value > MAX_DURATION {
            return Err(ExportSettingsError(format!("{} must be longer than 0s and at most 720h", self.key(key))));
        }
        Ok(value)
    }

    /// Parses a URL. Messages do not quote it, because it may carry a password or a key.
    fn url(&self, key: &str, text: &str) -> Result<Url, ExportSettingsError> {
        let place = self.key(key);
        let url: Url = text.parse().map_err(|error| {
            let example = "write for example https://qa.example.com/api/v1/test-results";
            ExportSettingsError(format!("{place} is not a URL ({error}); {example}"))
        })?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(ExportSettingsError(format!("{place} must start with https:// or http://")));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ExportSettingsError(format!(
                "{place} contains a user or a password; use 'bearer-env', or 'client-id' and 'client-secret-env'"
            )));
        }
        if url.fragment().is_some() {
            return Err(ExportSettingsError(format!("{place} must not have a fragment ('#…')")));
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str) -> Result<ExportSettings, ExportSettingsError> {
        let profile: ExportProfile = toml::from_str(text).expect("TOML");
        let environment = |name: &str| match name {
            "QA_TOKEN" => Some("t-1".to_owned()),
            "QA_SECRET" => Some("s-1".to_owned()),
            "QA_BROKEN" => Some("two\nlines".to_owned()),
            _ => None,
        };
        profile.resolve("qa", &Environment::new(&environment))
    }

    #[test]
    fn a_url_is_enough() {
        let settings = resolve("url = 'https://qa.example.com/results?project=7'").unwrap();
        assert!(matches!(settings.access, Access::Open));
        assert_eq!((settings.batch, settings.in_flight, settings.attempts), (1, 8, 8));
        assert_eq!(settings.spool, PathBuf::from("callpath-spool").join("qa"));
    }

    #[test]
    fn credentials_come_from_the_environment_and_are_never_shown() {
        let bearer = resolve("url = 'https://x/'\nbearer-env = 'QA_TOKEN'").unwrap();
        assert!(matches!(&bearer.access, Access::Bearer(token) if token.expose_secret() == "t-1"));
        let client =
            "url = 'https://x/'\nclient-id = 'me'\nclient-secret-env = 'QA_SECRET'\ntoken-url = 'https://y/token'";
        let client = resolve(client).unwrap();
        assert!(matches!(&client.access, Access::Client(client) if client.client_secret.expose_secret() == "s-1"));
        let shown = format!("{bearer:?} {client:?}");
        assert!(!shown.contains("t-1") && !shown.contains("s-1"), "{shown}");
    }

    #[test]
    fn messages_name_the_key_to_set() {
        let said = [
            "",
            "url = 'qa.example.com'",
            "url = 'ftp://qa.example.com'",
            "url = 'https://me:hunter2@qa.example.com'",
            "url = 'https://qa/#x'",
            "url = 'https://qa'\nbatch = 0",
            "url = 'https://qa'\nrequests-per-second = 0.0",
            "url = 'https://qa'\nbackoff-base = '0s'",
            "url = 'https://qa'\nbearer-env = 'NO_SUCH'",
            "url = 'https://qa'\nbearer-env = 'QA_BROKEN'",
            "url = 'https://qa'\nbearer-env = 'QA_TOKEN'\nclient-id = 'me'",
            "url = 'https://qa'\nclient-id = 'me'\ntoken-url = 'https://qa/token'",
            "url = 'https://qa'\nclient-id = 'me'\nclient-secret-env = 'NO_SUCH'\ntoken-url = 'https://qa/token'",
            "url = 'https://qa'\nclient-id = 'me'\nclient-secret-env = 'QA_SECRET'",
            "url = 'https://qa'\nclient-secret-env = 'QA_SECRET'\ntoken-url = 'https://qa/token'",
            "url = 'https://qa'\nscopes = ['results:write']",
        ]
        .map(|text| resolve(text).expect_err("it is a mistake").to_string());
        insta::assert_snapshot!(said.join("\n"), @r"
        [export.qa] in callpath.toml has no 'url'; set it to the address that accepts results
        'url' of [export.qa] in callpath.toml is not a URL (relative URL without a base); write for example https://qa.example.com/api/v1/test-results
        'url' of [export.qa] in callpath.toml must start with https:// or http://
        'url' of [export.qa] in callpath.toml contains a user or a password; use 'bearer-env', or 'client-id' and 'client-secret-env'
        'url' of [export.qa] in callpath.toml must not have a fragment ('#…')
        'batch' of [export.qa] in callpath.toml must be from 1 to 10000
        [export.qa] in callpath.toml needs 'requests-per-second' between 0.001 and 1000000
        'backoff-base' of [export.qa] in callpath.toml must be longer than 0s and at most 720h
        [export.qa] in callpath.toml needs a token; set the environment variable NO_SUCH
        [export.qa] in callpath.toml has a token that cannot be sent in a header; check the environment variable QA_BROKEN
        [export.qa] in callpath.toml has both 'bearer-env' and client credentials; keep one of them
        [export.qa] in callpath.toml has a client id and no secret; set 'client-secret-env' to the name of the variable that holds it
        [export.qa] in callpath.toml has a client id and no secret; set the environment variable NO_SUCH
        [export.qa] in callpath.toml has client credentials and no 'token-url'
        [export.qa] in callpath.toml has a client secret and no 'client-id'
        [export.qa] in callpath.toml needs credentials for its token; set 'client-id' and 'client-secret-env'
        ");
    }
}

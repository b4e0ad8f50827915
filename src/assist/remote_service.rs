//! The remote prompt service and transcript service, behind a REST client.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hyper::body::Bytes;
use hyper::header::HeaderValue;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use super::delivery::format_time;
use super::prompt::Prompt;
use super::prompt_service::{NoResponse, PromptService, Reply};
use crate::remote::client::{
    Body, ClientError, ErrorKind, Method, RemoteSettings, Request, Response, Session, Transport,
};
use crate::remote::contract::Preferences;

/// Scopes of a token, unless a target's settings list others.
pub(crate) const SCOPES: [&str; 3] = ["agentassist:prompt:write", "interactions:read", "users:read"];
/// Time before its expiry at which a token is refreshed, unless a target's settings have another.
pub(crate) const REFRESH_EARLY: Duration = Duration::from_secs(100);

/// The services of a target.
#[derive(Debug)]
pub struct RemoteService<T> {
    session: Session<T>,
    prompts: Url,
    interactions: Url,
    started: Instant,
    /// The time from 1970 to the start.
    epoch: Duration,
}

/// Adds the defaults of prompts to settings: the scopes if there are none, and the early refresh if
/// the user has not set it.
pub(crate) fn with_prompt_defaults(mut settings: RemoteSettings, refresh_is_set: bool) -> RemoteSettings {
    if let Some(credentials) = settings.credentials.as_mut().filter(|credentials| credentials.scopes.is_empty()) {
        credentials.scopes = SCOPES.map(str::to_owned).to_vec();
    }
    if !refresh_is_set {
        settings.refresh_early = REFRESH_EARLY;
    }
    settings
}

impl<T> RemoteService<T> {
    /// The services of a session's target. The first prompt sends the first request.
    ///
    /// # Errors
    /// If no path can be added to the base URL.
    pub fn new(session: Session<T>) -> Result<Self, ClientError> {
        let settings = session.settings();
        let below = |path: &str| {
            settings.base.join(path).map_err(|error| {
                let message = format!("target '{}' has an unusable URL: {error}", settings.name);
                ClientError::new(ErrorKind::Rejected, message)
            })
        };
        let (prompts, interactions) = (below("api/v2/agentassist/prompts")?, below("api/v2/interactions/")?);
        let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Self { session, prompts, interactions, started: Instant::now(), epoch })
    }

    /// The session below.
    pub fn session(&self) -> &Session<T> {
        &self.session
    }
}

impl<T: Transport> RemoteService<T> {
    async fn request(&self, request: Request, what: &str, within: Duration) -> Result<Response, NoResponse> {
        match timeout(within, self.session.once(request, what)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                let is_final = error.kind == ErrorKind::Credentials;
                Err(NoResponse { message: error.to_string(), is_final })
            }
            Err(_) => {
                Err(NoResponse { message: format!("no response within {}", format_time(within)), is_final: false })
            }
        }
    }
}

impl<T: Transport> PromptService for RemoteService<T> {
    /// The time since 1970, by a monotonic clock.
    fn now(&self) -> Duration {
        self.epoch + self.started.elapsed()
    }

    async fn sleep(&self, time: Duration) {
        sleep(time).await;
    }

    async fn send(&self, prompt: &Prompt, within: Duration) -> Result<Reply<()>, NoResponse> {
        let bytes = serde_json::to_vec(prompt).map_err(|error| NoResponse {
            message: format!("it cannot be written as JSON: {error}"),
            is_final: true,
        })?;
        let request = Request {
            method: Method::Post,
            url: self.prompts.clone(),
            authorization: None,
            // The id of a valid prompt is valid in a header.
            idempotency_key: HeaderValue::try_from(&*prompt.prompt_id).ok(),
            prefer: Preferences::default(),
            body: Some(Body { content_type: "application/json", bytes: Bytes::from(bytes) }),
        };
        self.request(request, "a prompt", within).await.map(Reply::Wire)
    }

    async fn transcript(&self, interaction_id: &str, within: Duration) -> Result<Reply<String>, NoResponse> {
        let mut url = self.interactions.clone();
        // A valid id is one segment, and `new` has checked that the base URL can have a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(interaction_id).push("transcripts");
        }
        let request = Request::get(url);
        self.request(request, "a transcript request", within).await.map(Reply::Wire)
    }
}

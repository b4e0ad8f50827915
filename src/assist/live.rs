//! The world of real time: a prompt service and a transcript service behind a REST client.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hyper::body::Bytes;
use hyper::header::HeaderValue;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use super::delivery::shown;
use super::prompt::Prompt;
use super::world::{NoAnswer, Reply, World};
use crate::remote::client::{
    Body, ClientError, ErrorKind, Method, RemoteSettings, Request, Response, Session, Transport,
};
use crate::remote::contract::Preferences;

/// What a token must allow, unless a target's settings say otherwise.
pub(crate) const SCOPES: [&str; 3] = ["agentassist:prompt:write", "interactions:read", "users:read"];
/// How long before its expiry a token is replaced, unless a target's settings say otherwise.
pub(crate) const REFRESH_EARLY: Duration = Duration::from_secs(100);

/// Services that are asked over a transport.
#[derive(Debug)]
pub struct Live<T> {
    session: Session<T>,
    prompts: Url,
    interactions: Url,
    started: Instant,
    /// Of the start, from 1970 on.
    epoch: Duration,
}

/// Asks for the scopes of prompts where none are set, and for tokens as early as prompts want them unless that is set.
pub(crate) fn for_prompts(mut settings: RemoteSettings, refresh_is_set: bool) -> RemoteSettings {
    if let Some(credentials) = settings.credentials.as_mut().filter(|credentials| credentials.scopes.is_empty()) {
        credentials.scopes = SCOPES.map(str::to_owned).to_vec();
    }
    if !refresh_is_set {
        settings.refresh_early = REFRESH_EARLY;
    }
    settings
}

impl<T> Live<T> {
    /// The services of a session's target. Nothing is sent before the first prompt.
    ///
    /// # Errors
    /// When its base URL has no room for a path.
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

impl<T: Transport> Live<T> {
    async fn ask(&self, call: Request, what: &str, within: Duration) -> Result<Response, NoAnswer> {
        match timeout(within, self.session.once(call, what)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                let is_final = error.kind == ErrorKind::Credentials;
                Err(NoAnswer { message: error.to_string(), is_final })
            }
            Err(_) => Err(NoAnswer { message: format!("no answer came within {}", shown(within)), is_final: false }),
        }
    }
}

impl<T: Transport> World for Live<T> {
    /// From 1970 on, by a clock that never goes back.
    fn now(&self) -> Duration {
        self.epoch + self.started.elapsed()
    }

    async fn sleep(&self, time: Duration) {
        sleep(time).await;
    }

    async fn send(&self, prompt: &Prompt, within: Duration) -> Result<Reply<()>, NoAnswer> {
        let bytes = serde_json::to_vec(prompt)
            .map_err(|error| NoAnswer { message: format!("it cannot be written as JSON: {error}"), is_final: true })?;
        let call = Request {
            method: Method::Post,
            url: self.prompts.clone(),
            authorization: None,
            // A prompt that was checked has an id that fits into a header.
            idempotency_key: HeaderValue::try_from(&*prompt.prompt_id).ok(),
            prefer: Preferences::default(),
            body: Some(Body { content_type: "application/json", bytes: Bytes::from(bytes) }),
        };
        self.ask(call, "a prompt", within).await.map(Reply::Wire)
    }

    async fn transcript(&self, interaction_id: &str, within: Duration) -> Result<Reply<String>, NoAnswer> {
        let mut url = self.interactions.clone();
        // An id that was checked is one segment; the base URL has room for it, as it has for the path before.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(interaction_id).push("transcripts");
        }
        let call = Request::get(url);
        self.ask(call, "the question for a transcript", within).await.map(Reply::Wire)
    }
}

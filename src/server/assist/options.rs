//! The options of agent assist.

use crate::assist::{Agents, PromptLog, RemoteService, Settings, with_prompt_defaults};
use crate::remote::client::{ClientError, HttpTransport, RemoteSettings, Session, SetupError};
use crate::server::Latency;

/// The agent-assist options of a server.
#[derive(Debug)]
pub struct AssistOptions {
    /// The rules for eligibility, rate limits, delivery and transcripts.
    pub settings: Settings,
    /// The agents who may get prompts.
    pub agents: Agents,
    /// The prompt service and the transcript service.
    pub upstream: Upstream,
    /// The time from an interaction's first prompt until the stand-in has its transcript.
    pub transcripts: Latency,
    /// The file to which records are appended.
    pub log: Option<PromptLog>,
    /// Maximum number of records, and of prompts at the stand-in; the oldest are dropped.
    pub max_records: usize,
}

/// The prompt service and the transcript service that a server uses.
#[derive(Debug, Default)]
pub enum Upstream {
    /// The stand-ins on the same server, without a socket.
    #[default]
    StandIns,
    /// A remote target.
    Target(Box<RemoteService<HttpTransport>>),
}

/// Why a target is unusable.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// Connections cannot be set up.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The URL is unusable.
    #[error(transparent)]
    Address(#[from] ClientError),
}

impl Default for AssistOptions {
    /// The tutorial's settings and agents, the stand-ins as upstream, transcripts at once, 50,000
    /// records, no log.
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            agents: Agents::default(),
            upstream: Upstream::StandIns,
            transcripts: Latency::default(),
            log: None,
            max_records: 50_000,
        }
    }
}

impl Upstream {
    /// Creates a client of a target; call it inside a tokio runtime. Without scopes in the
    /// settings, the client requests those of prompts. `refresh_is_set` says whether the user chose
    /// the time of early token refresh.
    ///
    /// # Errors
    /// If the certificates or the URL are unusable.
    pub fn target(settings: RemoteSettings, refresh_is_set: bool) -> Result<Self, UpstreamError> {
        let settings = with_prompt_defaults(settings, refresh_is_set);
        let transport = HttpTransport::new(&settings)?;
        Ok(Self::Target(Box::new(RemoteService::new(Session::new(settings, transport))?)))
    }
}

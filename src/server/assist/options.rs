//! What the agent-assist side of a server is started with.

use crate::assist::{Agents, Live, PromptLog, Settings, for_prompts};
use crate::remote::client::{ClientError, HttpTransport, RemoteSettings, Session, SetupError};
use crate::server::Latency;

/// The agent-assist side of a server.
#[derive(Debug)]
pub struct AssistOptions {
    /// What decides over the way of a prompt.
    pub settings: Settings,
    /// Who may get prompts.
    pub agents: Agents,
    /// Where prompts are sent and transcripts asked for.
    pub upstream: Upstream,
    /// How long the stand-in takes to make a transcript, from the interaction's first prompt on.
    pub transcripts: Latency,
    /// Where records are appended to.
    pub log: Option<PromptLog>,
    /// How many records, and prompts of the stand-in, are kept; the oldest give way.
    pub most: usize,
}

/// Where prompts are sent and transcripts asked for.
#[derive(Debug, Default)]
pub enum Upstream {
    /// The stand-ins on the same server, without a socket.
    #[default]
    Own,
    /// A target.
    Target(Box<Live<HttpTransport>>),
}

/// Why a target cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// Connections to it cannot be set up.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// Its address cannot be used.
    #[error(transparent)]
    Address(#[from] ClientError),
}

impl Default for AssistOptions {
    /// The tutorial's settings and agents, the server its own upstream, transcripts at once, 50,000 records, no log.
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            agents: Agents::default(),
            upstream: Upstream::Own,
            transcripts: Latency::default(),
            log: None,
            most: 50_000,
        }
    }
}

impl Upstream {
    /// A target with these settings, to be made inside a tokio runtime. Scopes that are not set are those of prompts;
    /// `refresh_is_set` is whether the time of early refresh is the user's and not a default.
    ///
    /// # Errors
    /// When its certificates or its address cannot be used.
    pub fn target(settings: RemoteSettings, refresh_is_set: bool) -> Result<Self, UpstreamError> {
        let settings = for_prompts(settings, refresh_is_set);
        let transport = HttpTransport::new(&settings)?;
        Ok(Self::Target(Box::new(Live::new(Session::new(settings, transport))?)))
    }
}

//! What a server is started with.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::{AssistOptions, Catalogue, FaultPlan, Latency};
use crate::remote::contract::Limits;

/// A server's options; `ServerOptions { flows, ..ServerOptions::default() }`.
#[derive(Debug)]
pub struct ServerOptions {
    /// Where it listens; port 0 is any free one. Anything but a loopback address needs credentials.
    pub bind: SocketAddr,
    /// Who gets a token.
    pub credentials: Credentials,
    /// The flows that can be called.
    pub flows: Catalogue,
    /// How long a simulation takes, from its submission to its result.
    pub processing: Latency,
    /// Decides every draw: processing times and faults.
    pub seed: u64,
    /// For how long a token is good.
    pub token_ttl: Duration,
    /// What goes wrong.
    pub faults: FaultPlan,
    /// Certificate and key; none is plain HTTP.
    pub tls: Option<TlsFiles>,
    /// What a submission may ask for at most.
    pub limits: Limits,
    /// The longest body, in bytes.
    pub max_body: usize,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// For how long a result is kept after its completion.
    pub result_ttl: Duration,
    /// How many simulations are kept. Results that were read make room; without any, submissions are refused.
    pub max_simulations: usize,
    /// How many connections are served at once; further ones wait.
    pub max_connections: usize,
    /// How long a shutdown may take.
    pub grace: Duration,
    /// Prompts for agents.
    pub assist: AssistOptions,
}

impl Default for ServerOptions {
    /// `127.0.0.1` on any free port, no flows, no faults, no processing time, tokens for an hour, results for a minute, at most 200,000.
    fn default() -> Self {
        Self {
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            credentials: Credentials::Any,
            flows: Catalogue::default(),
            processing: Latency::default(),
            seed: 0,
            token_ttl: Duration::from_secs(3600),
            faults: FaultPlan::default(),
            tls: None,
            limits: Limits::default(),
            max_body: 1 << 20,
            body_timeout: Duration::from_secs(30),
            result_ttl: Duration::from_secs(60),
            max_simulations: 200_000,
            max_connections: 4_096,
            grace: Duration::from_secs(10),
            assist: AssistOptions::default(),
        }
    }
}

/// Who gets a token.
#[derive(Clone, Debug, Default)]
pub enum Credentials {
    /// Whoever sends an id and a secret, whichever: for tests on this machine. Only on loopback addresses.
    #[default]
    Any,
    /// These.
    Clients(Vec<Client>),
}

/// A client of the server.
#[derive(Clone)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("id", &self.id).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// What a token allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// To submit simulations.
    Run,
    /// To read their results.
    Read,
    /// To read flows.
    Flows,
    /// To send prompts to agents, and to acknowledge them.
    Prompts,
    /// To read transcripts, and what became of prompts.
    Interactions,
    /// To read agents; nothing here asks for it, but clients of prompts ask for the scope.
    Users,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Run, Self::Read, Self::Flows, Self::Prompts, Self::Interactions, Self::Users];

    /// Its name in token requests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Run => "flow:simulator:run",
            Self::Read => "flow:simulator:read",
            Self::Flows => "flow:read",
            Self::Prompts => "agentassist:prompt:write",
            Self::Interactions => "interactions:read",
            Self::Users => "users:read",
        }
    }

    pub(super) const fn bit(self) -> u8 {
        match self {
            Self::Run => 1,
            Self::Read => 2,
            Self::Flows => 4,
            Self::Prompts => 8,
            Self::Interactions => 16,
            Self::Users => 32,
        }
    }
}

/// PEM files.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The certificate and those that lead to its root, in that order.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

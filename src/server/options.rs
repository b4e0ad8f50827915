//! The options of a server.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::{AssistOptions, Catalogue, FaultPlan, Latency};
use crate::remote::contract::SubmissionLimits;

/// The options of a server; `ServerOptions { flows, ..ServerOptions::default() }` for tests.
#[derive(Debug)]
pub struct ServerOptions {
    /// The address to listen on; port 0 is any free one. An address that is not a loopback one
    /// needs credentials.
    pub bind: SocketAddr,
    /// The clients that get tokens.
    pub credentials: Credentials,
    /// The flows that can be simulated.
    pub flows: Catalogue,
    /// The time from a submission to its result.
    pub processing: Latency,
    /// The seed of processing times and faults.
    pub seed: u64,
    /// The lifetime of a token.
    pub token_ttl: Duration,
    /// The faults to inject.
    pub faults: FaultPlan,
    /// Certificate and key; none for plain HTTP.
    pub tls: Option<TlsFiles>,
    /// The limits of a submission.
    pub limits: SubmissionLimits,
    /// Maximum size of a body, in bytes.
    pub max_body: usize,
    /// Time limit for a body to arrive.
    pub body_timeout: Duration,
    /// How long a result is kept after its completion.
    pub result_ttl: Duration,
    /// Maximum number of simulations in the store. Results that were read make room; without any,
    /// submissions are refused.
    pub max_simulations: usize,
    /// Maximum number of concurrent connections; further ones wait.
    pub max_connections: usize,
    /// Time limit of a graceful shutdown.
    pub grace: Duration,
    /// The options of agent-assist prompts.
    pub assist: AssistOptions,
}

impl Default for ServerOptions {
    /// Any free port of `127.0.0.1`, no flows, no faults, no processing time, tokens for an hour,
    /// and results for a minute, at most 200,000.
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
            limits: SubmissionLimits::default(),
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

/// The clients that get tokens.
#[derive(Clone, Debug, Default)]
pub enum Credentials {
    /// Every client, with any id and secret. For tests on this machine: allowed on loopback
    /// addresses only.
    #[default]
    Any,
    /// These clients.
    Clients(Vec<Client>),
}

/// A client of the server.
#[derive(Clone)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// The scopes that its tokens may have.
    pub scopes: Vec<Scope>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("id", &self.id).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// A scope: what a token allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Submits simulations.
    Run,
    /// Reads their results.
    Read,
    /// Reads flows.
    Flows,
    /// Sends prompts to agents, and acknowledges them.
    Prompts,
    /// Reads transcripts and the records of prompts.
    Interactions,
    /// Reads agents. No endpoint here needs it, but clients that send prompts request it.
    Users,
}

impl Scope {
    /// All scopes.
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

/// The PEM files of a TLS server.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The certificate and its intermediate certificates, in that order.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

//! `callpath serve`.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;

use super::arguments::{Global, RuleLevels};
use super::settings::Project;
use super::{ExitCode, interrupt, lint, output};
use crate::assist::{Agents, Eligibility, Limits, PromptLog, Settings, read_agents};
use crate::remote::client::{Rate, RemoteSettings};
use crate::server::{
    AssistOptions, Catalogue, Client, Credentials, FaultPlan, Latency, Scope, ServeError, Server, ServerOptions,
    Stopped, TlsFiles, Upstream, read_faults,
};
use crate::source::diagnostics::{Diagnostics, Source, render_all};
use crate::source::yaml::{self, load, parse_duration};

/// `callpath serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  callpath serve --flows suites/flows --port 0\n  \
                        callpath serve --processing '20ms..80ms' --faults tests/fixtures/faults/bad-day.yaml\n  \
                        callpath serve --fault '{on: submit, every: 10, fault: status, status: 429, retry_after: 1s}'\n  \
                        callpath serve --agents agents.yaml --minimum-sentiment=-0.5 --prompts-log prompts.jsonl\n\
                        \nThe first line of the output is the address. Without --client-id any credentials are taken, on \
                        loopback addresses only.")]
pub struct Serve {
    /// Flow files, or folders in which to look for them [default: suites]
    #[arg(long, value_name = "PATH", num_args = 1.., default_values_t = ["suites".to_owned()], hide_default_value = true)]
    pub flows: Vec<String>,
    /// The address to listen on; any but a loopback address needs --client-id
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// The port; 0 is any free one
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub port: u16,
    /// The client that gets tokens
    #[arg(long, value_name = "ID", env = "CALLPATH_SERVE_CLIENT_ID", requires = "client_secret")]
    pub client_id: Option<String>,
    /// Its secret; better in the environment than on the command line, where others can see it
    #[arg(
        long,
        value_name = "SECRET",
        env = "CALLPATH_SERVE_CLIENT_SECRET",
        hide_env_values = true,
        requires = "client_id"
    )]
    pub client_secret: Option<String>,
    /// How long a simulation takes: a time, a range such as `20ms..80ms`, or `exponential 50ms..400ms` (mean and cap)
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub processing: Latency,
    /// For how long a token is good
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_duration)]
    pub token_ttl: u64,
    /// For how long a result is kept
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = parse_duration)]
    pub result_ttl: u64,
    /// How long the server goes on at Ctrl-C for those who wait for results, and for prompts that it has taken
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = parse_duration)]
    pub grace: u64,
    /// A file of faults (see docs/server.md)
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// One more fault, as in the file; repeated: all of them
    #[arg(long, value_name = "FAULT")]
    pub fault: Vec<String>,
    /// The seed of processing times and faults
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// A certificate (and those up to its root) in PEM: the server speaks TLS
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Its private key in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    // Last: its heading would stand over what follows.
    #[command(flatten)]
    pub assist: Assist,
}

/// Prompts for agents, at `POST /simulate-prompt`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Agent assist")]
pub struct Assist {
    /// The agents who may get prompts and their skills (see docs/assist.md); without it everybody has the skills billing,
    /// technical_support and escalation
    #[arg(long, value_name = "FILE")]
    pub agents: Option<PathBuf>,
    /// The least sentiment at which an agent gets a prompt, from -1 to 1
    #[arg(long, value_name = "N", default_value_t = -0.3, allow_negative_numbers = true, value_parser = sentiment)]
    pub minimum_sentiment: f64,
    /// The skills that an agent needs, separated by commas; '' is none
    #[arg(long, value_name = "SKILLS", default_value = "billing", value_delimiter = ',')]
    pub required_skills: Vec<String>,
    /// Prompts that an agent, and a tenant, may get at once
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub prompt_burst: u32,
    /// Prompts a second after that
    #[arg(long, value_name = "N", default_value_t = 2.0)]
    pub prompt_rate: f64,
    /// How long a prompt may wait for the rate limit instead of being refused
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = parse_duration)]
    pub prompt_wait: u64,
    /// A target of callpath.toml to which prompts are sent [default: the stand-ins of this server]
    #[arg(long, value_name = "NAME")]
    pub assist_target: Option<String>,
    /// How long the stand-in takes to make a transcript: a time, a range, or an exponential as for --processing
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub transcript_delay: Latency,
    /// Append the record of each prompt to this file, one line of JSON each
    #[arg(long, value_name = "FILE")]
    pub prompts_log: Option<PathBuf>,
}

fn sentiment(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (-1.0..=1.0).contains(number));
    number.ok_or_else(|| "a sentiment is a number from -1 to 1".to_owned())
}

/// Serves until Ctrl-C or SIGTERM.
pub(super) fn serve(global: &Global, serve: &Serve) -> Result<ExitCode> {
    let mut diagnostics = Diagnostics::new();
    let flows = Catalogue::load(&serve.flows, &std::env::current_dir()?, &mut diagnostics);
    let faults = faults(serve, &mut diagnostics);
    let agents = agents(serve.assist.agents.as_deref(), &mut diagnostics);
    let levels = lint::levels(&Project::find(global)?, &RuleLevels::default())?;
    let diagnostics = levels.apply(diagnostics);
    if !diagnostics.is_empty() {
        output::to_stderr(&render_all(&diagnostics, output::style(global)));
    }
    let flows = flows?;
    if lint::denied(&diagnostics, &levels) {
        return Ok(ExitCode::INVALID);
    }
    let Some(faults) = faults else { bail!("the faults cannot be used") };
    let Some(agents) = agents else { bail!("the agents cannot be used") };
    let credentials = match (&serve.client_id, &serve.client_secret) {
        (Some(id), Some(secret)) if !id.is_empty() && !secret.is_empty() => {
            Credentials::Clients(vec![Client { id: id.clone(), secret: secret.clone(), scopes: Scope::ALL.to_vec() }])
        }
        (None, None) => Credentials::Any,
        _ => bail!("the client's id and secret must not be empty"),
    };
    let tls = match (&serve.tls_cert, &serve.tls_key) {
        (Some(certificate), Some(key)) => Some(TlsFiles { certificate: certificate.clone(), key: key.clone() }),
        _ => None,
    };
    let options = ServerOptions {
        bind: SocketAddr::new(serve.bind, serve.port),
        credentials,
        flows,
        processing: serve.processing,
        seed: serve.seed,
        token_ttl: Duration::from_millis(serve.token_ttl),
        result_ttl: Duration::from_millis(serve.result_ttl),
        grace: Duration::from_millis(serve.grace),
        faults,
        tls,
        assist: assist(&serve.assist, agents)?,
        ..ServerOptions::default()
    };
    let target = target(global, serve.assist.assist_target.as_deref())?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(options, target))
}

/// What decides over the way of prompts; where they are sent is decided later.
fn assist(given: &Assist, agents: Agents) -> Result<AssistOptions> {
    let Some(rate) = Rate::new(given.prompt_rate, given.prompt_burst) else {
        bail!("--prompt-rate must be from 0.001 to 1000000");
    };
    let required_skills = given.required_skills.iter().map(|skill| skill.trim()).filter(|skill| !skill.is_empty());
    let settings = Settings {
        eligibility: Eligibility {
            minimum_sentiment: given.minimum_sentiment,
            required_skills: required_skills.map(str::to_owned).collect(),
        },
        limits: Limits { agent: Some(rate), tenant: Some(rate), patience: Duration::from_millis(given.prompt_wait) },
        ..Settings::default()
    };
    let open = |path: &PathBuf| PromptLog::open(path).with_context(|| format!("cannot write to '{}'", path.display()));
    let log = given.prompts_log.as_ref().map(open).transpose()?;
    Ok(AssistOptions { settings, agents, transcripts: given.transcript_delay, log, ..AssistOptions::default() })
}

/// The settings of the target that prompts are sent to, and whether its early refresh is the user's; none for the server's own stand-ins.
fn target(global: &Global, name: Option<&str>) -> Result<Option<(RemoteSettings, bool)>> {
    let Some(name) = name else { return Ok(None) };
    let project = Project::find(global)?;
    let is_set = project.config.target.get(name).is_some_and(|profile| profile.refresh_early.is_some());
    Ok(project.remote(Some(name))?.map(|settings| (settings, is_set)))
}

/// The agents of a file; nothing where there are mistakes.
fn agents(path: Option<&Path>, diagnostics: &mut Diagnostics) -> Option<Agents> {
    let Some(path) = path else { return Some(Agents::default()) };
    let source = load(path, &path.display().to_string(), &yaml::Limits::default(), diagnostics)?;
    read_agents(&source, diagnostics)
}

async fn run(mut options: ServerOptions, target: Option<(RemoteSettings, bool)>) -> Result<ExitCode> {
    if let Some((settings, refresh_is_set)) = target {
        options.assist.upstream = Upstream::target(settings, refresh_is_set)?;
    }
    let server = match Server::bind(options).await {
        Ok(server) => server,
        Err(error @ ServeError::Open(_)) => bail!("{error}: give --client-id and --client-secret"),
        Err(ServeError::Bind { address, source }) if source.kind() == std::io::ErrorKind::AddrInUse => {
            bail!("another program listens on '{address}' already; give another --port, 0 is any free one")
        }
        Err(error) => bail!(error),
    };
    output::to_stdout(|out| writeln!(out, "listening on {}", server.url()))?;
    let (stop, stopped) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        if !interrupt::signal().await {
            // No signal can be waited for: the system's default ends the process.
            std::future::pending::<()>().await;
        }
        output::to_stderr("stopping; once more to end at once\n");
        // The server listens as long as the receiver lives, and it ends no sooner than it hears.
        let _ = stop.send(());
        if interrupt::signal().await {
            std::process::exit(ExitCode::INTERRUPTED.0.into());
        }
    });
    let stopped = server.run(async { drop(stopped.await) }).await;
    report(&stopped);
    Ok(ExitCode::PASSED)
}

/// Says what was left unfinished.
fn report(stopped: &Stopped) {
    let prompts = |count: usize| if count == 1 { "1 prompt".to_owned() } else { format!("{count} prompts") };
    if stopped.pending > 0 {
        let text = format!("transcript: pending for {}\n", prompts(stopped.pending));
        output::to_stderr(&text);
    }
    if stopped.cut > 0 {
        output::to_stderr(&format!("the delivery of {} was cut off\n", prompts(stopped.cut)));
    }
    if let Some(reason) = &stopped.log {
        output::to_stderr(&format!("lines are missing in the prompt log: {reason}\n"));
    }
}

/// The faults of the file and of the command line; nothing where there are mistakes.
fn faults(serve: &Serve, diagnostics: &mut Diagnostics) -> Option<FaultPlan> {
    let mut plan = match &serve.faults {
        None => Some(FaultPlan::default()),
        Some(path) => load(path, &path.display().to_string(), &yaml::Limits::default(), diagnostics)
            .and_then(|source| read_faults(&source, diagnostics)),
    };
    for text in &serve.fault {
        let more = read_faults(&Source::new("--fault", text.as_str()), diagnostics);
        plan = match (plan, more) {
            (Some(mut plan), Some(more)) => {
                plan.rules.extend(more.rules);
                Some(plan)
            }
            _ => None,
        };
    }
    plan
}

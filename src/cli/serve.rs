//! `callpath serve`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::arguments::{Assist, Global, RuleLevels, Serve};
use super::settings::Project;
use super::{ExitCode, interrupt, lint, output};
use crate::assist::{Agents, Eligibility, PromptLog, RateLimits, Settings, read_agents};
use crate::remote::client::{Rate, RemoteSettings};
use crate::server::{
    AssistOptions, Catalogue, Client, Credentials, FaultPlan, Scope, ServeError, Server, ServerOptions, ShutdownReport,
    TlsFiles, Upstream, read_faults,
};
use crate::source::diagnostics::{Diagnostics, Source, render_all};
use crate::source::yaml::{self, load};

/// Serves until Ctrl-C or SIGTERM.
pub(super) fn serve(global: &Global, serve: &Serve) -> Result<ExitCode> {
    let mut diagnostics = Diagnostics::new();
    let flows = Catalogue::load(&serve.flows, &std::env::current_dir()?, &mut diagnostics);
    let faults = faults(serve, &mut diagnostics);
    let agents = agents(serve.assist.agents.as_deref(), &mut diagnostics);
    let levels = lint::levels(&Project::find(global)?, &RuleLevels::default())?;
    let diagnostics = levels.apply_levels(diagnostics);
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
        _ => bail!("client id and client secret must not be empty"),
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

/// The options of agent assist, except the upstream, which is set later.
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
        limits: RateLimits {
            agent: Some(rate),
            tenant: Some(rate),
            patience: Duration::from_millis(given.prompt_wait),
        },
        ..Settings::default()
    };
    let open = |path: &PathBuf| PromptLog::open(path).with_context(|| format!("cannot write to '{}'", path.display()));
    let log = given.prompts_log.as_ref().map(open).transpose()?;
    Ok(AssistOptions { settings, agents, transcripts: given.transcript_delay, log, ..AssistOptions::default() })
}

/// The settings of the target that prompts are sent to, and whether it sets `refresh-early`; none
/// for the stand-ins of this server.
fn target(global: &Global, name: Option<&str>) -> Result<Option<(RemoteSettings, bool)>> {
    let Some(name) = name else { return Ok(None) };
    let project = Project::find(global)?;
    let is_set = project.config.target.get(name).is_some_and(|profile| profile.refresh_early.is_some());
    Ok(project.remote(Some(name))?.map(|settings| (settings, is_set)))
}

/// Reads the agents of a file; none where it has mistakes.
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
            bail!("another program already listens on '{address}'; choose another --port, or 0 for a free one")
        }
        Err(error) => bail!(error),
    };
    output::to_stdout(|out| writeln!(out, "listening on {}", server.url()))?;
    let (stop, stopped) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        if !interrupt::signal().await {
            // The process cannot listen for signals: the default handler ends it.
            std::future::pending::<()>().await;
        }
        output::to_stderr("stopping; press Ctrl-C again to exit at once\n");
        // The receiver lives until the server has stopped.
        let _ = stop.send(());
        if interrupt::signal().await {
            std::process::exit(ExitCode::INTERRUPTED.0.into());
        }
    });
    let stopped = server.run(async { drop(stopped.await) }).await;
    report(&stopped);
    Ok(ExitCode::PASSED)
}

/// Reports unfinished work.
fn report(stopped: &ShutdownReport) {
    let prompts = |count: usize| if count == 1 { "1 prompt".to_owned() } else { format!("{count} prompts") };
    if stopped.pending > 0 {
        let text = format!("transcript: pending for {}\n", prompts(stopped.pending));
        output::to_stderr(&text);
    }
    if stopped.cut > 0 {
        output::to_stderr(&format!("the delivery of {} was interrupted\n", prompts(stopped.cut)));
    }
    if let Some(reason) = &stopped.log {
        output::to_stderr(&format!("lines are missing in the prompt log: {reason}\n"));
    }
}

/// Reads the faults of the file and of the command line; none where there are mistakes.
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

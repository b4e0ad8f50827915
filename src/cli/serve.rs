//! `callpath serve`.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use super::arguments::{Global, RuleLevels};
use super::settings::Project;
use super::{ExitCode, interrupt, lint, output};
use crate::diagnose::{Diagnostics, Source, render_all};
use crate::server::{
    Catalogue, Client, Credentials, FaultPlan, Latency, Scope, ServeError, Server, ServerOptions, TlsFiles, read_faults,
};
use crate::yaml::{Limits, load, parse_duration};

/// `callpath serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  callpath serve --flows suites/flows --port 0\n  \
                        callpath serve --processing '20ms..80ms' --faults tests/fixtures/faults/bad-day.yaml\n  \
                        callpath serve --fault '{on: submit, every: 10, fault: status, status: 429, retry_after: 1s}'\n\
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
    /// How long the server goes on at Ctrl-C for those who wait for results
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
}

/// Serves until Ctrl-C or SIGTERM.
pub fn serve(global: &Global, serve: &Serve) -> Result<ExitCode> {
    let mut diagnostics = Diagnostics::new();
    let flows = Catalogue::load(&serve.flows, &std::env::current_dir()?, &mut diagnostics);
    let faults = faults(serve, &mut diagnostics);
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
        ..ServerOptions::default()
    };
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(options))
}

async fn run(options: ServerOptions) -> Result<ExitCode> {
    let server = match Server::bind(options).await {
        Ok(server) => server,
        Err(error @ ServeError::Open(_)) => bail!("{error}: give --client-id and --client-secret"),
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
    server.run(async { drop(stopped.await) }).await;
    Ok(ExitCode::PASSED)
}

/// The faults of the file and of the command line; nothing where there are mistakes.
fn faults(serve: &Serve, diagnostics: &mut Diagnostics) -> Option<FaultPlan> {
    let mut plan = match &serve.faults {
        None => Some(FaultPlan::default()),
        Some(path) => load(path, &path.display().to_string(), &Limits::default(), diagnostics)
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

//! Accepts connections, and shuts down gracefully.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::app::App;
use super::assist::{AssistService, ShutdownReport};
use super::connection;
use super::error::ServeError;
use super::faults::{Fault, FaultPlan};
use super::options::{Credentials, ServerOptions};
use super::routes::build;
use super::tls::acceptor;

/// Time limit of a TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// A server that is stopping waits until clients have fetched their results, unless no request came
/// for this time.
const IDLE_LIMIT: Duration = Duration::from_secs(1);
/// Interval at which expired results are dropped.
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);
/// Interval at which the prompt log is flushed.
const FLUSH_INTERVAL: Duration = Duration::from_secs(1);

/// A bound server.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    app: Arc<App>,
    service: Arc<AssistService>,
    router: Router,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .field("tls", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Binds the address; requests are answered once the server [runs](Self::run).
    ///
    /// # Errors
    /// If the system refuses the address, if the address is not a loopback one and no client has
    /// credentials, or if the certificate is unusable.
    pub async fn bind(options: ServerOptions) -> Result<Self, ServeError> {
        let address = options.bind;
        let open = match &options.credentials {
            Credentials::Any => true,
            Credentials::Clients(clients) => clients.is_empty(),
        };
        if open && !address.ip().is_loopback() {
            return Err(ServeError::Open(address));
        }
        let http2 = !ends_connections(&options.faults);
        let tls = options.tls.as_ref().map(|files| acceptor(files, http2)).transpose()?;
        let failed = |source| ServeError::Bind { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (router, service) = build(options);
        Ok(Self { listener, address, tls, router, app: service.app.clone(), service })
    }

    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL for clients on this machine.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Answers requests until `shutdown` completes. Then it refuses submissions, serves the results
    /// that clients still wait for, answers open requests, and finishes prompts and transcript
    /// searches. All of this takes at most the options' grace period.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> ShutdownReport {
        let Self { listener, tls, app, service, router, .. } = self;
        let slots = Arc::new(Semaphore::new(app.options.max_connections.max(1)));
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        let mut sweep = interval(SWEEP_INTERVAL);
        let mut flush = interval(FLUSH_INTERVAL);
        let mut drain_check = interval(Duration::from_millis(20));
        let mut draining: Option<Instant> = None;
        loop {
            let accept = async {
                // The semaphore is never closed.
                let permit = slots.clone().acquire_owned().await.ok();
                (permit, listener.accept().await)
            };
            tokio::select! {
                accepted = accept => match accepted {
                    (Some(permit), Ok((stream, _))) => {
                        let watcher = graceful.watcher();
                        connections.spawn(serve_connection(stream, tls.clone(), router.clone(), permit, watcher));
                    }
                    // No file descriptor is free, or the client has gone already: retry shortly.
                    _ => sleep(Duration::from_millis(20)).await,
                },
                () = &mut shutdown, if draining.is_none() => {
                    app.start_draining();
                    draining = Some(Instant::now());
                }
                _ = drain_check.tick(), if draining.is_some() => {
                    let over = draining.is_some_and(|since| since.elapsed() >= app.options.grace);
                    if over || app.store.awaited() == 0 || app.idle_time() >= IDLE_LIMIT {
                        break;
                    }
                }
                _ = sweep.tick() => app.store.sweep(),
                _ = flush.tick() => if let Err(error) = app.ledger.flush() {
                    app.metrics.count_log_failure();
                    tracing::error!(target: "callpath::server", %error, "the prompt log cannot be written");
                },
                Some(_) = connections.join_next() => {}
            }
        }
        drop(listener);
        let spent = draining.map_or(Duration::ZERO, |since| since.elapsed());
        let rest = app.options.grace.saturating_sub(spent);
        if timeout(rest, graceful.shutdown()).await.is_err() {
            connections.shutdown().await;
        }
        let spent = draining.map_or(Duration::ZERO, |since| since.elapsed());
        service.stop(app.options.grace.saturating_sub(spent)).await
    }
}

/// Whether a fault ends the connection of its request. HTTP/2 is off then: it would end the other
/// requests as well.
fn ends_connections(faults: &FaultPlan) -> bool {
    faults.rules.iter().any(|rule| matches!(rule.fault, Fault::Reset | Fault::LostAnswer | Fault::Truncated))
}

async fn serve_connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    router: Router,
    _permit: OwnedSemaphorePermit,
    watcher: Watcher,
) {
    // Responses are small and written whole: Nagle's algorithm would only delay them.
    let _ = stream.set_nodelay(true);
    match tls {
        None => connection::serve(stream, router, watcher).await,
        Some(tls) => match timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await {
            Ok(Ok(stream)) => connection::serve(stream, router, watcher).await,
            Ok(Err(error)) => tracing::debug!(target: "callpath::server", %error, "a TLS handshake failed"),
            Err(_) => tracing::debug!(target: "callpath::server", "a TLS handshake timed out"),
        },
    }
}

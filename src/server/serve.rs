//! Listening, and stopping in an orderly way.

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
use super::assist::{Service, Stopped};
use super::connection;
use super::faults::{Fault, FaultPlan};
use super::options::{Credentials, ServerOptions};
use super::routes::build;
use super::tls::acceptor;

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// A server that is to stop waits for those who wait for results, unless nobody has asked anything for so long.
const SILENCE: Duration = Duration::from_secs(1);
/// How often expired results are dropped.
const SWEEP: Duration = Duration::from_secs(5);
/// How long a line of the prompt log may be held back.
const FLUSH: Duration = Duration::from_secs(1);

/// Why a server cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Whoever reaches the address could use the server.
    #[error("'{0}' is not a loopback address; a server that others can reach needs credentials")]
    Open(SocketAddr),
    /// The address cannot be had.
    #[error("cannot listen on '{address}'")]
    Bind {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// Certificate or key cannot be used.
    #[error("cannot use '{path}' for TLS: {reason}")]
    Tls {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
}

/// A server that listens.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    app: Arc<App>,
    service: Arc<Service>,
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
    /// Starts to listen; requests are answered once it [runs](Self::run).
    ///
    /// # Errors
    /// When the address cannot be had, is not a loopback one and nobody's credentials are known, or the certificate cannot be
    /// used.
    pub async fn bind(options: ServerOptions) -> Result<Self, ServeError> {
        let address = options.bind;
        let open = match &options.credentials {
            Credentials::Any => true,
            Credentials::Clients(clients) => clients.is_empty(),
        };
        if open && !address.ip().is_loopback() {
            return Err(ServeError::Open(address));
        }
        let http2 = !resets(&options.faults) && !truncates(&options.faults);
        let tls = options.tls.as_ref().map(|files| acceptor(files, http2)).transpose()?;
        let failed = |source| ServeError::Bind { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (router, service) = build(options);
        Ok(Self { listener, address, tls, router, app: service.app.clone(), service })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL for clients on this machine.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Answers requests until `shutdown` completes. Then submissions are refused; results are handed out as long as
    /// somebody waits for them, requests that have begun are answered, prompts delivered and their transcripts looked for, all of it no longer
    /// than the options' grace.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Stopped {
        let Self { listener, tls, app, service, router, .. } = self;
        let places = Arc::new(Semaphore::new(app.options.max_connections.max(1)));
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        let mut shutdown = pin!(shutdown);
        let mut sweep = interval(SWEEP);
        let mut flush = interval(FLUSH);
        let mut pulse = interval(Duration::from_millis(20));
        let mut draining: Option<Instant> = None;
        loop {
            let accept = async {
                // The semaphore is never closed.
                let permit = places.clone().acquire_owned().await.ok();
                (permit, listener.accept().await)
            };
            tokio::select! {
                accepted = accept => match accepted {
                    (Some(permit), Ok((stream, _))) => {
                        let watcher = graceful.watcher();
                        connections.spawn(connected(stream, tls.clone(), router.clone(), permit, watcher));
                    }
                    // Out of file descriptors, or a client that went away at once: the next may do better.
                    _ => sleep(Duration::from_millis(20)).await,
                },
                () = &mut shutdown, if draining.is_none() => {
                    app.drain();
                    draining = Some(Instant::now());
                }
                _ = pulse.tick(), if draining.is_some() => {
                    let over = draining.is_some_and(|since| since.elapsed() >= app.options.grace);
                    if over || app.store.awaited() == 0 || app.idle() >= SILENCE {
                        break;
                    }
                }
                _ = sweep.tick() => app.store.sweep(),
                _ = flush.tick() => if let Err(error) = app.ledger.flush() {
                    app.metrics.lost_lines();
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

/// Whether a fault resets the connection of its request.
fn resets(faults: &FaultPlan) -> bool {
    faults.rules.iter().any(|rule| matches!(rule.fault, Fault::Reset | Fault::LostAnswer))
}

/// Whether a fault ends the connection of its request in the middle of the answer.
fn truncates(faults: &FaultPlan) -> bool {
    faults.rules.iter().any(|rule| rule.fault == Fault::Truncated)
}

async fn connected(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    router: Router,
    _permit: OwnedSemaphorePermit,
    watcher: Watcher,
) {
    // Answers are small and whole: waiting for more to send would only cost time.
    let _ = stream.set_nodelay(true);
    match tls {
        None => connection::serve(stream, router, watcher).await,
        Some(tls) => match timeout(HANDSHAKE, tls.accept(stream)).await {
            Ok(Ok(stream)) => connection::serve(stream, router, watcher).await,
            Ok(Err(error)) => tracing::debug!(target: "callpath::server", %error, "a TLS handshake failed"),
            Err(_) => tracing::debug!(target: "callpath::server", "a TLS handshake took too long"),
        },
    }
}

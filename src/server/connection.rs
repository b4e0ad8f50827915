//! One connection.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use tokio_rustls::server::TlsStream;
use tower_service::Service;

/// How long a request's head, or the pause before it, may take.
const HEAD: Duration = Duration::from_secs(60);

/// The way from a request to the connection that it came by.
#[derive(Clone, Debug, Default)]
pub(super) struct Line(Arc<Notify>);

impl Line {
    /// Resets the connection; what waits for this never goes on.
    pub async fn reset(self) -> Response<Body> {
        self.0.notify_one();
        std::future::pending().await
    }
}

/// A stream whose other end can be told that something went wrong.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// The bare connection.
    fn bare(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn bare(&self) -> &TcpStream {
        self
    }
}

impl Stream for TlsStream<TcpStream> {
    fn bare(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// Serves the requests of a connection until either end closes it, or until the present one is answered after `stop`
/// has changed.
pub(super) async fn serve<S: Stream>(stream: S, router: Router, resets: bool, mut stop: watch::Receiver<bool>) {
    let line = Line::default();
    let service = service_fn(|mut request: hyper::Request<Incoming>| {
        if resets {
            request.extensions_mut().insert(line.clone());
        }
        let mut router = router.clone();
        async move { Ok::<_, Infallible>(router.call(request).await.unwrap_or_else(|never| match never {})) }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .pipeline_flush(true)
        .serve_connection(TokioIo::new(stream), service);
    let mut reset = pin!(line.0.notified());
    let mut stopping = false;
    loop {
        tokio::select! {
            biased;
            // What went wrong on the way to a client is the client's to report.
            _ = &mut connection => return,
            () = &mut reset => {
                let stream = connection.into_parts().io.into_inner();
                // Closing a socket with a linger of zero sends a reset; where that is refused the client sees an end.
                let _ = stream.bare().set_zero_linger();
                return;
            }
            changed = stop.changed(), if !stopping => {
                stopping = true;
                if changed.is_ok() {
                    Pin::new(&mut connection).graceful_shutdown();
                }
            }
        }
    }
}

//! One connection.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Response;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{Notify, OwnedSemaphorePermit, watch};
use tokio_rustls::server::TlsStream;
use tower_service::Service;

/// How long a request's head, or the pause before it, may take.
const HEAD: Duration = Duration::from_secs(60);

/// Requests of one HTTP/2 connection at once: a client may have many jobs, and questions for results are held.
const STREAMS: u32 = 1_000;
/// The name of HTTP/2 in a TLS handshake (RFC 9113, section 3.1).
pub(super) const H2: &[u8] = b"h2";

/// A place among the connections that are served at once.
#[derive(Debug)]
pub(super) struct Place {
    permit: OwnedSemaphorePermit,
    /// How many there are.
    of: usize,
}

impl Place {
    /// One of so many.
    pub(super) fn new(permit: OwnedSemaphorePermit, of: usize) -> Self {
        Self { permit, of }
    }

    /// Whether no other place is taken, but for the one that is held ready for the next connection.
    fn is_alone(&self) -> bool {
        self.permit.semaphore().available_permits() + 2 >= self.of
    }
}

/// The way from a request to the connection that it came by.
#[derive(Clone, Debug, Default)]
pub(super) struct Line(Arc<Notify>);

impl Line {
    /// Resets the connection; what waits for this never goes on.
    pub(super) async fn reset(self) -> Response<Body> {
        self.0.notify_one();
        std::future::pending().await
    }
}

/// A stream whose other end can be told that something went wrong.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// The bare connection.
    fn bare(&self) -> &TcpStream;

    /// Whether both ends agreed on HTTP/2.
    fn is_http2(&self) -> bool;
}

impl Stream for TcpStream {
    fn bare(&self) -> &TcpStream {
        self
    }

    fn is_http2(&self) -> bool {
        // Only what is agreed on counts: nobody who sends a plain HTTP/2 preface was told that he may.
        false
    }
}

impl Stream for TlsStream<TcpStream> {
    fn bare(&self) -> &TcpStream {
        self.get_ref().0
    }

    fn is_http2(&self) -> bool {
        self.get_ref().1.alpn_protocol() == Some(H2)
    }
}

/// Serves the requests of a connection until either end closes it, or until the present ones are answered after `stop`
/// has changed. `resets` is whether a request may reset its connection; that takes HTTP/1.1, where a connection has one
/// request at a time.
pub(super) async fn serve<S: Stream>(
    stream: S,
    router: Router,
    place: Place,
    resets: bool,
    stop: watch::Receiver<bool>,
) {
    if stream.is_http2() {
        serve_http2(stream, router, stop).await
    } else {
        serve_http1(stream, router, &place, resets, stop).await
    }
}

async fn serve_http1<S: Stream>(
    stream: S,
    router: Router,
    place: &Place,
    resets: bool,
    mut stop: watch::Receiver<bool>,
) {
    let line = Line::default();
    let service = service_fn(async |mut request: hyper::Request<Incoming>| {
        if resets {
            request.extensions_mut().insert(line.clone());
        }
        let response = answer(router.clone(), request).await;
        if !place.is_alone() {
            // Others may have sent requests at the same time: all are worked out, then all answers are sent. So a client
            // is woken up once for many of them; once for each is a third of what the system does for an answer.
            tokio::task::yield_now().await;
        }
        response
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

async fn serve_http2<S: Stream>(stream: S, router: Router, mut stop: watch::Receiver<bool>) {
    let service = service_fn(|request: hyper::Request<Incoming>| answer(router.clone(), request));
    let mut connection = pin!(
        http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            // A client that has gone without a word is found out.
            .keep_alive_interval(HEAD)
            .max_concurrent_streams(STREAMS)
            .serve_connection(TokioIo::new(stream), service)
    );
    tokio::select! {
        biased;
        _ = &mut connection => return,
        _ = stop.changed() => connection.as_mut().graceful_shutdown(),
    }
    // What went wrong on the way to a client is the client's to report.
    let _ = connection.await;
}

async fn answer(mut router: Router, request: hyper::Request<Incoming>) -> Result<Response<Body>, Infallible> {
    router.call(request).await
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;

    use super::*;

    #[test]
    fn a_connection_knows_whether_there_are_others() {
        let places = Arc::new(Semaphore::new(4));
        let take = || places.clone().try_acquire_owned().unwrap();
        let _of_the_next = take();
        let place = Place::new(take(), 4);
        assert!(place.is_alone());
        let other = take();
        assert!(!place.is_alone());
        drop(other);
        assert!(place.is_alone());
    }
}

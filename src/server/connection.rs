//! Serves the requests of one connection.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tower_service::Service;

/// Time limit of a request's head and of the pause before it.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum number of concurrent requests on one HTTP/2 connection. A client may wait for many
/// results at once.
const MAX_STREAMS: u32 = 1_000;
/// The name of HTTP/2 in a TLS handshake (RFC 9113, section 3.1).
pub(super) const H2: &[u8] = b"h2";

/// Marks a response in its extensions: the connection is reset and the response is not sent. This
/// needs HTTP/1.1, where a connection has one request at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct ResetConnection;

/// A stream over a TCP connection.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// The TCP connection below.
    fn tcp(&self) -> &TcpStream;

    /// Whether both ends agreed on HTTP/2. Clear-text HTTP/2 is not offered.
    fn is_http2(&self) -> bool;
}

impl Stream for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }

    fn is_http2(&self) -> bool {
        false
    }
}

impl Stream for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }

    fn is_http2(&self) -> bool {
        self.get_ref().1.alpn_protocol() == Some(H2)
    }
}

/// Serves a connection until either end closes it, or, once the watcher's shutdown has begun, until
/// the open requests are answered.
pub(super) async fn serve<S: Stream>(stream: S, router: Router, watcher: Watcher) {
    let builder = builder(stream.is_http2());
    let reset = Arc::new(AtomicBool::new(false));
    let stream = ResettableStream { stream, reset: reset.clone() };
    let service =
        service_fn(move |request: hyper::Request<Incoming>| call_router(router.clone(), request, reset.clone()));
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    // Errors here are those of the client's side of the connection, and the client reports them.
    let _ = watcher.watch(connection).await;
}

fn builder(is_http2: bool) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    // Keep-alive pings detect clients that have disappeared.
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD_TIMEOUT).max_concurrent_streams(MAX_STREAMS);
    if is_http2 { builder.http2_only() } else { builder.http1_only() }
}

/// Calls the router. The error makes hyper drop the connection without writing a response.
async fn call_router(
    mut router: Router,
    request: hyper::Request<Incoming>,
    reset: Arc<AtomicBool>,
) -> io::Result<Response<Body>> {
    let Ok(response) = router.call(request).await;
    if response.extensions().get::<ResetConnection>().is_some() {
        reset.store(true, Ordering::Relaxed);
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    Ok(response)
}

/// A stream that ends with a TCP reset if `reset` is set when it is dropped.
struct ResettableStream<S: Stream> {
    stream: S,
    reset: Arc<AtomicBool>,
}

impl<S: Stream> Drop for ResettableStream<S> {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Relaxed) {
            // Closing a socket with a linger of zero sends a reset. If the system refuses it, the
            // client sees a normal end.
            let _ = self.stream.tcp().set_zero_linger();
        }
    }
}

impl<S: Stream> AsyncRead for ResettableStream<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: Stream> AsyncWrite for ResettableStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

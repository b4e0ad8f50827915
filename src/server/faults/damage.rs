//! Damages responses: truncated, malformed, slow, or of the wrong type.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use hyper::body::{Body as HttpBody, Frame};
use tokio::time::{Sleep, sleep};

use super::Fault;

/// Maximum number of chunks of a slow body.
const MAX_CHUNKS: usize = 16;
/// Pause before a truncated response ends, so that its first half is sent.
const FLUSH_DELAY: Duration = Duration::from_millis(5);

/// Applies a fault to a response and its body. A fault that is not one of responses changes
/// nothing.
pub(in crate::server) fn damage_response(response: Response<Body>, bytes: Bytes, fault: &Fault) -> Response<Body> {
    let (mut head, _) = response.into_parts();
    let body = match fault {
        Fault::Truncated => {
            head.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len().max(2)));
            Body::new(ChunkedBody::new([bytes.slice(..bytes.len() / 2)], Duration::ZERO, true))
        }
        Fault::Malformed => {
            // The message is complete and has the right length, but its last bracket is wrong.
            let mut bytes = bytes.to_vec();
            match bytes.last_mut() {
                Some(last) => *last = b'>',
                None => bytes.extend_from_slice(b"{\"status\":"),
            }
            head.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
            Body::from(bytes)
        }
        Fault::WrongType => {
            let page = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>It works!</body></html>";
            head.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            head.headers.insert(CONTENT_LENGTH, HeaderValue::from(page.len()));
            Body::from(page)
        }
        Fault::SlowBody { over } => {
            head.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
            let size = bytes.len().div_ceil(MAX_CHUNKS).max(1);
            let chunks: Vec<Bytes> =
                (0..bytes.len()).step_by(size).map(|at| bytes.slice(at..(at + size).min(bytes.len()))).collect();
            let pause = *over / u32::try_from(chunks.len()).unwrap_or(u32::MAX).max(1);
            Body::new(ChunkedBody::new(chunks, pause, false))
        }
        _ => Body::from(bytes),
    };
    Response::from_parts(head, body)
}

/// A body in chunks, each after a pause. It may end early, after the last chunk.
struct ChunkedBody {
    chunks: VecDeque<Bytes>,
    pause: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    is_truncated: bool,
}

impl ChunkedBody {
    fn new(chunks: impl IntoIterator<Item = Bytes>, pause: Duration, is_truncated: bool) -> Self {
        Self { chunks: chunks.into_iter().collect(), pause, sleep: None, is_truncated }
    }
}

impl HttpBody for ChunkedBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if self.chunks.is_empty() {
            if !self.is_truncated {
                return Poll::Ready(None);
            }
            // Hyper flushes what it has buffered only when the body is pending.
            ready!(self.sleep.get_or_insert_with(|| Box::pin(sleep(FLUSH_DELAY))).as_mut().poll(context));
            self.is_truncated = false;
            return Poll::Ready(Some(Err(std::io::Error::other("an injected fault truncates the response"))));
        }
        if !self.pause.is_zero() {
            let pause = self.pause;
            ready!(self.sleep.get_or_insert_with(|| Box::pin(sleep(pause))).as_mut().poll(context));
            self.sleep = None;
        }
        Poll::Ready(self.chunks.pop_front().map(|chunk| Ok(Frame::data(chunk))))
    }
}

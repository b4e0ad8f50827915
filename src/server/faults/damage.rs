//! Answers that are damaged on their way.

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

/// Into how many pieces a slow body is cut at most.
const PIECES: usize = 16;
/// How long a broken answer waits for its first half to be on its way.
const FLUSH: Duration = Duration::from_millis(5);

/// The answer as it arrives. The fault is one of those of answers; any other leaves it as it is.
pub(in crate::server) fn damaged(response: Response<Body>, bytes: Bytes, fault: &Fault) -> Response<Body> {
    let (mut head, _) = response.into_parts();
    let body = match fault {
        Fault::Truncated => {
            head.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len().max(2)));
            Body::new(Pieces::new([bytes.slice(..bytes.len() / 2)], Duration::ZERO, true))
        }
        Fault::Malformed => {
            // A whole message, of the right length, that is no JSON: the last bracket is another.
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
            let size = bytes.len().div_ceil(PIECES).max(1);
            let pieces: Vec<Bytes> =
                (0..bytes.len()).step_by(size).map(|at| bytes.slice(at..(at + size).min(bytes.len()))).collect();
            let pause = *over / u32::try_from(pieces.len()).unwrap_or(u32::MAX).max(1);
            Body::new(Pieces::new(pieces, pause, false))
        }
        _ => Body::from(bytes),
    };
    Response::from_parts(head, body)
}

/// A body in pieces, each after a pause; it may break off after the last.
struct Pieces {
    pieces: VecDeque<Bytes>,
    pause: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    breaks: bool,
}

impl Pieces {
    fn new(pieces: impl IntoIterator<Item = Bytes>, pause: Duration, breaks: bool) -> Self {
        Self { pieces: pieces.into_iter().collect(), pause, sleep: None, breaks }
    }
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if self.pieces.is_empty() {
            if !self.breaks {
                return Poll::Ready(None);
            }
            // What was written so far is only sent when there is nothing to do but wait.
            ready!(self.sleep.get_or_insert_with(|| Box::pin(sleep(FLUSH))).as_mut().poll(context));
            self.breaks = false;
            return Poll::Ready(Some(Err(std::io::Error::other("the answer breaks off here on purpose"))));
        }
        if !self.pause.is_zero() {
            let pause = self.pause;
            ready!(self.sleep.get_or_insert_with(|| Box::pin(sleep(pause))).as_mut().poll(context));
            self.sleep = None;
        }
        Poll::Ready(self.pieces.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

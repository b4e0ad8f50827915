//! Bodies of requests.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;

use super::app::App;
use super::reply::Refusal;
use crate::remote::contract::code;

/// The whole body, of at most the server's size.
pub(super) async fn read(app: &App, headers: &HeaderMap, body: Body) -> Result<Bytes, Refusal> {
    let most = app.options.max_body;
    let too_large = || {
        let message = format!("the body has more than the {most} bytes allowed");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, code::TOO_LARGE, message)
    };
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let mut whole = pin!(whole(body, most));
    let read = match second_look(whole.as_mut()).await {
        Some(read) => Ok(read),
        None => tokio::time::timeout(app.options.body_timeout, whole).await,
    };
    match read {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(Broken::TooLarge)) => Err(too_large()),
        Ok(Err(Broken::Off)) => Err(Refusal::invalid("the body breaks off")),
        Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, code::TIMEOUT, "the body did not arrive in time")
            .header("connection", "close")),
    }
}

/// Why a body is not whole.
enum Broken {
    TooLarge,
    Off,
}

/// All of a body; most come in one piece, which then is the body.
async fn whole(mut body: Body, most: usize) -> Result<Bytes, Broken> {
    let mut room = most;
    let first = piece(&mut body, &mut room).await?.unwrap_or_default();
    let Some(second) = piece(&mut body, &mut room).await? else { return Ok(first) };
    let mut all = [first, second].concat();
    while let Some(piece) = piece(&mut body, &mut room).await? {
        all.extend_from_slice(&piece);
    }
    Ok(all.into())
}

/// The next bytes, for which there must be room.
async fn piece(body: &mut Body, room: &mut usize) -> Result<Option<Bytes>, Broken> {
    while let Some(frame) = body.frame().await {
        // Trailers say nothing here.
        if let Ok(piece) = frame.map_err(|_| Broken::Off)?.into_data() {
            *room = room.checked_sub(piece.len()).ok_or(Broken::TooLarge)?;
            return Ok(Some(piece));
        }
    }
    Ok(None)
}

/// What a future comes to at the first look or the one right after it. The connection hands a body over only when somebody
/// has asked for it: nearly every one is there at the second look, and needs no timer.
async fn second_look<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    let mut looks = 0;
    poll_fn(|context| {
        looks += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if looks > 1 => Poll::Ready(None),
            Poll::Pending => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    })
    .await
}

/// Refuses another media type than the one wanted; parameters such as the charset do not matter.
pub(super) fn must_be(headers: &HeaderMap, wanted: &'static str) -> Result<(), Refusal> {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let given = given.split(';').next().unwrap_or_default().trim();
    if given.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    let message = if given.is_empty() {
        format!("the header 'Content-Type' is missing; send {wanted}")
    } else {
        format!("the content type '{}' is not taken here; send {wanted}", given.escape_default())
    };
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, code::UNSUPPORTED_MEDIA_TYPE, message))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::task::Context;

    use hyper::body::{Body as HttpBody, Frame};

    use super::*;

    /// A body in pieces, with trailers in between.
    struct Pieces(Vec<&'static str>);

    impl HttpBody for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            let next = self.0.pop().map(|piece| match piece {
                "-" => Frame::trailers(HeaderMap::new()),
                piece => Frame::data(Bytes::from_static(piece.as_bytes())),
            });
            Poll::Ready(next.map(Ok))
        }
    }

    #[tokio::test]
    async fn a_body_is_whole_however_many_pieces_it_comes_in_and_has_an_end() {
        for (pieces, expected) in [
            (&[][..], Some("")),
            (&["-"], Some("")),
            (&["ab"], Some("ab")),
            (&["ab", "-", "cd"], Some("abcd")),
            (&["ab", "c", "d", "-"], Some("abcd")),
            (&["abcde"], None),
            (&["ab", "c", "", "de"], None),
        ] {
            let body = Body::new(Pieces(pieces.iter().rev().copied().collect()));
            let read = whole(body, 4).await.ok();
            assert_eq!(read.as_deref(), expected.map(str::as_bytes), "{pieces:?}");
        }
    }
}

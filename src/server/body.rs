//! Reads the bodies of requests, bounded in size and time.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::app::App;
use super::response::ApiError;
use crate::remote::contract::code;

/// Reads the whole body, of at most the size that the options allow.
pub(super) async fn read(app: &App, headers: &HeaderMap, body: Body) -> Result<Bytes, ApiError> {
    let max_bytes = app.options.max_body;
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let body = if announced.is_some_and(|length| length > max_bytes) {
        Err(BodyError::TooLarge)
    } else {
        match tokio::time::timeout(app.options.body_timeout, collect(body, max_bytes)).await {
            Ok(body) => body,
            Err(_) => Err(BodyError::Late),
        }
    };
    body.map_err(|error| match error {
        BodyError::TooLarge => {
            let message = format!("the body has more than the {max_bytes} bytes allowed");
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, code::TOO_LARGE, message)
        }
        BodyError::Incomplete => ApiError::invalid("the body is incomplete"),
        BodyError::Late => ApiError::new(StatusCode::REQUEST_TIMEOUT, code::TIMEOUT, "the body did not arrive in time")
            .header("connection", "close"),
    })
}

/// Why a body cannot be read.
#[derive(Debug, PartialEq, Eq)]
enum BodyError {
    TooLarge,
    Incomplete,
    Late,
}

async fn collect(body: Body, max_bytes: usize) -> Result<Bytes, BodyError> {
    match Limited::new(body, max_bytes).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Err(_) => Err(BodyError::Incomplete),
    }
}

/// Checks the media type; parameters such as the charset do not matter.
pub(super) fn require_content_type(headers: &HeaderMap, expected: &'static str) -> Result<(), ApiError> {
    let Some(given) = headers.get(CONTENT_TYPE) else {
        let message = format!("the header 'Content-Type' is missing; send {expected}");
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, code::UNSUPPORTED_MEDIA_TYPE, message));
    };
    let given = String::from_utf8_lossy(given.as_bytes());
    let media_type = given.split_once(';').map_or(&*given, |(media_type, _)| media_type).trim();
    if media_type.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    let message = format!("the content type '{}' is not supported here; send {expected}", media_type.escape_default());
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, code::UNSUPPORTED_MEDIA_TYPE, message))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use hyper::body::{Body as HttpBody, Frame};

    use super::*;

    /// A body in chunks, with trailers in between.
    struct Chunks(Vec<&'static str>);

    impl HttpBody for Chunks {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            let next = self.0.pop().map(|chunk| match chunk {
                "-" => Frame::trailers(HeaderMap::new()),
                chunk => Frame::data(Bytes::from_static(chunk.as_bytes())),
            });
            Poll::Ready(next.map(Ok))
        }
    }

    #[tokio::test]
    async fn a_body_is_read_in_any_number_of_chunks_up_to_the_limit() {
        for (chunks, expected) in [
            (&[][..], Ok("")),
            (&["-"], Ok("")),
            (&["ab"], Ok("ab")),
            (&["ab", "cd", "-"], Ok("abcd")),
            (&["ab", "c", "d", "-"], Ok("abcd")),
            (&["abcde"], Err(BodyError::TooLarge)),
            (&["ab", "c", "", "de"], Err(BodyError::TooLarge)),
        ] {
            let body = Body::new(Chunks(chunks.iter().rev().copied().collect()));
            let read = collect(body, 4).await;
            assert_eq!(read, expected.map(|text| Bytes::from_static(text.as_bytes())), "{chunks:?}");
        }
    }
}

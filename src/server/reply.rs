//! Answers.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use serde::Serialize;

use crate::remote::contract::{ErrorBody, FieldError, code};

/// An answer of JSON.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    match serde_json::to_vec(value) {
        Ok(bytes) => ready(status, bytes.into()),
        // Wire types have text keys only, so that this is never reached.
        Err(error) => {
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, code::SERVER_ERROR, error.to_string()).into_response()
        }
    }
}

/// An answer of JSON that is written already.
pub(super) fn ready(status: StatusCode, bytes: Bytes) -> Response<Body> {
    let length = HeaderValue::from(bytes.len());
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CONTENT_LENGTH, length);
    response
}

/// A request that is refused.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    // In a box: results that carry a refusal stay small.
    body: Box<ErrorBody>,
    headers: Vec<(&'static str, String)>,
}

impl Refusal {
    /// With a status, a word for programs (see [`code`]) and a sentence for people.
    pub(super) fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        let body =
            ErrorBody { error: error.into(), error_description: description.into(), field: None, fields: Vec::new() };
        Self { status, body: Box::new(body), headers: Vec::new() }
    }

    /// 400
    pub(super) fn invalid(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code::INVALID_REQUEST, description)
    }

    /// 404
    pub(super) fn not_found(description: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code::NOT_FOUND, description)
    }

    /// With the field at fault.
    pub(super) fn field(mut self, field: Option<String>) -> Self {
        self.body.field = field;
        self
    }

    /// With every field at fault; the first is the one that [`field`](Self::field) would name.
    pub(super) fn fields(mut self, fields: Vec<FieldError>) -> Self {
        self.body.field = fields.first().map(|first| first.field.clone()).filter(|field| !field.is_empty());
        self.body.fields = fields;
        self
    }

    /// With a header; the value is one of ours, or printable.
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response<Body> {
        // A body of three texts is always JSON.
        let bytes = serde_json::to_vec(&self.body).unwrap_or_default();
        let mut response = ready(self.status, bytes.into());
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

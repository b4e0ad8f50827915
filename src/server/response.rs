//! Builds responses: JSON bodies and errors.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use serde::Serialize;

use crate::remote::contract::{ErrorBody, FieldError, code};

/// A response with a JSON body.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    match serde_json::to_vec(value) {
        Ok(bytes) => json_bytes(status, bytes.into()),
        Err(error) => ApiError::internal(format!("the response is not serialisable: {error}")).into_response(),
    }
}

/// A response with a body that is JSON already.
pub(super) fn json_bytes(status: StatusCode, bytes: Bytes) -> Response<Body> {
    with_body(status, HeaderValue::from_static("application/json"), bytes)
}

/// A response with a body of any type.
pub(super) fn with_body(status: StatusCode, content_type: HeaderValue, bytes: Bytes) -> Response<Body> {
    let length = HeaderValue::from(bytes.len());
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response.headers_mut().insert(CONTENT_LENGTH, length);
    response
}

/// An error response of the contract.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    // Boxed to keep the results that carry an error small.
    body: Box<ErrorBody>,
    headers: Vec<(&'static str, String)>,
}

impl ApiError {
    /// An error with a status, a code for programs (see [`code`]) and a description for people.
    pub(super) fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        let body =
            ErrorBody { error: error.into(), error_description: description.into(), field: None, fields: Vec::new() };
        Self { status, body: Box::new(body), headers: Vec::new() }
    }

    /// 400
    pub(super) fn invalid(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code::INVALID_REQUEST, description)
    }

    /// 400 for a body with invalid fields: lists all of them, and the first one also as the usual
    /// `field`.
    pub(super) fn invalid_fields(fields: Vec<FieldError>) -> Self {
        let sentences: Vec<String> = fields
            .iter()
            .map(|error| if error.field.is_empty() { error.message.clone() } else { error.to_string() })
            .collect();
        let mut error = Self::invalid(sentences.join("; "));
        error.body.fields = fields.into_iter().filter(|error| !error.field.is_empty()).collect();
        error.body.field = error.body.fields.first().map(|first| first.field.clone());
        error
    }

    /// 404
    pub(super) fn not_found(description: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code::NOT_FOUND, description)
    }

    /// 500
    pub(super) fn internal(description: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, code::SERVER_ERROR, description)
    }

    /// 503 of a server that is shutting down.
    pub(super) fn stopping() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code::UNAVAILABLE, "the server is about to stop")
            .header("retry-after", "1")
    }

    /// Names the invalid field.
    pub(super) fn field(mut self, field: impl Into<Option<String>>) -> Self {
        self.body.field = field.into();
        self
    }

    /// Adds a header.
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response<Body> {
        let bytes = serde_json::to_vec(&self.body).unwrap_or_else(|error| {
            tracing::error!(target: "callpath::server", %error, "an error response is not serialisable");
            br#"{"error":"server_error"}"#.to_vec()
        });
        let mut response = json_bytes(self.status, bytes.into());
        for (name, value) in self.headers {
            match HeaderValue::try_from(value) {
                Ok(value) => _ = response.headers_mut().insert(name, value),
                Err(error) => tracing::error!(target: "callpath::server", name, %error, "a header cannot be sent"),
            }
        }
        response
    }
}

/// The 404 of a path without a route.
pub(super) async fn no_route(request: Request) -> ApiError {
    ApiError::not_found(format!("there is nothing at '{}'", request.uri().path().escape_default()))
}

/// The 405 of a route that has other methods. The router adds the header `Allow`.
pub(super) async fn method_not_allowed(request: Request) -> ApiError {
    let message = format!("{} is not allowed here; the header 'Allow' lists the methods that are", request.method());
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, code::METHOD_NOT_ALLOWED, message)
}

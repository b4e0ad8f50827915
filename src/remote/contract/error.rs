//! Error responses: their body and their codes.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The body of every response with a status of 400 or above.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ErrorBody {
    /// A code for programs; see [`code`].
    pub error: Cow<'static, str>,
    /// A sentence for people.
    #[serde(default)]
    pub error_description: String,
    /// The invalid field of the request, as a path: `dtmfSequence[3]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// All invalid fields, if the server checks the request as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
}

/// An invalid field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldError {
    /// The path of the field: `context.keywords[2]`.
    pub field: String,
    /// What is wrong with the field, as the rest of a sentence that begins with its name: `is
    /// missing`.
    pub message: String,
}

impl FieldError {
    /// An error at a field.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl std::fmt::Display for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "'{}' {}", self.field, self.message)
    }
}

/// The codes of [`ErrorBody::error`].
pub(crate) mod code {
    /// 400, the body or a parameter is wrong (RFC 6749, section 5.2).
    pub(crate) const INVALID_REQUEST: &str = "invalid_request";
    /// 401 (or 400) of the token endpoint: id or secret is wrong (RFC 6749, section 5.2).
    pub(crate) const INVALID_CLIENT: &str = "invalid_client";
    /// 400 of the token endpoint: a scope that does not exist (RFC 6749, section 5.2).
    pub(crate) const INVALID_SCOPE: &str = "invalid_scope";
    /// 400 of the token endpoint: a grant type other than client credentials (RFC 6749, section
    /// 5.2).
    pub(crate) const UNSUPPORTED_GRANT_TYPE: &str = "unsupported_grant_type";
    /// 401, no token, or one that is unknown or expired (RFC 6750, section 3.1).
    pub(crate) const INVALID_TOKEN: &str = "invalid_token";
    /// 403, the token lacks a scope (RFC 6750, section 3.1).
    pub(crate) const INSUFFICIENT_SCOPE: &str = "insufficient_scope";
    /// 404, there is no such path, flow or simulation.
    pub(crate) const NOT_FOUND: &str = "not_found";
    /// 404, the simulation's result has expired.
    pub(crate) const EXPIRED: &str = "expired";
    /// 405.
    pub(crate) const METHOD_NOT_ALLOWED: &str = "method_not_allowed";
    /// 408, the body did not arrive in time.
    pub(crate) const TIMEOUT: &str = "timeout";
    /// 409, the idempotency key was used with another body.
    pub(crate) const CONFLICT: &str = "conflict";
    /// 413.
    pub(crate) const TOO_LARGE: &str = "too_large";
    /// 415.
    pub(crate) const UNSUPPORTED_MEDIA_TYPE: &str = "unsupported_media_type";
    /// 429.
    pub(crate) const TOO_MANY_REQUESTS: &str = "too_many_requests";
    /// 403, the sentiment or the agent's skills do not allow the prompt.
    pub(crate) const INELIGIBLE: &str = "ineligible";
    /// 500, neither a prompt nor its fallback could be delivered.
    pub(crate) const DELIVERY_FAILED: &str = "delivery_failed";
    /// 500.
    pub(crate) const SERVER_ERROR: &str = "server_error";
    /// 502, 503, 504.
    pub(crate) const UNAVAILABLE: &str = "temporarily_unavailable";
}

//! Token requests and responses of OAuth 2.0 client credentials (RFC 6749, section 4.4).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The form of a token request; id and secret may be sent as HTTP Basic instead (RFC 6749, section
/// 2.3.1).
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
pub(crate) struct TokenRequest {
    /// Always `client_credentials`.
    pub grant_type: String,
    /// The client's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The client's secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// The requested scopes, separated by spaces; by default all that the client has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// The response with a token.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct TokenResponse {
    /// The token, opaque.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: String,
    /// The lifetime of the token, in seconds.
    pub expires_in: u64,
    /// The scopes of the token, separated by spaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

// Written by hand: neither secret nor token may reach a log through a debug format.
impl std::fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenRequest")
            .field("grant_type", &self.grant_type)
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenResponse")
            .field("token_type", &self.token_type)
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

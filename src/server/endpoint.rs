//! The endpoints of the server: their paths, and their names in fault files.

use axum::http::Method;

use super::assist::{INTERACTIONS, PROMPTS};

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Endpoint {
    /// Exchanges credentials for a token.
    Token,
    /// Submits a simulation.
    Submit,
    /// Reads the state or the result of a simulation.
    Status,
    /// Reads one flow or lists all.
    Definitions,
    /// Sends a prompt to the stand-in of the prompt service.
    Prompts,
    /// Reads a transcript from the stand-in of the transcript service.
    Transcripts,
    /// Everything else: health, the OpenAPI document, unknown paths. No fault strikes these.
    Other,
}

/// The two paths of the token endpoint.
pub(super) const TOKEN_PATHS: [&str; 2] = ["/oauth/token", "/api/v2/oauth/token"];
/// Submissions; a simulation is one level below.
pub(super) const SIMULATOR: &str = "/api/v2/flow/simulator";
/// The list of flows; a flow is one level below.
pub(super) const DEFINITIONS: &str = "/api/v2/flow/definitions";

impl Endpoint {
    /// The endpoints that faults can strike, in the order of [`index`](Self::index).
    pub const ALL: [Self; 6] =
        [Self::Token, Self::Submit, Self::Status, Self::Definitions, Self::Prompts, Self::Transcripts];

    /// The endpoint of a request.
    pub(super) fn from_request(method: &Method, path: &str) -> Self {
        let below = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
        if below(SIMULATOR) && method != Method::POST {
            Self::Status
        } else if path == SIMULATOR && method == Method::POST {
            Self::Submit
        } else if TOKEN_PATHS.contains(&path) {
            Self::Token
        } else if path == DEFINITIONS || below(DEFINITIONS) {
            Self::Definitions
        } else if path == PROMPTS && method == Method::POST {
            Self::Prompts
        } else if below(INTERACTIONS) && path.ends_with("/transcripts") {
            Self::Transcripts
        } else {
            Self::Other
        }
    }

    /// Its name in fault files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Submit => "submit",
            Self::Status => "status",
            Self::Definitions => "definitions",
            Self::Prompts => "prompts",
            Self::Transcripts => "transcripts",
            Self::Other => "other",
        }
    }

    /// Its index in arrays by endpoint.
    pub(super) const fn index(self) -> usize {
        match self {
            Self::Token => 0,
            Self::Submit => 1,
            Self::Status => 2,
            Self::Definitions => 3,
            Self::Prompts => 4,
            Self::Transcripts => 5,
            Self::Other => 6,
        }
    }
}

//! The endpoints.

use axum::http::Method;

use super::assist::{INTERACTIONS, PROMPTS};

/// What can be asked of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Endpoint {
    /// A token for credentials.
    Token,
    /// A call to be simulated.
    Submit,
    /// How far a simulation is.
    Status,
    /// A flow, or all of them.
    Definitions,
    /// A prompt for an agent, at the stand-in of the prompt service.
    Prompts,
    /// A transcript, at the stand-in of the transcript service.
    Transcripts,
    /// Everything else: health, the OpenAPI document, paths that do not exist. No fault strikes there.
    Other,
}

/// Both paths of the token endpoint.
pub(super) const TOKEN_PATHS: [&str; 2] = ["/oauth/token", "/api/v2/oauth/token"];
/// Where calls are submitted; a simulation is one level below.
pub(super) const SIMULATOR: &str = "/api/v2/flow/simulator";
/// The list of flows; a flow is one level below.
pub(super) const DEFINITIONS: &str = "/api/v2/flow/definitions";

impl Endpoint {
    /// Those that faults can strike, in the order of their numbers.
    pub const ALL: [Self; 6] =
        [Self::Token, Self::Submit, Self::Status, Self::Definitions, Self::Prompts, Self::Transcripts];

    /// The endpoint that a request is for.
    pub(super) fn of(method: &Method, path: &str) -> Self {
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

    /// The word for it in fault files.
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

    /// Its place in tables by endpoint.
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

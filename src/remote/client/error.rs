//! What a client cannot do, in words.

/// Why a request has no usable answer: one sentence, without credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ClientError {
    /// Of which kind.
    pub kind: ErrorKind,
    message: String,
}

/// What kind of trouble it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// No answer came: no such host, refused, lost, too slow.
    Unreachable,
    /// The token endpoint refuses the credentials.
    Credentials,
    /// 401, also with a new token.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 429, 502, 503 or 504 for longer than the profile waits.
    Busy,
    /// Another status that is no success.
    Rejected,
    /// A simulation that does not end.
    Overdue,
    /// An answer that is not what the contract says.
    Unreadable,
}

impl ClientError {
    /// An error with its sentence.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

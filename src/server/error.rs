//! Errors at the start of the server.

use std::net::SocketAddr;

/// Why a server cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Anybody who reaches the address could use the server.
    #[error("'{0}' is not a loopback address; a server that others can reach needs credentials")]
    Open(SocketAddr),
    /// The system refuses the address.
    #[error("cannot listen on '{address}'")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The system's error.
        source: std::io::Error,
    },
    /// The certificate or the key is unusable.
    #[error("cannot use '{path}' for TLS: {reason}")]
    Tls {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
}

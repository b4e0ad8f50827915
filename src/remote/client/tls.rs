//! Which certificates the client trusts, and why it refuses others.

use std::error::Error;
use std::path::{Path, PathBuf};

use reqwest::{Certificate, ClientBuilder};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, RootCertStore};

/// Why TLS cannot be set up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// The `ca-file` cannot be used.
    #[error("the certificates in '{}' cannot be used: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// Nothing to check a server's certificate against.
    #[error(
        "this machine has no certificate authorities to check a server against; install ca-certificates or set 'ca-file'"
    )]
    NoAuthorities,
}

/// A client that trusts the authorities of the system and of `ca_file`. One that speaks plain HTTP only trusts those of
/// `ca_file` alone, so that it works on machines that have none.
pub(super) fn trust(builder: ClientBuilder, secure: bool, ca_file: Option<&Path>) -> Result<ClientBuilder, TlsError> {
    // Another provider that the process may have installed is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificates = ca_file.map_or_else(|| Ok(Vec::new()), certificates)?;
    Ok(if secure { builder.tls_certs_merge(certificates) } else { builder.tls_certs_only(certificates) })
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, TlsError> {
    let error = |cause: String| TlsError::File { path: path.to_path_buf(), cause };
    let found: Vec<_> =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|cause| error(cause.to_string()))?;
    if found.is_empty() {
        return Err(error("it holds no certificate in PEM".to_owned()));
    }
    let mut store = RootCertStore::empty();
    found
        .into_iter()
        .map(|certificate| {
            // The client would not say which file holds a certificate that cannot be read.
            store.add(certificate.clone()).map_err(|cause| error(cause.to_string()))?;
            Certificate::from_der(&certificate).map_err(|cause| error(cause.to_string()))
        })
        .collect()
}

/// Why the server's certificate was refused, if that is what is behind an error: one sentence.
pub(super) fn refused_certificate(error: &(dyn Error + 'static)) -> Option<String> {
    let refusal = std::iter::successors(Some(error), |&error| beneath(error)).find_map(|cause| match cause
        .downcast_ref::<rustls::Error>(
    )? {
        rustls::Error::InvalidCertificate(refusal) => Some(refusal),
        _ => None,
    })?;
    Some(match refusal {
        // An authority of the right name with another key is another authority.
        CertificateError::UnknownIssuer
        | CertificateError::BadSignature
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "its certificate is not signed by an authority that is trusted here; 'ca-file' names one more".to_owned()
        }
        other => format!("its certificate is refused: {}", crate::source::diagnostics::safe_text(&other.to_string())),
    })
}

/// The error below: an I/O error hides the one that it wraps from the chain of sources.
fn beneath<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_needs_no_authorities() {
        let client = trust(reqwest::Client::builder(), false, None).unwrap().build();
        assert!(client.is_ok(), "{client:?}");
    }

    #[test]
    fn a_file_that_is_missing_or_holds_no_certificate_is_named() {
        let trust = |path: &Path| trust(reqwest::Client::builder(), true, Some(path)).unwrap_err().to_string();
        let missing = trust(Path::new("no-such.pem"));
        assert!(missing.starts_with("the certificates in 'no-such.pem' cannot be used: "), "{missing}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("empty.pem");
        std::fs::write(&path, "hello").unwrap();
        assert!(trust(&path).ends_with("it holds no certificate in PEM"), "{}", trust(&path));
        std::fs::write(&path, "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n").unwrap();
        assert!(trust(&path).contains("empty.pem' cannot be used: "), "{}", trust(&path));
    }
}

//! Whom to trust.

use std::error::Error;
use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, ClientConfig, RootCertStore};

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
    /// The provider of the cryptography cannot do what is asked of it.
    #[error("TLS cannot be set up: {0}")]
    Setup(String),
}

/// The TLS settings of a client. A client that speaks plain HTTP only needs no authorities, so that it works on machines
/// that have none.
pub(super) fn client_config(secure: bool, ca_file: Option<&Path>) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = ca_file {
        for certificate in certificates(path)? {
            roots.add(certificate).map_err(|error| file(path, &error))?;
        }
    }
    if secure {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(TlsError::NoAuthorities);
        }
    }
    // The provider is named here and not taken from the process: no order of installation can go wrong.
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError::Setup(error.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Vec<_> =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|error| file(path, &error))?;
    if found.is_empty() {
        return Err(TlsError::File { path: path.to_path_buf(), cause: "it holds no certificate in PEM".into() });
    }
    Ok(found)
}

fn file(path: &Path, error: &dyn std::fmt::Display) -> TlsError {
    TlsError::File { path: path.to_path_buf(), cause: error.to_string() }
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
        assert!(client_config(false, None).is_ok());
    }

    #[test]
    fn a_file_that_is_missing_or_holds_no_certificate_is_named() {
        let missing = client_config(true, Some(Path::new("no-such.pem"))).unwrap_err().to_string();
        assert!(missing.starts_with("the certificates in 'no-such.pem' cannot be used: "), "{missing}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("empty.pem");
        std::fs::write(&path, "hello").unwrap();
        let empty = client_config(true, Some(&path)).unwrap_err().to_string();
        assert!(empty.ends_with("it holds no certificate in PEM"), "{empty}");
    }
}

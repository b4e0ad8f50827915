//! TLS of the server: reads the certificate and builds the acceptor.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};
use tokio_rustls::TlsAcceptor;

use super::connection::H2;
use super::error::ServeError;
use super::options::TlsFiles;

/// Builds an acceptor for TLS 1.2 and 1.3. It negotiates HTTP/2 if `http2` is set and the client
/// offers it, else HTTP/1.1.
pub(super) fn acceptor(files: &TlsFiles, http2: bool) -> Result<TlsAcceptor, ServeError> {
    let unusable = |path: &Path, reason: String| ServeError::Tls { path: path.display().to_string(), reason };
    let pem_error = |path: &Path, what: &str, error: pem::Error| match error {
        pem::Error::Io(error) => unusable(path, error.to_string()),
        pem::Error::NoItemsFound => unusable(path, format!("there is no {what} in it")),
        error => unusable(path, error.to_string()),
    };
    let certificate_error = |error| pem_error(&files.certificate, "certificate", error);
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.certificate)
        .map_err(certificate_error)?
        .collect::<Result<_, _>>()
        .map_err(certificate_error)?;
    if chain.is_empty() {
        return Err(certificate_error(pem::Error::NoItemsFound));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| pem_error(&files.key, "private key", error))?;
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| unusable(&files.certificate, error.to_string()))?;
    config.alpn_protocols = if http2 { vec![H2.to_vec(), b"http/1.1".to_vec()] } else { vec![b"http/1.1".to_vec()] };
    Ok(TlsAcceptor::from(Arc::new(config)))
}

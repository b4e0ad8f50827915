//! The server's certificate.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};
use tokio_rustls::TlsAcceptor;

use super::connection::H2;
use super::options::TlsFiles;
use super::serve::ServeError;

/// Makes TLS of connections; TLS 1.2 and 1.3, and HTTP/2 where the client offers it and `http2` is set, else HTTP/1.1.
pub(super) fn acceptor(files: &TlsFiles, http2: bool) -> Result<TlsAcceptor, ServeError> {
    let unusable = |path: &Path, reason: String| ServeError::Tls { path: path.display().to_string(), reason };
    let wrong = |path: &Path, what: &str, error: pem::Error| match error {
        pem::Error::Io(error) => unusable(path, error.to_string()),
        pem::Error::NoItemsFound => unusable(path, format!("there is no {what} in it")),
        error => unusable(path, error.to_string()),
    };
    let certificate = |error| wrong(&files.certificate, "certificate", error);
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.certificate)
        .map_err(certificate)?
        .collect::<Result<_, _>>()
        .map_err(certificate)?;
    if chain.is_empty() {
        return Err(certificate(pem::Error::NoItemsFound));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| wrong(&files.key, "private key", error))?;
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| unusable(&files.certificate, error.to_string()))?;
    config.alpn_protocols = if http2 { vec![H2.to_vec(), b"http/1.1".to_vec()] } else { vec![b"http/1.1".to_vec()] };
    Ok(TlsAcceptor::from(Arc::new(config)))
}

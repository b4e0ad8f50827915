//! The client against our own server over TLS.

use std::path::PathBuf;

use callpath::internal::runner::targets::{Remote, TargetError};
use callpath::internal::server::{Catalogue, FaultPlan, Server, ServerOptions, TlsFiles, read_faults};

use super::support::{PATH, program, run, settings, with_credentials};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name)
}

/// A server with the certificate for `localhost`; its port.
async fn start(faults: &str) -> u16 {
    let mut flows = Catalogue::default();
    flows.add(program()).unwrap();
    let tls = Some(TlsFiles { certificate: fixture("localhost.cert.pem"), key: fixture("localhost.key.pem") });
    let mut diagnostics = callpath::internal::source::diagnostics::Diagnostics::new();
    let faults = match faults {
        "" => FaultPlan::default(),
        text => read_faults(&callpath::internal::source::diagnostics::Source::new("faults", text), &mut diagnostics)
            .unwrap(),
    };
    let server = Server::bind(ServerOptions { flows, tls, faults, ..ServerOptions::default() }).await.unwrap();
    let port = server.address().port();
    tokio::spawn(server.run(std::future::pending()));
    port
}

fn remote(host: &str, port: u16, authority: &str) -> Remote {
    let more = with_credentials(&format!("ca-file = '{}'", fixture(authority).display()));
    Remote::new(settings(&format!("https://{host}:{port}"), &more)).unwrap()
}

#[tokio::test]
async fn a_certificate_of_the_ca_file_is_trusted() {
    let port = start("").await;
    for host in ["localhost", "127.0.0.1"] {
        assert_eq!(run(&remote(host, port, "localhost.cert.pem")).await.unwrap(), PATH);
    }
}

#[tokio::test]
async fn a_connection_that_is_reset_over_tls_is_made_anew() {
    let port = start("faults: [{on: submit, at: 1, fault: lost_answer}, {on: status, at: 1, fault: reset}]").await;
    let remote = remote("localhost", port, "localhost.cert.pem");
    assert_eq!(run(&remote).await.unwrap(), PATH);
    assert_eq!((remote.counts().broken, remote.counts().retries), (2, 2));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_at_once() {
    let port = start("").await;
    let stranger = remote("localhost", port, "stranger.cert.pem");
    let error = run(&stranger).await.unwrap_err();
    assert!(matches!(error, TargetError::Unusable(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        format!(
            "target 'tenant' at localhost:{port} gave no answer: its certificate is not signed by an authority that is \
             trusted here; 'ca-file' names one more"
        )
    );
    assert_eq!((stranger.counts().tokens, stranger.counts().retries), (1, 0));
}

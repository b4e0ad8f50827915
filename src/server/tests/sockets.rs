use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::Empty;
use hyper::body::Bytes;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::client::TlsStream;

use crate::server::test_support::{PLAIN, options, plan};
use crate::server::{Client, Credentials, Latency, Scope, ServeError, Server, ServerOptions, ShutdownReport, TlsFiles};

pub(super) struct Running {
    pub address: SocketAddr,
    pub stop: Option<oneshot::Sender<()>>,
    pub task: JoinHandle<ShutdownReport>,
}

pub(super) async fn start(options: ServerOptions) -> Running {
    let server = Server::bind(options).await.unwrap();
    let address = server.address();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(server.run(async { drop(stopped.await) }));
    Running { address, stop: Some(stop), task }
}

/// Writes a request and reads until the end of the connection.
async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, request: &str) -> std::io::Result<String> {
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8(answer).unwrap())
}

pub(super) fn request(method: &str, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
}

pub(super) async fn ask(address: SocketAddr, text: &str) -> std::io::Result<String> {
    exchange(TcpStream::connect(address).await?, text).await
}

pub(super) async fn token(address: SocketAddr) -> String {
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let body = "grant_type=client_credentials&client_id=a&client_secret=b";
    let answer = ask(address, &request("POST", "/oauth/token", form, body)).await.unwrap();
    answer.split("\"access_token\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

pub(super) async fn submit(address: SocketAddr, token: &str) -> std::io::Result<String> {
    let headers = format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\n");
    ask(address, &request("POST", "/api/v2/flow/simulator", &headers, PLAIN)).await
}

async fn status(address: SocketAddr, token: &str, submitted: &str) -> std::io::Result<String> {
    let path = submitted.split("\"resultUrl\":\"").nth(1).unwrap().split('"').next().unwrap();
    ask(address, &request("GET", path, &format!("authorization: Bearer {token}\r\n"), "")).await
}

#[tokio::test]
async fn a_connection_is_reset() {
    let faults = plan("faults: [{on: submit, at: 1, fault: reset}, {on: submit, at: 2, fault: lost_answer}]");
    let server = start(ServerOptions { faults, ..options() }).await;
    let token = token(server.address).await;
    for _ in 0..2 {
        let error = submit(server.address, &token).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
    assert!(submit(server.address, &token).await.unwrap().starts_with("HTTP/1.1 201 "));
    let health = ask(server.address, &request("GET", "/health", "", "")).await.unwrap();
    assert!(health.contains("\"simulations\":2"), "the first had no effect, the second had: {health}");
}

#[tokio::test]
async fn a_body_breaks_off_or_takes_its_time() {
    let faults = plan(
        "faults: [{on: definitions, at: 1, fault: truncated}, {on: definitions, at: 2, fault: slow_body, over: 200ms}]",
    );
    let server = start(ServerOptions { faults, ..options() }).await;
    let token = token(server.address).await;
    let ask = || async {
        let headers = format!("authorization: Bearer {token}\r\n");
        let answer = ask(server.address, &request("GET", "/api/v2/flow/definitions/line", &headers, "")).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let length =
            head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap().parse::<usize>().unwrap();
        (length, body.len())
    };
    let (length, sent) = ask().await;
    assert!(sent > 0 && sent < length, "{sent} of {length}");
    let start = Instant::now();
    let (length, sent) = ask().await;
    assert_eq!(sent, length);
    assert!(start.elapsed() >= Duration::from_millis(180), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_server_that_stops_hands_out_the_results_that_are_waited_for() {
    let mut server = start(ServerOptions { processing: Latency::Fixed(300), ..options() }).await;
    let token = token(server.address).await;
    let first = submit(server.address, &token).await.unwrap();
    server.stop.take().unwrap().send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let refused = submit(server.address, &token).await.unwrap();
    assert!(refused.starts_with("HTTP/1.1 503 ") && refused.contains("retry-after: 1"), "{refused}");
    assert!(ask(server.address, &request("GET", "/health", "", "")).await.unwrap().contains("stopping"));
    loop {
        let answer = status(server.address, &token, &first).await.unwrap();
        if answer.contains("\"completed\"") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    tokio::time::timeout(Duration::from_secs(2), server.task).await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn a_server_that_nobody_asks_stops_soon() {
    let mut server = start(ServerOptions { processing: Latency::Fixed(60_000), ..options() }).await;
    let token = token(server.address).await;
    submit(server.address, &token).await.unwrap();
    // An idle connection is no reason to stay.
    let idle = TcpStream::connect(server.address).await.unwrap();
    let start = Instant::now();
    server.stop.take().unwrap().send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), server.task).await.unwrap().unwrap();
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    drop(idle);
}

#[tokio::test]
async fn a_shutdown_takes_no_longer_than_its_grace() {
    let faults = plan("{on: definitions, every: 1, fault: delay, time: 1m}");
    let mut server = start(ServerOptions { faults, grace: Duration::from_millis(300), ..options() }).await;
    let token = token(server.address).await;
    let address = server.address;
    let slow = tokio::spawn(async move {
        let headers = format!("authorization: Bearer {token}\r\n");
        ask(address, &request("GET", "/api/v2/flow/definitions", &headers, "")).await
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let start = Instant::now();
    server.stop.take().unwrap().send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(3), server.task).await.unwrap().unwrap();
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert!(slow.await.unwrap().is_ok_and(|answer| answer.is_empty()));
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name)
}

fn certificate() -> TlsFiles {
    TlsFiles { certificate: fixture("localhost.cert.pem"), key: fixture("localhost.key.pem") }
}

/// Makes TLS of a connection to the server; the protocol that both ends agreed on.
async fn secured(address: SocketAddr, offered: &[&str]) -> (TlsStream<TcpStream>, Option<String>) {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(fixture("localhost.cert.pem")).unwrap()).unwrap();
    let mut config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = offered.iter().map(|name| name.as_bytes().to_vec()).collect();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let stream = TcpStream::connect(address).await.unwrap();
    let stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
    let agreed = stream.get_ref().1.alpn_protocol().map(|name| String::from_utf8(name.to_vec()).unwrap());
    (stream, agreed)
}

#[tokio::test]
async fn it_speaks_the_version_of_http_that_both_ends_know() {
    let server = start(ServerOptions { tls: Some(certificate()), ..options() }).await;
    let (stream, agreed) = secured(server.address, &["h2", "http/1.1"]).await;
    assert_eq!(agreed.as_deref(), Some("h2"));
    let (mut sender, connection) = hyper::client::conn::http2::handshake::<_, _, Empty<Bytes>>(
        hyper_util::rt::TokioExecutor::new(),
        hyper_util::rt::TokioIo::new(stream),
    )
    .await
    .unwrap();
    let driver = tokio::spawn(connection);
    let health = hyper::Request::get("https://localhost/health").body(Empty::new()).unwrap();
    let answer = sender.send_request(health).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.version()), (200, hyper::Version::HTTP_2));
    for offered in [&["http/1.1"][..], &[]] {
        let (stream, agreed) = secured(server.address, offered).await;
        assert_eq!(agreed.as_deref(), offered.first().copied());
        assert!(exchange(stream, &request("GET", "/health", "", "")).await.unwrap().starts_with("HTTP/1.1 200 OK"));
    }
    drop(sender);
    driver.await.unwrap().unwrap();
}

#[tokio::test]
async fn faults_of_the_connection_take_http_1() {
    for (fault, agreed) in
        [("reset", "http/1.1"), ("lost_answer", "http/1.1"), ("truncated", "http/1.1"), ("malformed", "h2")]
    {
        let faults = plan(&format!("{{on: submit, at: 1, fault: {fault}}}"));
        let server = start(ServerOptions { faults, tls: Some(certificate()), ..options() }).await;
        assert_eq!(secured(server.address, &["h2", "http/1.1"]).await.1.as_deref(), Some(agreed), "{fault}");
    }
}

#[tokio::test]
async fn a_shutdown_ends_idle_http_2_connections() {
    let mut server = start(ServerOptions { tls: Some(certificate()), ..options() }).await;
    let (stream, _) = secured(server.address, &["h2"]).await;
    let (sender, connection) = hyper::client::conn::http2::handshake::<_, _, Empty<Bytes>>(
        hyper_util::rt::TokioExecutor::new(),
        hyper_util::rt::TokioIo::new(stream),
    )
    .await
    .unwrap();
    let driver = tokio::spawn(connection);
    server.stop.take().unwrap().send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(3), server.task).await.unwrap().unwrap();
    tokio::time::timeout(Duration::from_secs(3), driver).await.unwrap().unwrap().unwrap();
    drop(sender);
}

#[tokio::test]
async fn it_speaks_tls() {
    let server = Server::bind(ServerOptions { tls: Some(certificate()), ..options() }).await.unwrap();
    let address = server.address();
    assert_eq!(server.url(), format!("https://{address}"));
    let task = tokio::spawn(server.run(std::future::pending()));
    let (stream, _) = secured(address, &[]).await;
    let answer = exchange(stream, &request("GET", "/health", "", "")).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    // Plain HTTP to the same port is no reason to fall over.
    assert!(!ask(address, &request("GET", "/health", "", "")).await.is_ok_and(|answer| answer.contains("200 OK")));
    secured(address, &[]).await;
    task.abort();
}

#[tokio::test]
async fn a_server_that_cannot_be_started_says_why() {
    let everywhere: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let error = Server::bind(ServerOptions { bind: everywhere, ..options() }).await.unwrap_err();
    assert!(matches!(error, ServeError::Open(_)));
    assert_eq!(
        error.to_string(),
        "'0.0.0.0:0' is not a loopback address; a server that others can reach needs credentials"
    );
    let client = Client { id: "a".into(), secret: "b".into(), scopes: Scope::ALL.into() };
    let credentials = Credentials::Clients(vec![client]);
    assert!(Server::bind(ServerOptions { bind: everywhere, credentials, ..options() }).await.is_ok());

    let taken = Server::bind(options()).await.unwrap();
    let error = Server::bind(ServerOptions { bind: taken.address(), ..options() }).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot listen on '127.0.0.1:"), "{error}");

    let mixed = TlsFiles { certificate: fixture("localhost.key.pem"), key: fixture("localhost.cert.pem") };
    let missing = TlsFiles { certificate: fixture("nowhere.pem"), ..certificate() };
    for tls in [mixed, missing] {
        let error = Server::bind(ServerOptions { tls: Some(tls), ..options() }).await.unwrap_err();
        assert!(matches!(error, ServeError::Tls { .. }), "{error}");
    }
}

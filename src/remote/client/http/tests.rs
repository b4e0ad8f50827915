//! The client against sockets that say what it sends.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;

const TIMEOUT: Duration = Duration::from_secs(20);

/// A server for one connection: reads once, answers, and gives what it has read.
async fn serve_once(answer: Vec<u8>) -> (String, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut read = vec![0; 4_096];
        let length = stream.read(&mut read).await.unwrap();
        stream.write_all(&answer).await.unwrap();
        stream.shutdown().await.unwrap();
        read.truncate(length);
        read
    });
    (address, served)
}

async fn get(url: &str, proxy: &str, max_body_bytes: usize) -> Result<Response, TransportError> {
    let url: Url = url.parse().unwrap();
    let look_up = |name: &str| (name == "ALL_PROXY").then(|| proxy.to_owned());
    let proxies = Proxies::from_environment(&Environment::new(&look_up));
    let transport = HttpTransport::through(proxies, [&url], None, TIMEOUT, max_body_bytes).unwrap();
    transport.send(&Request::get(url)).await
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).unwrap();
    let body = encoder.finish().unwrap();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.into_bytes(), body].concat()
}

#[tokio::test]
async fn compressed_bodies_are_asked_for_decoded_and_bounded() {
    let (address, served) = serve_once(gzip(b"{\"a\":1}")).await;
    let response = get(&format!("http://{address}/"), "", 100).await.unwrap();
    assert_eq!((response.status, &response.body[..]), (200, &b"{\"a\":1}"[..]));
    let request = String::from_utf8(served.await.unwrap()).unwrap();
    assert!(request.contains("accept-encoding: gzip\r\n"), "{request}");

    let (address, _served) = serve_once(gzip(&[b' '; 100_000])).await;
    let error = get(&format!("http://{address}/"), "", 1_000).await.unwrap_err();
    assert_eq!(error, TransportError::TooLong(1_000));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let answer = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n";
    let (address, _served) = serve_once(answer.into()).await;
    let response = get(&format!("http://{address}/"), "", 100).await.unwrap();
    assert_eq!((response.status, response.header("location")), (302, Some("http://127.0.0.1:9/")));
}

#[tokio::test]
async fn a_proxy_is_asked_for_http_targets_by_their_whole_url() {
    let (address, served) = serve_once(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".into()).await;
    let response = get("http://sim.corp.test:80/x", &format!("http://me:s3cret@{address}"), 100).await.unwrap();
    assert_eq!(&response.body[..], b"ok");
    let request = String::from_utf8(served.await.unwrap()).unwrap();
    assert!(request.starts_with("GET http://sim.corp.test/x HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("proxy-authorization: Basic bWU6czNjcmV0\r\n"), "{request}");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_without_its_password() {
    for (url, status, expected) in [
        ("http://sim.corp.test", 407, "answered 407: it wants a user and a password in its address"),
        ("https://sim.corp.test", 407, "answered 407: it wants a user and a password in its address"),
        ("https://sim.corp.test", 403, "refuses to connect to it"),
    ] {
        let answer = format!("HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n");
        let (address, served) = serve_once(answer.into()).await;
        let error = get(url, &format!("me:s3cret@{address}"), 100).await.unwrap_err();
        assert_eq!(error.to_string(), format!("the proxy {address} of the environment {expected}"));
        assert_eq!(matches!(error, TransportError::Proxy(_)), status == 407, "{error:?}");
        let request = String::from_utf8(served.await.unwrap()).unwrap();
        let start = if url.starts_with("https") { "CONNECT sim.corp.test:443 " } else { "GET http://sim.corp.test/ " };
        assert!(request.starts_with(start), "{request}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let error = get("http://sim.corp.test", "http://me:s3cret@127.0.0.1:9", 100).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, TransportError::Connect(_)), "{error:?}");
    assert!(text.starts_with("the proxy 127.0.0.1:9 of the environment: ") && text.contains("refused"), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
}

#[tokio::test]
async fn a_proxy_is_spoken_to_in_its_own_protocol() {
    // A TLS record of a handshake; a greeting of SOCKS version 5.
    for (scheme, first) in [("https", 0x16), ("socks5", 0x05), ("socks5h", 0x05)] {
        // An address, because socks5 looks up names on this side.
        for target in ["http://10.0.0.1", "https://10.0.0.1"] {
            let (address, served) = serve_once(Vec::new()).await;
            let error = get(target, &format!("{scheme}://me:s3cret@{address}"), 100).await.unwrap_err().to_string();
            assert!(error.starts_with(&format!("the proxy {address} of the environment: ")), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
            let bytes = served.await.unwrap();
            assert_eq!(bytes[0], first, "{scheme} {target}");
            let clear = bytes.windows(7).any(|window| window == b"CONNECT") || bytes.windows(3).any(|w| w == b"s3c");
            assert!(!clear, "{scheme} {target}: {bytes:?}");
        }
    }
}

//! Servers that are not there, or stop in the middle of a sentence.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::support::*;
use callpath::internal::runner::targets::{Remote, TargetError};

/// What a raw server does with its k-th request.
enum Act {
    /// Closes the connection with a reset.
    Reset,
    /// Promises more than it sends.
    Truncate(&'static str),
    /// Says nothing for so long.
    Hang(Duration),
    /// Answers with this status and body.
    Say(u16, String),
}

/// A server that follows a script and counts its connections.
async fn raw(script: impl Fn(u32, &str) -> Act + Send + Sync + 'static) -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (connections, served) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (script, counter) = (Arc::new(script), connections.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            let (script, served) = (script.clone(), served.clone());
            tokio::spawn(async move { serve(stream, &*script, &served).await });
        }
    });
    (base, connections)
}

async fn serve(mut stream: TcpStream, script: &(impl Fn(u32, &str) -> Act + Sync), served: &AtomicU32) {
    while let Some(head) = request(&mut stream).await {
        match script(served.fetch_add(1, Ordering::SeqCst), &head) {
            Act::Reset => {
                // Closing with unread data or a zero linger makes a reset.
                let _ = stream.set_zero_linger();
                return;
            }
            Act::Truncate(body) => {
                let head =
                    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{body}");
                let _ = stream.write_all(head.as_bytes()).await;
                return;
            }
            Act::Hang(time) => tokio::time::sleep(time).await,
            Act::Say(status, body) => {
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                if stream.write_all(head.as_bytes()).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// The request line of the next request; its body is read and dropped.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
            if bytes.len() >= end + 4 + length.unwrap_or(0) {
                return head.lines().next().map(str::to_owned);
            }
        }
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&buffer[..count]),
            _ => return None,
        }
    }
}

fn usual(head: &str) -> Act {
    if head.starts_with("post") {
        Act::Say(201, r#"{"simulationId":"sim-1","status":"queued"}"#.into())
    } else {
        Act::Say(200, result().to_string())
    }
}

#[tokio::test]
async fn connections_are_used_again() {
    let (base, connections) = raw(|_, head| usual(head)).await;
    let remote = Remote::new(settings(&base, "")).unwrap();
    for _ in 0..10 {
        assert_eq!(run(&remote).await.unwrap(), PATH);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn resets_are_survived() {
    let (base, _) = raw(|number, head| if number % 3 == 1 { Act::Reset } else { usual(head) }).await;
    let remote = Remote::new(settings(&base, "")).unwrap();
    for _ in 0..10 {
        assert_eq!(run(&remote).await.unwrap(), PATH);
    }
    assert!(remote.counts().broken > 0);
}

#[tokio::test]
async fn answers_that_break_off_are_asked_for_again() {
    let (base, _) =
        raw(|number, head| if number % 2 == 1 { Act::Truncate(r#"{"status":"#) } else { usual(head) }).await;
    let remote = Remote::new(settings(&base, "")).unwrap();
    assert_eq!(run(&remote).await.unwrap(), PATH);
    assert!(remote.counts().broken > 0);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_given_up_and_asked_for_again() {
    let slow = Duration::from_secs(30);
    let (base, _) = raw(move |number, head| if number == 1 { Act::Hang(slow) } else { usual(head) }).await;
    let start = Instant::now();
    assert_eq!(run_at(&base, "request-timeout = '200ms'").await.unwrap(), PATH);
    assert!(start.elapsed() >= Duration::from_millis(200) && start.elapsed() < Duration::from_secs(10));
    let (base, _) = raw(move |_, _| Act::Hang(slow)).await;
    let error = run_at(&base, "request-timeout = '50ms'\nattempts = 2").await.unwrap_err();
    let port = base.rsplit(':').next().unwrap();
    assert_eq!(
        error.to_string(),
        format!(
            "target 'tenant' at 127.0.0.1:{port} gave no answer: no complete answer came within 50ms (after 2 tries)"
        )
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_makes_the_target_unusable() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    match run_at(&format!("http://127.0.0.1:{port}"), "attempts = 3").await {
        Err(TargetError::Unusable(message)) => {
            let start = format!("target 'tenant' at 127.0.0.1:{port} gave no answer: ");
            assert!(message.starts_with(&start) && message.contains("refused"), "{message}");
            assert!(message.ends_with("(after 3 tries)"), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_goes_away_makes_the_target_unusable() {
    let (base, _) = raw(|number, head| if number < 2 { usual(head) } else { Act::Reset }).await;
    let remote = Remote::new(settings(&base, "attempts = 3")).unwrap();
    assert_eq!(run(&remote).await.unwrap(), PATH);
    assert!(matches!(run(&remote).await, Err(TargetError::Unusable(_))));
}

#[tokio::test]
async fn a_token_endpoint_that_is_not_there_is_named() {
    let (base, _) = raw(|_, head| usual(head)).await;
    // Port 1 (tcpmux) is served nowhere.
    let more = with_credentials("token-url = 'http://127.0.0.1:1/token'\nattempts = 1");
    match run_at(&base, &more).await {
        Err(TargetError::Unusable(message)) => {
            assert!(message.starts_with("target 'tenant' at 127.0.0.1:1 gave no answer: "), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn https_to_a_server_that_speaks_http_is_an_error_in_words() {
    let server = good_server().await;
    let base = server.uri().replace("http://", "https://");
    // A bare machine has no authorities, which is another error.
    let Ok(remote) = Remote::new(settings(&base, "attempts = 1")) else { return };
    match run(&remote).await {
        Err(TargetError::Unusable(message)) => {
            assert!(message.starts_with("target 'tenant' at 127.0.0.1:") && message.contains("corrupt"), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

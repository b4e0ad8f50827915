//! `callpath serve` as a process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::support::Sandbox;

/// A server that is ended with the test.
struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn start(sandbox: &Sandbox, arguments: &[&str]) -> Self {
        let mut child = sandbox
            .command()
            .args(["serve", "--flows", "suites", "--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let stdout = child.stdout.as_mut().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("a first line");
        let address = line.trim().strip_prefix("listening on http://").expect("its address").to_owned();
        Self { child, address }
    }

    /// Sends a request and gives the whole answer.
    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
        );
        stream.write_all(format!("{head}{body}").as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    fn token(&self, credentials: &str) -> String {
        let body = format!("grant_type=client_credentials&{credentials}");
        self.ask("POST", "/oauth/token", "content-type: application/x-www-form-urlencoded\r\n", &body)
    }

    /// Ends it with SIGTERM: the exit code and what it wrote to standard error.
    fn stop(mut self) -> (Option<i32>, String) {
        let killed = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill starts");
        assert!(killed.success());
        let status = self.child.wait().expect("it ends");
        let mut stderr = String::new();
        self.child.stderr.take().expect("its errors").read_to_string(&mut stderr).expect("UTF-8");
        (status.code(), stderr)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
    }
}

fn part<'a>(text: &'a str, key: &str) -> &'a str {
    let rest = text.split(&format!("\"{key}\":\"")).nth(1).expect("the field is there");
    rest.split('"').next().expect("it ends")
}

#[cfg(unix)]
#[test]
fn it_serves_until_it_is_told_to_stop_and_logs_no_secret() {
    let sandbox = Sandbox::starter();
    let served =
        Served::start(&sandbox, &["--client-id", "tester", "--client-secret", "s3cr3t-of-client", "--log", "trace"]);
    assert!(served.token("client_id=tester&client_secret=wrong").starts_with("HTTP/1.1 401 "));
    let answer = served.token("client_id=tester&client_secret=s3cr3t-of-client");
    let token = part(&answer, "access_token").to_owned();
    let headers =
        format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\nx-request-id: mine-7\r\n");
    let body = r#"{"flowId":"starter","dtmfSequence":["1"],"variableStateMatrix":{"account":"s3cr3t-of-body"},"simulationOptions":{"clock":{"at":"2026-03-02T15:00:00Z"}}}"#;
    let submitted = served.ask("POST", "/api/v2/flow/simulator", &headers, body);
    assert!(submitted.starts_with("HTTP/1.1 201 "), "{submitted}");
    let result = served.ask("GET", part(&submitted, "resultUrl"), &headers, "");
    assert!(result.contains("\"nodeId\":\"main_menu\""), "{result}");
    let (code, log) = served.stop();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("request_id=\"mine-7\" method=\"POST\" path=\"/api/v2/flow/simulator\" status=201"), "{log}");
    for secret in ["s3cr3t-of-client", "s3cr3t-of-body", token.as_str()] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[test]
fn what_it_cannot_start_with_is_an_error() {
    let sandbox = Sandbox::starter();
    sandbox.write("faults.yaml", "faults:\n  - { on: submit, every: 10, fault: statos }\n");
    sandbox.write("empty/readme.txt", "");
    let refused = |arguments: &[&str]| {
        let ran = sandbox.run(&[&["serve", "--port", "0"], arguments].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        ran.stderr
    };
    let errors = [
        refused(&["--bind", "0.0.0.0"]),
        refused(&["--flows", "empty"]),
        refused(&["--flows", "nowhere"]),
        refused(&["--tls-cert", "faults.yaml", "--tls-key", "faults.yaml"]),
        refused(&["--faults", "faults.yaml"]),
        refused(&["--fault", "{every: 10}"]),
    ];
    insta::assert_snapshot!(errors.join("---\n"), @r"
    error: '0.0.0.0:0' is not a loopback address; a server that others can reach needs credentials: give --client-id and --client-secret
    ---
    error: there is no flow in the paths given
    ---
    error: there is no file or folder 'nowhere'
    ---
    error: cannot use 'faults.yaml' for TLS: there is no certificate in it
    ---
    error[faults/wrong-type]: expected a fault, found 'statos'
     --> faults.yaml:2:37
      |
    2 |   - { on: submit, every: 10, fault: statos }
      |                                     ^^^^^^
      |
    help: did you mean 'status'?
      |
    2 - …y: 10, fault: statos }
    2 + …y: 10, fault: status }
      |
    error: the faults cannot be used
    ---
    error[faults/missing-key]: missing key 'fault' in a fault
     --> --fault:1:1
      |
    1 | {every: 10}
      | ^^^^^^^^^^^
      |
      = help: add 'fault: ...'
    error: the faults cannot be used
    ");
}

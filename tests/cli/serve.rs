//! `callpath serve` as a process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::support::{Sandbox, repository};

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
    error: there is no flow in the given paths
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

const PROMPT: &str = r#"{"interactionId":"int_1","agentId":"agt_12345678","content":"Offer a credit.","priority":"LOW","sentiment":0.5}"#;

impl Served {
    fn prompt(&self, body: &str) -> String {
        self.ask("POST", "/simulate-prompt", "content-type: application/json\r\n", body)
    }
}

/// What a curl command of the documentation sends: method, path, headers and body.
fn curl(text: &str) -> (String, String, String, String) {
    let command = text.split("$ curl ").nth(1).expect("a curl command").split("\n```").next().expect("its end");
    let command = command.replace("\\\n", " ");
    let (head, body) = command.split_once("-d '").expect("a body");
    let body = body.split('\'').next().expect("the end of the body").to_owned();
    let method = head.split("-X ").nth(1).expect("a method").split(' ').next().expect("a word").to_owned();
    let url = head.split("http://localhost:8080").nth(1).expect("an address").split(' ').next().expect("a path");
    let headers = head.split("-H \"").skip(1).map(|rest| rest.split('"').next().expect("the end of the header"));
    let headers: Vec<String> = headers.map(|header| format!("{header}\r\n")).collect();
    (method, url.to_owned(), headers.concat(), body)
}

/// The README shows the tutorial's request, and what it says about the answer is so.
#[test]
fn the_tutorials_request_is_refused_as_the_readme_says() {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("the README");
    let docs = std::fs::read_to_string(repository().join("docs/assist.md")).expect("the page");
    let (method, path, headers, body) = curl(&readme);
    assert_eq!((method.as_str(), path.as_str()), ("POST", "/simulate-prompt"));
    let sent: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    let tutorial = serde_json::json!({
        "interactionId": "int_98765432",
        "agentId": "agt_12345678",
        "content": "Customer has exceeded return window. Suggest loyalty credit instead.",
        "priority": "HIGH",
        "sentiment": -0.45
    });
    assert_eq!(sent, tutorial);
    assert_eq!(curl(&docs), (method.clone(), path.clone(), headers.clone(), body.clone()));
    let sandbox = Sandbox::starter();
    let served = Served::start(&sandbox, &[]);
    let answer = served.ask(&method, &path, &headers, &body);
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    let said = part(&answer, "error_description");
    assert!(readme.contains(&format!("403, there as here: `{said}`")), "{said}");
    assert!(docs.contains(&format!("\"error\":\"ineligible\",\"error_description\":\"{said}\"")), "{said}");
    let kinder = Served::start(&sandbox, &["--minimum-sentiment", "-0.5"]);
    assert!(kinder.ask(&method, &path, &headers, &body).starts_with("HTTP/1.1 200 "));
}

#[cfg(unix)]
#[test]
fn prompts_are_logged_and_what_is_unfinished_is_said() {
    let sandbox = Sandbox::starter();
    let agents = repository().join("tests/fixtures/assist/agents.yaml");
    let agents = agents.to_str().expect("UTF-8");
    let arguments =
        ["--agents", agents, "--prompts-log", "prompts.jsonl", "--transcript-delay", "1h", "--grace", "200ms"];
    let served = Served::start(&sandbox, &arguments);
    assert!(served.prompt(PROMPT).starts_with("HTTP/1.1 200 "));
    let unskilled = PROMPT.replace("agt_12345678", "agt_22222222");
    let other = served.prompt(&unskilled);
    assert!(other.contains("agent 'agt_22222222' lacks the skill 'billing'"), "{other}");
    let easy = Served::start(&sandbox, &["--agents", agents, "--required-skills", ""]);
    assert!(easy.prompt(&unskilled).starts_with("HTTP/1.1 200 "));
    let (code, log) = served.stop();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(log, "stopping; press Ctrl-C again to exit at once\ntranscript: pending for 1 prompt\n");
    let lines = std::fs::read_to_string(sandbox.path("prompts.jsonl")).expect("the log");
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let outcomes: Vec<_> = lines.iter().map(|line| (&line["outcome"], &line["transcript"]["state"])).collect();
    assert_eq!(outcomes, [(&"ineligible".into(), &"none".into()), (&"delivered".into(), &"pending".into())]);
}

#[test]
fn what_prompts_cannot_be_served_with_is_an_error() {
    let sandbox = Sandbox::starter();
    sandbox.write("agents.yaml", "agents:\n  - { id: agt_1, skils: [billing] }\n");
    let refused = |arguments: &[&str]| {
        let ran = sandbox.run(&[&["serve", "--port", "0"], arguments].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        ran.stderr
    };
    let errors = [
        refused(&["--agents", "agents.yaml"]),
        refused(&["--agents", "nowhere.yaml"]),
        refused(&["--prompt-rate", "0"]),
        refused(&["--assist-target", "nowhere"]),
        refused(&["--prompts-log", "no/such/folder.jsonl"]),
    ];
    insta::assert_snapshot!(errors.join("---\n"), @r"
    error[agents/missing-key]: missing key 'skills' in an agent
     --> agents.yaml:2:5
      |
    2 |   - { id: agt_1, skils: [billing] }
      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: add 'skills: ...'

    error[agents/unknown-key]: unknown key 'skils' in an agent
     --> agents.yaml:2:18
      |
    2 |   - { id: agt_1, skils: [billing] }
      |                  ^^^^^
      |
    help: did you mean 'skills'?
      |
    2 |   - { id: agt_1, skills: [billing] }
      |                      +
    error: the agents cannot be used
    ---
    error[yaml/unreadable]: cannot read the file: no such file or directory
     --> nowhere.yaml
    error: the agents cannot be used
    ---
    error: --prompt-rate must be from 0.001 to 1000000
    ---
    error: there is no target 'nowhere'; there are: embedded
    ---
    error: cannot write to 'no/such/folder.jsonl': No such file or directory (os error 2)
    ");
    let ran = sandbox.run(&["serve", "--minimum-sentiment", "-2"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("a sentiment is a number from -1 to 1"), "{}", ran.stderr);
}

//! Platforms that fail in various ways, and damaged spools.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::{
    DeadLetterFile, DeliveryStatus, ExportProfile, ExportSettings, Platform, Resumed, Segment, SpoolLine,
    SpooledResult, list_segments, resume,
};
use crate::remote::client::Environment;

const SECRET: &str = "hunter2-the-secret";

fn settings(url: &str, folder: &Path, more: &str) -> ExportSettings {
    let text = format!(
        "url = '{url}/results'\nspool = '{}'\nbackoff-base = '2ms'\nbackoff-cap = '20ms'\n{more}",
        folder.display()
    );
    let profile: ExportProfile = toml::from_str(&text).unwrap();
    profile.resolve("qa", &Environment::new(&|name| (name == "QA").then(|| SECRET.to_owned()))).unwrap()
}

fn items(count: usize) -> Vec<SpooledResult> {
    let item = |number: usize| SpooledResult {
        key: format!("{number:032x}"),
        payload: Bytes::from(
            json!({ "testId": number, "auditCorrelation": format!("audit-{number:032x}") }).to_string(),
        ),
    };
    (0..count).map(item).collect()
}

/// A spool with results, and a platform.
struct Scene {
    folder: TempDir,
    server: MockServer,
}

impl Scene {
    async fn new(results: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        drop(Segment::create_whole(folder.path(), &items(results)).unwrap());
        Self { folder, server: MockServer::start().await }
    }

    async fn answers(self, times: u64, answer: impl Respond + 'static) -> Self {
        let mock = Mock::given(method("POST")).and(path("/results")).respond_with(answer).up_to_n_times(times);
        mock.mount(&self.server).await;
        self
    }

    async fn resume_all(&self, more: &str, again: bool) -> Resumed {
        let platform = Platform::new(settings(&self.server.uri(), self.folder.path(), more)).unwrap();
        resume(&Arc::new(platform), Duration::from_millis(400), again).await.unwrap()
    }

    async fn resume(&self, more: &str) -> DeliveryStatus {
        let resumed = self.resume_all(more, false).await;
        assert!(resumed.broken.is_empty() && resumed.locked == 0, "{resumed:?}");
        resumed.status
    }

    /// How often each result was accepted.
    async fn accepted(&self, status: fn(&Request) -> u16) -> BTreeMap<u64, usize> {
        let mut accepted = BTreeMap::new();
        for request in self.server.received_requests().await.unwrap() {
            if request.url.path() == "/results" && status(&request) < 300 {
                for number in numbers(&request) {
                    *accepted.entry(number).or_default() += 1;
                }
            }
        }
        accepted
    }

    fn dead_letters(&self) -> Vec<Value> {
        let text = fs::read_to_string(DeadLetterFile::new(self.folder.path()).path()).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn segments(&self) -> usize {
        list_segments(self.folder.path()).unwrap().len()
    }
}

fn numbers(request: &Request) -> Vec<u64> {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let number = |value: &Value| value["testId"].as_u64().unwrap();
    body.as_array().map_or_else(|| vec![number(&body)], |list| list.iter().map(number).collect())
}

fn response(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status)
}

/// Chooses the status by the request.
struct By(fn(&Request) -> u16);

impl Respond for By {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        response((self.0)(request)).set_body_json(json!({ "error": "no", "error_description": "not this" }))
    }
}

#[tokio::test]
async fn everything_arrives_once_and_the_spool_is_empty() {
    let scene = Scene::new(20).await.answers(99, response(201)).await;
    assert_eq!(scene.resume("").await, DeliveryStatus { delivered: 20, ..DeliveryStatus::default() });
    assert_eq!(scene.accepted(|_| 201).await, (0..20).map(|number| (number, 1)).collect());
    assert_eq!(fs::read_dir(scene.folder.path()).unwrap().count(), 0);
    let requests = scene.server.received_requests().await.unwrap();
    let key = |request: &Request| request.headers["idempotency-key"].to_str().unwrap().to_owned();
    assert!(requests.iter().all(|request| key(request) == format!("{:032x}", numbers(request)[0])));
    assert_eq!(scene.resume("").await, DeliveryStatus::default());
}

#[tokio::test]
async fn batches_are_arrays_with_a_key_of_their_own() {
    let scene = Scene::new(25).await.answers(99, response(200)).await;
    assert_eq!(scene.resume("batch = 10\nin-flight = 1").await.delivered, 25);
    let requests = scene.server.received_requests().await.unwrap();
    assert_eq!(requests.iter().map(|request| numbers(request).len()).collect::<Vec<_>>(), [10, 10, 5]);
    let mut keys: Vec<_> = requests.iter().map(|request| request.headers["idempotency-key"].clone()).collect();
    keys.dedup();
    assert_eq!(keys.len(), 3);
}

#[tokio::test]
async fn temporary_errors_are_retried() {
    for code in [408, 409, 425, 429, 500, 501, 502, 503, 504] {
        let scene = Scene::new(3).await.answers(5, response(code)).await.answers(99, response(204)).await;
        assert_eq!(scene.resume("").await, DeliveryStatus { delivered: 3, ..DeliveryStatus::default() }, "{code}");
    }
}

#[tokio::test]
async fn a_platform_that_keeps_failing_leaves_everything_in_the_spool() {
    let scene = Scene::new(30).await.answers(9_999, response(500)).await;
    let status = scene.resume("").await;
    assert_eq!((status.delivered, status.pending, status.dead_letters), (0, 30, 0));
    let cause = status.cause.unwrap();
    assert!(cause.ends_with(" answered 500"), "{cause}");
    scene.server.reset().await;
    let scene = scene.answers(99, response(201)).await;
    assert_eq!(scene.resume("").await.delivered, 30);
}

#[tokio::test]
async fn one_result_that_the_platform_fails_on_does_not_hold_back_the_others() {
    let scene =
        Scene::new(40).await.answers(9_999, By(|request| if numbers(request) == [3] { 500 } else { 201 })).await;
    let status = scene.resume("in-flight = 2\nattempts = 3").await;
    assert_eq!((status.delivered, status.pending), (39, 1));
}

#[tokio::test]
async fn retry_after_is_honoured() {
    let busy = response(429).insert_header("retry-after", "1");
    let scene = Scene::new(2).await.answers(1, busy).await.answers(9, response(201)).await;
    let start = Instant::now();
    let platform = Platform::new(settings(&scene.server.uri(), scene.folder.path(), "in-flight = 1")).unwrap();
    let resumed = resume(&Arc::new(platform), Duration::from_secs(5), false).await.unwrap();
    assert_eq!(resumed.status.delivered, 2);
    assert!(start.elapsed() >= Duration::from_millis(990), "{:?}", start.elapsed());
}

#[tokio::test]
async fn batches_that_are_too_large_are_halved_and_a_single_one_becomes_a_dead_letter() {
    let answer = By(|request| match numbers(request).as_slice() {
        many if many.len() > 4 || many.contains(&11) => 413,
        _ => 201,
    });
    let scene = Scene::new(32).await.answers(999, answer).await;
    let status = scene.resume("batch = 16\nin-flight = 1").await;
    assert_eq!((status.delivered, status.pending, status.dead_letters), (31, 0, 1));
    let dead_letters = scene.dead_letters();
    assert_eq!(dead_letters.len(), 1);
    assert_eq!(dead_letters[0]["payload"]["testId"], 11);
    assert!(
        dead_letters[0]["reason"].as_str().unwrap().ends_with("answered 413: 'no, not this'"),
        "{}",
        dead_letters[0]
    );
    assert_eq!(scene.segments(), 0);
}

#[tokio::test]
async fn the_limit_of_a_batch_is_learnt_once() {
    let scene =
        Scene::new(64).await.answers(999, By(|request| if numbers(request).len() > 4 { 413 } else { 201 })).await;
    assert_eq!(scene.resume("batch = 16\nin-flight = 1").await.delivered, 64);
    let requests = scene.server.received_requests().await.unwrap();
    assert_eq!(requests.iter().filter(|request| numbers(request).len() > 4).count(), 3);
}

#[tokio::test]
async fn a_rejected_result_becomes_a_dead_letter_and_can_be_sent_again() {
    let answer = By(|request| if numbers(request).contains(&5) { 422 } else { 201 });
    let scene = Scene::new(16).await.answers(999, answer).await;
    let status = scene.resume("batch = 8").await;
    assert_eq!((status.delivered, status.pending, status.dead_letters), (15, 0, 1));
    assert_eq!(status.summary("qa").matches("answered 422: 'no, not this'").count(), 1);
    assert_eq!(scene.accepted(|request| if numbers(request).contains(&5) { 422 } else { 201 }).await.len(), 15);
    scene.server.reset().await;
    let scene = scene.answers(9, response(201)).await;
    assert_eq!(scene.resume("").await, DeliveryStatus { dead_letters: 1, ..DeliveryStatus::default() });
    assert_eq!(scene.resume_all("", true).await.status.delivered, 1);
    assert_eq!(scene.accepted(|_| 201).await, [(5, 1)].into());
    assert!(scene.dead_letters().is_empty());
}

#[tokio::test]
async fn a_wrong_address_stops_the_export_and_loses_nothing() {
    for code in [302, 403, 404, 405] {
        let scene = Scene::new(50).await.answers(999, response(code)).await;
        let status = scene.resume("in-flight = 4").await;
        assert_eq!((status.delivered, status.pending, status.dead_letters, status.stopped), (0, 50, 0, true));
        assert!(scene.server.received_requests().await.unwrap().len() <= 4, "{code}");
    }
}

const CLIENT: &str = "client-id = 'me'\nclient-secret-env = 'QA'\n";

async fn with_token(scene: Scene, lifetime: u64) -> (Scene, String) {
    let token = ResponseTemplate::new(200)
        .set_body_json(json!({ "access_token": "token-1", "token_type": "Bearer", "expires_in": lifetime }));
    Mock::given(method("POST")).and(path("/token")).respond_with(token).mount(&scene.server).await;
    let more = format!("{CLIENT}token-url = '{}/token'", scene.server.uri());
    (scene, more)
}

async fn asked(scene: &Scene, at: &str) -> usize {
    let requests = scene.server.received_requests().await.unwrap();
    requests.iter().filter(|request| request.url.path() == at).count()
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let scene = Scene::new(12).await.answers(1, response(401)).await.answers(99, response(201)).await;
    let (scene, more) = with_token(scene, 3600).await;
    assert_eq!(scene.resume(&more).await.delivered, 12);
    assert_eq!(asked(&scene, "/token").await, 2);
}

#[tokio::test]
async fn a_token_that_stays_refused_stops_the_export_with_a_cause() {
    let scene = Scene::new(12).await.answers(99, response(401)).await;
    let (scene, more) = with_token(scene, 3600).await;
    let status = scene.resume(&format!("{more}\nin-flight = 1")).await;
    assert_eq!((status.pending, status.stopped), (12, true));
    let cause = status.cause.unwrap();
    assert!(cause.ends_with("answered 401 (it rejects the token, and a new one too)"), "{cause}");
    assert_eq!((asked(&scene, "/token").await, asked(&scene, "/results").await), (2, 2));
    let fixed = Scene::new(2).await.answers(99, response(401)).await;
    let status = fixed.resume("bearer-env = 'QA'\nin-flight = 1").await;
    assert!(status.cause.unwrap().ends_with("answered 401 (it rejects the token)"));
    assert_eq!(asked(&fixed, "/results").await, 1);
    assert_eq!(fixed.server.received_requests().await.unwrap()[0].headers["authorization"], format!("Bearer {SECRET}"));
}

#[tokio::test]
async fn a_token_that_cannot_be_fetched_stops_the_export() {
    let scene = Scene::new(3).await;
    let refusal = response(401).set_body_json(json!({ "error": "invalid_client", "error_description": SECRET }));
    Mock::given(method("POST")).and(path("/token")).respond_with(refusal).mount(&scene.server).await;
    let status = scene.resume(&format!("{CLIENT}token-url = '{}/token'", scene.server.uri())).await;
    assert_eq!((status.pending, status.stopped), (3, true));
    let cause = status.cause.unwrap();
    assert!(cause.contains("gives no token for export 'qa': it answered 401; check 'client-id'"), "{cause}");
    assert!(!cause.contains(SECRET));
}

#[tokio::test]
async fn the_wait_for_a_slow_platform_is_bounded() {
    let slow = response(201).set_delay(Duration::from_secs(30));
    let scene = Scene::new(5).await.answers(99, slow).await;
    let start = Instant::now();
    let status = scene.resume("request-timeout = '50ms'").await;
    assert_eq!((status.delivered, status.pending), (0, 5));
    assert!(status.cause.unwrap().contains("gives no answer: no complete answer came within 50ms"));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_platform_that_is_down_leaves_everything_in_the_spool() {
    let scene = Scene::new(5).await;
    let platform = Platform::new(settings("http://127.0.0.1:9", scene.folder.path(), "")).unwrap();
    let resumed = resume(&Arc::new(platform), Duration::from_millis(200), false).await.unwrap();
    assert_eq!((resumed.status.delivered, resumed.status.pending), (0, 5));
    let sentence = resumed.status.summary("qa");
    assert!(sentence.starts_with("export 'qa': 0 delivered, 5 pending (127.0.0.1:9 gives no answer: "), "{sentence}");
}

#[tokio::test]
async fn a_segment_that_another_process_has_locked_is_skipped() {
    let scene = Scene::new(5).await.answers(99, response(201)).await;
    let path = list_segments(scene.folder.path()).unwrap().remove(0);
    let held = Segment::open(&path).unwrap().unwrap();
    assert!(Segment::open(&path).unwrap().is_none());
    let resumed = scene.resume_all("", false).await;
    assert_eq!((resumed.locked, resumed.status.delivered), (1, 0));
    drop(held);
    assert_eq!(scene.resume("").await.delivered, 5);
}

#[tokio::test]
async fn acknowledged_results_are_not_sent_again() {
    let scene = Scene::new(6).await.answers(99, response(201)).await;
    let path = list_segments(scene.folder.path()).unwrap().remove(0);
    let mut segment = Segment::open(&path).unwrap().unwrap();
    segment.acknowledge(items(3).iter().map(|item| item.key.as_str())).unwrap();
    drop(segment);
    // The process ended in the middle of the fourth acknowledgement.
    let mut ack = OpenOptions::new().append(true).open(path.with_extension("ack")).unwrap();
    ack.write_all(format!("0123456789abcdef {:032x}", 3).as_bytes()).unwrap();
    drop(ack);
    assert_eq!(scene.resume("").await.delivered, 3);
    assert_eq!(scene.accepted(|_| 201).await, [(3, 1), (4, 1), (5, 1)].into());
}

#[tokio::test]
async fn a_torn_last_line_is_skipped_and_a_damaged_line_becomes_a_dead_letter() {
    let scene = Scene::new(6).await.answers(99, response(201)).await;
    let path = list_segments(scene.folder.path()).unwrap().remove(0);
    let text = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[3] = lines[3].replace("testId", "testid");
    let torn = lines[4].clone();
    fs::write(&path, format!("{}\n{}", lines.join("\n"), &torn[..torn.len() / 2])).unwrap();
    let status = scene.resume("").await;
    assert_eq!((status.delivered, status.pending, status.dead_letters), (5, 0, 1));
    let dead_letters = scene.dead_letters();
    assert_eq!(dead_letters[0]["reason"], "the spool is damaged here");
    assert!(dead_letters[0]["damaged"].as_str().unwrap().contains("testid"));
    assert_eq!(scene.segments(), 0);
}

/// Rewrites the lines of the only segment.
fn edit_segment(scene: &Scene, edit: impl FnOnce(&mut Vec<String>)) {
    let path = list_segments(scene.folder.path()).unwrap().remove(0);
    let mut lines: Vec<String> = fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
    edit(&mut lines);
    fs::write(&path, lines.join("\n") + "\n").unwrap();
}

#[tokio::test]
async fn a_result_whose_key_fits_no_header_does_not_hold_back_the_others() {
    let scene = Scene::new(6).await.answers(99, response(201)).await;
    edit_segment(&scene, |lines| {
        let poison = super::frame::frame(r#"{"key":"two\nlines","payload":{"testId":99}}"#);
        lines.insert(1, poison.trim_end().to_owned());
    });
    let status = scene.resume("").await;
    assert_eq!((status.delivered, status.pending, status.dead_letters), (6, 0, 1));
    let letters = scene.dead_letters();
    assert_eq!(letters[0]["reason"], "the key of this result cannot be sent in a header");
    assert!(letters[0]["damaged"].as_str().unwrap().contains("testId"), "{letters:?}");
    assert_eq!(scene.segments(), 0);
}

#[tokio::test]
async fn a_damaged_header_does_not_hold_back_the_results() {
    let scene = Scene::new(6).await.answers(99, response(201)).await;
    edit_segment(&scene, |lines| lines[0] = lines[0].replace("callpath", "collpath"));
    let status = scene.resume("").await;
    assert_eq!((status.delivered, status.pending, status.dead_letters), (6, 0, 1));
    assert_eq!(scene.segments(), 0);
}

#[tokio::test]
async fn one_result_that_the_platform_fails_on_does_not_hold_back_its_batch() {
    let answer = By(|request| if numbers(request).contains(&3) { 500 } else { 201 });
    let scene = Scene::new(40).await.answers(9_999, answer).await;
    let status = scene.resume("batch = 8\nin-flight = 2\nattempts = 2").await;
    assert_eq!((status.delivered, status.pending, status.dead_letters), (39, 1, 0));
}

#[tokio::test]
async fn dead_letters_of_earlier_versions_are_found() {
    let scene = Scene::new(0).await.answers(9, response(201)).await;
    let letter = json!({ "key": format!("{:032x}", 7), "at": "", "reason": "no", "payload": { "testId": 7 } });
    fs::write(scene.folder.path().join("set-aside.jsonl"), format!("{letter}\n")).unwrap();
    assert_eq!(scene.resume_all("", false).await.status.dead_letters, 1);
    let status = scene.resume_all("", true).await.status;
    assert_eq!((status.delivered, status.dead_letters), (1, 0));
}

#[tokio::test]
async fn a_foreign_file_is_left_alone() {
    let scene = Scene::new(2).await.answers(9, response(201)).await;
    let foreign = scene.folder.path().join("0-notes.spool");
    fs::write(&foreign, "my notes\n").unwrap();
    let resumed = scene.resume_all("", false).await;
    assert_eq!((resumed.status.delivered, resumed.broken.len()), (2, 1));
    assert!(resumed.broken[0].to_string().contains("was not written by this version"), "{}", resumed.broken[0]);
    assert_eq!(fs::read_to_string(foreign).unwrap(), "my notes\n");
}

#[test]
fn a_segment_can_be_read_while_it_grows() {
    let folder = tempfile::tempdir().unwrap();
    let (segment, mut writer) = Segment::create(folder.path()).unwrap();
    let state = writer.state();
    let mut reader = segment.reader().unwrap();
    for item in items(3) {
        assert_eq!(reader.next(state.borrow().bytes).unwrap(), None);
        writer.append(&item).unwrap();
        assert_eq!(reader.next(state.borrow().bytes).unwrap(), Some(SpoolLine::Result(item)));
    }
    assert!(!state.borrow().closed);
    drop(writer);
    assert!(state.borrow().closed);
}

//! Platforms of all kinds, and spools that were damaged.

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
    Delivered, ExportProfile, ExportSettings, Item, Platform, Resumed, Segment, SetAside, SpoolLine, resume, segments,
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

fn items(count: usize) -> Vec<Item> {
    let item = |number: usize| Item {
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

    async fn resume(&self, more: &str) -> Delivered {
        let resumed = self.resume_all(more, false).await;
        assert!(resumed.broken.is_empty() && resumed.busy == 0, "{resumed:?}");
        resumed.delivered
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

    fn aside(&self) -> Vec<Value> {
        let text = fs::read_to_string(SetAside::new(self.folder.path()).path()).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn segments(&self) -> usize {
        segments(self.folder.path()).unwrap().len()
    }
}

fn numbers(request: &Request) -> Vec<u64> {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let number = |value: &Value| value["testId"].as_u64().unwrap();
    body.as_array().map_or_else(|| vec![number(&body)], |list| list.iter().map(number).collect())
}

fn status(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status)
}

/// Answers by what it is sent.
struct By(fn(&Request) -> u16);

impl Respond for By {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        status((self.0)(request)).set_body_json(json!({ "error": "no", "error_description": "not this" }))
    }
}

#[tokio::test]
async fn everything_arrives_once_and_the_spool_is_empty() {
    let scene = Scene::new(20).await.answers(99, status(201)).await;
    assert_eq!(scene.resume("").await, Delivered { delivered: 20, ..Delivered::default() });
    assert_eq!(scene.accepted(|_| 201).await, (0..20).map(|number| (number, 1)).collect());
    assert_eq!(fs::read_dir(scene.folder.path()).unwrap().count(), 0);
    let requests = scene.server.received_requests().await.unwrap();
    let key = |request: &Request| request.headers["idempotency-key"].to_str().unwrap().to_owned();
    assert!(requests.iter().all(|request| key(request) == format!("{:032x}", numbers(request)[0])));
    assert_eq!(scene.resume("").await, Delivered::default());
}

#[tokio::test]
async fn batches_are_arrays_with_a_key_of_their_own() {
    let scene = Scene::new(25).await.answers(99, status(200)).await;
    assert_eq!(scene.resume("batch = 10\nin-flight = 1").await.delivered, 25);
    let requests = scene.server.received_requests().await.unwrap();
    assert_eq!(requests.iter().map(|request| numbers(request).len()).collect::<Vec<_>>(), [10, 10, 5]);
    let mut keys: Vec<_> = requests.iter().map(|request| request.headers["idempotency-key"].clone()).collect();
    keys.dedup();
    assert_eq!(keys.len(), 3);
}

#[tokio::test]
async fn troubles_that_pass_are_waited_for() {
    for code in [408, 409, 425, 429, 500, 501, 502, 503, 504] {
        let scene = Scene::new(3).await.answers(5, status(code)).await.answers(99, status(204)).await;
        assert_eq!(scene.resume("").await, Delivered { delivered: 3, ..Delivered::default() }, "{code}");
    }
}

#[tokio::test]
async fn a_platform_that_stays_in_trouble_leaves_everything_in_the_spool() {
    let scene = Scene::new(30).await.answers(9_999, status(500)).await;
    let delivered = scene.resume("").await;
    assert_eq!((delivered.delivered, delivered.pending, delivered.aside), (0, 30, 0));
    let cause = delivered.cause.unwrap();
    assert!(cause.ends_with(" answered 500"), "{cause}");
    scene.server.reset().await;
    let scene = scene.answers(99, status(201)).await;
    assert_eq!(scene.resume("").await.delivered, 30);
}

#[tokio::test]
async fn one_result_that_the_platform_chokes_on_does_not_hold_up_the_others() {
    let scene =
        Scene::new(40).await.answers(9_999, By(|request| if numbers(request) == [3] { 500 } else { 201 })).await;
    let delivered = scene.resume("in-flight = 2\nattempts = 3").await;
    assert_eq!((delivered.delivered, delivered.pending), (39, 1));
}

#[tokio::test]
async fn retry_after_is_kept() {
    let busy = status(429).insert_header("retry-after", "1");
    let scene = Scene::new(2).await.answers(1, busy).await.answers(9, status(201)).await;
    let start = Instant::now();
    let platform = Platform::new(settings(&scene.server.uri(), scene.folder.path(), "in-flight = 1")).unwrap();
    let resumed = resume(&Arc::new(platform), Duration::from_secs(5), false).await.unwrap();
    assert_eq!(resumed.delivered.delivered, 2);
    assert!(start.elapsed() >= Duration::from_millis(990), "{:?}", start.elapsed());
}

#[tokio::test]
async fn batches_that_are_too_large_are_halved_and_a_single_one_is_set_aside() {
    let answer = By(|request| match numbers(request).as_slice() {
        many if many.len() > 4 || many.contains(&11) => 413,
        _ => 201,
    });
    let scene = Scene::new(32).await.answers(999, answer).await;
    let delivered = scene.resume("batch = 16\nin-flight = 1").await;
    assert_eq!((delivered.delivered, delivered.pending, delivered.aside), (31, 0, 1));
    let aside = scene.aside();
    assert_eq!(aside.len(), 1);
    assert_eq!(aside[0]["payload"]["testId"], 11);
    assert!(aside[0]["reason"].as_str().unwrap().ends_with("answered 413: 'no, not this'"), "{}", aside[0]);
    assert_eq!(scene.segments(), 0);
}

#[tokio::test]
async fn how_many_are_too_many_is_learnt_once() {
    let scene =
        Scene::new(64).await.answers(999, By(|request| if numbers(request).len() > 4 { 413 } else { 201 })).await;
    assert_eq!(scene.resume("batch = 16\nin-flight = 1").await.delivered, 64);
    let requests = scene.server.received_requests().await.unwrap();
    assert_eq!(requests.iter().filter(|request| numbers(request).len() > 4).count(), 3);
}

#[tokio::test]
async fn what_is_refused_is_set_aside_alone_and_can_be_sent_again() {
    let answer = By(|request| if numbers(request).contains(&5) { 422 } else { 201 });
    let scene = Scene::new(16).await.answers(999, answer).await;
    let delivered = scene.resume("batch = 8").await;
    assert_eq!((delivered.delivered, delivered.pending, delivered.aside), (15, 0, 1));
    assert_eq!(delivered.sentence("qa").matches("answered 422: 'no, not this'").count(), 1);
    assert_eq!(scene.accepted(|request| if numbers(request).contains(&5) { 422 } else { 201 }).await.len(), 15);
    scene.server.reset().await;
    let scene = scene.answers(9, status(201)).await;
    assert_eq!(scene.resume("").await, Delivered::default());
    assert_eq!(scene.resume_all("", true).await.delivered.delivered, 1);
    assert_eq!(scene.accepted(|_| 201).await, [(5, 1)].into());
    assert!(scene.aside().is_empty());
}

#[tokio::test]
async fn a_wrong_address_stops_the_export_and_loses_nothing() {
    for code in [302, 403, 404, 405] {
        let scene = Scene::new(50).await.answers(999, status(code)).await;
        let delivered = scene.resume("in-flight = 4").await;
        assert_eq!((delivered.delivered, delivered.pending, delivered.aside, delivered.closed), (0, 50, 0, true));
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
    let scene = Scene::new(12).await.answers(1, status(401)).await.answers(99, status(201)).await;
    let (scene, more) = with_token(scene, 3600).await;
    assert_eq!(scene.resume(&more).await.delivered, 12);
    assert_eq!(asked(&scene, "/token").await, 2);
}

#[tokio::test]
async fn a_token_that_stays_refused_stops_the_export_with_a_cause() {
    let scene = Scene::new(12).await.answers(99, status(401)).await;
    let (scene, more) = with_token(scene, 3600).await;
    let delivered = scene.resume(&format!("{more}\nin-flight = 1")).await;
    assert_eq!((delivered.pending, delivered.closed), (12, true));
    let cause = delivered.cause.unwrap();
    assert!(cause.ends_with("answered 401 (it refuses the token, also a new one)"), "{cause}");
    assert_eq!((asked(&scene, "/token").await, asked(&scene, "/results").await), (2, 2));
    let fixed = Scene::new(2).await.answers(99, status(401)).await;
    let delivered = fixed.resume("bearer-env = 'QA'\nin-flight = 1").await;
    assert!(delivered.cause.unwrap().ends_with("answered 401 (it refuses the token)"));
    assert_eq!(asked(&fixed, "/results").await, 1);
    assert_eq!(fixed.server.received_requests().await.unwrap()[0].headers["authorization"], format!("Bearer {SECRET}"));
}

#[tokio::test]
async fn no_token_is_a_cause_too() {
    let scene = Scene::new(3).await;
    let refusal = status(401).set_body_json(json!({ "error": "invalid_client", "error_description": SECRET }));
    Mock::given(method("POST")).and(path("/token")).respond_with(refusal).mount(&scene.server).await;
    let delivered = scene.resume(&format!("{CLIENT}token-url = '{}/token'", scene.server.uri())).await;
    assert_eq!((delivered.pending, delivered.closed), (3, true));
    let cause = delivered.cause.unwrap();
    assert!(cause.contains("gives no token for export 'qa': it answered 401; check 'client-id'"), "{cause}");
    assert!(!cause.contains(SECRET));
}

#[tokio::test]
async fn a_slow_platform_is_not_waited_for_without_end() {
    let slow = status(201).set_delay(Duration::from_secs(30));
    let scene = Scene::new(5).await.answers(99, slow).await;
    let start = Instant::now();
    let delivered = scene.resume("request-timeout = '50ms'").await;
    assert_eq!((delivered.delivered, delivered.pending), (0, 5));
    assert!(delivered.cause.unwrap().contains("gives no answer: no complete answer came within 50ms"));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_platform_that_is_down_leaves_everything_in_the_spool() {
    let scene = Scene::new(5).await;
    let platform = Platform::new(settings("http://127.0.0.1:9", scene.folder.path(), "")).unwrap();
    let resumed = resume(&Arc::new(platform), Duration::from_millis(200), false).await.unwrap();
    assert_eq!((resumed.delivered.delivered, resumed.delivered.pending), (0, 5));
    let sentence = resumed.delivered.sentence("qa");
    assert!(sentence.starts_with("export 'qa': 0 delivered, 5 pending (127.0.0.1:9 gives no answer: "), "{sentence}");
}

#[tokio::test]
async fn a_segment_that_another_works_on_is_left_to_it() {
    let scene = Scene::new(5).await.answers(99, status(201)).await;
    let path = segments(scene.folder.path()).unwrap().remove(0);
    let held = Segment::open(&path).unwrap().unwrap();
    assert!(Segment::open(&path).unwrap().is_none());
    let resumed = scene.resume_all("", false).await;
    assert_eq!((resumed.busy, resumed.delivered.delivered), (1, 0));
    drop(held);
    assert_eq!(scene.resume("").await.delivered, 5);
}

#[tokio::test]
async fn what_had_arrived_is_not_sent_again() {
    let scene = Scene::new(6).await.answers(99, status(201)).await;
    let path = segments(scene.folder.path()).unwrap().remove(0);
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
async fn a_torn_end_is_no_result_and_a_damaged_line_is_set_aside() {
    let scene = Scene::new(6).await.answers(99, status(201)).await;
    let path = segments(scene.folder.path()).unwrap().remove(0);
    let text = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[3] = lines[3].replace("testId", "testid");
    let torn = lines[4].clone();
    fs::write(&path, format!("{}\n{}", lines.join("\n"), &torn[..torn.len() / 2])).unwrap();
    let delivered = scene.resume("").await;
    assert_eq!((delivered.delivered, delivered.pending, delivered.aside), (5, 0, 1));
    let aside = scene.aside();
    assert_eq!(aside[0]["reason"], "the spool is damaged here");
    assert!(aside[0]["damaged"].as_str().unwrap().contains("testid"));
    assert_eq!(scene.segments(), 0);
}

#[tokio::test]
async fn what_is_no_spool_is_left_alone() {
    let scene = Scene::new(2).await.answers(9, status(201)).await;
    let foreign = scene.folder.path().join("0-notes.spool");
    fs::write(&foreign, "my notes\n").unwrap();
    let resumed = scene.resume_all("", false).await;
    assert_eq!((resumed.delivered.delivered, resumed.broken.len()), (2, 1));
    assert!(resumed.broken[0].to_string().contains("is no spool of this version"), "{}", resumed.broken[0]);
    assert_eq!(fs::read_to_string(foreign).unwrap(), "my notes\n");
}

#[test]
fn a_segment_can_be_read_while_it_grows() {
    let folder = tempfile::tempdir().unwrap();
    let (segment, mut writer) = Segment::create(folder.path()).unwrap();
    let grown = writer.grown();
    let mut reader = segment.reader().unwrap();
    for item in items(3) {
        assert_eq!(reader.next(grown.borrow().bytes).unwrap(), None);
        writer.append(&item).unwrap();
        assert_eq!(reader.next(grown.borrow().bytes).unwrap(), Some(SpoolLine::Item(item)));
    }
    assert!(!grown.borrow().closed);
    drop(writer);
    assert!(grown.borrow().closed);
}

//! Polling in paused time: jobs on a server that only remembers when each of them is done.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::header::{HeaderMap, HeaderValue};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

use super::*;
use crate::remote::client::{Environment, RemoteProfile, TransportError};
use crate::simulator::Request as SimulatorRequest;

/// One way over the network.
const LATENCY: Duration = Duration::from_millis(1);

/// A server whose jobs take a given time each, by their number.
struct Server {
    length_ms: Box<dyn Fn(u64) -> u64 + Send + Sync>,
    /// `Retry-After` of every answer without a result.
    retry_after: Option<&'static str>,
    ends: Mutex<HashMap<String, Instant>>,
    /// When each poll arrived, counted from the first submission.
    polls: Mutex<Vec<Instant>>,
}

impl Server {
    fn new(length_ms: impl Fn(u64) -> u64 + Send + Sync + 'static) -> Self {
        let length_ms = Box::new(length_ms);
        Self { length_ms, retry_after: None, ends: Mutex::default(), polls: Mutex::default() }
    }

    fn answer(&self, call: &Request) -> Response {
        let now = Instant::now();
        let mut ends = self.ends.lock().unwrap();
        let id = call.url.path().rsplit('/').next().unwrap().to_owned();
        let (status, body) = match call.method {
            Method::Post => {
                let number = ends.len() as u64;
                ends.insert(number.to_string(), now + Duration::from_millis((self.length_ms)(number)));
                (201, format!(r#"{{"simulationId":"{number}","status":"queued"}}"#))
            }
            Method::Get => {
                self.polls.lock().unwrap().push(now);
                let status = if now >= ends[&id] { "completed" } else { "running" };
                (200, format!(r#"{{"simulationId":"{id}","status":"{status}"}}"#))
            }
        };
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        if let Some(pause) = self.retry_after.filter(|_| !body.contains("completed")) {
            headers.insert("retry-after", HeaderValue::from_static(pause));
        }
        Response { status, headers, body: Bytes::from(body) }
    }
}

impl Transport for Arc<Server> {
    async fn send(&self, call: &Request) -> Result<Response, TransportError> {
        sleep(LATENCY).await;
        let answer = self.answer(call);
        sleep(LATENCY).await;
        Ok(answer)
    }
}

/// Runs jobs, so many at once, and gives the time that all took together.
async fn run(server: &Arc<Server>, jobs: u64, at_once: usize, more: &str) -> Duration {
    let profile: RemoteProfile = toml::from_str(&format!("base-url = 'http://127.0.0.1'\n{more}")).unwrap();
    let settings = profile.resolve("local", &Environment::new(&|_| None)).unwrap();
    let client = Arc::new(Jobs::new(Session::seeded(settings, server.clone(), 1)).unwrap());
    let slots = Arc::new(Semaphore::new(at_once));
    let start = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..jobs {
        let (client, slots) = (client.clone(), slots.clone());
        tasks.push(tokio::spawn(async move {
            let _slot = slots.acquire().await.unwrap();
            client.run(&SubmitRequest::plain(&"flow".into(), &SimulatorRequest::default()), |_| ()).await.unwrap();
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    start.elapsed()
}

/// The time that all jobs took over the time that their lengths need, and the polls for each job.
async fn measure(
    jobs: u64,
    at_once: usize,
    length_ms: impl Fn(u64) -> u64 + Copy + Send + Sync + 'static,
) -> (f64, f64) {
    let server = Arc::new(Server::new(length_ms));
    let makespan = run(&server, jobs, at_once, "").await.as_millis() as f64;
    let ideal = (0..jobs).map(length_ms).sum::<u64>() as f64 / at_once as f64;
    let polls = server.polls.lock().unwrap().len() as f64 / jobs as f64;
    (makespan / ideal, polls)
}

#[tokio::test(start_paused = true)]
async fn jobs_of_500_ms_lose_less_than_a_tenth_to_polling() {
    let (ratio, polls) = measure(1_280, 64, |_| 500).await;
    assert!(ratio <= 1.06, "{ratio}, {polls} polls for each job");
    assert!(polls <= 6.0, "{polls} polls for each job");
}

#[tokio::test(start_paused = true)]
async fn jobs_of_50_ms_lose_no_more_than_the_timer_costs() {
    let (ratio, polls) = measure(1_280, 64, |_| 50).await;
    assert!(ratio <= 1.2, "{ratio}, {polls} polls for each job");
    assert!(polls <= 4.0, "{polls} polls for each job");
}

#[tokio::test(start_paused = true)]
async fn jobs_one_after_another_are_learned_as_well() {
    let (ratio, polls) = measure(100, 1, |_| 500).await;
    assert!(ratio <= 1.10, "{ratio}, {polls} polls for each job");
    assert!(polls <= 8.0, "{polls} polls for each job");
}

#[tokio::test(start_paused = true)]
async fn jobs_of_mixed_lengths_are_seen_soon_after_they_end() {
    let (ratio, polls) = measure(1_280, 64, |number| 100 + number * 7_919 % 400).await;
    assert!(ratio <= 1.20, "{ratio}, {polls} polls for each job");
    assert!(polls <= 12.0, "{polls} polls for each job");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_becomes_faster_is_noticed() {
    let (slow, fast) = (64 * 10, 64 * 20);
    let server = Arc::new(Server::new(move |number| if number < slow { 500 } else { 50 }));
    let makespan = run(&server, slow + fast, 64, "").await;
    let ideal = Duration::from_millis(10 * 500 + 20 * 50);
    assert!(makespan < ideal.mul_f64(1.3), "{makespan:?} instead of {ideal:?}");
}

#[tokio::test(start_paused = true)]
async fn no_poll_comes_before_the_pause_that_the_server_asks_for() {
    let server = Server { retry_after: Some("1.5"), ..Server::new(|_| 4_000) };
    let server = Arc::new(server);
    let makespan = run(&server, 1, 1, "").await;
    let polls = server.polls.lock().unwrap();
    assert_eq!(polls.len(), 3, "{makespan:?}");
    assert!(polls.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(1_500)), "{polls:?}");
    assert!(makespan >= Duration::from_millis(4_500), "the first poll keeps the pause as well: {makespan:?}");
}

#[tokio::test(start_paused = true)]
async fn the_first_poll_is_a_setting() {
    let server = Arc::new(Server::new(|_| 10));
    let makespan = run(&server, 1, 1, "first-poll = '2s'").await;
    assert!(makespan >= Duration::from_secs(2), "{makespan:?}");
    assert_eq!(server.polls.lock().unwrap().len(), 1);
}

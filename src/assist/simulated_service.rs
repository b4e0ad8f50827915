//! The simulated services of one rehearsed prompt: scripted responses in virtual time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderValue};

use super::delivery::format_time;
use super::prompt::Prompt;
use super::prompt_service::{NoResponse, PromptService, Reply};
use super::script::{Scripted, ScriptedAnswer, ScriptedRetryAfter};
use super::virtual_clock::VirtualClock;
use crate::remote::client::Response;

/// The services of one prompt. All prompts of a rehearsal share the clock.
#[derive(Debug)]
pub(super) struct SimulatedService<'a> {
    clock: &'a VirtualClock,
    prompts: Script<'a>,
    transcripts: Script<'a>,
}

/// The responses of one service, and the number of those already given.
#[derive(Debug)]
struct Script<'a> {
    script: &'a [Scripted],
    given: AtomicUsize,
}

impl<'a> SimulatedService<'a> {
    /// The services with their scripts.
    pub(super) fn new(clock: &'a VirtualClock, prompts: &'a [Scripted], transcripts: &'a [Scripted]) -> Self {
        Self { clock, prompts: Script::new(prompts), transcripts: Script::new(transcripts) }
    }

    async fn respond(
        &self,
        scripted: &Scripted,
        within: Duration,
        good: u16,
        body: impl FnOnce() -> String,
    ) -> Result<Response, NoResponse> {
        let latency = Duration::from_millis(scripted.latency_ms);
        if latency > within {
            self.clock.sleep(within).await;
            return Err(NoResponse { message: format!("no response within {}", format_time(within)), is_final: false });
        }
        self.clock.sleep(latency).await;
        let mut headers = HeaderMap::new();
        let (status, body) = match &scripted.answer {
            ScriptedAnswer::NoConnection => {
                return Err(NoResponse { message: "no connection could be made".to_owned(), is_final: false });
            }
            ScriptedAnswer::Good => (good, body()),
            ScriptedAnswer::Malformed => {
                let mut body = body();
                body.pop();
                (good, body)
            }
            ScriptedAnswer::Status { status, retry_after } => {
                if let Some(retry_after) = retry_after {
                    self.retry_after(*retry_after, &mut headers);
                }
                (*status, if (200..300).contains(status) { body() } else { String::new() })
            }
        };
        Ok(Response { status, headers, body: Bytes::from(body) })
    }

    /// Writes a `Retry-After` header as a server does, so that the client's parser is used.
    fn retry_after(&self, retry_after: ScriptedRetryAfter, headers: &mut HeaderMap) {
        let seconds = match retry_after {
            ScriptedRetryAfter::Seconds(seconds) => {
                headers.insert("retry-after", HeaderValue::from(seconds));
                return;
            }
            ScriptedRetryAfter::DateIn(seconds) => seconds,
        };
        // HTTP dates end with the year 9999.
        const MAX_SECONDS: u64 = 1 << 37;
        let now = UNIX_EPOCH + self.clock.now();
        let then = now + Duration::from_secs(seconds.min(MAX_SECONDS));
        for (name, date) in [("date", now), ("retry-after", then)] {
            if let Ok(value) = HeaderValue::try_from(httpdate::fmt_http_date(date)) {
                headers.insert(name, value);
            }
        }
    }
}

impl<'a> Script<'a> {
    fn new(script: &'a [Scripted]) -> Self {
        Self { script, given: AtomicUsize::new(0) }
    }

    /// The next response; the last one repeats.
    fn next(&self) -> &'a Scripted {
        let index = self.given.fetch_add(1, Ordering::Relaxed);
        self.script.get(index).or(self.script.last()).unwrap_or(&Scripted::GOOD)
    }
}

impl PromptService for SimulatedService<'_> {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    async fn sleep(&self, time: Duration) {
        self.clock.sleep(time).await;
    }

    async fn send(&self, prompt: &Prompt, within: Duration) -> Result<Reply<()>, NoResponse> {
        let body = || serde_json::json!({ "promptId": prompt.prompt_id }).to_string();
        self.respond(self.prompts.next(), within, 201, body).await.map(Reply::Wire)
    }

    async fn transcript(&self, interaction_id: &str, within: Duration) -> Result<Reply<String>, NoResponse> {
        let body = || serde_json::json!({ "id": format!("tr_{interaction_id}") }).to_string();
        self.respond(self.transcripts.next(), within, 200, body).await.map(Reply::Wire)
    }
}

//! The world of one rehearsed prompt: a timeline that it shares with the others, and its own scripts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderValue};

use super::delivery::shown;
use super::prompt::Prompt;
use super::script::{Scripted, ScriptedAnswer, ScriptedRetryAfter};
use super::timeline::Timeline;
use super::world::{NoAnswer, Reply, World};
use crate::remote::client::Response;

/// A scripted world.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    timeline: &'a Timeline,
    prompts: Lines<'a>,
    transcripts: Lines<'a>,
}

/// A script, and how far it is.
#[derive(Debug)]
struct Lines<'a> {
    script: &'a [Scripted],
    said: AtomicUsize,
}

impl<'a> Stage<'a> {
    /// The world of a prompt, with what the two services say.
    pub(super) fn new(timeline: &'a Timeline, prompts: &'a [Scripted], transcripts: &'a [Scripted]) -> Self {
        Self { timeline, prompts: Lines::new(prompts), transcripts: Lines::new(transcripts) }
    }

    async fn answer(
        &self,
        scripted: &Scripted,
        within: Duration,
        good: u16,
        body: impl FnOnce() -> String,
    ) -> Result<Response, NoAnswer> {
        let latency = Duration::from_millis(scripted.latency_ms);
        if latency > within {
            self.timeline.sleep(within).await;
            return Err(NoAnswer { message: format!("no answer came within {}", shown(within)), is_final: false });
        }
        self.timeline.sleep(latency).await;
        let mut headers = HeaderMap::new();
        let (status, body) = match &scripted.answer {
            ScriptedAnswer::NoConnection => {
                return Err(NoAnswer { message: "no connection could be made".to_owned(), is_final: false });
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

    /// As a server writes it, so that it is read as a server's.
    fn retry_after(&self, retry_after: ScriptedRetryAfter, headers: &mut HeaderMap) {
        let seconds = match retry_after {
            ScriptedRetryAfter::Seconds(seconds) => {
                headers.insert("retry-after", HeaderValue::from(seconds));
                return;
            }
            ScriptedRetryAfter::DateIn(seconds) => seconds,
        };
        // The longest that a date can say: beyond the year 9999 HTTP has none.
        const LONGEST: u64 = 1 << 37;
        let now = UNIX_EPOCH + self.timeline.now();
        let then = now + Duration::from_secs(seconds.min(LONGEST));
        for (name, date) in [("date", now), ("retry-after", then)] {
            if let Ok(value) = HeaderValue::try_from(httpdate::fmt_http_date(date)) {
                headers.insert(name, value);
            }
        }
    }
}

impl<'a> Lines<'a> {
    fn new(script: &'a [Scripted]) -> Self {
        Self { script, said: AtomicUsize::new(0) }
    }

    /// The next line; the last one again and again.
    fn next(&self) -> &'a Scripted {
        let said = self.said.fetch_add(1, Ordering::Relaxed);
        self.script.get(said).or(self.script.last()).unwrap_or(&Scripted::GOOD)
    }
}

impl World for Stage<'_> {
    fn now(&self) -> Duration {
        self.timeline.now()
    }

    async fn sleep(&self, time: Duration) {
        self.timeline.sleep(time).await;
    }

    async fn send(&self, prompt: &Prompt, within: Duration) -> Result<Reply<()>, NoAnswer> {
        let body = || serde_json::json!({ "promptId": prompt.prompt_id }).to_string();
        self.answer(self.prompts.next(), within, 201, body).await.map(Reply::Wire)
    }

    async fn transcript(&self, interaction_id: &str, within: Duration) -> Result<Reply<String>, NoAnswer> {
        let body = || serde_json::json!({ "id": format!("tr_{interaction_id}") }).to_string();
        self.answer(self.transcripts.next(), within, 200, body).await.map(Reply::Wire)
    }
}

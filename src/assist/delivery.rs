//! Delivers a prompt: attempts with backoff, then its fallback once.

use std::time::{Duration, UNIX_EPOCH};

use serde::Deserialize;

use super::check::MAX_ID_LENGTH;
use super::prompt::Prompt;
use super::prompt_service::{NoResponse, PromptService, Reply};
use super::record::{Attempt, Outcome, Record};
use super::settings::{Delivery, Fallback};
use crate::remote::client::{Jitter, Response, ceiling, retry_after};
use crate::source::yaml::format_duration;

/// The outcome of one attempt.
enum AttemptOutcome {
    Delivered,
    /// It failed, and a retry may succeed; after the `Retry-After` of the service, if there is one.
    Retry(Option<Duration>),
    /// It failed, and a retry would fail too.
    Fatal,
}

/// Sends the prompt of a record and records what happened. The outcome of the record is `failed` at
/// first, which remains if the delivery is cancelled.
///
/// 401 and 403 end the delivery at once: the client has fetched a new token already, and a fallback
/// would be refused as well. Every other failure is retried. The fallback is sent once, after the
/// `Retry-After` of the service.
pub(super) async fn deliver<S: PromptService>(
    service: &S,
    rules: &Delivery,
    fallback: Option<&Fallback>,
    jitter: &mut Jitter,
    record: &mut Record,
) {
    let begun = service.now();
    let mut sent = begun;
    let mut requested = None;
    // Nearly all prompts need one attempt; a list that grows by itself would reserve four.
    record.attempts.reserve_exact(1);
    for number in 1..=rules.attempts.max(1) {
        let left = rules.deadline.saturating_sub(sent.saturating_sub(begun));
        let within = rules.attempt_timeout.min(left);
        let (attempt, outcome) = attempt(service, &record.prompt, record.arrived_ms, sent, within).await;
        let error = attempt.error.clone();
        record.attempts.push(attempt);
        match outcome {
            AttemptOutcome::Delivered => {
                record.outcome = Outcome::Delivered;
                record.reasons.clear();
                return;
            }
            AttemptOutcome::Fatal => {
                record.reasons = error.into_iter().collect();
                return;
            }
            AttemptOutcome::Retry(retry_after) => {
                record.reasons = error.into_iter().collect();
                requested = retry_after;
            }
        }
        let left = rules.deadline.saturating_sub(service.now().saturating_sub(begun));
        if let Some(requested) = requested.filter(|requested| *requested > left) {
            let requested = format_time(requested);
            let reason = format!(
                "the prompt service asks for a pause of {requested}, longer than the rest of the delivery's time"
            );
            record.reasons.push(reason);
            return;
        }
        if number == rules.attempts {
            break;
        }
        let pause = pause(rules, number, requested, jitter);
        if pause >= left {
            break;
        }
        pause_after(service, pause, record).await;
        sent = service.now();
    }
    let Some(fallback) = fallback else { return };
    if let Some(requested) = requested {
        pause_after(service, requested, record).await;
    }
    let prompt = fallback_prompt(&record.prompt, fallback);
    let (mut attempt, outcome) =
        attempt(service, &prompt, record.arrived_ms, service.now(), rules.attempt_timeout).await;
    attempt.fallback = true;
    if matches!(outcome, AttemptOutcome::Delivered) {
        record.outcome = Outcome::Fallback;
    } else if let Some(error) = &attempt.error {
        record.reasons.push(format!("the fallback failed too: {error}"));
    }
    record.attempts.push(attempt);
    record.fallback_prompt_id = Some(prompt.prompt_id);
}

/// The fallback as a prompt for the same agent. It has an id of its own, because prompts with the
/// same id are one prompt.
fn fallback_prompt(prompt: &Prompt, fallback: &Fallback) -> Prompt {
    const MARK: &str = "_fallback";
    let kept: String = prompt.prompt_id.chars().take(MAX_ID_LENGTH - MARK.len()).collect();
    let (prompt_id, content) = ((kept + MARK).into(), fallback.content.as_str().into());
    Prompt { prompt_id, content, priority: fallback.priority, ..prompt.clone() }
}

async fn attempt<S: PromptService>(
    service: &S,
    prompt: &Prompt,
    arrived_ms: u64,
    sent: Duration,
    within: Duration,
) -> (Attempt, AttemptOutcome) {
    let result = service.send(prompt, within).await;
    let mut attempt = Attempt {
        at_ms: ms(sent).saturating_sub(arrived_ms),
        took_ms: ms(service.now().saturating_sub(sent)),
        fallback: false,
        status: None,
        error: None,
        retry_after_ms: None,
        pause_ms: None,
    };
    let response = match result {
        Ok(Reply::Direct { status, value: () }) => {
            attempt.status = Some(status);
            return (attempt, AttemptOutcome::Delivered);
        }
        Ok(Reply::Wire(response)) => response,
        Err(NoResponse { message, is_final }) => {
            attempt.error = Some(message);
            return (attempt, if is_final { AttemptOutcome::Fatal } else { AttemptOutcome::Retry(None) });
        }
    };
    attempt.status = Some(response.status);
    if (200..300).contains(&response.status) {
        return match check_accepted(&response, &prompt.prompt_id) {
            Ok(()) => (attempt, AttemptOutcome::Delivered),
            Err(problem) => {
                attempt.error = Some(format!("the prompt service answered {} and {problem}", response.status));
                (attempt, AttemptOutcome::Retry(None))
            }
        };
    }
    let requested = requested_pause(service, &response);
    attempt.retry_after_ms = requested.map(ms);
    attempt.error = Some(format!("the prompt service answered {}{}", response.status, error_text(&response)));
    let outcome =
        if matches!(response.status, 401 | 403) { AttemptOutcome::Fatal } else { AttemptOutcome::Retry(requested) };
    (attempt, outcome)
}

/// The body of a response that accepts a prompt.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AcceptedPrompt {
    prompt_id: Option<String>,
}

fn check_accepted(response: &Response, id: &str) -> Result<(), String> {
    // 204 has no body.
    if response.body.is_empty() && response.status == 204 {
        return Ok(());
    }
    let accepted: AcceptedPrompt =
        serde_json::from_slice(&response.body).map_err(|_| "its body is not the JSON that it should be")?;
    match accepted.prompt_id {
        Some(other) if other != id => {
            Err(format!("took another prompt, {}", crate::source::diagnostics::quoted(&other)))
        }
        _ => Ok(()),
    }
}

/// The `Retry-After` of a response.
pub(super) fn requested_pause<S: PromptService>(service: &S, response: &Response) -> Option<Duration> {
    let value = response.header("retry-after")?;
    retry_after(value, response.header("date"), UNIX_EPOCH + service.now())
}

/// The error message of a response, as the end of a sentence.
pub(super) fn error_text(response: &Response) -> String {
    /// An error body; both parts may be missing.
    #[derive(Deserialize)]
    struct Explanation {
        error: Option<String>,
        error_description: Option<String>,
    }
    const MAX_CHARS: usize = 200;
    let text = match serde_json::from_slice(&response.body) {
        Ok(Explanation { error_description: Some(text), .. } | Explanation { error: Some(text), .. }) => text,
        _ => return String::new(),
    };
    let short: String = text.chars().take(MAX_CHARS).collect();
    format!(": {}", crate::source::diagnostics::safe_text(&short.replace(['\n', '\t'], " ")))
}

/// The pause after attempt `number`. The ceiling doubles with each attempt, and the pause is
/// uniform over its upper half: never zero, and different for each prompt. With a `Retry-After`, it
/// is that time plus a uniform part of the ceiling.
fn pause(rules: &Delivery, number: u32, requested: Option<Duration>, jitter: &mut Jitter) -> Duration {
    let ceiling = ceiling(rules.base, Duration::MAX, number);
    let pause = match requested {
        Some(requested) => requested.saturating_add(jitter.up_to(ceiling)),
        None => ceiling / 2 + jitter.up_to(ceiling / 2),
    };
    round_up_to_ms(pause)
}

/// Rounds up to whole ms, so that the recorded time is the time waited.
pub(super) fn round_up_to_ms(time: Duration) -> Duration {
    Duration::from_millis(u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX))
}

async fn pause_after<S: PromptService>(service: &S, pause: Duration, record: &mut Record) {
    if let Some(attempt) = record.attempts.last_mut() {
        attempt.pause_ms = Some(ms(pause));
    }
    service.sleep(pause).await;
}

/// A time in ms.
pub(super) fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn format_time(time: Duration) -> String {
    format_duration(ms(time))
}

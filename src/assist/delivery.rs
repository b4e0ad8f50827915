//! Sending a prompt: attempt after attempt, then its fallback, once.

use std::time::{Duration, UNIX_EPOCH};

use serde::Deserialize;

use super::check::LONGEST_ID;
use super::prompt::Prompt;
use super::record::{Attempt, Outcome, Record};
use super::settings::{Delivery, Fallback};
use super::world::{NoAnswer, Reply, World};
use crate::remote::client::{Jitter, Response, ceiling, retry_after};
use crate::source::yaml::format_duration;

/// What one attempt came to.
enum Verdict {
    Delivered,
    /// It failed; another may do better, after this time if the service named one.
    Again(Option<Duration>),
    /// It failed, and so would another.
    Final,
}

/// Sends the prompt of a record and notes in it what happened. The outcome of the record is `failed` at first, so that
/// one whose delivery is cut off says so.
///
/// 401 and 403 end it at once: the client below has fetched a new token already, and a fallback would be refused as well.
/// Everything else is tried again. The fallback is sent once, and not while the service asks to be left alone.
pub(super) async fn deliver<W: World>(
    world: &W,
    rules: &Delivery,
    fallback: Option<&Fallback>,
    jitter: &mut Jitter,
    record: &mut Record,
) {
    let begun = world.now();
    let mut sent = begun;
    let mut left_alone = None;
    // Nearly all are sent once; a list that grows by itself would have room for four.
    record.attempts.reserve_exact(1);
    for number in 1..=rules.attempts.max(1) {
        let left = rules.deadline.saturating_sub(sent.saturating_sub(begun));
        let within = rules.attempt_timeout.min(left);
        let (attempt, verdict) = attempt(world, &record.prompt, record.arrived_ms, sent, within).await;
        let error = attempt.error.clone();
        record.attempts.push(attempt);
        match verdict {
            Verdict::Delivered => {
                record.outcome = Outcome::Delivered;
                record.reasons.clear();
                return;
            }
            Verdict::Final => {
                record.reasons = error.into_iter().collect();
                return;
            }
            Verdict::Again(asked) => {
                record.reasons = error.into_iter().collect();
                left_alone = asked;
            }
        }
        let left = rules.deadline.saturating_sub(world.now().saturating_sub(begun));
        if let Some(asked) = left_alone.filter(|asked| *asked > left) {
            let asked = shown(asked);
            let reason =
                format!("the prompt service asks to be left alone for {asked}, longer than the delivery may take");
            record.reasons.push(reason);
            return;
        }
        if number == rules.attempts {
            break;
        }
        let pause = pause(rules, number, left_alone, jitter);
        if pause >= left {
            break;
        }
        rest(world, pause, record).await;
        sent = world.now();
    }
    let Some(fallback) = fallback else { return };
    if let Some(asked) = left_alone {
        rest(world, asked, record).await;
    }
    let prompt = fallback_prompt(&record.prompt, fallback);
    let (mut attempt, verdict) = attempt(world, &prompt, record.arrived_ms, world.now(), rules.attempt_timeout).await;
    attempt.fallback = true;
    if matches!(verdict, Verdict::Delivered) {
        record.outcome = Outcome::Fallback;
    } else if let Some(error) = &attempt.error {
        record.reasons.push(format!("the fallback failed too: {error}"));
    }
    record.attempts.push(attempt);
    record.fallback_prompt_id = Some(prompt.prompt_id);
}

/// Another prompt for the same agent: it has its own id, because prompts with one id are one.
fn fallback_prompt(prompt: &Prompt, fallback: &Fallback) -> Prompt {
    const MARK: &str = "_fallback";
    let kept: String = prompt.prompt_id.chars().take(LONGEST_ID - MARK.len()).collect();
    let (prompt_id, content) = ((kept + MARK).into(), fallback.content.as_str().into());
    Prompt { prompt_id, content, priority: fallback.priority, ..prompt.clone() }
}

async fn attempt<W: World>(
    world: &W,
    prompt: &Prompt,
    arrived_ms: u64,
    sent: Duration,
    within: Duration,
) -> (Attempt, Verdict) {
    let result = world.send(prompt, within).await;
    let mut attempt = Attempt {
        at_ms: ms(sent).saturating_sub(arrived_ms),
        took_ms: ms(world.now().saturating_sub(sent)),
        fallback: false,
        status: None,
        error: None,
        retry_after_ms: None,
        pause_ms: None,
    };
    let answer = match result {
        Ok(Reply::Direct { status, value: () }) => {
            attempt.status = Some(status);
            return (attempt, Verdict::Delivered);
        }
        Ok(Reply::Wire(answer)) => answer,
        Err(NoAnswer { message, is_final }) => {
            attempt.error = Some(message);
            return (attempt, if is_final { Verdict::Final } else { Verdict::Again(None) });
        }
    };
    attempt.status = Some(answer.status);
    if (200..300).contains(&answer.status) {
        return match accepted(&answer, &prompt.prompt_id) {
            Ok(()) => (attempt, Verdict::Delivered),
            Err(problem) => {
                attempt.error = Some(format!("the prompt service answered {} and {problem}", answer.status));
                (attempt, Verdict::Again(None))
            }
        };
    }
    let asked = asked(world, &answer);
    attempt.retry_after_ms = asked.map(ms);
    attempt.error = Some(format!("the prompt service answered {}{}", answer.status, said(&answer)));
    let verdict = if matches!(answer.status, 401 | 403) { Verdict::Final } else { Verdict::Again(asked) };
    (attempt, verdict)
}

/// What a service says about a prompt that it took.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Taken {
    prompt_id: Option<String>,
}

fn accepted(answer: &Response, id: &str) -> Result<(), String> {
    // 204 says all there is to say.
    if answer.body.is_empty() && answer.status == 204 {
        return Ok(());
    }
    let taken: Taken =
        serde_json::from_slice(&answer.body).map_err(|_| "its body is not the JSON that it should be")?;
    match taken.prompt_id {
        Some(other) if other != id => {
            Err(format!("took another prompt, {}", crate::source::diagnostics::quoted(&other)))
        }
        _ => Ok(()),
    }
}

/// How long the service asks to be left alone.
pub(super) fn asked<W: World>(world: &W, answer: &Response) -> Option<Duration> {
    let value = answer.header("retry-after")?;
    retry_after(value, answer.header("date"), UNIX_EPOCH + world.now())
}

/// What an answer says about itself, as the end of a sentence.
pub(super) fn said(answer: &Response) -> String {
    /// An error body; both parts may be missing.
    #[derive(Deserialize)]
    struct Explanation {
        error: Option<String>,
        error_description: Option<String>,
    }
    const LONGEST: usize = 200;
    let text = match serde_json::from_slice(&answer.body) {
        Ok(Explanation { error_description: Some(text), .. } | Explanation { error: Some(text), .. }) => text,
        _ => return String::new(),
    };
    let short: String = text.chars().take(LONGEST).collect();
    format!(": {}", crate::source::diagnostics::safe_text(&short.replace(['\n', '\t'], " ")))
}

/// The pause after attempt `number`: the ceiling doubles each time, and the pause is drawn evenly from its upper half, so
/// that it is neither nothing nor the same for all. It is a `Retry-After` longer where there is one, and then drawn from all of it.
fn pause(rules: &Delivery, number: u32, asked: Option<Duration>, jitter: &mut Jitter) -> Duration {
    let ceiling = ceiling(rules.base, Duration::MAX, number);
    let pause = match asked {
        Some(asked) => asked.saturating_add(jitter.up_to(ceiling)),
        None => ceiling / 2 + jitter.up_to(ceiling / 2),
    };
    whole(pause)
}

/// In whole ms, upwards: what is recorded is what was waited.
pub(super) fn whole(time: Duration) -> Duration {
    Duration::from_millis(u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX))
}

async fn rest<W: World>(world: &W, pause: Duration, record: &mut Record) {
    if let Some(attempt) = record.attempts.last_mut() {
        attempt.pause_ms = Some(ms(pause));
    }
    world.sleep(pause).await;
}

/// In ms.
pub(super) fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn shown(time: Duration) -> String {
    format_duration(ms(time))
}

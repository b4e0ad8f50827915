//! Searches for the transcript of a prompt's interaction, in the background after the delivery.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::delivery::{error_text, format_time, ms, requested_pause, round_up_to_ms};
use super::prompt_service::{PromptService, Reply};
use super::record::{Transcript, TranscriptState};
use super::settings::Correlation;
use crate::remote::client::{Jitter, Response, ceiling};

/// A search for a transcript. It holds a slot of the queue until it is dropped.
#[derive(Debug)]
pub(crate) struct Search {
    /// The prompt, or the fallback, that was delivered.
    pub prompt_id: Arc<str>,
    /// Its interaction.
    pub interaction_id: Arc<str>,
    pub(super) since: Duration,
    pub(super) jitter: Jitter,
    pub(super) slot: OwnedSemaphorePermit,
}

/// The outcome of one request for a transcript.
enum SearchStep {
    Found(String),
    Retry { requested: Option<Duration>, reason: String },
    Refused(String),
}

/// Requests a transcript until it is found or refused, or until `patience` is over. Records the
/// progress in `transcript`.
pub(super) async fn search_transcript<S: PromptService>(
    service: &S,
    rules: &Correlation,
    request_slots: &Semaphore,
    search: &mut Search,
    transcript: &mut Transcript,
) {
    let took = || service.now().saturating_sub(search.since);
    loop {
        let response = {
            // The semaphore is never closed.
            let _slot = request_slots.acquire().await.ok();
            transcript.questions += 1;
            service.transcript(&search.interaction_id, rules.attempt_timeout).await
        };
        let step = match response {
            Ok(Reply::Direct { value, .. }) => SearchStep::Found(value),
            Ok(Reply::Wire(response)) => classify_response(service, &response),
            Err(none) if none.is_final => SearchStep::Refused(none.message),
            Err(none) => SearchStep::Retry { requested: None, reason: none.message },
        };
        let (requested, reason) = match step {
            SearchStep::Found(id) => {
                transcript.state = TranscriptState::Correlated;
                transcript.id = Some(id);
                break;
            }
            SearchStep::Refused(reason) => {
                transcript.state = TranscriptState::Failed;
                transcript.reason = Some(reason);
                break;
            }
            SearchStep::Retry { requested, reason } => (requested, reason),
        };
        let ceiling = ceiling(rules.first_pause, rules.longest_pause, transcript.questions);
        let pause = match requested {
            Some(requested) => requested.saturating_add(search.jitter.up_to(ceiling)),
            None => ceiling / 2 + search.jitter.up_to(ceiling / 2),
        };
        let pause = round_up_to_ms(pause);
        if took().saturating_add(pause) > rules.patience {
            transcript.state = TranscriptState::Missing;
            transcript.reason = Some(format!("not ready within {}: {reason}", format_time(rules.patience)));
            break;
        }
        service.sleep(pause).await;
    }
    transcript.took_ms = Some(ms(took()));
}

fn classify_response<S: PromptService>(service: &S, response: &Response) -> SearchStep {
    #[derive(Deserialize)]
    struct Body {
        id: Option<String>,
    }
    let requested = requested_pause(service, response);
    let status = response.status;
    match status {
        // The transcript is in progress.
        202 | 404 => SearchStep::Retry { requested, reason: format!("the transcript service answered {status}") },
        200..300 => match serde_json::from_slice(&response.body) {
            Ok(Body { id: Some(id) }) if !id.is_empty() => SearchStep::Found(id),
            _ => {
                let reason = format!("the transcript service answered {status} without the transcript's id");
                SearchStep::Retry { requested, reason }
            }
        },
        408 | 425 | 429 | 500.. => SearchStep::Retry {
            requested,
            reason: format!("the transcript service answered {status}{}", error_text(response)),
        },
        _ => SearchStep::Refused(format!("the transcript service answered {status}{}", error_text(response))),
    }
}

//! Looking for the transcript of a prompt's interaction: after the delivery, and never in its way.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::delivery::{asked, ms, said, shown, whole};
use super::record::{Transcript, TranscriptState};
use super::settings::Correlation;
use super::world::{Reply, World};
use crate::remote::client::{Jitter, Response, ceiling};

/// A transcript that is to be looked for. It holds a place in the queue for as long as it lives.
#[derive(Debug)]
pub(crate) struct Search {
    /// The prompt, or the fallback, that was delivered.
    pub prompt_id: Arc<str>,
    /// Its interaction.
    pub interaction_id: Arc<str>,
    pub(super) since: Duration,
    pub(super) jitter: Jitter,
    pub(super) place: OwnedSemaphorePermit,
}

/// What the answer to one question came to.
enum Verdict {
    Found(String),
    Later { asked: Option<Duration>, reason: String },
    Refused(String),
}

/// Looks for a transcript until it is known, refused, or `patience` is over, and notes in `transcript` how far it is.
pub(super) async fn look<W: World>(
    world: &W,
    rules: &Correlation,
    questions: &Semaphore,
    search: &mut Search,
    transcript: &mut Transcript,
) {
    let took = || world.now().saturating_sub(search.since);
    loop {
        let answer = {
            // Nobody closes it: an error cannot come.
            let _turn = questions.acquire().await.ok();
            transcript.questions += 1;
            world.transcript(&search.interaction_id, rules.attempt_timeout).await
        };
        let verdict = match answer {
            Ok(Reply::Direct { value, .. }) => Verdict::Found(value),
            Ok(Reply::Wire(answer)) => judge(world, &answer),
            Err(none) if none.is_final => Verdict::Refused(none.message),
            Err(none) => Verdict::Later { asked: None, reason: none.message },
        };
        let (asked, reason) = match verdict {
            Verdict::Found(id) => {
                transcript.state = TranscriptState::Correlated;
                transcript.id = Some(id);
                break;
            }
            Verdict::Refused(reason) => {
                transcript.state = TranscriptState::Failed;
                transcript.reason = Some(reason);
                break;
            }
            Verdict::Later { asked, reason } => (asked, reason),
        };
        let ceiling = ceiling(rules.first_pause, rules.longest_pause, transcript.questions);
        let pause = match asked {
            Some(asked) => asked.saturating_add(search.jitter.up_to(ceiling)),
            None => ceiling / 2 + search.jitter.up_to(ceiling / 2),
        };
        let pause = whole(pause);
        if took().saturating_add(pause) > rules.patience {
            transcript.state = TranscriptState::Missing;
            transcript.reason = Some(format!("it was not there within {}: {reason}", shown(rules.patience)));
            break;
        }
        world.sleep(pause).await;
    }
    transcript.took_ms = Some(ms(took()));
}

fn judge<W: World>(world: &W, answer: &Response) -> Verdict {
    #[derive(Deserialize)]
    struct Body {
        id: Option<String>,
    }
    let asked = asked(world, answer);
    let status = answer.status;
    match status {
        // Still being processed.
        202 | 404 => Verdict::Later { asked, reason: format!("the transcript service answered {status}") },
        200..300 => match serde_json::from_slice(&answer.body) {
            Ok(Body { id: Some(id) }) if !id.is_empty() => Verdict::Found(id),
            _ => {
                let reason = format!("the transcript service answered {status} without the transcript's id");
                Verdict::Later { asked, reason }
            }
        },
        408 | 425 | 429 | 500.. => {
            Verdict::Later { asked, reason: format!("the transcript service answered {status}{}", said(answer)) }
        }
        _ => Verdict::Refused(format!("the transcript service answered {status}{}", said(answer))),
    }
}

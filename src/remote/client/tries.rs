//! One request, try after try.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use url::Url;

use super::error::{ClientError, ErrorKind};
use super::retry::{Failure, FailureKind, GiveUp, Next, Retries};
use super::retry_after::retry_after;
use super::session::{Session, count};
use super::transport::{Response, TransportError};
use super::wording;

/// The tries of one request.
#[derive(Debug)]
pub(super) struct Tries<'a, T> {
    session: &'a Session<T>,
    what: &'a str,
    retries: Retries,
    begun: Option<Instant>,
}

impl<'a, T> Tries<'a, T> {
    /// Before the first try of the request that messages call `what`.
    pub(super) fn new(session: &'a Session<T>, what: &'a str) -> Self {
        Self { session, what, retries: Retries::new(session.settings.retry, session.draw()), begun: None }
    }

    /// Waits for the limits. The deadline counts from the end of the first wait: queueing for a place is no failure.
    pub(super) async fn wait(&mut self) -> Result<(), ClientError> {
        let deadline = self.session.settings.retry.deadline;
        let patience = deadline.saturating_sub(self.begun.map_or(Duration::ZERO, |begun| begun.elapsed()));
        if let Err(left) = self.session.limiter.acquire(patience).await {
            return Err(wording::told_to_wait(&self.session.settings.name, self.what, left, deadline));
        }
        self.begun.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// What follows on a try at this URL: its value, or (after a pause) none and another try, or the end.
    pub(super) async fn judge<D>(
        &mut self,
        url: &Url,
        result: Result<Response, TransportError>,
        decode: &(impl Fn(&Response) -> Result<D, String> + Sync),
    ) -> Result<Option<D>, ClientError> {
        let tally = &self.session.tally;
        let name = &self.session.settings.name;
        let (failure, error) = match result {
            Ok(answer) if (200..300).contains(&answer.status) => match decode(&answer) {
                Ok(value) => return Ok(Some(value)),
                Err(problem) => {
                    count(&tally.broken);
                    // The words of the problem may quote the answer.
                    let clean = self.session.clean(answer);
                    let problem = decode(&clean).err().unwrap_or(problem);
                    let error = wording::unreadable(name, self.what, &self.session.redacted(&problem));
                    (Failure { kind: FailureKind::Unreadable, retry_after: None }, error)
                }
            },
            Ok(answer) => {
                match answer.status {
                    429 => count(&tally.throttled),
                    502..=504 => count(&tally.unavailable),
                    401 => count(&tally.unauthorized),
                    _ => {}
                }
                let asked = answer
                    .header("retry-after")
                    .and_then(|value| retry_after(value, answer.header("date"), SystemTime::now()));
                // 429 speaks to the client, who has sent too much (RFC 6585, section 4): everybody keeps the pause. 503 is
                // about one request: another machine behind the same address may well answer the next.
                if let (429, Some(wait)) = (answer.status, asked) {
                    self.session.limiter.pause(wait);
                }
                let kind = FailureKind::Status(answer.status);
                let answer = self.session.clean(answer);
                let token = self.session.settings.credentials.is_some();
                (Failure { kind, retry_after: asked }, wording::status(name, self.what, &answer, token))
            }
            Err(TransportError::TooLong(most)) => {
                let problem = format!("it is longer than {most} bytes, the most that 'max-answer-bytes' allows");
                return Err(wording::unreadable(name, self.what, &problem));
            }
            Err(error @ TransportError::Invalid(_)) => {
                return Err(ClientError::new(ErrorKind::Rejected, format!("target '{name}': {error}")));
            }
            Err(error @ (TransportError::Untrusted(_) | TransportError::Proxy(_))) => {
                count(&tally.broken);
                return Err(wording::unreachable(name, url, &error));
            }
            Err(error) => {
                count(&tally.broken);
                let error = wording::unreachable(name, url, &error);
                (Failure { kind: FailureKind::Connection, retry_after: None }, error)
            }
        };
        let elapsed = self.begun.map_or(Duration::ZERO, |begun| begun.elapsed());
        match self.retries.after(&failure, elapsed) {
            Next::Wait(pause) => {
                count(&tally.retries);
                tracing::debug!(target = %name, what = self.what, pause_ms = pause.as_millis() as u64, %error, "tried again");
                tokio::time::sleep(pause).await;
                Ok(None)
            }
            Next::GiveUp(GiveUp::RetryAfter(asked)) => {
                Err(wording::told_to_wait(name, self.what, asked, self.session.settings.retry.deadline))
            }
            Next::GiveUp(reason) => Err(wording::given_up(error, reason)),
        }
    }
}

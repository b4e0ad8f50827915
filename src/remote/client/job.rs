//! Simulations on a remote server: submitted, waited for, fetched.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use hyper::body::Bytes;
use hyper::header::HeaderValue;
use tokio::time::{Instant, sleep_until, timeout_at};
use url::Url;

use super::backoff::Jitter;
use super::error::{ClientError, ErrorKind};
use super::poll::{FirstPoll, PollPlan};
use super::retry_after::retry_after;
use super::session::{Reply, Session};
use super::transport::{Body, Method, Request, Response, Transport};
use super::wording;
use crate::remote::contract::{Preferences, SimulationResult, Status, SubmitRequest, SubmitResponse};
use crate::source::diagnostics::quoted;

/// The submissions' path below the base URL.
const PATH: &str = "api/v2/flow/simulator";
/// Longer ids are not the contract's.
const LONGEST_ID: usize = 512;

/// The longest time for which a server is asked to hold a question; load balancers end connections that say nothing for
/// a minute.
const LONGEST_HOLD: Duration = Duration::from_secs(20);

/// The simulations of one target: one for all callers.
#[derive(Debug)]
pub(crate) struct Jobs<T> {
    session: Session<T>,
    first_poll: FirstPoll,
    submit_url: Url,
    /// Makes the idempotency keys of this process differ from all others.
    run: u64,
    submitted: AtomicU64,
    polls: AtomicU64,
    /// Whether the server holds a question until there is an answer, as far as it is known.
    holds: AtomicBool,
}

/// What a server says to a submission.
enum Submitted<R> {
    /// The result, at once.
    Done(R),
    /// Where to ask for the result.
    Job(Job),
}

/// A simulation that a server has accepted.
struct Job {
    id: String,
    url: Url,
    /// Whether the server held its answer until the result might be there.
    held: bool,
    /// How long the server asks not to be polled.
    retry_after: Option<Duration>,
}

impl<T: Transport> Jobs<T> {
    /// The simulations of a session's target; the error says that its base URL has no room for a path.
    pub(crate) fn new(session: Session<T>) -> Result<Self, ClientError> {
        let submit_url = session.settings().base.join(PATH).map_err(|error| {
            ClientError::new(
                ErrorKind::Rejected,
                format!("target '{}' has an unusable URL: {error}", session.settings().name),
            )
        })?;
        Ok(Self {
            first_poll: FirstPoll::new(session.settings().poll),
            session,
            submit_url,
            run: Jitter::random().number(),
            submitted: AtomicU64::new(0),
            polls: AtomicU64::new(0),
            holds: AtomicBool::new(false),
        })
    }

    /// The session below.
    pub(crate) fn session(&self) -> &Session<T> {
        &self.session
    }

    /// Submits a call, waits for its result (completed, or failed with the server's reason), and reads it while it lies in
    /// the answer.
    pub(crate) async fn run<R>(
        &self,
        submission: &SubmitRequest,
        read: impl Fn(SimulationResult) -> R + Sync,
    ) -> Result<R, ClientError> {
        let _slot = self.session.limiter().slot().await;
        let reply = self.submit(submission, &read).await?;
        match reply.value {
            Submitted::Done(result) => Ok(result),
            Submitted::Job(job) => {
                let settings = self.session.settings();
                // The last poll is sent at the timeout, and gets the time of a request to be answered.
                let limit = reply.sent + settings.poll.timeout + settings.request_timeout;
                match timeout_at(limit, self.wait(&job, reply.sent, &read)).await {
                    Ok(result) => result,
                    Err(_) => Err(self.overdue(&job.id)),
                }
            }
        }
    }

    async fn submit<R>(
        &self,
        submission: &SubmitRequest,
        read: &(impl Fn(SimulationResult) -> R + Sync),
    ) -> Result<Reply<Submitted<R>>, ClientError> {
        let name = &self.session.settings().name;
        let body = serde_json::to_vec(submission).map_err(|error| {
            ClientError::new(
                ErrorKind::Rejected,
                format!("target '{name}': the call cannot be written as JSON: {error}"),
            )
        })?;
        let number = self.submitted.fetch_add(1, Ordering::Relaxed);
        let request = Request {
            method: Method::Post,
            url: self.submit_url.clone(),
            authorization: None,
            prefer: Preferences {
                representation: self.session.settings().prefer,
                wait_s: self.hold(self.session.settings().poll.timeout),
            },
            // Hexadecimal digits and a dash are good for every header.
            idempotency_key: HeaderValue::try_from(format!("{:016x}-{number}", self.run)).ok(),
            body: Some(Body { content_type: "application/json", bytes: Bytes::from(body) }),
        };
        self.session.request(request, "the submission", |answer| self.submitted(answer, read)).await
    }

    fn submitted<R>(&self, answer: &Response, read: impl Fn(SimulationResult) -> R) -> Result<Submitted<R>, String> {
        let applied = answer.applied();
        if applied.representation
            && let Ok(result) = wording::json::<SimulationResult>(answer, true)
            && result.is_over()
        {
            return Ok(Submitted::Done(read(result)));
        }
        let accepted: SubmitResponse = wording::json(answer, true)?;
        if accepted.status == Status::Completed
            && let Ok(result) = wording::json::<SimulationResult>(answer, true)
            && !result.execution_path.is_empty()
        {
            return Ok(Submitted::Done(read(result)));
        }
        let id = accepted.simulation_id;
        if id.is_empty() || id.len() > LONGEST_ID {
            return Err(format!("its 'simulationId' is {}, which is no id", quoted(&id)));
        }
        let url = accepted.result_url.and_then(|url| self.own(&url)).or_else(|| self.result_url(&id));
        let url = url.ok_or("its 'simulationId' fits into no URL")?;
        Ok(Submitted::Job(Job { id, url, held: applied.wait_s.is_some(), retry_after: asked_pause(answer) }))
    }

    /// A URL that the server names, if it is its own: the token goes nowhere else.
    fn own(&self, url: &str) -> Option<Url> {
        let base = &self.session.settings().base;
        let url = base.join(url).ok()?;
        (url.origin() == base.origin() && url.path().starts_with(base.path())).then_some(url)
    }

    fn result_url(&self, id: &str) -> Option<Url> {
        let mut url = self.submit_url.clone();
        // One segment, escaped: an id cannot lead elsewhere. `.` and `..` are not pushed at all.
        url.path_segments_mut().ok()?.push(id);
        (url.path().len() > self.submit_url.path().len()).then_some(url)
    }

    /// Polls a job that was sent at `submitted` until there is a result.
    async fn wait<R>(
        &self,
        job: &Job,
        submitted: Instant,
        read: &(impl Fn(SimulationResult) -> R + Sync),
    ) -> Result<R, ClientError> {
        let rules = self.session.settings().poll;
        let mut plan = PollPlan::new(rules, self.first_poll.get(), job.retry_after);
        // A server that holds questions is asked at once.
        let mut holds = job.held || self.holds.load(Ordering::Relaxed);
        loop {
            let now = submitted.elapsed();
            let hold = self.hold(rules.timeout.saturating_sub(now));
            let due = if holds && hold.is_some() { Some(now) } else { plan.next(now) };
            let Some(due) = due else { return Err(self.overdue(&job.id)) };
            sleep_until(submitted + due).await;
            self.polls.fetch_add(1, Ordering::Relaxed);
            let prefer = Preferences { representation: false, wait_s: hold };
            let request = Request { prefer, ..Request::get(job.url.clone()) };
            let decode = |answer: &Response| {
                let result: SimulationResult = wording::json(answer, true)?;
                Ok((result.is_over().then(|| read(result)), answer.applied().wait_s, asked_pause(answer)))
            };
            let reply = self.session.request(request, "the question for a result", decode).await?;
            let (result, held, retry_after) = reply.value;
            let asked = reply.sent.saturating_duration_since(submitted);
            // A question that was held says at its end only how the job stands.
            let seen = if held.is_some() { submitted.elapsed() } else { asked };
            if self.holds.load(Ordering::Relaxed) != held.is_some() {
                self.holds.store(held.is_some(), Ordering::Relaxed);
            }
            if let Some(result) = result {
                self.first_poll.learn(plan.last_too_early(), seen);
                return Ok(result);
            }
            // A server that says that it waits, and does not, would be asked without a pause.
            holds =
                held.is_some_and(|seconds| (seen - asked) * 2 >= Duration::from_secs(seconds.into()) && seconds > 0);
            plan.too_early(seen, retry_after);
        }
    }

    /// For how many seconds the server is asked to hold a question, where `left` is the rest of the job's time.
    fn hold(&self, left: Duration) -> Option<u32> {
        let settings = self.session.settings();
        // The answer must come well before the request is given up.
        let longest = LONGEST_HOLD.min(settings.request_timeout / 2).min(left).as_secs() as u32;
        (settings.prefer && longest > 0).then_some(longest)
    }

    fn overdue(&self, id: &str) -> ClientError {
        let settings = self.session.settings();
        let limit =
            crate::source::yaml::format_duration(u64::try_from(settings.poll.timeout.as_millis()).unwrap_or(u64::MAX));
        let message = format!(
            "target '{}' did not finish simulation {} within {limit}; 'job-timeout' of [target.{}] sets how long it may take",
            settings.name,
            quoted(id),
            settings.name,
        );
        ClientError::new(ErrorKind::Overdue, message)
    }
}

/// How long a server asks not to be polled, in an answer without a result.
fn asked_pause(answer: &Response) -> Option<Duration> {
    retry_after(answer.header("retry-after")?, answer.header("date"), SystemTime::now())
}

#[cfg(test)]
mod tests;

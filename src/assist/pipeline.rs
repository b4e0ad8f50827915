//! The way of a prompt, from its arrival to its record.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use super::agent::Agents;
use super::buckets::{Buckets, Limited};
use super::correlation::{Search, look};
use super::delivery::{deliver, ms, whole};
use super::prompt::Prompt;
use super::record::{LimitedBy, Outcome, Record, Transcript, TranscriptState};
use super::settings::{Fallback, Settings};
use super::world::World;
use crate::remote::client::Jitter;

/// The way that prompts take: one for all of them, used by any number of callers at once.
#[derive(Debug)]
pub(crate) struct Pipeline {
    settings: Settings,
    agents: Agents,
    buckets: Buckets,
    /// Places for prompts that wait for their transcripts.
    places: Arc<Semaphore>,
    /// Turns for questions to the transcript service.
    questions: Semaphore,
    phase: watch::Sender<Phase>,
    seed: u64,
    drawn: AtomicU64,
    cut: AtomicUsize,
}

/// How far the end of a pipeline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Everything goes on.
    Open,
    /// No prompt is taken and no transcript looked for any longer.
    Closing,
    /// No prompt is sent any longer either.
    Closed,
}

/// What is decided over a prompt when it arrives.
// A box would be an allocation for each prompt of a burst, nearly all of which are refused.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
pub(crate) enum Admission {
    /// It is to be [sent](Pipeline::send).
    Admitted(Admitted),
    /// It is not, and this is its record.
    Refused(Record),
}

/// A prompt that is to be sent.
#[derive(Debug)]
pub(crate) struct Admitted {
    /// Nobody else has it yet: it only stays where it is on its way into the ledger.
    record: Arc<Record>,
    arrived: Duration,
    jitter: Jitter,
    /// It has yet to wait for its tokens.
    waits: bool,
}

/// A prompt whose delivery has ended.
#[derive(Debug)]
pub(crate) struct Delivered {
    /// What became of it.
    pub record: Arc<Record>,
    /// The search for the transcript, if there is one.
    pub search: Option<Search>,
    /// From its arrival to its end.
    pub took: Duration,
}

enum Decision {
    Passes,
    /// There is no token yet, and there will be one within the patience.
    Waits,
    Limited(Limited),
    Refused(Outcome, Vec<String>),
}

impl Pipeline {
    /// A pipeline; the seed decides the draws of pauses.
    pub(crate) fn new(settings: Settings, agents: Agents, seed: u64) -> Self {
        Self {
            buckets: Buckets::new(settings.limits),
            places: Arc::new(Semaphore::new(settings.correlation.queue.min(Semaphore::MAX_PERMITS))),
            questions: Semaphore::new(settings.correlation.in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            phase: watch::Sender::new(Phase::Open),
            settings,
            agents,
            seed,
            drawn: AtomicU64::new(0),
            cut: AtomicUsize::new(0),
        }
    }

    /// How many prompts wait for their transcripts.
    pub(crate) fn awaited(&self) -> usize {
        self.settings.correlation.queue.saturating_sub(self.places.available_permits())
    }

    /// How many deliveries were cut off by its end.
    pub(crate) fn cut(&self) -> usize {
        self.cut.load(Ordering::Relaxed)
    }

    /// Goes on to a phase; there is no way back. What it ends is recorded as it is then.
    pub(crate) fn end(&self, phase: Phase) {
        self.phase.send_if_modified(|now| {
            let later = phase > *now;
            *now = (*now).max(phase);
            later
        });
    }

    async fn ended(&self, phase: Phase) {
        // The sender lives as long as this does: an error cannot come.
        let _ = self.phase.subscribe().wait_for(|now| *now >= phase).await;
    }

    /// Takes a prompt from its arrival to its end: it is [admitted](Self::admit) and [sent](Self::send), or not.
    #[cfg(test)]
    pub(crate) async fn deliver<W: World>(&self, world: &W, prompt: Prompt, fallback: Option<&Fallback>) -> Delivered {
        match self.admit(prompt, world.now()) {
            Admission::Admitted(admitted) => self.send(world, admitted, fallback).await,
            Admission::Refused(mut record) => {
                record.explain();
                Delivered { record: record.into(), search: None, took: Duration::ZERO }
            }
        }
    }

    /// Decides over a prompt that arrives now: whether it is well-formed, its agent eligible and its buckets not empty. It
    /// takes no time, and nothing has to be kept for a prompt that is refused. The record of one that is rate limited is not
    /// [explained](Record::explain) yet.
    pub(crate) fn admit(&self, prompt: Prompt, arrived: Duration) -> Admission {
        let jitter = self.jitter();
        let (tenant, decision) = self.decide(&prompt, arrived);
        let mut record = Record { tenant, ..Record::new(prompt, ms(arrived), Outcome::Failed) };
        let waits = match decision {
            Decision::Passes => false,
            Decision::Waits => true,
            Decision::Limited(limited) => {
                limit(&mut record, limited);
                return Admission::Refused(record);
            }
            Decision::Refused(outcome, reasons) => {
                record.outcome = outcome;
                record.reasons = reasons;
                return Admission::Refused(record);
            }
        };
        Admission::Admitted(Admitted { record: record.into(), arrived, jitter, waits })
    }

    /// The decision over a prompt that arrives, beside the tenant of its agent.
    fn decide(&self, prompt: &Prompt, arrived: Duration) -> (Option<Arc<str>>, Decision) {
        if *self.phase.borrow() > Phase::Open {
            return (None, Decision::Refused(Outcome::Failed, vec!["the server is about to stop".to_owned()]));
        }
        let wrong = prompt.check();
        if !wrong.is_empty() {
            let reasons = wrong.iter().map(ToString::to_string).collect();
            return (None, Decision::Refused(Outcome::Failed, reasons));
        }
        let agent = self.agents.find(&prompt.target_agent_id);
        let tenant = agent.map(|agent| agent.tenant.clone());
        let rules = &self.settings.eligibility;
        let reasons = rules.reasons(agent, &prompt.target_agent_id, prompt.context.sentiment_score);
        let (true, Some(agent)) = (reasons.is_empty(), agent) else {
            return (tenant, Decision::Refused(Outcome::Ineligible, reasons));
        };
        let decision = match self.buckets.take(agent.tenant, agent.id, arrived) {
            Ok(()) => Decision::Passes,
            Err(limited) if limited.after > self.settings.limits.patience => Decision::Limited(limited),
            Err(_) => Decision::Waits,
        };
        (tenant, decision)
    }

    /// Sends a prompt that was admitted, and waits for its tokens before that if need be. `fallback` stands in for that of the
    /// settings. Beside the record is the search for the transcript, to be carried on [later](Self::correlate): until then the
    /// record says `pending`.
    pub(crate) async fn send<W: World>(&self, world: &W, admitted: Admitted, fallback: Option<&Fallback>) -> Delivered {
        let Admitted { record: mut shared, arrived, mut jitter, waits } = admitted;
        let record = Arc::make_mut(&mut shared);
        let whole_way = self.way(world, arrived, waits, fallback, &mut jitter, record);
        tokio::select! {
            biased;
            () = whole_way => {}
            () = self.ended(Phase::Closed) => {
                self.cut.fetch_add(1, Ordering::Relaxed);
                record.outcome = Outcome::Failed;
                record.reasons.push("the server stopped before the delivery had ended".to_owned());
            }
        }
        let now = world.now();
        let took = now.saturating_sub(arrived);
        record.took_ms = ms(took);
        let search = record.reached_the_agent().then(|| self.search(record, now, jitter)).flatten();
        Delivered { record: shared, search, took }
    }

    async fn way<W: World>(
        &self,
        world: &W,
        arrived: Duration,
        waits: bool,
        fallback: Option<&Fallback>,
        jitter: &mut Jitter,
        record: &mut Record,
    ) {
        if waits {
            let tokens = self.tokens(world, arrived, record).await;
            record.waited_ms = ms(world.now().saturating_sub(arrived));
            if let Err(limited) = tokens {
                limit(record, limited);
                record.explain();
                return;
            }
        }
        let fallback = fallback.or(self.settings.fallback.as_ref());
        deliver(world, &self.settings.delivery, fallback, jitter, record).await;
    }

    /// Waits for a token of each bucket, in its turn and within the patience.
    async fn tokens<W: World>(&self, world: &W, arrived: Duration, record: &Record) -> Result<(), Limited> {
        let patience = self.settings.limits.patience;
        let tenant = record.tenant.as_deref().unwrap_or_default();
        for (by, name) in [(LimitedBy::Agent, &*record.prompt.target_agent_id), (LimitedBy::Tenant, tenant)] {
            let now = world.now();
            let left = patience.saturating_sub(now.saturating_sub(arrived));
            let wait = self.buckets.reserve(by, name, now, left)?;
            if !wait.is_zero() {
                world.sleep(whole(wait)).await;
            }
        }
        Ok(())
    }

    /// The search for a delivered prompt's transcript, if there is a place for it; the record says which.
    fn search(&self, record: &mut Record, since: Duration, jitter: Jitter) -> Option<Search> {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            record.transcript = Transcript::new(TranscriptState::Dropped);
            let most = self.settings.correlation.queue;
            record.transcript.reason = Some(format!("{most} prompts were already waiting for their transcripts"));
            return None;
        };
        record.transcript = Transcript::new(TranscriptState::Pending);
        let (prompt_id, interaction_id) = (record.shown_id().clone(), record.prompt.interaction_id.clone());
        Some(Search { prompt_id, interaction_id, since, jitter, place })
    }

    /// Looks for a transcript to the end, or until the pipeline is [closing](Phase::Closing): then it stays pending.
    pub(crate) async fn correlate<W: World>(&self, world: &W, mut search: Search) -> Transcript {
        let mut transcript = Transcript::new(TranscriptState::Pending);
        let looking = look(world, &self.settings.correlation, &self.questions, &mut search, &mut transcript);
        tokio::select! {
            biased;
            () = looking => {}
            () = self.ended(Phase::Closing) => {
                transcript.reason = Some("the server stopped while it was looked for".to_owned());
            }
        }
        drop(search.place);
        transcript
    }

    /// The chance of one more prompt.
    fn jitter(&self) -> Jitter {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        Jitter::derived(self.seed, drawn)
    }
}

/// Notes whose bucket was empty.
fn limit(record: &mut Record, limited: Limited) {
    record.outcome = Outcome::RateLimited;
    record.limited_by = Some(limited.by);
    record.retry_after_ms = Some(ms(whole(limited.after)));
}

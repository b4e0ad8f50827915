//! The pipeline of a prompt: from its arrival to its record.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use super::agent::Agents;
use super::buckets::{Buckets, Limited};
use super::correlation::{Search, search_transcript};
use super::delivery::{deliver, ms, round_up_to_ms};
use super::prompt::Prompt;
use super::prompt_service::PromptService;
use super::record::{LimitedBy, Outcome, Record, Transcript, TranscriptState};
use super::settings::{Fallback, Settings};
use crate::remote::client::Jitter;

/// The pipeline of all prompts; any number of callers may use it concurrently.
#[derive(Debug)]
pub(crate) struct Pipeline {
    settings: Settings,
    agents: Agents,
    buckets: Buckets,
    /// Permits for pending searches.
    search_slots: Arc<Semaphore>,
    /// Permits for concurrent requests to the transcript service.
    request_slots: Semaphore,
    phase: watch::Sender<Phase>,
    seed: u64,
    drawn: AtomicU64,
    cancelled: AtomicUsize,
}

/// The phases of a shutdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// The pipeline accepts prompts.
    Open,
    /// No more prompts are accepted, and searches end.
    Closing,
    /// Deliveries end as well.
    Closed,
}

/// The decision on a prompt that arrives.
// Boxing would cost an allocation for each prompt of a burst, and nearly all of those are refused.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
pub(crate) enum Admission {
    /// The prompt can be [sent](Pipeline::send).
    Admitted(Admitted),
    /// The prompt is refused, and this is its record.
    Refused(Record),
}

/// A prompt that can be sent.
#[derive(Debug)]
pub(crate) struct Admitted {
    /// Not shared yet: the `Arc` avoids a copy when the ledger takes it.
    record: Arc<Record>,
    arrived: Duration,
    jitter: Jitter,
    /// Whether it has to wait for its tokens.
    waits: bool,
}

/// A prompt whose delivery has ended.
#[derive(Debug)]
pub(crate) struct Delivered {
    /// Its record.
    pub record: Arc<Record>,
    /// The search for the transcript, if there is one.
    pub search: Option<Search>,
    /// The time from its arrival to the end of its delivery.
    pub took: Duration,
}

enum Decision {
    Passes,
    /// There will be a token within the patience.
    Waits,
    Limited(Limited),
    Refused(Outcome, Vec<String>),
}

impl Pipeline {
    /// Creates a pipeline; the seed is that of the draws of pauses.
    pub(crate) fn new(settings: Settings, agents: Agents, seed: u64) -> Self {
        Self {
            buckets: Buckets::new(settings.limits),
            search_slots: Arc::new(Semaphore::new(settings.correlation.queue.min(Semaphore::MAX_PERMITS))),
            request_slots: Semaphore::new(settings.correlation.in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            phase: watch::Sender::new(Phase::Open),
            settings,
            agents,
            seed,
            drawn: AtomicU64::new(0),
            cancelled: AtomicUsize::new(0),
        }
    }

    /// The number of pending searches.
    pub(crate) fn pending_searches(&self) -> usize {
        self.settings.correlation.queue.saturating_sub(self.search_slots.available_permits())
    }

    /// The number of deliveries that a shutdown cancelled.
    pub(crate) fn cancelled(&self) -> usize {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Advances to a later phase. What it ends is recorded in its present state.
    pub(crate) fn advance_to(&self, phase: Phase) {
        self.phase.send_if_modified(|now| {
            let later = phase > *now;
            *now = (*now).max(phase);
            later
        });
    }

    async fn reached(&self, phase: Phase) {
        // The sender lives as long as the pipeline: there is no error.
        let _ = self.phase.subscribe().wait_for(|now| *now >= phase).await;
    }

    /// [Admits](Self::admit) and [sends](Self::send) a prompt.
    #[cfg(test)]
    pub(crate) async fn deliver<S: PromptService>(
        &self,
        service: &S,
        prompt: Prompt,
        fallback: Option<&Fallback>,
    ) -> Delivered {
        match self.admit(prompt, service.now()) {
            Admission::Admitted(admitted) => self.send(service, admitted, fallback).await,
            Admission::Refused(mut record) => {
                record.explain();
                Delivered { record: record.into(), search: None, took: Duration::ZERO }
            }
        }
    }

    /// Decides on a prompt that arrives: checks its fields, its agent's eligibility and its rate
    /// limits, without waiting. The record of a rate-limited prompt is not
    /// [explained](Record::explain) yet.
    pub(crate) fn admit(&self, prompt: Prompt, arrived: Duration) -> Admission {
        let jitter = self.jitter();
        let (tenant, decision) = self.decide(&prompt, arrived);
        let mut record = Record { tenant, ..Record::new(prompt, ms(arrived), Outcome::Failed) };
        let waits = match decision {
            Decision::Passes => false,
            Decision::Waits => true,
            Decision::Limited(limited) => {
                set_limited(&mut record, limited);
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

    /// The decision on a prompt, with the tenant of its agent.
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

    /// Sends an admitted prompt, after waiting for its tokens if necessary. `fallback` replaces
    /// that of the settings. The caller continues the returned search with
    /// [`correlate`](Self::correlate); the record says `pending` until then.
    pub(crate) async fn send<S: PromptService>(
        &self,
        service: &S,
        admitted: Admitted,
        fallback: Option<&Fallback>,
    ) -> Delivered {
        let Admitted { record: mut shared, arrived, mut jitter, waits } = admitted;
        let record = Arc::make_mut(&mut shared);
        let delivery = self.wait_and_deliver(service, arrived, waits, fallback, &mut jitter, record);
        tokio::select! {
            biased;
            () = delivery => {}
            () = self.reached(Phase::Closed) => {
                self.cancelled.fetch_add(1, Ordering::Relaxed);
                record.outcome = Outcome::Failed;
                record.reasons.push("the server stopped before the delivery ended".to_owned());
            }
        }
        let now = service.now();
        let took = now.saturating_sub(arrived);
        record.took_ms = ms(took);
        let search = record.was_shown().then(|| self.search(record, now, jitter)).flatten();
        Delivered { record: shared, search, took }
    }

    async fn wait_and_deliver<S: PromptService>(
        &self,
        service: &S,
        arrived: Duration,
        waits: bool,
        fallback: Option<&Fallback>,
        jitter: &mut Jitter,
        record: &mut Record,
    ) {
        if waits {
            let tokens = self.tokens(service, arrived, record).await;
            record.waited_ms = ms(service.now().saturating_sub(arrived));
            if let Err(limited) = tokens {
                set_limited(record, limited);
                record.explain();
                return;
            }
        }
        let fallback = fallback.or(self.settings.fallback.as_ref());
        deliver(service, &self.settings.delivery, fallback, jitter, record).await;
    }

    /// Waits for a token of each bucket, within the patience.
    async fn tokens<S: PromptService>(&self, service: &S, arrived: Duration, record: &Record) -> Result<(), Limited> {
        let patience = self.settings.limits.patience;
        let tenant = record.tenant.as_deref().unwrap_or_default();
        for (by, name) in [(LimitedBy::Agent, &*record.prompt.target_agent_id), (LimitedBy::Tenant, tenant)] {
            let now = service.now();
            let left = patience.saturating_sub(now.saturating_sub(arrived));
            let wait = self.buckets.reserve(by, name, now, left)?;
            if !wait.is_zero() {
                service.sleep(round_up_to_ms(wait)).await;
            }
        }
        Ok(())
    }

    /// The search for the transcript of a delivered prompt, if there is a permit for it; sets the
    /// state in the record.
    fn search(&self, record: &mut Record, since: Duration, jitter: Jitter) -> Option<Search> {
        let Ok(slot) = self.search_slots.clone().try_acquire_owned() else {
            record.transcript = Transcript::new(TranscriptState::Dropped);
            let most = self.settings.correlation.queue;
            record.transcript.reason = Some(format!("{most} searches for transcripts were already pending"));
            return None;
        };
        record.transcript = Transcript::new(TranscriptState::Pending);
        let (prompt_id, interaction_id) = (record.shown_id().clone(), record.prompt.interaction_id.clone());
        Some(Search { prompt_id, interaction_id, since, jitter, slot })
    }

    /// Searches for a transcript until the end, or until the pipeline is [closing](Phase::Closing):
    /// it stays pending then.
    pub(crate) async fn correlate<S: PromptService>(&self, service: &S, mut search: Search) -> Transcript {
        let mut transcript = Transcript::new(TranscriptState::Pending);
        let searching =
            search_transcript(service, &self.settings.correlation, &self.request_slots, &mut search, &mut transcript);
        tokio::select! {
            biased;
            () = searching => {}
            () = self.reached(Phase::Closing) => {
                transcript.reason = Some("the server stopped during the search".to_owned());
            }
        }
        drop(search.slot);
        transcript
    }

    /// The random source of the next prompt.
    fn jitter(&self) -> Jitter {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        Jitter::derived(self.seed, drawn)
    }
}

/// Records the exceeded rate limit.
fn set_limited(record: &mut Record, limited: Limited) {
    record.outcome = Outcome::RateLimited;
    record.limited_by = Some(limited.by);
    record.retry_after_ms = Some(ms(round_up_to_ms(limited.after)));
}

//! The way of a prompt, from its arrival to its record.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use super::agent::{Agents, Profile};
use super::buckets::{Buckets, Limited};
use super::correlation::{Search, look};
use super::delivery::{deliver, ms, shown, whole};
use super::prompt::Prompt;
use super::record::{LimitedBy, Outcome, Record, Transcript, TranscriptState};
use super::settings::{Fallback, Settings};
use super::world::World;
use crate::client::Jitter;
use crate::diagnose::quoted;

/// The way that prompts take: one for all of them, used by any number of callers at once.
#[derive(Debug)]
pub struct Pipeline {
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
pub enum Phase {
    /// Everything goes on.
    Open,
    /// No prompt is taken and no transcript looked for any longer.
    Closing,
    /// No prompt is sent any longer either.
    Closed,
}

impl Pipeline {
    /// A pipeline; the seed decides the draws of pauses.
    pub fn new(settings: Settings, agents: Agents, seed: u64) -> Self {
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

    /// Its settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Who is known.
    pub fn agents(&self) -> &Agents {
        &self.agents
    }

    /// How many prompts wait for their transcripts.
    pub fn awaited(&self) -> usize {
        self.settings.correlation.queue.saturating_sub(self.places.available_permits())
    }

    /// How many deliveries were cut off by its end.
    pub fn cut(&self) -> usize {
        self.cut.load(Ordering::Relaxed)
    }

    /// Goes on to a phase; there is no way back. What it ends is recorded as it is then.
    pub fn end(&self, phase: Phase) {
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

    /// Takes a prompt from its arrival to its end: whether it is well-formed, its agent eligible and its buckets not
    /// empty, and then it is sent. `fallback` stands in for that of the settings. Beside the record is the search for the transcript,
    /// to be carried on [later](Self::correlate): until then the record says `pending`.
    pub async fn deliver<W: World>(
        &self,
        world: &W,
        prompt: Prompt,
        fallback: Option<&Fallback>,
    ) -> (Record, Option<Search>) {
        let arrived = world.now();
        let mut jitter = self.jitter();
        let mut record = Record::new(prompt, ms(arrived), Outcome::Failed);
        let whole_way = self.way(world, arrived, fallback, &mut jitter, &mut record);
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
        record.took_ms = ms(now.saturating_sub(arrived));
        let search = record.reached_the_agent().then(|| self.search(&mut record, now, jitter)).flatten();
        (record, search)
    }

    async fn way<W: World>(
        &self,
        world: &W,
        arrived: Duration,
        fallback: Option<&Fallback>,
        jitter: &mut Jitter,
        record: &mut Record,
    ) {
        if *self.phase.borrow() > Phase::Open {
            record.reasons.push("the server is about to stop".to_owned());
            return;
        }
        let wrong = record.prompt.check();
        if !wrong.is_empty() {
            record.reasons = wrong.iter().map(ToString::to_string).collect();
            return;
        }
        let id = record.prompt.target_agent_id.clone();
        let agent = self.agents.find(&id);
        record.tenant = agent.map(|agent| agent.tenant.to_owned());
        let rules = &self.settings.eligibility;
        let reasons = rules.reasons(agent, &id, record.prompt.context.sentiment_score);
        let (true, Some(agent)) = (reasons.is_empty(), agent) else {
            record.outcome = Outcome::Ineligible;
            record.reasons = reasons;
            return;
        };
        let tokens = self.tokens(world, agent, arrived).await;
        record.waited_ms = ms(world.now().saturating_sub(arrived));
        if let Err(limited) = tokens {
            record.outcome = Outcome::RateLimited;
            record.limited_by = Some(limited.by);
            record.retry_after_ms = Some(ms(whole(limited.after)));
            let whose = match limited.by {
                LimitedBy::Agent => format!("agent {}", quoted(agent.id)),
                LimitedBy::Tenant => format!("tenant {}", quoted(agent.tenant)),
            };
            let after = shown(whole(limited.after));
            record.reasons = vec![format!("the rate limit of {whose} is exhausted; there is room again in {after}")];
            return;
        }
        let fallback = fallback.or(self.settings.fallback.as_ref());
        deliver(world, &self.settings.delivery, fallback, jitter, record).await;
    }

    /// Takes a token of each bucket: both at once if they are there, else each in its turn within the patience.
    async fn tokens<W: World>(&self, world: &W, agent: Profile<'_>, arrived: Duration) -> Result<(), Limited> {
        let patience = self.settings.limits.patience;
        match self.buckets.take(agent.tenant, agent.id, arrived) {
            Ok(()) => return Ok(()),
            Err(limited) if limited.after > patience => return Err(limited),
            Err(_) => {}
        }
        for (by, name) in [(LimitedBy::Agent, agent.id), (LimitedBy::Tenant, agent.tenant)] {
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
        let (prompt_id, interaction_id) = (record.shown_id().to_owned(), record.prompt.interaction_id.clone());
        Some(Search { prompt_id, interaction_id, since, jitter, place })
    }

    /// Looks for a transcript to the end, or until the pipeline is [closing](Phase::Closing): then it stays pending.
    pub async fn correlate<W: World>(&self, world: &W, mut search: Search) -> Transcript {
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
        Jitter::seeded(self.seed ^ drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
}

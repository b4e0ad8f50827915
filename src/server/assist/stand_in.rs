//! The state of the stand-ins for the prompt service and the transcript service.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use crate::assist::{Context, Prompt, UiConfig};
use crate::server::{Latency, draw};

/// The stream of the draws of transcript latencies.
const TRANSCRIPTS: u64 = 1 << 61;

/// The prompts that were submitted, and their interactions.
#[derive(Debug)]
pub(crate) struct StandIn {
    state: Mutex<State>,
    /// Keyed at random, so that nobody can construct two prompts with the same hash.
    hasher: RandomState,
    transcripts: Latency,
    seed: u64,
    max_prompts: usize,
}

#[derive(Debug, Default)]
struct State {
    /// The hash of each prompt, by id.
    prompts: HashMap<Arc<str>, u64>,
    interactions: HashMap<Arc<str>, Interaction>,
    /// The ids of prompts and their interactions, the oldest first.
    order: VecDeque<(Arc<str>, Arc<str>)>,
    /// The number of interactions so far.
    seen: u64,
}

#[derive(Debug)]
struct Interaction {
    transcript_at: Instant,
    prompts: usize,
}

/// The outcome of submitting a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubmitOutcome {
    /// The prompt is new.
    New,
    /// The same prompt was submitted before.
    Repeated,
    /// Another prompt has its id.
    Conflict,
}

/// The progress of an interaction's transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TranscriptProgress {
    /// There is no such interaction.
    Unknown,
    /// The transcript is in progress.
    Processing,
    /// The transcript is ready.
    Completed,
}

impl StandIn {
    pub(crate) fn new(transcripts: Latency, seed: u64, max_prompts: usize) -> Self {
        Self { state: Mutex::default(), hasher: RandomState::new(), transcripts, seed, max_prompts: max_prompts.max(1) }
    }

    /// Submits a prompt; each id counts once.
    pub(crate) fn submit(&self, prompt: &Prompt) -> SubmitOutcome {
        let hash = self.hash(prompt);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (id, interaction) = (&prompt.prompt_id, &prompt.interaction_id);
        match state.prompts.insert(id.clone(), hash) {
            Some(known) if known == hash => return SubmitOutcome::Repeated,
            Some(known) => {
                state.prompts.insert(id.clone(), known);
                return SubmitOutcome::Conflict;
            }
            None => {}
        }
        while state.prompts.len() > self.max_prompts {
            let Some((prompt, interaction)) = state.order.pop_front() else { break };
            state.prompts.remove(&prompt);
            if let Some(its) = state.interactions.get_mut(&interaction) {
                its.prompts -= 1;
                if its.prompts == 0 {
                    state.interactions.remove(&interaction);
                }
            }
        }
        state.order.push_back((id.clone(), interaction.clone()));
        if let Some(known) = state.interactions.get_mut(interaction) {
            known.prompts += 1;
            return SubmitOutcome::New;
        }
        let transcript_at = match self.transcripts.is_zero() {
            true => Instant::now(),
            false => Instant::now() + self.transcripts.sample(draw::uniform(self.seed, TRANSCRIPTS, state.seen)),
        };
        state.seen += 1;
        state.interactions.insert(interaction.clone(), Interaction { transcript_at, prompts: 1 });
        SubmitOutcome::New
    }

    /// The hash of all fields of a prompt.
    fn hash(&self, prompt: &Prompt) -> u64 {
        // Destructured, so that a new field cannot be forgotten.
        let Prompt { interaction_id, prompt_id, content, priority, ui_config, context, target_agent_id } = prompt;
        let UiConfig { component_type, position, timeout_ms } = ui_config;
        let Context { sentiment_score, keywords } = context;
        let texts = (interaction_id, prompt_id, content, target_agent_id, keywords);
        self.hasher.hash_one((texts, priority, component_type, position, timeout_ms, sentiment_score.to_bits()))
    }

    /// The progress of an interaction's transcript.
    pub(crate) fn transcript(&self, interaction_id: &str) -> TranscriptProgress {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.interactions.get(interaction_id) {
            None => TranscriptProgress::Unknown,
            Some(interaction) if Instant::now() < interaction.transcript_at => TranscriptProgress::Processing,
            Some(_) => TranscriptProgress::Completed,
        }
    }
}

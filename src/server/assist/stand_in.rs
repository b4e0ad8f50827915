//! What the stand-ins for the prompt service and the transcript service remember.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use crate::assist::{Context, Prompt, UiConfig};
use crate::server::{Latency, draw};

/// The stream of the transcripts' times among the draws.
const TRANSCRIPTS: u64 = 1 << 61;

/// Prompts that were taken and the interactions that they belong to.
#[derive(Debug)]
pub(crate) struct StandIn {
    kept: Mutex<Kept>,
    /// Of keys that nobody knows, so that no other prompt with the same hash can be made.
    hasher: RandomState,
    transcripts: Latency,
    seed: u64,
    most: usize,
}

#[derive(Debug, Default)]
struct Kept {
    /// By id: a hash of the whole.
    prompts: HashMap<Arc<str>, u64>,
    interactions: HashMap<Arc<str>, Interaction>,
    /// The ids of prompts and of their interactions, the oldest first.
    order: VecDeque<(Arc<str>, Arc<str>)>,
    /// Interactions so far.
    seen: u64,
}

#[derive(Debug)]
struct Interaction {
    transcript_at: Instant,
    prompts: usize,
}

/// What became of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is new.
    New,
    /// It was taken before.
    Known,
    /// Another prompt has its id.
    Conflict,
}

/// How far the transcript of an interaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// There is no such interaction.
    Unknown,
    /// It is being made.
    Processing,
    /// It is there.
    Completed,
}

impl StandIn {
    pub(crate) fn new(transcripts: Latency, seed: u64, most: usize) -> Self {
        Self { kept: Mutex::default(), hasher: RandomState::new(), transcripts, seed, most: most.max(1) }
    }

    /// Takes a prompt, once for each id.
    pub(crate) fn take(&self, prompt: &Prompt) -> Taken {
        let hash = self.hash(prompt);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (id, interaction) = (&prompt.prompt_id, &prompt.interaction_id);
        match kept.prompts.insert(id.clone(), hash) {
            Some(known) if known == hash => return Taken::Known,
            Some(known) => {
                kept.prompts.insert(id.clone(), known);
                return Taken::Conflict;
            }
            None => {}
        }
        while kept.prompts.len() > self.most {
            let Some((prompt, interaction)) = kept.order.pop_front() else { break };
            kept.prompts.remove(&prompt);
            if let Some(its) = kept.interactions.get_mut(&interaction) {
                its.prompts -= 1;
                if its.prompts == 0 {
                    kept.interactions.remove(&interaction);
                }
            }
        }
        kept.order.push_back((id.clone(), interaction.clone()));
        if let Some(known) = kept.interactions.get_mut(interaction) {
            known.prompts += 1;
            return Taken::New;
        }
        let transcript_at = match self.transcripts.is_zero() {
            true => Instant::now(),
            false => Instant::now() + self.transcripts.at(draw::unit(self.seed, TRANSCRIPTS, kept.seen)),
        };
        kept.seen += 1;
        kept.interactions.insert(interaction.clone(), Interaction { transcript_at, prompts: 1 });
        Taken::New
    }

    /// Of all that a prompt says.
    fn hash(&self, prompt: &Prompt) -> u64 {
        // Taken apart, so that a field more is not forgotten.
        let Prompt { interaction_id, prompt_id, content, priority, ui_config, context, target_agent_id } = prompt;
        let UiConfig { component_type, position, timeout_ms } = ui_config;
        let Context { sentiment_score, keywords } = context;
        let texts = (interaction_id, prompt_id, content, target_agent_id, keywords);
        self.hasher.hash_one((texts, priority, component_type, position, timeout_ms, sentiment_score.to_bits()))
    }

    /// How far the transcript of an interaction is.
    pub(crate) fn transcript(&self, interaction_id: &str) -> Progress {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.interactions.get(interaction_id) {
            None => Progress::Unknown,
            Some(interaction) if Instant::now() < interaction.transcript_at => Progress::Processing,
            Some(_) => Progress::Completed,
        }
    }
}

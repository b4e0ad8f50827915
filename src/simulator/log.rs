//! What a trace is made of, while the call goes on.

use super::trace::{LookupCall, Spoken, Step};
use crate::flow::{Name, Value};

/// A trace keeps at most so many prompts: hours of music on hold would fill the memory.
const MOST_PROMPTS: usize = 10_000;

/// The course of a call so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    /// Whether steps, prompts and lookups are kept; a search needs none of them.
    pub on: bool,
    pub steps: Vec<Step>,
    pub prompts: Vec<Spoken>,
    pub lookups: Vec<LookupCall>,
    /// What was keyed or said at each input node, in clear text; only for a search.
    pub entries: Option<Vec<(u32, Box<str>)>>,
    pub keypresses: u32,
    pub unused_keys: u32,
    pub prompt_ms: u64,
}

impl Log {
    /// A log that keeps everything that a trace needs.
    pub(super) fn full() -> Self {
        Self { on: true, steps: Vec::with_capacity(16), prompts: Vec::with_capacity(8), ..Self::default() }
    }

    /// The index of the step that is being executed.
    pub(super) fn current(&self) -> usize {
        self.steps.len()
    }

    /// Keeps a step.
    pub(super) fn step(&mut self, step: Step) {
        if self.on {
            self.steps.push(step);
        }
    }

    /// The outcome of a subflow node, known when its flow is left.
    pub(super) fn returned(&mut self, step: usize, outcome: u16) {
        if let Some(step) = self.steps.get_mut(step) {
            step.outcome = Some(outcome);
        }
    }

    /// A subflow node whose flow was left by a mistake.
    pub(super) fn returned_error(&mut self, step: usize, outcome: Option<u16>, message: &str) {
        if let Some(step) = self.steps.get_mut(step) {
            step.outcome = outcome;
            step.message = Some(message.into());
        }
    }

    /// Keeps a prompt that was heard.
    pub(super) fn spoken(&mut self, text: &Name, heard_ms: u64, interrupted: bool) {
        self.prompt_ms = self.prompt_ms.saturating_add(heard_ms);
        if self.on && self.prompts.len() < MOST_PROMPTS {
            self.prompts.push(Spoken { step: self.steps.len() as u32, text: text.clone(), heard_ms, interrupted });
        }
    }

    /// Whether further prompts would be kept.
    pub(super) fn has_room(&self) -> bool {
        self.on && self.prompts.len() < MOST_PROMPTS
    }

    /// Keeps a question to another system.
    pub(super) fn lookup(&mut self, service: &Name, inputs: Vec<(Name, Value)>, outcome: Name) {
        if self.on {
            self.lookups.push(LookupCall { step: self.steps.len() as u32, service: service.clone(), inputs, outcome });
        }
    }

    /// Keeps what was keyed or said.
    pub(super) fn entry(&mut self, node: u32, entry: &str) {
        if let Some(entries) = &mut self.entries {
            entries.push((node, entry.into()));
        }
    }

    /// Counts keys that were pressed in vain.
    pub(super) fn unused(&mut self, keys: usize) {
        self.unused_keys = self.unused_keys.saturating_add(u32::try_from(keys).unwrap_or(u32::MAX));
    }

    /// Counts keys that somebody listened to.
    pub(super) fn pressed(&mut self, keys: usize) {
        self.keypresses = self.keypresses.saturating_add(u32::try_from(keys).unwrap_or(u32::MAX));
    }
}

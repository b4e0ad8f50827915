//! What a trace is made of, while the call goes on.

use std::collections::VecDeque;

use super::event::{EventDetail, KeyUsage, LoggedEvent, TraceEvent};
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
    /// Nearly in order of time: keys are logged with the entry that they belong to.
    pub events: Vec<LoggedEvent>,
    /// The events of the keys that wait for a node, in the order of the keys.
    pub waiting_keys: VecDeque<usize>,
    /// What was keyed or said at each input node, in clear text; only for a search.
    pub entries: Option<Vec<(u32, Box<str>)>>,
    pub keypresses: u32,
    pub unused_keys: u32,
    pub prompt_ms: u64,
    /// How often each node was executed, by program-wide index up to the greatest one; a search does not count.
    pub visits: Vec<u32>,
}

impl Log {
    /// A log that keeps everything that a trace needs.
    pub(super) fn full() -> Self {
        Self {
            on: true,
            steps: Vec::with_capacity(16),
            prompts: Vec::with_capacity(8),
            events: Vec::with_capacity(64),
            ..Self::default()
        }
    }

    /// Counts a visit of a node: which one it is, from 1. A search copies states and not logs: there it is always 1.
    pub(super) fn visit(&mut self, node: u32) -> u32 {
        if !self.on && self.entries.is_none() {
            return 1;
        }
        let node = node as usize;
        if self.visits.len() <= node {
            self.visits.resize(node + 1, 0);
        }
        self.visits.get_mut(node).map_or(1, |visits| {
            *visits = visits.saturating_add(1);
            *visits
        })
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
    pub(super) fn returned(&mut self, step: usize, outcome: u16, now: u64) {
        if let Some(returned) = self.steps.get_mut(step) {
            returned.outcome = Some(outcome);
            self.event(now, EventDetail::Outcome { step: step as u32 });
        }
    }

    /// A subflow node whose flow was left by a mistake.
    pub(super) fn returned_error(&mut self, step: usize, outcome: Option<u16>, message: &str, now: u64) {
        if let Some(returned) = self.steps.get_mut(step) {
            returned.outcome = outcome;
            returned.message = Some(message.into());
            self.event(now, EventDetail::Outcome { step: step as u32 });
        }
    }

    /// Keeps an event.
    pub(super) fn event(&mut self, at_ms: u64, detail: EventDetail) {
        if self.on {
            self.events.push(LoggedEvent { at_ms, detail });
        }
    }

    /// Keeps an event that is made only if it is kept.
    pub(super) fn full_event(&mut self, event: impl FnOnce() -> TraceEvent) {
        if self.on {
            self.events.push(event().into());
        }
    }

    /// Keeps a key that was pressed and that no node takes.
    pub(super) fn key_unused(&mut self, at_ms: u64, key: char) {
        self.event(at_ms, EventDetail::KeyPressed { key, usage: KeyUsage::Unused });
    }

    /// Keeps a key that was pressed and taken.
    pub(super) fn key_used(&mut self, at_ms: u64, key: char, secret: bool) {
        let usage = if secret { KeyUsage::Secret } else { KeyUsage::Used };
        self.event(at_ms, EventDetail::KeyPressed { key, usage });
    }

    /// Keeps a key that was pressed and waits for a node.
    pub(super) fn key_waits(&mut self, at_ms: u64, key: char) {
        if self.on {
            self.waiting_keys.push_back(self.events.len());
            self.key_unused(at_ms, key);
        }
    }

    /// The first key that waits is taken.
    pub(super) fn waiting_key_used(&mut self, secret: bool) {
        let event = self.waiting_keys.pop_front().and_then(|event| self.events.get_mut(event));
        if let Some(LoggedEvent { detail: EventDetail::KeyPressed { usage, .. }, .. }) = event {
            *usage = if secret { KeyUsage::Secret } else { KeyUsage::Used };
        }
    }

    /// No node will take the keys that wait.
    pub(super) fn waiting_keys_dropped(&mut self) {
        self.waiting_keys.clear();
    }

    /// The events in order of time. Keys that no node took may have been meant for a secret, if the program asks for one.
    pub(super) fn sorted_events(&mut self, asks_secrets: impl FnOnce() -> bool) -> Vec<LoggedEvent> {
        let mut events = std::mem::take(&mut self.events);
        let unused =
            |event: &LoggedEvent| matches!(event.detail, EventDetail::KeyPressed { usage: KeyUsage::Unused, .. });
        if events.iter().any(unused) && asks_secrets() {
            for event in events.iter_mut().filter(|event| unused(event)) {
                if let EventDetail::KeyPressed { usage, .. } = &mut event.detail {
                    *usage = KeyUsage::Secret;
                }
            }
        }
        events.sort_by_key(|event| event.at_ms);
        events
    }

    /// Keeps a prompt that was heard.
    pub(super) fn spoken(&mut self, text: &Name, start_ms: u64, heard_ms: u64, interrupted: bool) {
        self.prompt_ms = self.prompt_ms.saturating_add(heard_ms);
        if self.on && self.prompts.len() < MOST_PROMPTS {
            self.event(start_ms, EventDetail::Prompt { prompt: self.prompts.len() as u32 });
            self.prompts.push(Spoken { step: self.steps.len() as u32, text: text.clone(), heard_ms, interrupted });
        }
    }

    /// Whether further prompts would be kept.
    pub(super) fn has_room(&self) -> bool {
        self.on && self.prompts.len() < MOST_PROMPTS
    }

    /// Keeps a question to another system, its answer and how long that took.
    pub(super) fn lookup(&mut self, call: LookupCall, now: u64, latency_ms: u64, answer: Vec<(Name, Value)>) {
        if self.on {
            let lookup = self.lookups.len() as u32;
            self.event(now, EventDetail::Lookup { lookup, latency_ms, answer });
            self.lookups.push(call);
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

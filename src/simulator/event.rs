//! What happens in a call, in order and in virtual time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::trace::{Step, Trace};
use crate::flow::{Fields, Name, Value};

/// One thing that happened in a call. `at_ms` is the virtual time from the call's start; of events of one moment the
/// cause comes first. Secrets are masked: `•` for a key, `[secret]` for a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TraceEvent {
    /// A node is entered.
    Entered {
        /// When, in ms.
        at_ms: u64,
        /// The node.
        node: Name,
        /// Its flow; absent for nodes of the flow that the scenario calls.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        flow: Option<Name>,
        /// What people call it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        label: Option<Name>,
        /// Which visit of the node this is, from 1.
        visit: u32,
    },
    /// A node came to an outcome. For a node that calls a flow this is when the flow returns.
    Outcome {
        /// When, in ms.
        at_ms: u64,
        /// The node.
        node: Name,
        /// The outcome.
        outcome: Name,
    },
    /// A prompt began to play.
    Prompt {
        /// When, in ms.
        at_ms: u64,
        /// The text, or `[asset]`.
        text: Name,
        /// When a key cut it short, in ms.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        cut_at_ms: Option<u64>,
    },
    /// The caller pressed a key.
    KeyPressed {
        /// When, in ms.
        at_ms: u64,
        /// The key; `•` where it was meant, or may have been meant, for a secret entry.
        key: char,
    },
    /// A node took keys or an utterance as its input.
    InputUsed {
        /// When, in ms.
        at_ms: u64,
        /// The node.
        node: Name,
        /// The keys or the utterance; `•` for each key of a secret entry.
        input: Name,
    },
    /// A variable got another value.
    VariableChanged {
        /// When, in ms.
        at_ms: u64,
        /// Its name.
        name: Name,
        /// Its flow; absent for variables of the flow that the scenario calls.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        flow: Option<Name>,
        /// The value before; null also where it had none.
        old: Value,
        /// The value from now on.
        new: Value,
    },
    /// Another system was asked and answered.
    Lookup {
        /// When the answer came, in ms.
        at_ms: u64,
        /// The node that asked.
        node: Name,
        /// The service.
        service: Name,
        /// What it was given.
        inputs: Fields,
        /// The outcome that its answer means.
        outcome: Name,
        /// The fields of its answer that the flow takes.
        answer: Fields,
        /// How long the answer took, in ms.
        latency_ms: u64,
    },
    /// The call is sent to a number or a queue, whether it gets there or not.
    Destination {
        /// When, in ms.
        at_ms: u64,
        /// The number of a transfer.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        number: Option<Name>,
        /// The queue.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        queue: Option<Name>,
        /// What the agent must be able to do.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        skill: Option<Name>,
        /// The call's priority in the queue.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        priority: Option<i64>,
    },
    /// The call began to wait in a queue.
    Queued {
        /// When, in ms.
        at_ms: u64,
        /// The queue.
        queue: Name,
    },
    /// An agent or a number answered.
    Answered {
        /// When, in ms.
        at_ms: u64,
    },
    /// A call back was asked for, whether it was scheduled or not.
    Callback {
        /// When, in ms.
        at_ms: u64,
        /// Whom to call.
        number: Name,
        /// When to call, as the flow says it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        slot: Option<Name>,
    },
    /// An effect took place.
    Effect {
        /// When, in ms.
        at_ms: u64,
        /// Of which kind, for example `recording`.
        effect: Name,
        /// Its settings.
        settings: Fields,
    },
}

/// An event as it is logged: what a step, a prompt or a lookup of the trace says already is not said again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LoggedEvent {
    pub at_ms: u64,
    pub detail: EventDetail,
}

/// What an event says beside its time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum EventDetail {
    /// The step's node is entered.
    Entered { step: u32, visit: u32 },
    /// The step has its outcome.
    Outcome { step: u32 },
    /// The prompt of this index began to play.
    Prompt { prompt: u32 },
    /// A key was pressed.
    KeyPressed { key: char, usage: KeyUsage },
    /// The step took its input.
    InputUsed { step: u32 },
    /// The lookup of this index was answered.
    Lookup { lookup: u32, latency_ms: u64, answer: Vec<(Name, Value)> },
    /// Any other event, in full.
    Full(Box<TraceEvent>),
}

/// What became of a key that was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyUsage {
    /// No node took it: it may have been meant for any.
    Unused,
    /// A node took it.
    Used,
    /// A node took it for a secret.
    Secret,
}

/// What stands for a key of a secret.
pub(super) const MASKED_KEY: char = '•';

impl TraceEvent {
    /// When it happened, in virtual ms.
    fn at_ms(&self) -> u64 {
        match *self {
            Self::Entered { at_ms, .. }
            | Self::Outcome { at_ms, .. }
            | Self::Prompt { at_ms, .. }
            | Self::KeyPressed { at_ms, .. }
            | Self::InputUsed { at_ms, .. }
            | Self::VariableChanged { at_ms, .. }
            | Self::Lookup { at_ms, .. }
            | Self::Destination { at_ms, .. }
            | Self::Queued { at_ms, .. }
            | Self::Answered { at_ms }
            | Self::Callback { at_ms, .. }
            | Self::Effect { at_ms, .. } => at_ms,
        }
    }
}

impl From<TraceEvent> for LoggedEvent {
    fn from(event: TraceEvent) -> Self {
        Self { at_ms: event.at_ms(), detail: EventDetail::Full(Box::new(event)) }
    }
}

impl Trace {
    /// The events of the call in full.
    pub(crate) fn full_events(&self) -> Vec<TraceEvent> {
        self.events.iter().filter_map(|event| self.full_event(event)).collect()
    }

    /// None for an event about a step that the trace does not have.
    fn full_event(&self, event: &LoggedEvent) -> Option<TraceEvent> {
        let at_ms = event.at_ms;
        let step = |step: u32| self.steps.get(step as usize);
        let names = |step: &Step| self.table.nodes.get(step.node as usize);
        Some(match &event.detail {
            EventDetail::Entered { step: index, visit } => {
                let names = names(step(*index)?)?;
                let (node, flow, label) = (names.name.clone(), names.flow.clone(), names.label.clone());
                TraceEvent::Entered { at_ms, node, flow, label, visit: *visit }
            }
            EventDetail::Outcome { step: index } => {
                let step = step(*index)?;
                let node = names(step)?.name.clone();
                TraceEvent::Outcome { at_ms, node, outcome: self.outcome_name(step)?.clone() }
            }
            EventDetail::Prompt { prompt } => {
                let prompt = self.prompts.get(*prompt as usize)?;
                let cut_at_ms = prompt.interrupted.then(|| at_ms.saturating_add(prompt.heard_ms));
                TraceEvent::Prompt { at_ms, text: prompt.text.clone(), cut_at_ms }
            }
            EventDetail::KeyPressed { key, usage } => {
                TraceEvent::KeyPressed { at_ms, key: if *usage == KeyUsage::Secret { MASKED_KEY } else { *key } }
            }
            EventDetail::InputUsed { step: index } => {
                let step = step(*index)?;
                TraceEvent::InputUsed { at_ms, node: names(step)?.name.clone(), input: step.input.as_deref()?.into() }
            }
            EventDetail::Lookup { lookup, latency_ms, answer } => {
                let lookup = self.lookups.get(*lookup as usize)?;
                TraceEvent::Lookup {
                    at_ms,
                    node: names(step(lookup.step)?)?.name.clone(),
                    service: lookup.service.clone(),
                    inputs: Fields(lookup.inputs.clone()),
                    outcome: lookup.outcome.clone(),
                    answer: Fields(answer.clone()),
                    latency_ms: *latency_ms,
                }
            }
            EventDetail::Full(event) => (**event).clone(),
        })
    }
}

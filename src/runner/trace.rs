//! A trace as records keep it.

use std::sync::Arc;

use crate::flow::{Name, NodeTable, Value};
use crate::record::{Fields, LookupRecord, PromptRecord, StepRecord, TraceRecord};
use crate::simulator::{Spoken, Step, Trace};

/// What stands in place of a secret.
const SECRET: &str = "[secret]";

/// The record of a trace: names in place of indices, prompts with the steps that played them, secrets masked.
pub(super) fn record(trace: Trace) -> TraceRecord {
    let events = trace.full_events();
    let names = |step: &Step| trace.table.nodes.get(step.node as usize);
    let node_name = |step: &Step| names(step).map_or_else(|| Name::from(""), |node| node.name.clone());
    let ends_at = trace.steps.last().map(node_name);
    let mut steps: Vec<StepRecord> = trace
        .steps
        .into_iter()
        .map(|step| {
            let node = names(&step);
            let outcome = node.zip(step.outcome).and_then(|(node, outcome)| node.outcomes.get(outcome as usize));
            StepRecord {
                node: node_name(&step),
                kind: node.map_or("", |node| node.kind).into(),
                outcome: outcome.cloned(),
                at_ms: step.at_ms,
                duration_ms: step.duration_ms,
                input: step.input.map(Into::into),
                message: step.message.map(Into::into),
                prompts: Vec::new(),
            }
        })
        .collect();
    for prompt in trace.prompts {
        if let Some(step) = steps.get_mut(prompt.step as usize) {
            let Spoken { step: _, text, heard_ms, interrupted } = prompt;
            step.prompts.push(PromptRecord { text, heard_ms, interrupted });
        }
    }
    let lookups = trace.lookups.into_iter().map(|lookup| LookupRecord {
        service: lookup.service,
        node: steps.get(lookup.step as usize).map_or_else(|| Name::from(""), |step| step.node.clone()),
        inputs: Fields(lookup.inputs),
        outcome: lookup.outcome,
    });
    let variables = trace
        .variables
        .into_iter()
        .map(|variable| (variable.name, if variable.secret { Value::from(SECRET) } else { variable.value }));
    TraceRecord {
        outcome: trace.outcome,
        ends_at,
        duration_ms: trace.duration_ms,
        failure: trace.failure,
        variables: variables.collect(),
        lookups: lookups.collect(),
        steps,
        events,
        unused_items: trace.unused_items,
        unused_keys: trace.unused_keys,
    }
}

/// The way of a recorded call, in the numbers of a table: its nodes and outcomes, not what was said and set. What the
/// table does not have gets numbers that nothing has.
pub(super) fn walked(record: &TraceRecord, table: &Arc<NodeTable>) -> Trace {
    let step = |step: &StepRecord| {
        let node = table.find(&step.node).unwrap_or(u32::MAX);
        let outcomes = table.nodes.get(node as usize).map_or(&[][..], |names| &names.outcomes);
        let number = |name: &Name| {
            let place = outcomes.iter().position(|known| known == name);
            place.and_then(|place| u16::try_from(place).ok()).unwrap_or(u16::MAX)
        };
        Step {
            node,
            outcome: step.outcome.as_ref().map(number),
            at_ms: step.at_ms,
            duration_ms: step.duration_ms,
            input: None,
            message: None,
        }
    };
    Trace {
        table: table.clone(),
        steps: record.steps.iter().map(step).collect(),
        variables: Vec::new(),
        outcome: record.outcome.clone(),
        duration_ms: record.duration_ms,
        failure: record.failure.clone(),
        fault: None,
        lookups: Vec::new(),
        prompts: Vec::new(),
        keypresses: 0,
        prompt_ms: 0,
        unused_items: record.unused_items,
        unused_keys: record.unused_keys,
        events: Vec::new(),
    }
}

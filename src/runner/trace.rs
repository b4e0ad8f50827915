//! A trace as records keep it.

use std::sync::Arc;

use crate::flow::{Name, NodeTable, Value};
use crate::record::{Fields, LookupRecord, PromptRecord, StepRecord, TraceRecord};
use crate::simulator::{Step, Trace};

/// What stands in place of a secret.
const SECRET: &str = "[secret]";

/// The record of a trace: names in place of indices, prompts with the steps that played them, secrets masked.
pub(super) fn record(trace: &Trace) -> TraceRecord {
    let name = |step: &Step| {
        let node = trace.table.nodes.get(step.node as usize);
        node.map_or_else(|| Name::from(""), |node| node.name.clone())
    };
    let mut steps: Vec<StepRecord> = trace
        .steps
        .iter()
        .map(|step| StepRecord {
            node: name(step),
            kind: trace.table.nodes.get(step.node as usize).map_or("", |node| node.kind).into(),
            outcome: trace.outcome_name(step).cloned(),
            at_ms: step.at_ms,
            duration_ms: step.duration_ms,
            input: step.input.as_deref().map(str::to_owned),
            message: step.message.as_deref().map(str::to_owned),
            prompts: Vec::new(),
        })
        .collect();
    for prompt in &trace.prompts {
        if let Some(step) = steps.get_mut(prompt.step as usize) {
            step.prompts.push(PromptRecord {
                text: prompt.text.clone(),
                heard_ms: prompt.heard_ms,
                interrupted: prompt.interrupted,
            });
        }
    }
    TraceRecord {
        outcome: trace.outcome.clone(),
        ends_at: trace.steps.last().map(name),
        duration_ms: trace.duration_ms,
        failure: trace.failure.clone(),
        variables: trace
            .variables
            .iter()
            .map(|variable| {
                let value = if variable.secret { Value::from(SECRET) } else { variable.value.clone() };
                (variable.name.clone(), value)
            })
            .collect(),
        lookups: trace
            .lookups
            .iter()
            .map(|lookup| LookupRecord {
                service: lookup.service.clone(),
                node: steps.get(lookup.step as usize).map_or_else(|| Name::from(""), |step| step.node.clone()),
                inputs: Fields(lookup.inputs.clone()),
                outcome: lookup.outcome.clone(),
            })
            .collect(),
        steps,
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
    }
}

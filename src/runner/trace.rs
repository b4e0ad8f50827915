//! A trace as records keep it.

use crate::flow::Value;
use crate::record::{Fields, LookupRecord, PromptRecord, StepRecord, TraceRecord};
use crate::simulator::Trace;

/// What stands in place of a secret.
const SECRET: &str = "[secret]";

/// The record of a trace: names in place of indices, prompts with the steps that played them, secrets masked.
pub(super) fn record(trace: &Trace) -> TraceRecord {
    let mut steps: Vec<StepRecord> = trace
        .steps
        .iter()
        .map(|step| StepRecord {
            node: trace.node_name(step).to_owned(),
            kind: trace.table.nodes.get(step.node as usize).map_or("", |node| node.kind).to_owned(),
            outcome: trace.outcome_name(step).map(|name| name.to_string()),
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
                text: prompt.text.to_string(),
                heard_ms: prompt.heard_ms,
                interrupted: prompt.interrupted,
            });
        }
    }
    TraceRecord {
        outcome: trace.outcome.to_string(),
        ends_at: trace.steps.last().map(|step| trace.node_name(step).to_owned()),
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
                service: lookup.service.to_string(),
                node: steps.get(lookup.step as usize).map(|step| step.node.clone()).unwrap_or_default(),
                inputs: Fields(lookup.inputs.clone()),
                outcome: lookup.outcome.to_string(),
            })
            .collect(),
        steps,
        unused_items: trace.unused_items,
        unused_keys: trace.unused_keys,
    }
}

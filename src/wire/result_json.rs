//! A trace as the JSON of its result.

use super::json::Json;
use super::write_result::SECRET;
use super::{Detail, FaultRecord};
use crate::flow::{Name, NodeNames, Value};
use crate::simulator::{LookupCall, Spoken, Step, Trace};

/// What a node execution and a prompt take about, in bytes, beside the prompt's text.
const STEP: usize = 160;
const PROMPT: usize = 48;

/// The JSON of [`result`](super::result) without the result itself: byte for byte the same, for servers, which write
/// more of it than of anything else.
pub fn result_json(simulation_id: &str, trace: &Trace, detail: &Detail) -> Vec<u8> {
    let prompts: usize = trace.prompts.iter().map(|prompt| PROMPT + prompt.text.len()).sum();
    let mut json = Json::with_room(512 + STEP * trace.steps.len() + prompts);
    json.raw(r#"{"simulationId":"#);
    json.text(simulation_id);
    json.raw(if trace.fault.is_some() { r#","status":"failed""# } else { r#","status":"completed""# });
    json.raw(r#","executionPath":"#);
    path(&mut json, trace, *detail == Detail::Plain);
    json.raw(r#","variables":"#);
    let secret = Value::from(SECRET);
    json.fields(trace.variables.iter().map(|variable| {
        let shown = if variable.secret { &secret } else { &variable.value };
        (&variable.name, shown)
    }));
    json.raw(r#","durationMs":"#);
    json.number(trace.duration_ms);
    if let Some(fault) = &trace.fault {
        json.raw(r#","errorMessage":"#);
        json.text(&fault.to_string());
    } else if let Some(failure) = &trace.failure {
        json.raw(r#","errorMessage":"#);
        json.text(failure);
    }
    if let Detail::Full { reveal_secrets, flow_version } = detail {
        json.raw(r#","simulationTrace":"#);
        extension(&mut json, trace, *reveal_secrets, flow_version.as_deref());
    }
    json.raw("}");
    json.into_bytes()
}

/// The node executions; `plain` are those with their prompts.
fn path(json: &mut Json, trace: &Trace, plain: bool) {
    // Both lists are in the order of the steps: those of a step are next when it is written.
    let (mut lookups, mut prompts) = (trace.lookups.as_slice(), trace.prompts.as_slice());
    json.list(trace.steps.iter().enumerate(), |json, (index, step)| {
        let asked = first_of(&mut lookups, |lookup| lookup.step as usize == index);
        let heard = if plain { first_of(&mut prompts, |prompt| prompt.step as usize == index) } else { &[] };
        // The last of several stands for all.
        execution(json, trace, step, asked.last(), heard);
    });
}

/// Takes the first items for which the condition holds.
fn first_of<'t, T>(items: &mut &'t [T], holds: impl Fn(&T) -> bool) -> &'t [T] {
    let count = items.iter().take_while(|item| holds(item)).count();
    let (first, rest) = items.split_at(count);
    *items = rest;
    first
}

fn execution(json: &mut Json, trace: &Trace, step: &Step, lookup: Option<&LookupCall>, prompts: &[Spoken]) {
    let node: Option<&NodeNames> = trace.table.nodes.get(step.node as usize);
    let kind = node.map_or("", |node| node.kind);
    let outcome = trace.outcome_name(step);
    json.raw(r#"{"nodeId":"#);
    json.text(node.map_or("", |node| &node.name));
    json.raw(r#","nodeType":"#);
    json.text(kind);
    json.raw(r#","input":{"#);
    if let Some(input) = &step.input {
        json.raw(if kind == "bot" { r#""utterance":"# } else { r#""keys":"# });
        json.text(input);
    }
    if let Some(lookup) = lookup {
        json.separate();
        json.raw(r#""service":"#);
        json.text(&lookup.service);
        json.raw(r#","inputs":"#);
        json.fields(members(&lookup.inputs));
    }
    json.raw(r#"},"output":{"#);
    if let Some(outcome) = outcome {
        json.raw(r#""outcome":"#);
        json.text(outcome);
    }
    if let Some(message) = &step.message {
        json.separate();
        json.raw(r#""message":"#);
        json.text(message);
    }
    if !prompts.is_empty() {
        json.separate();
        json.raw(r#""prompts":"#);
        json.list(prompts, |json, prompt| json.text(&prompt.text));
    }
    json.raw("}");
    if let Some(decision) = outcome.filter(|_| node.is_some_and(|node| node.decision)) {
        json.raw(r#","decision":"#);
        json.text(decision);
    }
    json.raw(r#","durationMs":"#);
    json.number(step.duration_ms);
    json.raw("}");
}

fn extension(json: &mut Json, trace: &Trace, reveal_secrets: bool, flow_version: Option<&str>) {
    json.raw(r#"{"outcome":"#);
    json.text(&trace.outcome);
    if let Some(version) = flow_version {
        json.raw(r#","flowVersion":"#);
        json.text(version);
    }
    if let Some(failure) = &trace.failure {
        json.raw(r#","failure":"#);
        json.text(failure);
    }
    if let Some(fault) = &trace.fault {
        json.raw(r#","fault":"#);
        json.other(&FaultRecord::from(fault.clone()));
    }
    json.raw(r#","atMs":"#);
    json.list(&trace.steps, |json, step| json.number(step.at_ms));
    json.raw(r#","prompts":"#);
    json.list(&trace.prompts, prompt);
    json.raw(r#","lookups":"#);
    json.list(&trace.lookups, lookup);
    json.raw(r#","keypresses":"#);
    json.number(trace.keypresses.into());
    json.raw(r#","promptMs":"#);
    json.number(trace.prompt_ms);
    json.raw(r#","unusedItems":"#);
    json.number(trace.unused_items.into());
    json.raw(r#","unusedKeys":"#);
    json.number(trace.unused_keys.into());
    let mut secret = trace.variables.iter().filter(|variable| variable.secret).peekable();
    if secret.peek().is_some() {
        json.raw(r#","secretVariables":"#);
        json.list(secret.clone(), |json, variable| json.text(&variable.name));
        if reveal_secrets {
            json.raw(r#","secretValues":"#);
            json.fields(secret.map(|variable| (&variable.name, &variable.value)));
        }
    }
    json.raw("}");
}

fn prompt(json: &mut Json, prompt: &Spoken) {
    json.raw(r#"{"step":"#);
    json.number(prompt.step.into());
    json.raw(r#","text":"#);
    json.text(&prompt.text);
    json.raw(r#","heardMs":"#);
    json.number(prompt.heard_ms);
    json.raw(if prompt.interrupted { r#","interrupted":true}"# } else { "}" });
}

fn lookup(json: &mut Json, lookup: &LookupCall) {
    json.raw(r#"{"step":"#);
    json.number(lookup.step.into());
    json.raw(r#","service":"#);
    json.text(&lookup.service);
    json.raw(r#","inputs":"#);
    json.fields(members(&lookup.inputs));
    json.raw(r#","outcome":"#);
    json.text(&lookup.outcome);
    json.raw("}");
}

fn members(members: &[(Name, Value)]) -> impl Iterator<Item = (&Name, &Value)> {
    members.iter().map(|(name, value)| (name, value))
}

//! A trace as the JSON of its result.

use super::json::Json;
use super::write_result::SECRET;
use super::{Detail, FaultRecord, Status};
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
    json.open(b'{');
    json.key("simulationId");
    json.text(simulation_id);
    json.key("status");
    json.other(if trace.fault.is_some() { &Status::Failed } else { &Status::Completed });
    json.key("executionPath");
    path(&mut json, trace, *detail == Detail::Plain);
    json.key("variables");
    let secret = Value::from(SECRET);
    json.fields(trace.variables.iter().map(|variable| {
        let shown = if variable.secret { &secret } else { &variable.value };
        (&variable.name, shown)
    }));
    json.key("durationMs");
    json.number(trace.duration_ms);
    if let Some(fault) = &trace.fault {
        json.key("errorMessage");
        json.text(&fault.to_string());
    } else if let Some(failure) = &trace.failure {
        json.key("errorMessage");
        json.text(failure);
    }
    if let Detail::Full { reveal_secrets, flow_version } = detail {
        json.key("simulationTrace");
        extension(&mut json, trace, *reveal_secrets, flow_version.as_deref());
    }
    json.close(b'}');
    json.into_bytes()
}

/// The node executions; `plain` are those with their prompts.
fn path(json: &mut Json, trace: &Trace, plain: bool) {
    // Both lists are in the order of the steps: those of a step are next when it is written.
    let (mut lookups, mut prompts) = (trace.lookups.as_slice(), trace.prompts.as_slice());
    json.open(b'[');
    for (index, step) in trace.steps.iter().enumerate() {
        let asked = first_of(&mut lookups, |lookup| lookup.step as usize == index);
        let heard = if plain { first_of(&mut prompts, |prompt| prompt.step as usize == index) } else { &[] };
        json.separate();
        // The last of several stands for all.
        execution(json, trace, step, asked.last(), heard);
    }
    json.close(b']');
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
    json.open(b'{');
    json.key("nodeId");
    json.text(node.map_or("", |node| &node.name));
    json.key("nodeType");
    json.text(kind);
    json.key("input");
    json.open(b'{');
    if let Some(input) = &step.input {
        json.key(if kind == "bot" { "utterance" } else { "keys" });
        json.text(input);
    }
    if let Some(lookup) = lookup {
        json.key("service");
        json.text(&lookup.service);
        json.key("inputs");
        json.fields(members(&lookup.inputs));
    }
    json.close(b'}');
    json.key("output");
    json.open(b'{');
    if let Some(outcome) = outcome {
        json.key("outcome");
        json.text(outcome);
    }
    if let Some(message) = &step.message {
        json.key("message");
        json.text(message);
    }
    if !prompts.is_empty() {
        json.key("prompts");
        texts(json, prompts.iter().map(|prompt| &prompt.text));
    }
    json.close(b'}');
    if let Some(decision) = outcome.filter(|_| node.is_some_and(|node| node.decision)) {
        json.key("decision");
        json.text(decision);
    }
    json.key("durationMs");
    json.number(step.duration_ms);
    json.close(b'}');
}

fn extension(json: &mut Json, trace: &Trace, reveal_secrets: bool, flow_version: Option<&str>) {
    json.open(b'{');
    json.key("outcome");
    json.text(&trace.outcome);
    if let Some(version) = flow_version {
        json.key("flowVersion");
        json.text(version);
    }
    if let Some(failure) = &trace.failure {
        json.key("failure");
        json.text(failure);
    }
    if let Some(fault) = &trace.fault {
        json.key("fault");
        json.other(&FaultRecord::from(fault.clone()));
    }
    json.key("atMs");
    json.open(b'[');
    for step in &trace.steps {
        json.separate();
        json.number(step.at_ms);
    }
    json.close(b']');
    json.key("prompts");
    json.open(b'[');
    for heard in &trace.prompts {
        json.separate();
        prompt(json, heard);
    }
    json.close(b']');
    json.key("lookups");
    json.open(b'[');
    for asked in &trace.lookups {
        json.separate();
        lookup(json, asked);
    }
    json.close(b']');
    for (word, number) in [
        ("keypresses", trace.keypresses.into()),
        ("promptMs", trace.prompt_ms),
        ("unusedItems", trace.unused_items.into()),
        ("unusedKeys", trace.unused_keys.into()),
    ] {
        json.key(word);
        json.number(number);
    }
    let mut secret = trace.variables.iter().filter(|variable| variable.secret).peekable();
    if secret.peek().is_some() {
        json.key("secretVariables");
        texts(json, secret.clone().map(|variable| &variable.name));
        if reveal_secrets {
            json.key("secretValues");
            json.fields(secret.map(|variable| (&variable.name, &variable.value)));
        }
    }
    json.close(b'}');
}

fn prompt(json: &mut Json, prompt: &Spoken) {
    json.open(b'{');
    json.key("step");
    json.number(prompt.step.into());
    json.key("text");
    json.text(&prompt.text);
    json.key("heardMs");
    json.number(prompt.heard_ms);
    if prompt.interrupted {
        json.key("interrupted");
        json.other(&true);
    }
    json.close(b'}');
}

fn lookup(json: &mut Json, lookup: &LookupCall) {
    json.open(b'{');
    json.key("step");
    json.number(lookup.step.into());
    json.key("service");
    json.text(&lookup.service);
    json.key("inputs");
    json.fields(members(&lookup.inputs));
    json.key("outcome");
    json.text(&lookup.outcome);
    json.close(b'}');
}

fn texts<'t>(json: &mut Json, texts: impl Iterator<Item = &'t Name>) {
    json.open(b'[');
    for text in texts {
        json.separate();
        json.text(text);
    }
    json.close(b']');
}

fn members(members: &[(Name, Value)]) -> impl Iterator<Item = (&Name, &Value)> {
    members.iter().map(|(name, value)| (name, value))
}

//! A result as a server writes it.

use std::borrow::Cow;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::write_result::SECRET;
use super::{Detail, FaultRecord, Status};
use crate::flow::{BorrowedFields, Value};
use crate::simulator::{LookupCall, Spoken, Step, Trace, Variable};

/// A [`SimulationResult`](super::SimulationResult), straight from the trace: a server writes it for every call and keeps
/// nothing of it. Lookups and prompts are taken to be in the order of their steps, as the simulator has them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answered<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    simulation_id: Option<&'a str>,
    status: Status,
    execution_path: Path<'a>,
    #[serde(serialize_with = "variables")]
    variables: &'a [Variable],
    duration_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    simulation_trace: Option<Extension<'a>>,
}

/// [`NodeExecution`](super::NodeExecution)s.
#[derive(Debug)]
struct Path<'a> {
    trace: &'a Trace,
    /// Whether what the caller heard is said here.
    plain: bool,
}

/// [`NodeExecution`](super::NodeExecution).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Execution<'a> {
    node_id: &'a str,
    node_type: &'a str,
    input: Taken<'a>,
    output: Given<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a str>,
    duration_ms: u64,
}

/// [`NodeInput`](super::NodeInput).
#[derive(Serialize)]
struct Taken<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    utterance: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inputs: Option<BorrowedFields<'a>>,
}

/// [`NodeOutput`](super::NodeOutput).
#[derive(Serialize)]
struct Given<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "texts")]
    prompts: &'a [Spoken],
}

/// [`SimulationTrace`](super::SimulationTrace).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Extension<'a> {
    outcome: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<FaultRecord>,
    #[serde(serialize_with = "times")]
    at_ms: &'a [Step],
    #[serde(serialize_with = "prompts")]
    prompts: &'a [Spoken],
    #[serde(serialize_with = "lookups")]
    lookups: &'a [LookupCall],
    keypresses: u32,
    prompt_ms: u64,
    unused_items: u32,
    unused_keys: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    secret_variables: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "secrets")]
    secret_values: Option<&'a [Variable]>,
}

/// [`PromptHeard`](super::PromptHeard).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Heard<'a> {
    step: u32,
    text: &'a str,
    heard_ms: u64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    interrupted: bool,
}

/// [`LookupAsked`](super::LookupAsked).
#[derive(Serialize)]
struct Asked<'a> {
    step: u32,
    service: &'a str,
    inputs: BorrowedFields<'a>,
    outcome: &'a str,
}

impl<'a> Answered<'a> {
    /// Of a simulation that was carried out.
    pub(crate) fn new(simulation_id: Option<&'a str>, trace: &'a Trace, detail: &'a Detail) -> Self {
        let fault = trace.fault.as_ref().map(|fault| Cow::Owned(fault.to_string()));
        let extension = match detail {
            Detail::Plain => None,
            Detail::Full { reveal_secrets, flow_version } => {
                Some(Extension::new(trace, *reveal_secrets, flow_version.as_deref()))
            }
        };
        Self {
            simulation_id,
            status: if trace.fault.is_some() { Status::Failed } else { Status::Completed },
            execution_path: Path { trace, plain: extension.is_none() },
            variables: &trace.variables,
            duration_ms: trace.duration_ms,
            error_message: fault.or_else(|| trace.failure.as_deref().map(Cow::Borrowed)),
            simulation_trace: extension,
        }
    }
}

impl<'a> Extension<'a> {
    fn new(trace: &'a Trace, reveal_secrets: bool, flow_version: Option<&'a str>) -> Self {
        let secret = trace.variables.iter().filter(|variable| variable.secret);
        let secret_variables: Vec<&str> = secret.map(|variable| &*variable.name).collect();
        Self {
            outcome: &trace.outcome,
            flow_version,
            failure: trace.failure.as_deref(),
            fault: trace.fault.clone().map(FaultRecord::from),
            at_ms: &trace.steps,
            prompts: &trace.prompts,
            lookups: &trace.lookups,
            keypresses: trace.keypresses,
            prompt_ms: trace.prompt_ms,
            unused_items: trace.unused_items,
            unused_keys: trace.unused_keys,
            secret_values: (reveal_secrets && !secret_variables.is_empty()).then_some(&trace.variables),
            secret_variables,
        }
    }
}

impl Serialize for Path<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { trace, plain } = *self;
        // Those of a step are the next when it is written.
        let (mut lookups, mut prompts) = (trace.lookups.as_slice(), trace.prompts.as_slice());
        let mut path = serializer.serialize_seq(Some(trace.steps.len()))?;
        for (index, step) in trace.steps.iter().enumerate() {
            // The last of several stands for all.
            let lookup = first(&mut lookups, |lookup| lookup.step as usize == index).last();
            let heard = first(&mut prompts, |prompt| prompt.step as usize == index);
            path.serialize_element(&execution(trace, step, lookup, if plain { heard } else { &[] }))?;
        }
        path.end()
    }
}

/// Takes the first items for which the condition holds.
fn first<'a, T>(items: &mut &'a [T], holds: impl Fn(&T) -> bool) -> &'a [T] {
    let count = items.iter().take_while(|item| holds(item)).count();
    let (first, rest) = items.split_at(count);
    *items = rest;
    first
}

fn execution<'a>(
    trace: &'a Trace,
    step: &'a Step,
    lookup: Option<&'a LookupCall>,
    prompts: &'a [Spoken],
) -> Execution<'a> {
    let node = trace.table.nodes.get(step.node as usize);
    let outcome = trace.outcome_name(step).map(|outcome| &**outcome);
    let node_type = node.map_or("", |node| node.kind);
    let (input, spoken) = (step.input.as_deref(), node_type == "bot");
    Execution {
        node_id: node.map_or("", |node| &node.name),
        node_type,
        input: Taken {
            keys: input.filter(|_| !spoken),
            utterance: input.filter(|_| spoken),
            service: lookup.map(|lookup| &*lookup.service),
            inputs: lookup.map(|lookup| BorrowedFields(&lookup.inputs)),
        },
        output: Given { outcome, message: step.message.as_deref(), prompts },
        decision: outcome.filter(|_| node.is_some_and(|node| node.decision)),
        duration_ms: step.duration_ms,
    }
}

fn variables<S: Serializer>(variables: &[Variable], serializer: S) -> Result<S::Ok, S::Error> {
    let secret = Value::from(SECRET);
    let mut map = serializer.serialize_map(Some(variables.len()))?;
    for variable in variables {
        map.serialize_entry(&*variable.name, if variable.secret { &secret } else { &variable.value })?;
    }
    map.end()
}

fn secrets<S: Serializer>(variables: &Option<&[Variable]>, serializer: S) -> Result<S::Ok, S::Error> {
    let secret = variables.unwrap_or_default().iter().filter(|variable| variable.secret);
    serializer.collect_map(secret.map(|variable| (&*variable.name, &variable.value)))
}

fn texts<S: Serializer>(prompts: &[Spoken], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(prompts.iter().map(|prompt| &*prompt.text))
}

fn times<S: Serializer>(steps: &[Step], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(steps.iter().map(|step| step.at_ms))
}

fn prompts<S: Serializer>(prompts: &[Spoken], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(prompts.iter().map(Heard::from))
}

fn lookups<S: Serializer>(lookups: &[LookupCall], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(lookups.iter().map(Asked::from))
}

impl<'a> From<&'a Spoken> for Heard<'a> {
    fn from(prompt: &'a Spoken) -> Self {
        Self { step: prompt.step, text: &prompt.text, heard_ms: prompt.heard_ms, interrupted: prompt.interrupted }
    }
}

impl<'a> From<&'a LookupCall> for Asked<'a> {
    fn from(lookup: &'a LookupCall) -> Self {
        let LookupCall { step, service, inputs, outcome } = lookup;
        Self { step: *step, service, inputs: BorrowedFields(inputs), outcome }
    }
}

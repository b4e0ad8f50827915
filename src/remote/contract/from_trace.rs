//! Translates a trace to a result.

use super::execution::{NodeExecution, NodeInput, NodeOutput};
use super::trace::{HeardPrompt, LookupRecord, SimulationTrace};
use super::{Fields, SimulationResult, Status};
use crate::flow::{Name, Value};
use crate::simulator::{LookupCall, Spoken, Step, Trace};

/// Stands in place of a secret value.
pub(super) const SECRET_MASK: &str = "[secret]";

/// How much of a trace a result carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The fields of the tutorial's contract.
    Plain,
    /// The whole trace, with a `simulationTrace`.
    Full {
        /// Include the values of secret variables.
        reveal_secrets: bool,
        /// The version of the flow that was called.
        flow_version: Option<Name>,
    },
}

impl SimulationResult {
    /// The result of a simulation that ran. Its status is failed if the simulation met a fault; if
    /// only the flow failed, the status is completed and the message says why.
    pub fn from_trace(simulation_id: Option<&str>, trace: &Trace, detail: &Detail) -> Self {
        let variables = trace.variables.iter().map(|variable| {
            let value = if variable.secret { Value::from(SECRET_MASK) } else { variable.value.clone() };
            (variable.name.clone(), value)
        });
        let simulation_trace = match detail {
            Detail::Plain => None,
            Detail::Full { reveal_secrets, flow_version } => {
                Some(Box::new(SimulationTrace::from_trace(trace, *reveal_secrets, flow_version.clone())))
            }
        };
        Self {
            simulation_id: simulation_id.map(str::to_owned),
            status: if trace.fault.is_some() { Status::Failed } else { Status::Completed },
            execution_path: execution_path(trace, detail),
            variables: variables.collect(),
            duration_ms: trace.duration_ms,
            error_message: trace.fault.as_ref().map(ToString::to_string).or_else(|| trace.failure.clone()),
            simulation_trace,
        }
    }
}

fn execution_path(trace: &Trace, detail: &Detail) -> Vec<NodeExecution> {
    // The engine records lookups and prompts in the order of their steps: those of a step come
    // next.
    let (mut lookups, mut prompts) = (trace.lookups.as_slice(), trace.prompts.as_slice());
    let steps = trace.steps.iter().enumerate();
    let path = steps.map(|(index, step)| {
        // The last lookup of a step stands for all of them.
        let lookup = take_while(&mut lookups, |lookup| lookup.step as usize == index).last();
        let heard = take_while(&mut prompts, |prompt| prompt.step as usize == index);
        let heard = if *detail == Detail::Plain { heard } else { &[] };
        node_execution(trace, step, lookup, heard)
    });
    path.collect()
}

/// Splits off the leading items that match.
fn take_while<'a, T>(items: &mut &'a [T], matches: impl Fn(&T) -> bool) -> &'a [T] {
    let count = items.iter().take_while(|item| matches(item)).count();
    let (first, rest) = items.split_at(count);
    *items = rest;
    first
}

fn node_execution(trace: &Trace, step: &Step, lookup: Option<&LookupCall>, prompts: &[Spoken]) -> NodeExecution {
    let node = trace.table.nodes.get(step.node as usize);
    let outcome = trace.outcome_name(step).cloned();
    let node_type = node.map_or("", |node| node.kind);
    let (keys, utterance) = if node_type == "bot" { (None, &step.input) } else { (step.input.as_ref(), &None) };
    NodeExecution {
        node_id: node.map(|node| node.name.clone()).unwrap_or_default(),
        node_type: node_type.into(),
        input: NodeInput {
            keys: keys.cloned(),
            utterance: utterance.clone(),
            service: lookup.map(|lookup| lookup.service.clone()),
            inputs: lookup.map(|lookup| Fields(lookup.inputs.clone())),
        },
        decision: outcome.clone().filter(|_| node.is_some_and(|node| node.decision)),
        output: NodeOutput {
            outcome,
            message: step.message.clone(),
            prompts: prompts.iter().map(|prompt| prompt.text.clone()).collect(),
        },
        duration_ms: step.duration_ms,
    }
}

impl SimulationTrace {
    fn from_trace(trace: &Trace, reveal_secrets: bool, flow_version: Option<Name>) -> Self {
        let secret = || trace.variables.iter().filter(|variable| variable.secret);
        let secret_values = || secret().map(|variable| (variable.name.clone(), variable.value.clone())).collect();
        let secret_variables: Vec<Name> = secret().map(|variable| variable.name.clone()).collect();
        Self {
            outcome: trace.outcome.clone(),
            flow_version,
            failure: trace.failure.clone(),
            fault: trace.fault.clone().map(Into::into),
            at_ms: trace.steps.iter().map(|step| step.at_ms).collect(),
            prompts: trace.prompts.iter().map(HeardPrompt::from).collect(),
            lookups: trace.lookups.iter().map(LookupRecord::from).collect(),
            events: trace.full_events(),
            keypresses: trace.keypresses,
            prompt_ms: trace.prompt_ms,
            unused_items: trace.unused_items,
            unused_keys: trace.unused_keys,
            secret_values: (reveal_secrets && !secret_variables.is_empty()).then(secret_values),
            secret_variables,
        }
    }
}

impl From<&Spoken> for HeardPrompt {
    fn from(prompt: &Spoken) -> Self {
        Self {
            step: prompt.step,
            text: prompt.text.clone(),
            heard_ms: prompt.heard_ms,
            interrupted: prompt.interrupted,
        }
    }
}

impl From<&LookupCall> for LookupRecord {
    fn from(lookup: &LookupCall) -> Self {
        Self {
            step: lookup.step,
            service: lookup.service.clone(),
            inputs: Fields(lookup.inputs.clone()),
            outcome: lookup.outcome.clone(),
        }
    }
}

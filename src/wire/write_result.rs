//! A trace as a result.

use std::borrow::Cow;

use super::{
    FaultRecord, Fields, LookupAsked, NodeExecution, NodeInput, NodeOutput, PromptHeard, SimulationResult,
    SimulationTrace, Status,
};
use crate::flow::{Name, Value};
use crate::simulator::{Step, Trace};

/// What stands in place of a secret value.
pub(super) const SECRET: &str = "[secret]";

/// How much of a trace a result carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What the plain contract has.
    Plain,
    /// All of it, in a `simulationTrace`.
    Full {
        /// The values of secret variables too.
        reveal_secrets: bool,
        /// The version of the flow that was called.
        flow_version: Option<Name>,
    },
}

/// The result of a simulation that was carried out. One that met a fault has failed; one in which the flow failed is
/// completed all the same, with the failure as its message.
pub fn result(simulation_id: Option<String>, trace: &Trace, detail: Detail) -> SimulationResult {
    let full = detail != Detail::Plain;
    let mut execution_path: Vec<NodeExecution> = trace.steps.iter().map(|step| execution(trace, step)).collect();
    for lookup in &trace.lookups {
        if let Some(execution) = execution_path.get_mut(lookup.step as usize) {
            execution.input.service = Some(lookup.service.clone());
            execution.input.inputs = Some(Fields(lookup.inputs.clone()));
        }
    }
    if !full {
        for prompt in &trace.prompts {
            if let Some(execution) = execution_path.get_mut(prompt.step as usize) {
                execution.output.prompts.push(prompt.text.clone());
            }
        }
    }
    let shown = |variable: &crate::simulator::Variable| match variable.secret {
        true => Value::from(SECRET),
        false => variable.value.clone(),
    };
    SimulationResult {
        simulation_id,
        status: if trace.fault.is_some() { Status::Failed } else { Status::Completed },
        execution_path,
        variables: Fields(trace.variables.iter().map(|variable| (variable.name.clone(), shown(variable))).collect()),
        duration_ms: trace.duration_ms,
        error_message: trace.fault.as_ref().map(ToString::to_string).or_else(|| trace.failure.clone()),
        simulation_trace: match detail {
            Detail::Plain => None,
            Detail::Full { reveal_secrets, flow_version } => {
                Some(Box::new(extension(trace, reveal_secrets, flow_version)))
            }
        },
    }
}

fn execution(trace: &Trace, step: &Step) -> NodeExecution {
    let node = trace.table.nodes.get(step.node as usize);
    let outcome = trace.outcome_name(step);
    let kind = node.map_or("", |node| node.kind);
    let input = step.input.clone();
    NodeExecution {
        node_id: node.map_or_else(|| "".into(), |node| node.name.clone()),
        node_type: Cow::Borrowed(kind),
        input: match kind {
            "bot" => NodeInput { utterance: input, ..NodeInput::default() },
            _ => NodeInput { keys: input, ..NodeInput::default() },
        },
        output: NodeOutput { outcome: outcome.cloned(), message: step.message.clone(), prompts: Vec::new() },
        decision: outcome.filter(|_| node.is_some_and(|node| node.decision)).cloned(),
        duration_ms: step.duration_ms,
    }
}

fn extension(trace: &Trace, reveal_secrets: bool, flow_version: Option<Name>) -> SimulationTrace {
    let secret = || trace.variables.iter().filter(|variable| variable.secret);
    let values = || Fields(secret().map(|variable| (variable.name.clone(), variable.value.clone())).collect());
    SimulationTrace {
        outcome: trace.outcome.clone(),
        flow_version,
        failure: trace.failure.clone(),
        fault: trace.fault.clone().map(FaultRecord::from),
        at_ms: trace.steps.iter().map(|step| step.at_ms).collect(),
        prompts: trace
            .prompts
            .iter()
            .map(|prompt| PromptHeard {
                step: prompt.step,
                text: prompt.text.clone(),
                heard_ms: prompt.heard_ms,
                interrupted: prompt.interrupted,
            })
            .collect(),
        lookups: trace
            .lookups
            .iter()
            .map(|lookup| LookupAsked {
                step: lookup.step,
                service: lookup.service.clone(),
                inputs: Fields(lookup.inputs.clone()),
                outcome: lookup.outcome.clone(),
            })
            .collect(),
        keypresses: trace.keypresses,
        prompt_ms: trace.prompt_ms,
        unused_items: trace.unused_items,
        unused_keys: trace.unused_keys,
        secret_variables: secret().map(|variable| variable.name.clone()).collect(),
        secret_values: (reveal_secrets && secret().next().is_some()).then(values),
    }
}

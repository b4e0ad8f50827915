//! A result as a trace.

use std::borrow::Cow;
use std::sync::Arc;

use super::received::Execution;
use super::write_result::SECRET;
use super::{Received, SimulationTrace, Status};
use crate::flow::{Name, NodeNames, NodeTable, Value};
use crate::simulator::{LookupCall, Spoken, Step, Trace, Variable};

/// Why a result is no trace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    /// It is not there yet.
    #[error("the simulation is not completed")]
    Unfinished,
    /// The server could not simulate the call.
    #[error("the simulation failed: {0}")]
    Failed(String),
    /// It says less or something else than the contract.
    #[error("the result is not understood: {0}")]
    Malformed(String),
}

/// The trace that a result stands for, with names resolved by the local flow's table.
///
/// Nodes and outcomes that the table does not have are appended to a copy of it, so that indices of the local flow stay
/// what they are: whoever compares the trace's table with the local one sees how the remote flow differs. A plain
/// result says neither when a node was entered nor how the call ended: times are the sums of the durations before,
/// the outcome is that of the last node (`completed` where it has none), and an outcome that is not given
/// is the one whose edge alone leads to the next node.
///
/// # Errors
/// When the simulation is not completed, failed without a trace, or its parts do not fit together.
pub(crate) fn trace(result: Received, local: &Arc<NodeTable>) -> Result<Trace, Unreadable> {
    match (result.status, &result.simulation_trace) {
        (Status::Queued | Status::Running, _) => return Err(Unreadable::Unfinished),
        (Status::Failed, None) => {
            return Err(Unreadable::Failed(
                result.error_message.unwrap_or_else(|| "the server gives no reason".into()),
            ));
        }
        (Status::Failed | Status::Completed, _) => {}
    }
    let mut names = Names { local, own: None };
    let path = &result.execution_path;
    let mut steps = Vec::with_capacity(path.len());
    let mut at_ms = 0_u64;
    for (index, execution) in path.iter().enumerate() {
        let node = names.node(execution)?;
        let outcome = match execution.decision.as_ref().or(execution.output.outcome.as_ref()) {
            Some(outcome) => Some(names.outcome(node, outcome)?),
            None if result.simulation_trace.is_some() => None,
            None => path.get(index + 1).and_then(|next| names.only_edge(node, &next.node_id)),
        };
        steps.push(Step {
            node,
            outcome,
            at_ms,
            duration_ms: execution.duration_ms,
            input: execution.input.keys.as_deref().or(execution.input.utterance.as_deref()).map(Into::into),
            message: execution.output.message.as_deref().map(Into::into),
        });
        at_ms = at_ms.saturating_add(execution.duration_ms);
    }
    let table = names.own.map_or_else(|| local.clone(), |nodes| Arc::new(NodeTable::new(nodes)));
    let variables = result.variables.0.into_iter();
    let plain = Trace {
        table,
        steps,
        variables: variables
            .map(|(name, value)| Variable { secret: value.as_text() == Some(SECRET), name, value })
            .collect(),
        outcome: "completed".into(),
        duration_ms: result.duration_ms,
        failure: result.error_message,
        fault: None,
        lookups: Vec::new(),
        prompts: Vec::new(),
        keypresses: 0,
        prompt_ms: 0,
        unused_items: 0,
        unused_keys: 0,
    };
    match result.simulation_trace {
        Some(extension) => extend(plain, *extension),
        None => Ok(conclude(plain, &result.execution_path)),
    }
}

/// What can be told from a plain result alone.
fn conclude(mut trace: Trace, path: &[Execution]) -> Trace {
    for (index, execution) in path.iter().enumerate() {
        let step = index as u32;
        let spoken = |text: &Cow<str>| Spoken { step, text: (**text).into(), heard_ms: 0, interrupted: false };
        trace.prompts.extend(execution.output.prompts.iter().map(spoken));
        if let Some(service) = &execution.input.service {
            trace.lookups.push(LookupCall {
                step,
                service: (**service).into(),
                inputs: execution.input.inputs.clone().unwrap_or_default().0,
                outcome: execution
                    .output
                    .outcome
                    .as_deref()
                    .or(execution.decision.as_deref())
                    .unwrap_or_default()
                    .into(),
            });
        }
        let keys = execution.input.keys.as_ref().map_or(0, |keys| keys.chars().count());
        trace.keypresses = trace.keypresses.saturating_add(u32::try_from(keys).unwrap_or(u32::MAX));
    }
    if trace.failure.is_some() {
        trace.outcome = "failed".into();
    } else if let Some(last) = path.last() {
        trace.outcome = match &*last.node_type {
            "queue" | "transfer" => "transferred".into(),
            _ => trace.outcome,
        };
    }
    trace
}

fn extend(trace: Trace, extension: SimulationTrace) -> Result<Trace, Unreadable> {
    let count = trace.steps.len();
    if extension.at_ms.len() != count {
        let given = extension.at_ms.len();
        return Err(Unreadable::Malformed(format!("'simulationTrace.atMs' has {given} items for {count} nodes")));
    }
    let steps =
        extension.prompts.iter().map(|prompt| prompt.step).chain(extension.lookups.iter().map(|lookup| lookup.step));
    if let Some(step) = steps.max().filter(|&step| step as usize >= count) {
        return Err(Unreadable::Malformed(format!("'simulationTrace' speaks of node {step} of {count}")));
    }
    let revealed = extension.secret_values.unwrap_or_default();
    let variables = trace.variables.into_iter().map(|variable| {
        let secret = extension.secret_variables.contains(&variable.name);
        let value = revealed.0.iter().find(|(name, _)| secret && *name == variable.name);
        Variable { value: value.map_or(variable.value, |(_, value): &(Name, Value)| value.clone()), secret, ..variable }
    });
    Ok(Trace {
        variables: variables.collect(),
        steps: trace.steps.into_iter().zip(extension.at_ms).map(|(step, at_ms)| Step { at_ms, ..step }).collect(),
        outcome: extension.outcome,
        failure: extension.failure,
        fault: extension.fault.map(Into::into),
        lookups: extension
            .lookups
            .into_iter()
            .map(|lookup| LookupCall {
                step: lookup.step,
                service: lookup.service,
                inputs: lookup.inputs.0,
                outcome: lookup.outcome,
            })
            .collect(),
        prompts: extension
            .prompts
            .into_iter()
            .map(|prompt| Spoken {
                step: prompt.step,
                text: prompt.text,
                heard_ms: prompt.heard_ms,
                interrupted: prompt.interrupted,
            })
            .collect(),
        keypresses: extension.keypresses,
        prompt_ms: extension.prompt_ms,
        unused_items: extension.unused_items,
        unused_keys: extension.unused_keys,
        ..trace
    })
}

/// The local names, and once one is missing a copy that grows.
struct Names<'a> {
    local: &'a NodeTable,
    own: Option<Vec<NodeNames>>,
}

impl Names<'_> {
    fn nodes(&self) -> &[NodeNames] {
        self.own.as_deref().unwrap_or(&self.local.nodes)
    }

    fn node(&mut self, execution: &Execution) -> Result<u32, Unreadable> {
        let known = self.local.find(&execution.node_id).or_else(|| {
            let added = self.own.as_deref()?.get(self.local.nodes.len()..)?;
            let index = added.iter().position(|node| *node.name == *execution.node_id)?;
            u32::try_from(self.local.nodes.len() + index).ok()
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let kind = kind(&execution.node_type);
        let own = self.own.get_or_insert_with(|| self.local.nodes.clone());
        own.push(NodeNames {
            name: (*execution.node_id).into(),
            kind,
            input: matches!(kind, "menu" | "collect" | "bot" | "record") || execution.input.keys.is_some(),
            decision: execution.decision.is_some(),
            outcomes: Vec::new(),
            targets: Vec::new(),
        });
        u32::try_from(own.len() - 1).map_err(|_| Unreadable::Malformed("there are too many nodes".to_owned()))
    }

    fn outcome(&mut self, node: u32, name: &str) -> Result<u16, Unreadable> {
        let known =
            self.nodes().get(node as usize).and_then(|node| node.outcomes.iter().position(|known| **known == *name));
        let index = known.unwrap_or_else(|| {
            let own = self.own.get_or_insert_with(|| self.local.nodes.clone());
            // The index comes from `node`, which found or made it.
            let Some(node) = own.get_mut(node as usize) else { return usize::MAX };
            node.outcomes.push(name.into());
            node.targets.push(None);
            node.outcomes.len() - 1
        });
        u16::try_from(index).map_err(|_| Unreadable::Malformed("a node has too many outcomes".to_owned()))
    }

    /// The one outcome whose edge leads to this node.
    fn only_edge(&self, node: u32, next: &str) -> Option<u16> {
        let next = self.local.find(next)?;
        let targets = &self.nodes().get(node as usize)?.targets;
        let mut leading = targets.iter().enumerate().filter(|(_, target)| **target == Some(next));
        let (index, _) = leading.next()?;
        leading.next().is_none().then(|| u16::try_from(index).ok()).flatten()
    }
}

/// The node types of this program, by which it can tell input nodes and ends; others have no name of their own here.
fn kind(name: &str) -> &'static str {
    const KINDS: [&str; 23] = [
        "start",
        "play",
        "menu",
        "collect",
        "bot",
        "decision",
        "switch",
        "set",
        "lookup",
        "hours",
        "random",
        "loop",
        "subflow",
        "jump",
        "queue_check",
        "queue",
        "transfer",
        "record",
        "callback",
        "wait",
        "effect",
        "end",
        "return",
    ];
    KINDS.into_iter().find(|known| *known == name).unwrap_or("foreign")
}

//! Translates a result to a trace.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::from_trace::SECRET_MASK;
use super::trace::{HeardPrompt, LookupRecord};
use super::{NodeExecution, SimulationResult, SimulationTrace, Status};
use crate::flow::{Name, NodeNames, NodeTable, Value};
use crate::simulator::{LookupCall, Spoken, Step, Trace, Variable};

/// Why a result has no trace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ResultError {
    /// The simulation is queued or running.
    #[error("the simulation is not completed")]
    Unfinished,
    /// The server could not simulate the call.
    #[error("the simulation failed: {0}")]
    Failed(String),
    /// The result breaks the contract.
    #[error("the result breaks the contract: {0}")]
    Malformed(String),
}

impl SimulationResult {
    /// The trace of the result, with the node and outcome indices of the local flow's table.
    ///
    /// Nodes and outcomes that the table lacks are appended to a copy of it, so that local indices
    /// stay valid and a comparison of the tables shows how the remote flow differs. A plain result
    /// says neither when a node was entered nor how the call ended: times are the sums of the
    /// durations before, the outcome is that of the last node (`completed` if it has none), and a
    /// missing outcome is the one whose edge alone leads to the next node.
    ///
    /// # Errors
    /// If the simulation is not completed, failed without a trace, or its parts do not fit
    /// together.
    pub(crate) fn into_trace(self, local: &Arc<NodeTable>) -> Result<Trace, ResultError> {
        match (self.status, &self.simulation_trace) {
            (Status::Queued | Status::Running, _) => return Err(ResultError::Unfinished),
            (Status::Failed, None) => {
                let reason = self.error_message.unwrap_or_else(|| "the server gives no reason".into());
                return Err(ResultError::Failed(reason));
            }
            (Status::Failed | Status::Completed, _) => {}
        }
        let (table, steps) = resolve(&self.execution_path, local, self.simulation_trace.is_none())?;
        let variables = self.variables.0.into_iter();
        let plain = Trace {
            table,
            steps,
            variables: variables
                .map(|(name, value)| Variable { secret: value.as_text() == Some(SECRET_MASK), name, value })
                .collect(),
            outcome: "completed".into(),
            duration_ms: self.duration_ms,
            failure: self.error_message,
            fault: None,
            lookups: Vec::new(),
            prompts: Vec::new(),
            keypresses: 0,
            prompt_ms: 0,
            unused_items: 0,
            unused_keys: 0,
            events: Vec::new(),
        };
        match self.simulation_trace {
            Some(extension) => extend(plain, *extension),
            None => Ok(conclude(plain, self.execution_path)),
        }
    }
}

/// The steps of a path, with a table that has all of their names. `infer` takes a missing outcome
/// from the edges.
fn resolve(
    path: &[NodeExecution],
    local: &Arc<NodeTable>,
    infer: bool,
) -> Result<(Arc<NodeTable>, Vec<Step>), ResultError> {
    let mut names = NameResolver::new(local);
    let mut steps = Vec::with_capacity(path.len());
    let mut at_ms = 0_u64;
    for (index, execution) in path.iter().enumerate() {
        let node = names.node(execution)?;
        let outcome = match execution.decision.as_ref().or(execution.output.outcome.as_ref()) {
            Some(outcome) => Some(names.outcome(node, outcome)?),
            None if infer => path.get(index + 1).and_then(|next| names.only_edge(node, &next.node_id)),
            None => None,
        };
        steps.push(Step {
            node,
            outcome,
            at_ms,
            duration_ms: execution.duration_ms,
            input: execution.input.keys.clone().or_else(|| execution.input.utterance.clone()),
            message: execution.output.message.clone(),
        });
        at_ms = at_ms.saturating_add(execution.duration_ms);
    }
    let table = names.extended.map_or_else(|| local.clone(), |nodes| Arc::new(NodeTable::new(nodes)));
    Ok((table, steps))
}

/// Adds what can be inferred from a plain result.
fn conclude(mut trace: Trace, path: Vec<NodeExecution>) -> Trace {
    let ends_transferred = path.last().is_some_and(|last| matches!(&*last.node_type, "queue" | "transfer"));
    for (step, execution) in (0..).zip(path) {
        let NodeExecution { input, output, decision, .. } = execution;
        let spoken = |text| Spoken { step, text, heard_ms: 0, interrupted: false };
        trace.prompts.extend(output.prompts.into_iter().map(spoken));
        if let Some(service) = input.service {
            trace.lookups.push(LookupCall {
                step,
                service,
                inputs: input.inputs.unwrap_or_default().0,
                outcome: output.outcome.or(decision).unwrap_or_default(),
            });
        }
        let keys = input.keys.map_or(0, |keys| keys.chars().count());
        trace.keypresses = trace.keypresses.saturating_add(u32::try_from(keys).unwrap_or(u32::MAX));
    }
    if trace.failure.is_some() {
        trace.outcome = "failed".into();
    } else if ends_transferred {
        trace.outcome = "transferred".into();
    }
    trace
}

/// Adds the extension, which says what a plain result cannot.
fn extend(trace: Trace, extension: SimulationTrace) -> Result<Trace, ResultError> {
    let count = trace.steps.len();
    if extension.at_ms.len() != count {
        let given = extension.at_ms.len();
        return Err(ResultError::Malformed(format!("'simulationTrace.atMs' has {given} items for {count} nodes")));
    }
    let steps =
        extension.prompts.iter().map(|prompt| prompt.step).chain(extension.lookups.iter().map(|lookup| lookup.step));
    if let Some(step) = steps.max().filter(|&step| step as usize >= count) {
        return Err(ResultError::Malformed(format!("'simulationTrace' refers to node {step} of {count}")));
    }
    let secrets: HashSet<Name> = extension.secret_variables.into_iter().collect();
    let revealed: HashMap<Name, Value> = extension.secret_values.unwrap_or_default().0.into_iter().collect();
    let variables = trace.variables.into_iter().map(|variable| {
        let secret = secrets.contains(&variable.name);
        let value = revealed.get(&variable.name).filter(|_| secret).cloned();
        Variable { value: value.unwrap_or(variable.value), secret, ..variable }
    });
    Ok(Trace {
        variables: variables.collect(),
        steps: trace.steps.into_iter().zip(extension.at_ms).map(|(step, at_ms)| Step { at_ms, ..step }).collect(),
        outcome: extension.outcome,
        failure: extension.failure,
        fault: extension.fault.map(Into::into),
        lookups: extension.lookups.into_iter().map(Into::into).collect(),
        prompts: extension.prompts.into_iter().map(Into::into).collect(),
        keypresses: extension.keypresses,
        prompt_ms: extension.prompt_ms,
        unused_items: extension.unused_items,
        unused_keys: extension.unused_keys,
        events: extension.events.into_iter().map(Into::into).collect(),
        ..trace
    })
}

impl From<LookupRecord> for LookupCall {
    fn from(lookup: LookupRecord) -> Self {
        Self { step: lookup.step, service: lookup.service, inputs: lookup.inputs.0, outcome: lookup.outcome }
    }
}

impl From<HeardPrompt> for Spoken {
    fn from(prompt: HeardPrompt) -> Self {
        Self { step: prompt.step, text: prompt.text, heard_ms: prompt.heard_ms, interrupted: prompt.interrupted }
    }
}

/// Resolves names to the indices of the local table, and appends the names that it lacks to a copy.
///
/// Appended names are found by hash: a foreign result may have a hundred thousand of them.
struct NameResolver<'a> {
    local: &'a NodeTable,
    extended: Option<Vec<NodeNames>>,
    added_nodes: HashMap<Name, u32>,
    added_outcomes: HashMap<(u32, Name), u16>,
}

impl<'a> NameResolver<'a> {
    fn new(local: &'a NodeTable) -> Self {
        Self { local, extended: None, added_nodes: HashMap::new(), added_outcomes: HashMap::new() }
    }

    fn node(&mut self, execution: &NodeExecution) -> Result<u32, ResultError> {
        let known = self.local.find(&execution.node_id).or_else(|| self.added_nodes.get(&execution.node_id).copied());
        if let Some(known) = known {
            return Ok(known);
        }
        let kind = node_kind(&execution.node_type);
        let nodes = self.extended.get_or_insert_with(|| self.local.nodes.clone());
        let index =
            u32::try_from(nodes.len()).map_err(|_| ResultError::Malformed("there are too many nodes".to_owned()))?;
        nodes.push(NodeNames {
            name: execution.node_id.clone(),
            flow: None,
            label: None,
            kind,
            input: matches!(kind, "menu" | "collect" | "bot" | "record") || execution.input.keys.is_some(),
            decision: execution.decision.is_some(),
            outcomes: Vec::new(),
            targets: Vec::new(),
        });
        self.added_nodes.insert(execution.node_id.clone(), index);
        Ok(index)
    }

    fn outcome(&mut self, node: u32, name: &Name) -> Result<u16, ResultError> {
        let too_many = || ResultError::Malformed("a node has too many outcomes".to_owned());
        let local = self.local.nodes.get(node as usize);
        if let Some(index) = local.and_then(|node| node.outcomes.iter().position(|known| known == name)) {
            return u16::try_from(index).map_err(|_| too_many());
        }
        let key = (node, name.clone());
        if let Some(&index) = self.added_outcomes.get(&key) {
            return Ok(index);
        }
        let nodes = self.extended.get_or_insert_with(|| self.local.nodes.clone());
        // `node()` found or added the node.
        let Some(names) = nodes.get_mut(node as usize) else {
            return Err(ResultError::Malformed("an outcome belongs to no node".to_owned()));
        };
        let index = u16::try_from(names.outcomes.len()).map_err(|_| too_many())?;
        names.outcomes.push(name.clone());
        names.targets.push(None);
        self.added_outcomes.insert(key, index);
        Ok(index)
    }

    /// The only outcome whose edge leads to this node.
    fn only_edge(&self, node: u32, next: &str) -> Option<u16> {
        let next = self.local.find(next)?;
        // Added nodes and outcomes lead nowhere.
        let targets = &self.local.nodes.get(node as usize)?.targets;
        let mut leading = targets.iter().enumerate().filter(|(_, target)| **target == Some(next));
        let (index, _) = leading.next()?;
        leading.next().is_none().then(|| u16::try_from(index).ok()).flatten()
    }
}

/// The node type of this name; `foreign` for a type that callpath does not have.
fn node_kind(name: &str) -> &'static str {
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

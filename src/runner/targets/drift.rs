//! Whether a trace fits the local flows: a remote server may hold another version of them.

use crate::flow::{Kind, Program};
use crate::simulator::{Step, Trace};
use crate::source::diagnostics::quoted;

/// The first place where a trace does what the program cannot do, in words; none for a trace that fits.
///
/// An edge is taken for possible where the flow has it, and in the other ways a call gets from node to node: into and out of a subflow,
/// by a jump, by an event (hang-up, error, signal, global key), or again into an input node. So a trace that fits is never blamed; one
/// that differs in such a way may go unnoticed.
///
/// `flow` is what the message calls the program.
pub(super) fn drift(trace: &Trace, program: &Program, flow: &str) -> Option<String> {
    let known = program.table.nodes.len();
    let name = |step: &Step| quoted(trace.node_name(step));
    for step in &trace.steps {
        let node = step.node as usize;
        if node >= known {
            return Some(format!("it has a node {}, which {flow} does not have", name(step)));
        }
        // The local table is a part of the trace's: what was added lies behind.
        let outcomes = program.table.nodes.get(node).map_or(0, |node| node.outcomes.len());
        if step.outcome.is_some_and(|outcome| outcome as usize >= outcomes) {
            let outcome = quoted(trace.outcome_name(step).map_or("", |name| name));
            return Some(format!("node {} ended with {outcome}, which {flow} does not have", name(step)));
        }
    }
    let start = start(program, 0);
    if let Some(first) = trace.steps.first().filter(|first| Some(first.node) != start) {
        return Some(format!("it begins with {}, {flow} does not", name(first)));
    }
    trace.steps.windows(2).find_map(|pair| {
        let [from, to] = pair else { return None };
        (!follows(program, from, to))
            .then(|| format!("it went from {} to {}, an edge that {flow} does not have", name(from), name(to)))
    })
}

/// The program-wide index of a flow's first node.
fn start(program: &Program, flow: usize) -> Option<u32> {
    Some(program.first_node.get(flow)? + u32::try_from(program.flows.get(flow)?.start).ok()?)
}

fn follows(program: &Program, from: &Step, to: &Step) -> bool {
    let Some(names) = program.table.nodes.get(from.node as usize) else { return false };
    let wired = match from.outcome {
        Some(outcome) => names.targets.get(outcome as usize) == Some(&Some(to.node)),
        None => names.targets.contains(&Some(to.node)),
    };
    if wired || is_event(program, to.node) || (from.node == to.node && names.input) {
        return true;
    }
    let (from_flow, node) = program.node(from.node);
    let (to_flow, _) = program.node(to.node);
    let crosses = !std::sync::Arc::ptr_eq(from_flow, to_flow);
    match node.kind {
        Kind::Subflow(_) | Kind::Jump(_) | Kind::Return(_) | Kind::End(_) => {
            enters(program, to.node) || resumes(program, to.node)
        }
        // An error inside a subflow surfaces at the node that called it.
        _ => crosses && resumes(program, to.node),
    }
}

/// Whether a flow begins at this node, or a jump leads to it.
fn enters(program: &Program, node: u32) -> bool {
    (0..program.flows.len()).any(|flow| start(program, flow) == Some(node))
}

/// Whether a call goes on at this node after a subflow.
fn resumes(program: &Program, node: u32) -> bool {
    let callers = program.table.nodes.iter().filter(|names| names.kind == "subflow");
    callers.flat_map(|names| &names.targets).any(|&target| target == Some(node))
}

fn is_event(program: &Program, node: u32) -> bool {
    let (flow, _) = program.node(node);
    let events = &flow.events;
    let first =
        program.flows.iter().position(|other| std::sync::Arc::ptr_eq(other, flow)).map(|flow| program.first_node[flow]);
    let Some(local) = first.map(|first| (node - first) as usize) else { return false };
    [events.on_hangup, events.on_answer, events.on_error].contains(&Some(local))
        || events.on_signal.iter().any(|(_, target)| *target == local)
        || events.keys.iter().any(|(_, target)| *target == local)
}

//! Effort of the caller.

use super::Effort;
use crate::simulator::Trace;

/// Measures the effort of a call.
pub(super) fn effort(trace: &Trace) -> Effort {
    Effort {
        keypresses: u64::from(trace.keypresses),
        prompt_ms: trace.prompt_ms,
        retries: trace.steps.iter().filter(|step| asks_again(trace, step)).count() as u64,
        duration_ms: trace.duration_ms,
    }
}

fn asks_again(trace: &Trace, step: &crate::simulator::Step) -> bool {
    let node = trace.table.nodes.get(step.node as usize).filter(|node| node.input);
    let outcome = node.and_then(|node| node.outcomes.get(step.outcome? as usize));
    outcome.is_some_and(|name| matches!(&**name, "no_input" | "no_match" | "no_intent" | "invalid" | "max_attempts"))
}

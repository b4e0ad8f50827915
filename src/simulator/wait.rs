//! Waiting for a time or an event.

use super::engine::Engine;
use super::state::{NodeError, StepResult};
use crate::flow::{Flow, Node, Until, Wait};

impl<'a> Engine<'a> {
    pub(super) fn wait(&mut self, flow: &'a Flow, node: &'a Node, wait: &'a Wait) -> Result<StepResult, NodeError> {
        let elapsed = self.outcome(node, 0, "elapsed");
        let (ms, outcome) = match &wait.until {
            Until::Elapsed(ms) => (*ms, elapsed),
            Until::Event { name: event, timeout_ms } => {
                let name = self.name();
                match self.answer(node, name, Some(event))? {
                    Some(answered) => match answered.answer.latency_ms.unwrap_or(0) {
                        latency if latency > *timeout_ms => (*timeout_ms, elapsed),
                        latency => (latency, answered.outcome),
                    },
                    None => (*timeout_ms, elapsed),
                }
            }
        };
        if wait.detect {
            let detected = self.detect(flow, node, true, true, |engine| {
                engine.prepare(flow, &wait.music)?;
                Ok((ms, Some(ms)))
            })?;
            return Ok(detected.unwrap_or(StepResult::Outcome(outcome)));
        }
        self.prepare(flow, &wait.music)?;
        let end = self.state.now.saturating_add(ms);
        self.play(Some(ms), false)?;
        self.pass_until(end)?;
        Ok(StepResult::Outcome(outcome))
    }
}

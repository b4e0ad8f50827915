//! The nodes that hand the call to a number, or promise a call to one: transfer and callback.

use super::engine::Engine;
use super::event::TraceEvent;
use super::request::RING_MS;
use super::state::{NodeError, StepResult};
use super::validate::is_number;
use crate::flow::expression::Template;
use crate::flow::{Callback, Name, Node, Transfer};

impl<'a> Engine<'a> {
    pub(super) fn transfer(&mut self, node: &'a Node, transfer: &'a Transfer) -> Result<StepResult, NodeError> {
        let invalid = self.outcome(node, 4, "invalid");
        let valid = self.check_number(&transfer.number)?;
        self.log_destination(&transfer.number);
        if !valid {
            return Ok(StepResult::Outcome(invalid));
        }
        if self.state.caller.is_gone() {
            self.message = Some("the caller has hung up".into());
            return Ok(StepResult::Outcome(self.outcome(node, 3, "failed")));
        }
        let name = self.name();
        let no_answer = self.outcome(node, 2, "no_answer");
        let (ringing, outcome) = match self.answer(node, name, None)? {
            Some(answered) => {
                self.message = answered.answer.message.as_deref().map(Box::from);
                let usual = match answered.outcome {
                    outcome if outcome == no_answer => transfer.timeout_ms,
                    outcome if outcome == invalid => 0,
                    _ => RING_MS.min(transfer.timeout_ms),
                };
                (answered.answer.latency_ms.unwrap_or(usual), answered.outcome)
            }
            None => (RING_MS, self.outcome(node, 0, "connected")),
        };
        if ringing > transfer.timeout_ms {
            self.pass_until(self.state.now.saturating_add(transfer.timeout_ms))?;
            return Ok(StepResult::Outcome(no_answer));
        }
        self.pass_until(self.state.now.saturating_add(ringing))?;
        if node.outcomes.get(usize::from(outcome)).is_some_and(|outcome| &*outcome.name == "connected") {
            self.log_answered();
        }
        Ok(StepResult::Outcome(outcome))
    }

    pub(super) fn callback(&mut self, node: &'a Node, callback: &'a Callback) -> Result<StepResult, NodeError> {
        let slot = match &callback.when {
            Some(when) => Some(Name::from(self.render(when)?)),
            None => None,
        };
        self.log_callback(&callback.number, slot);
        let number = self.render_plain(&callback.number)?;
        if !is_number(number.trim()) {
            return Ok(StepResult::Outcome(self.outcome(node, 1, "invalid_number")));
        }
        let name = self.name();
        match self.answer(node, name, None)? {
            Some(answered) => {
                self.pass_regardless(answered.answer.latency_ms.unwrap_or(0))?;
                self.message = answered.answer.message.as_deref().map(Box::from);
                Ok(StepResult::Outcome(answered.outcome))
            }
            None => Ok(StepResult::Outcome(self.outcome(node, 0, "scheduled"))),
        }
    }

    /// The number may be one that cannot be dialled; one that cannot be worked out is told by the step's message.
    fn log_destination(&mut self, number: &Template) {
        if !self.log.on {
            return;
        }
        let number = self.render(number).ok().map(Name::from);
        let at_ms = self.state.now;
        let event = || TraceEvent::Destination { at_ms, number, queue: None, skill: None, priority: None };
        self.log.full_event(event);
    }

    fn log_callback(&mut self, number: &Template, slot: Option<Name>) {
        if !self.log.on {
            return;
        }
        let Ok(number) = self.render(number) else { return };
        let at_ms = self.state.now;
        self.log.full_event(|| TraceEvent::Callback { at_ms, number: number.into(), slot });
    }

    /// Whether the call can be handed to the number. A transfer has no outcome `error`: a number that cannot be worked
    /// out is an invalid one.
    fn check_number(&mut self, number: &Template) -> Result<bool, NodeError> {
        match self.render_plain(number) {
            Ok(text) if is_number(text.trim()) => Ok(true),
            Ok(_) => {
                let shown = self.render(number)?;
                self.message = Some(format!("'{shown}' is not a number that can be dialled").into());
                Ok(false)
            }
            Err(NodeError::Mistake(message)) => {
                self.message = Some(message.into());
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

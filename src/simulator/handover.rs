//! The nodes that hand the call to a number, or promise a call to one: transfer and callback.

use super::engine::Engine;
use super::request::RING_MS;
use super::state::{Trouble, Turn};
use super::validate::is_number;
use crate::flow::expression::Template;
use crate::flow::{Callback, Node, Transfer};

impl<'a> Engine<'a> {
    pub(super) fn transfer(&mut self, node: &'a Node, transfer: &'a Transfer) -> Result<Turn, Trouble> {
        let invalid = self.outcome(node, 4, "invalid");
        if !self.check_number(&transfer.number)? {
            return Ok(Turn::Outcome(invalid));
        }
        if self.state.gone.is_some() {
            self.message = Some("the caller has hung up".into());
            return Ok(Turn::Outcome(self.outcome(node, 3, "failed")));
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
            return Ok(Turn::Outcome(no_answer));
        }
        self.pass_until(self.state.now.saturating_add(ringing))?;
        Ok(Turn::Outcome(outcome))
    }

    pub(super) fn callback(&mut self, node: &'a Node, callback: &'a Callback) -> Result<Turn, Trouble> {
        if let Some(when) = &callback.when {
            self.render(when)?;
        }
        let number = self.render_plain(&callback.number)?;
        if !is_number(number.trim()) {
            return Ok(Turn::Outcome(self.outcome(node, 1, "invalid_number")));
        }
        let name = self.name();
        match self.answer(node, name, None)? {
            Some(answered) => {
                self.pass_regardless(answered.answer.latency_ms.unwrap_or(0))?;
                self.message = answered.answer.message.as_deref().map(Box::from);
                Ok(Turn::Outcome(answered.outcome))
            }
            None => Ok(Turn::Outcome(self.outcome(node, 0, "scheduled"))),
        }
    }

    /// Whether the call can be handed to the number. A transfer has no outcome `error`: a number that cannot be worked
    /// out is an invalid one.
    fn check_number(&mut self, number: &Template) -> Result<bool, Trouble> {
        match self.render_plain(number) {
            Ok(text) if is_number(text.trim()) => Ok(true),
            Ok(_) => {
                let shown = self.render(number)?;
                self.message = Some(format!("'{shown}' is not a number that can be dialled").into());
                Ok(false)
            }
            Err(Trouble::Mistake(message)) => {
                self.message = Some(message.into());
                Ok(false)
            }
            Err(trouble) => Err(trouble),
        }
    }
}

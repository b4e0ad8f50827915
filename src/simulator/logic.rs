//! The nodes that decide and compute: decision, switch, set, hours, random and loop.

use super::engine::Engine;
use super::random;
use super::scope::instant;
use super::state::{NodeError, StepResult};
use crate::flow::expression::Expression;
use crate::flow::{Case, Hours, Loop, Node, Opening, Switch, Value};

impl<'a> Engine<'a> {
    pub(super) fn decision(&mut self, node: &Node, condition: &Expression) -> Result<StepResult, NodeError> {
        let holds = condition.evaluate_boolean(&self.view())?;
        Ok(StepResult::Outcome(if holds { self.outcome(node, 0, "true") } else { self.outcome(node, 1, "false") }))
    }

    pub(super) fn switch(&mut self, node: &Node, switch: &Switch) -> Result<StepResult, NodeError> {
        let value = match &switch.on_value {
            Some(value) => Some(value.evaluate(&self.view())?),
            None => None,
        };
        let chosen = self.first_case(&switch.cases, value.as_ref())?;
        let default = switch.cases.len();
        Ok(StepResult::Outcome(match chosen {
            Some(case) => case as u16,
            None => self.outcome(node, default, "default"),
        }))
    }

    /// The first case that holds.
    pub(super) fn first_case(&self, cases: &[Case], value: Option<&Value>) -> Result<Option<usize>, NodeError> {
        let text = match value {
            Some(Value::Text(_)) | None => None,
            Some(value) => Some(value.to_string()),
        };
        let text = text.as_deref().or_else(|| value.and_then(Value::as_text));
        for (index, case) in cases.iter().enumerate() {
            let holds = match case {
                Case::Equals(name) => text == Some(name),
                Case::When(condition) => condition.evaluate_boolean(&self.view())?,
            };
            if holds {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    pub(super) fn assign(&mut self, node: &Node, assignments: &[(usize, Expression)]) -> Result<StepResult, NodeError> {
        for (slot, expression) in assignments {
            let value = expression.evaluate(&self.view())?;
            self.set(*slot, value);
        }
        Ok(StepResult::Outcome(self.outcome(node, 0, "next")))
    }

    pub(super) fn hours(&mut self, node: &Node, hours: &Hours) -> Result<StepResult, NodeError> {
        if let Some(emergency) = &hours.emergency
            && emergency.evaluate_boolean(&self.view())?
        {
            return Ok(StepResult::Outcome(self.outcome(node, 3, "emergency")));
        }
        let clock = self.request.clock.as_ref().ok_or(NodeError::NoClock)?;
        Ok(StepResult::Outcome(match hours.schedule.at(instant(clock.at, self.state.now)) {
            Opening::Open => self.outcome(node, 0, "open"),
            Opening::Closed => self.outcome(node, 1, "closed"),
            Opening::Holiday => self.outcome(node, 2, "holiday"),
        }))
    }

    pub(super) fn random(&mut self, node: &Node, weights: &[u32]) -> Result<StepResult, NodeError> {
        let name = self.name();
        if let Some(answered) = self.answer(node, name, None)? {
            return Ok(StepResult::Outcome(answered.outcome));
        }
        let here = self.here();
        let visit = match self.state.draws.iter_mut().find(|(node, _)| *node == here) {
            Some((_, visits)) => {
                *visits = visits.saturating_add(1);
                *visits
            }
            None => {
                self.state.draws.push((here, 0));
                0
            }
        };
        self.progress();
        let chosen = random::choose(weights, random::draw(self.request.seed, name, visit));
        // With weights of 0 alone every label is as good.
        Ok(StepResult::Outcome(chosen.unwrap_or(0) as u16))
    }

    pub(super) fn loop_node(&mut self, node: &Node, rounds: &Loop) -> Result<StepResult, NodeError> {
        let times = match rounds.times.evaluate(&self.view())? {
            Value::Integer(times) => times,
            // Whole decimals come from divisions; the cast saturates.
            Value::Decimal(times) if times.fract() == 0.0 => times as i64,
            other => {
                let (text, found) = (rounds.times.text(), other.type_name());
                return Err(NodeError::Mistake(format!(
                    "'times' must be a whole number, but '{text}' is of type {found}"
                )));
            }
        };
        let index = self.state.node;
        let round = self.state.frame.count(index).saturating_add(1);
        if i64::from(round) > times {
            self.state.frame.set_count(index, 0);
            return Ok(StepResult::Outcome(self.outcome(node, 1, "done")));
        }
        self.state.frame.set_count(index, round);
        if let Some(slot) = rounds.counter {
            self.set(slot, Value::Integer(i64::from(round)));
        }
        Ok(StepResult::Outcome(self.outcome(node, 0, "repeat")))
    }
}

//! The nodes that ask or tell other systems: lookup and effect.

use super::engine::Engine;
use super::event::TraceEvent;
use super::request::Answer;
use super::state::{NodeError, StepResult};
use super::trace::{Fault, LookupCall};
use crate::flow::{Effect, Fields, Lookup, Name, Node, Value};

/// What stands in the trace for a value that must not be seen.
pub(super) const SECRET: &str = "[secret]";

impl<'a> Engine<'a> {
    pub(super) fn lookup(&mut self, node: &'a Node, lookup: &'a Lookup) -> Result<StepResult, NodeError> {
        let mut inputs = Vec::with_capacity(lookup.inputs.len());
        for (name, expression) in &lookup.inputs {
            let value = expression.evaluate(&self.view())?;
            let secret = self.any_secret(expression.reads());
            inputs.push((name.clone(), if secret { Value::from(SECRET) } else { value }));
        }
        let name = self.name();
        let Some(answered) = self.answer(node, name, Some(&lookup.service))? else {
            let (service, node) = (lookup.service.clone(), name.clone());
            return Err(NodeError::from(Fault::Unstubbed { service, node }));
        };
        let latency = answered.answer.latency_ms.unwrap_or(0);
        let (outcome, answer) = if latency > lookup.timeout_ms {
            (self.outcome(node, 3, "timeout"), None)
        } else {
            (answered.outcome, Some(answered.answer))
        };
        let outcome_name = node.outcomes.get(outcome as usize).map_or_else(|| Name::from(""), |o| o.name.clone());
        // An answer does come when the caller has just hung up; the call notices it afterwards.
        self.pass_regardless(latency.min(lookup.timeout_ms))?;
        let came = !matches!(&*outcome_name, "failure" | "timeout" | "error");
        let shown = match answer {
            Some(answer) if self.log.on => self.shown_answer(lookup, answer),
            _ => Vec::new(),
        };
        let step = self.log.current() as u32;
        let call = LookupCall { step, service: lookup.service.clone(), inputs, outcome: outcome_name };
        self.log.lookup(call, self.state.now, latency.min(lookup.timeout_ms), shown);
        if let Some(answer) = answer {
            for (slot, field) in &lookup.outputs {
                match answer.outputs.iter().find(|(name, _)| name == field) {
                    Some((_, value)) => self.set(*slot, value.clone()),
                    None if came => self.set(*slot, Value::Null),
                    None => {}
                }
            }
        }
        if !came {
            self.message = answer.and_then(|answer| answer.message.as_deref()).map(Box::from);
        }
        Ok(StepResult::Outcome(outcome))
    }

    /// The fields of an answer that a lookup takes, as a trace may show them.
    fn shown_answer(&self, lookup: &Lookup, answer: &Answer) -> Vec<(Name, Value)> {
        let taken = lookup.outputs.iter().filter_map(|(slot, field)| {
            let (_, value) = answer.outputs.iter().find(|(name, _)| name == field)?;
            Some((field.clone(), if self.is_secret(*slot) { Value::from(SECRET) } else { value.clone() }))
        });
        taken.collect()
    }

    pub(super) fn effect(&mut self, node: &Node, effect: &Effect) -> Result<StepResult, NodeError> {
        // The settings have no effect on the call, but a mistake in them would stop the platform.
        let mut settings = Vec::new();
        for (name, template) in &effect.settings {
            match template.as_static() {
                Some(text) if self.log.on => settings.push((name.clone(), Value::Text(text.clone()))),
                Some(_) => {}
                None => settings.push((name.clone(), Value::from(self.render(template)?))),
            }
        }
        let at_ms = self.state.now;
        self.log.full_event(|| TraceEvent::Effect { at_ms, effect: effect.kind.clone(), settings: Fields(settings) });
        let name = self.name();
        match self.answer(node, name, None)? {
            Some(answered) => {
                self.pass_until(self.state.now.saturating_add(answered.answer.latency_ms.unwrap_or(0)))?;
                self.message = answered.answer.message.as_deref().map(Box::from);
                Ok(StepResult::Outcome(answered.outcome))
            }
            None => Ok(StepResult::Outcome(self.outcome(node, 0, "next"))),
        }
    }
}

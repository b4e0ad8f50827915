//! The nodes that ask or tell other systems: lookup and effect.

use super::engine::Engine;
use super::state::{Trouble, Turn};
use super::trace::Fault;
use crate::flow::{Effect, Lookup, Name, Node, Value};

/// What stands in the trace for a value that must not be seen.
const SECRET: &str = "[secret]";

impl<'a> Engine<'a> {
    pub(super) fn lookup(&mut self, node: &'a Node, lookup: &'a Lookup) -> Result<Turn, Trouble> {
        let mut inputs = Vec::with_capacity(lookup.inputs.len());
        for (name, expression) in &lookup.inputs {
            let value = expression.evaluate(&self.view())?;
            let secret = self.any_secret(expression.reads());
            inputs.push((name.clone(), if secret { Value::from(SECRET) } else { value }));
        }
        let name = self.name();
        let Some(answered) = self.answer(node, name, Some(&lookup.service))? else {
            let (service, node) = (lookup.service.clone(), name.clone());
            return Err(Trouble::from(Fault::Unstubbed { service, node }));
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
        self.log.lookup(&lookup.service, inputs, outcome_name);
        Ok(Turn::Outcome(outcome))
    }

    pub(super) fn effect(&mut self, node: &Node, effect: &Effect) -> Result<Turn, Trouble> {
        // The settings have no effect on the call, but a mistake in them would stop the platform.
        for (_, template) in &effect.settings {
            if template.as_static().is_none() {
                self.render(template)?;
            }
        }
        let name = self.name();
        match self.answer(node, name, None)? {
            Some(answered) => {
                self.pass_until(self.state.now.saturating_add(answered.answer.latency_ms.unwrap_or(0)))?;
                self.message = answered.answer.message.as_deref().map(Box::from);
                Ok(Turn::Outcome(answered.outcome))
            }
            None => Ok(Turn::Outcome(self.outcome(node, 0, "next"))),
        }
    }
}

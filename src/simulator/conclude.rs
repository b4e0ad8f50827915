//! The trace of a call that has ended.

use super::engine::{Engine, is_secret};
use super::frame::Frame;
use super::trace::{Trace, Variable};
use crate::flow::{Kind, Name, Node, Value};

impl Engine<'_> {
    /// The trace of the call, which has ended.
    pub(super) fn into_trace(mut self) -> Trace {
        let end = match self.state.end.take() {
            Some(end) => end,
            None => self.failure("the call did not end".to_owned()),
        };
        self.log.unused(self.state.buffer.len());
        let asks_secret = |node: &Node| matches!(&node.kind, Kind::Collect(collect) if collect.secret);
        let events =
            self.log.sorted_events(|| self.program.flows.iter().any(|flow| flow.nodes.iter().any(asks_secret)));
        Trace {
            events,
            table: self.program.table.clone(),
            variables: self.final_variables(),
            steps: self.log.steps,
            outcome: end.outcome,
            duration_ms: self.state.now,
            failure: end.failure,
            fault: end.fault,
            lookups: self.log.lookups,
            prompts: self.log.prompts,
            keypresses: self.log.keypresses,
            prompt_ms: self.log.prompt_ms,
            unused_items: u32::try_from(self.caller.unused(self.state.given)).unwrap_or(u32::MAX),
            unused_keys: self.log.unused_keys,
        }
    }

    /// The variables of the first flow, then those that came beside them.
    fn final_variables(&self) -> Vec<Variable> {
        let frame: &Frame = self.state.callers.first().unwrap_or(&self.state.frame);
        let Some(flow) = self.program.flows.get(frame.flow) else { return Vec::new() };
        let mut variables = Vec::with_capacity(flow.slots.len() + frame.carried.len());
        let mut add = |name: &Name, value: &Value, secret| {
            variables.push(Variable { name: name.clone(), value: value.clone(), secret });
        };
        if frame.flow == 0 {
            for (slot, name) in flow.slots.iter().enumerate() {
                if let Some(value) = frame.get(slot) {
                    add(name, value, is_secret(self.program, frame.flow, slot));
                }
            }
            for carried in frame.carried.iter().filter(|carried| flow.slots.get(&carried.name).is_none()) {
                add(&carried.name, &carried.value, carried.secret);
            }
            return variables;
        }
        // The call has left the first flow by a jump: its variables live on by name.
        let first = self.program.flows.first().map(|flow| &flow.slots);
        let names = first.into_iter().flatten().chain(flow.slots.iter());
        let mut seen: Vec<&Name> = Vec::new();
        for name in names.chain(frame.carried.iter().map(|carried| &carried.name)) {
            if let Some((value, secret)) = frame.find(self.program, name)
                && !seen.contains(&name)
            {
                seen.push(name);
                add(name, value, secret);
            }
        }
        variables
    }
}

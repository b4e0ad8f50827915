//! The nodes that lead into other flows and back: subflow, jump and return.

use std::sync::Arc;

use super::digest::mix;
use super::engine::{Engine, is_secret};
use super::frame::{Called, Frame};
use super::guard;
use super::state::{End, Trouble, Turn};
use crate::flow::{Flow, Jump, Kind, Name, Subflow};

impl<'a> Engine<'a> {
    /// The program's flow that a subflow or jump node leads to.
    fn callee(&self) -> Option<(usize, &'a Flow)> {
        let index = (*self.program.calls.get(self.state.frame.flow)?.get(self.state.node)?)? as usize;
        Some((index, self.program.flows.get(index).map(Arc::as_ref)?))
    }

    pub(super) fn subflow(&mut self, subflow: &'a Subflow) -> Result<Turn, Trouble> {
        let Some((index, callee)) = self.callee() else {
            return Err(Trouble::Mistake(format!("there is no flow '{}'", subflow.flow.value)));
        };
        if self.state.callers.len() + 1 >= self.request.guards.depth as usize {
            return Ok(Turn::End(self.failure(guard::depth(&self.request.guards, self.name()))));
        }
        let outer = self.state.callers_digest;
        let called = Called { node: self.state.node, step: self.log.current(), outer };
        let mut frame = Frame::new(index, callee, Some(called));
        for (name, expression) in &subflow.inputs {
            let value = expression.evaluate(&self.view())?;
            match callee.slots.get(&name.value) {
                Some(slot) => frame.set(slot, value),
                None => frame.carry(&name.value, value, self.any_secret(expression.reads())),
            }
        }
        let here = self.here();
        let caller = std::mem::replace(&mut self.state.frame, frame);
        self.state.callers_digest = mix(outer, mix(caller.digest, u64::from(here)));
        self.state.callers.push(caller);
        self.state.node = callee.start;
        Ok(Turn::Moved)
    }

    pub(super) fn jump(&mut self, flow: &'a Flow, jump: &'a Jump) -> Result<Turn, Trouble> {
        match jump {
            Jump::Node(node) => self.state.node = *node,
            Jump::Flow(id) => {
                let Some((index, target)) = self.callee() else {
                    return Ok(Turn::End(self.failure(format!("there is no flow '{}'", id.value))));
                };
                let mut frame = Frame::new(index, target, self.state.frame.called);
                let old = &mut self.state.frame;
                frame.carried = std::mem::take(&mut old.carried);
                for (slot, name) in flow.slots.iter().enumerate() {
                    if let Some(value) = old.get(slot) {
                        frame.carry(name, value.clone(), is_secret(self.program, old.flow, slot));
                    }
                }
                for (slot, name) in target.slots.iter().enumerate() {
                    let carried = frame.carried.iter().find(|carried| carried.name == *name);
                    if let Some(value) = carried.map(|carried| carried.value.clone()) {
                        frame.set(slot, value);
                    }
                }
                frame.digest ^= frame.carried_digest();
                self.state.frame = frame;
                self.state.node = target.start;
            }
        }
        Ok(Turn::Moved)
    }

    pub(super) fn return_node(&mut self, name: &Name) -> Turn {
        let Some(called) = self.state.frame.called else { return Turn::End(End::with(name.clone())) };
        let Some(left) = self.leave() else { return Turn::End(End::with(name.clone())) };
        let Some((_, node)) = self.current() else { return Turn::End(End::with(name.clone())) };
        let Some(outcome) = node.outcomes.iter().position(|outcome| outcome.name == *name) else {
            let message = format!("the flow returned '{name}', which is not an outcome of '{}'", node.id.value);
            let outcome = self.error_outcome(node);
            self.log.returned_error(called.step, outcome, &message);
            return Turn::Returned(outcome, Some(message));
        };
        if let Kind::Subflow(subflow) = &node.kind {
            for (slot, variable) in &subflow.outputs {
                let value = left.find(self.program, &variable.value).map(|(value, _)| value.clone());
                self.set(*slot, value.unwrap_or_default());
            }
        }
        self.log.returned(called.step, outcome as u16);
        Turn::Returned(Some(outcome as u16), None)
    }

    /// Leaves the current flow for the one that called it, at the calling node.
    pub(super) fn leave(&mut self) -> Option<Frame> {
        let caller = self.state.callers.pop()?;
        let called = self.state.frame.called;
        let left = std::mem::replace(&mut self.state.frame, caller);
        if let Some(called) = called {
            self.state.node = called.node;
            self.state.callers_digest = called.outer;
        }
        Some(left)
    }
}

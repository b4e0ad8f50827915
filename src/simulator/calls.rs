//! The nodes that lead into other flows and back: subflow, jump and return.

use std::sync::Arc;

use super::digest::mix;
use super::engine::{Engine, is_secret};
use super::frame::{Called, Frame};
use super::guard;
use super::state::{End, NodeError, StepResult};
use crate::flow::{Flow, Jump, Kind, Name, Subflow};

impl<'a> Engine<'a> {
    /// The program's flow that a subflow or jump node leads to.
    fn callee(&self) -> Option<(usize, &'a Flow)> {
        let index = (*self.program.calls.get(self.state.frame.flow)?.get(self.state.node)?)? as usize;
        Some((index, self.program.flows.get(index).map(Arc::as_ref)?))
    }

    pub(super) fn subflow(&mut self, subflow: &'a Subflow) -> Result<StepResult, NodeError> {
        let Some((index, callee)) = self.callee() else {
            return Err(NodeError::Mistake(format!("there is no flow '{}'", subflow.flow.value)));
        };
        if self.state.callers.len() + 1 >= self.request.guards.depth as usize {
            return Ok(StepResult::End(self.failure(guard::depth(&self.request.guards, self.name()))));
        }
        let outer = self.state.callers_digest;
        let called = Called { node: self.state.node, step: self.log.current(), outer };
        let mut frame = Frame::new(index, callee, Some(called));
        let mut inputs = Vec::with_capacity(subflow.inputs.len());
        for (name, expression) in &subflow.inputs {
            let value = expression.evaluate(&self.view())?;
            match callee.slots.get(&name.value) {
                Some(slot) => inputs.push((slot, value)),
                None => frame.carry(&name.value, value, self.any_secret(expression.reads())),
            }
        }
        let here = self.here();
        let caller = std::mem::replace(&mut self.state.frame, frame);
        for (slot, value) in inputs {
            self.set(slot, value);
        }
        self.state.callers_digest = mix(outer, mix(caller.digest, u64::from(here)));
        self.state.callers.push(caller);
        self.state.node = callee.start;
        Ok(StepResult::Moved)
    }

    pub(super) fn jump(&mut self, flow: &'a Flow, jump: &'a Jump) -> Result<StepResult, NodeError> {
        match jump {
            Jump::Node(node) => self.state.node = *node,
            Jump::Flow(id) => {
                let Some((index, target)) = self.callee() else {
                    return Ok(StepResult::End(self.failure(format!("there is no flow '{}'", id.value))));
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
        Ok(StepResult::Moved)
    }

    pub(super) fn return_node(&mut self, name: &Name) -> StepResult {
        let Some(called) = self.state.frame.called else { return StepResult::End(End::with(name.clone())) };
        let Some(left) = self.leave() else { return StepResult::End(End::with(name.clone())) };
        let Some((_, node)) = self.current() else { return StepResult::End(End::with(name.clone())) };
        let Some(outcome) = node.outcomes.iter().position(|outcome| outcome.name == *name) else {
            let message = format!("the flow returned '{name}', which is not an outcome of '{}'", node.id.value);
            let outcome = self.error_outcome(node);
            self.log.returned_error(called.step, outcome, &message, self.state.now);
            return StepResult::Returned(outcome, Some(message));
        };
        if let Kind::Subflow(subflow) = &node.kind {
            for (slot, variable) in &subflow.outputs {
                let value = left.find(self.program, &variable.value).map(|(value, _)| value.clone());
                self.set(*slot, value.unwrap_or_default());
            }
        }
        self.log.returned(called.step, outcome as u16, self.state.now);
        StepResult::Returned(Some(outcome as u16), None)
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

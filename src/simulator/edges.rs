//! Where the call goes from an outcome, and the extra entries into the graph.

use super::engine::Engine;
use super::names;
use super::state::{CallerState, End};
use super::timers::Timer;
use crate::flow::{Flow, Kind, Unwired};

impl<'a> Engine<'a> {
    /// Follows an outcome of the current node along its edge, or by the rules for outcomes without one.
    pub(super) fn follow(&mut self, outcome: u16, message: Option<String>) {
        let Some((flow, node)) = self.current() else { return };
        let Some(taken) = node.outcomes.get(outcome as usize) else {
            let text = format!("node '{}' has no outcome for what happened in it", self.name());
            return self.finish(self.failure(text));
        };
        if let Some(target) = taken.target {
            self.state.node = target;
            return;
        }
        match (&*taken.name, &node.kind) {
            ("error", _) => self.unwired_error(message),
            ("answered", Kind::Queue(_)) => self.answered(),
            ("connected", Kind::Transfer(transfer)) if transfer.attended => self.answered(),
            ("connected", Kind::Transfer(_)) => self.finish(End::with(names::TRANSFERRED.clone())),
            _ if self.state.on_answer_ran => self.finish(End::with(names::TRANSFERRED.clone())),
            _ => self.unwired(flow, &taken.name),
        }
    }

    /// An outcome that leads nowhere, by the flow's policy. A call without a caller just ends.
    fn unwired(&mut self, flow: &Flow, outcome: &str) {
        if self.state.caller.is_gone() {
            return self.finish(End::with(names::HUNG_UP.clone()));
        }
        match flow.unwired {
            Unwired::Stuck => {
                let text = format!("stuck at '{}': outcome '{outcome}' leads nowhere", self.name());
                self.finish(self.failure(text));
            }
            Unwired::End => self.finish(End::with(names::COMPLETED.clone())),
            Unwired::Error => self.unwired_error(Some(format!("outcome '{outcome}' leads nowhere"))),
        }
    }

    /// An error without an edge: to the error node of the flow; else the flow is left, and the node that called it has
    /// the error.
    pub(super) fn unwired_error(&mut self, message: Option<String>) {
        let place = self.name();
        let said = message.unwrap_or_else(|| "an error".to_owned());
        loop {
            let Some((flow, _)) = self.current() else { return };
            if let Some(handler) = flow.events.on_error {
                let index = self.index_of(handler);
                if self.state.handling != Some(index) {
                    self.state.handling = Some(index);
                    self.state.node = handler;
                    return;
                }
            }
            let called = self.state.frame.called;
            let (Some(called), Some(_)) = (called, self.leave()) else { break };
            let Some((_, node)) = self.current() else { return };
            let outcome = self.error_outcome(node);
            let text = format!("at '{place}': {said}");
            self.log.returned_error(called.step, outcome, &text, self.state.now);
            let target = outcome.and_then(|outcome| node.outcomes.get(outcome as usize)?.target);
            if let Some(target) = target {
                self.state.node = target;
                return;
            }
        }
        if self.state.caller.is_gone() {
            return self.finish(End::with(names::HUNG_UP.clone()));
        }
        // The policy `end` is for outcomes that nobody decided on; it does not turn a mistake into a success.
        self.finish(self.failure(format!("error at '{place}': {said}")));
    }

    /// An agent or a number has answered.
    fn answered(&mut self) {
        if self.state.on_answer_ran || !self.enter(|flow| flow.events.on_answer) {
            return self.finish(End::with(names::TRANSFERRED.clone()));
        }
        self.state.on_answer_ran = true;
    }

    /// The caller is gone: the call goes on at `on_hangup`, or along the edge of the outcome that stands for it.
    pub(super) fn hang_up(&mut self, outcome: Option<u16>, gone: CallerState) {
        if !self.state.caller.is_gone() {
            self.state.caller = gone;
            self.state.timers.set(Timer::HangUp, None);
            let edge = outcome.and_then(|outcome| self.current()?.1.outcomes.get(outcome as usize)?.target);
            if let Some(target) = edge {
                self.state.node = target;
                return;
            }
            if self.enter(|flow| flow.events.on_hangup) {
                return;
            }
        }
        self.finish(End::with(names::HUNG_UP.clone()));
    }

    /// Goes to an event's node in the flow that the call is in, else in the nearest that called it; false, and nothing
    /// is changed, where none has one.
    pub(super) fn enter(&mut self, event: impl Fn(&Flow) -> Option<usize>) -> bool {
        let flows = &self.program.flows;
        let entry = |index: usize| flows.get(index).and_then(|flow| event(flow));
        if let Some(target) = entry(self.state.frame.flow) {
            self.state.node = target;
            return true;
        }
        let Some((depth, target)) =
            self.state.callers.iter().enumerate().rev().find_map(|(depth, frame)| Some((depth, entry(frame.flow)?)))
        else {
            return false;
        };
        while self.state.callers.len() > depth {
            self.leave();
        }
        self.state.node = target;
        true
    }
}

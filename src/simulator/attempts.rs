//! How often an input node asks.

use super::engine::Engine;
use super::state::StepResult;
use crate::flow::Node;

impl Engine<'_> {
    /// The caller gave a good answer: the count of the node starts anew.
    pub(super) fn good(&mut self, outcome: u16) -> StepResult {
        let node = self.state.node;
        self.state.frame.set_count(node, 0);
        self.state.handling = None;
        StepResult::Outcome(outcome)
    }

    /// The caller gave none, or a bad one. `place` and `name` are those of the outcome, `limit_place` that of `max_attempts`.
    pub(super) fn failed(
        &mut self,
        node: &Node,
        place: usize,
        name: &'static str,
        limit: u32,
        limit_place: usize,
    ) -> StepResult {
        let index = self.state.node;
        let outcome = self.outcome(node, place, name);
        let at_limit = self.outcome(node, limit_place, "max_attempts");
        let wired = |outcome: u16| node.outcomes.get(outcome as usize).is_some_and(|outcome| outcome.target.is_some());
        let count = self.state.frame.count(index).saturating_add(1);
        if count < limit || (wired(outcome) && !wired(at_limit)) {
            self.state.frame.set_count(index, count);
            return if wired(outcome) { StepResult::Outcome(outcome) } else { StepResult::Again(outcome) };
        }
        self.state.frame.set_count(index, 0);
        StepResult::Outcome(at_limit)
    }
}

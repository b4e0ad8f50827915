//! The answers of other systems.

use super::engine::Engine;
use super::request::Answer;
use super::state::NodeError;
use super::trace::Fault;
use crate::flow::{Name, Node};

/// An answer, with the outcome of the node that it means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answered<'a> {
    pub answer: &'a Answer,
    /// The index of the outcome.
    pub outcome: u16,
}

impl<'a> Engine<'a> {
    /// Whether there is a stub of this very name.
    pub(super) fn has_stub(&self, name: &str) -> bool {
        self.stub(name).is_some()
    }

    fn stub(&self, wanted: &str) -> Option<usize> {
        self.request.stubs.answers.binary_search_by(|(name, _)| (**name).cmp(wanted)).ok()
    }

    /// The next answer for the current node: that of the stub of its name, else that for `service`.
    ///
    /// The answers of one stub are counted together, whichever nodes ask.
    pub(super) fn answer(
        &mut self,
        node: &Node,
        name: &Name,
        service: Option<&Name>,
    ) -> Result<Option<Answered<'a>>, NodeError> {
        let answers = &self.request.stubs.answers;
        if answers.is_empty() {
            return Ok(None);
        }
        let Some(place) = self.stub(name).or_else(|| self.stub(service?)) else { return Ok(None) };
        let Some((stub, list)) = answers.get(place) else { return Ok(None) };
        if self.state.answered.len() < answers.len() {
            self.state.answered.resize(answers.len(), 0);
        }
        let count = self.state.answered.get_mut(place).map_or(0, |count| {
            *count = count.saturating_add(1);
            *count as usize - 1
        });
        let Some(answer) = list.list.get(count).or(list.list.last()) else { return Ok(None) };
        self.progress();
        let Some(outcome) = node.outcomes.iter().position(|outcome| outcome.name == answer.outcome) else {
            return Err(NodeError::from(Fault::UnknownOutcome {
                stub: stub.clone(),
                outcome: answer.outcome.clone(),
                node: name.clone(),
            }));
        };
        Ok(Some(Answered { answer, outcome: outcome as u16 }))
    }
}

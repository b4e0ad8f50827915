//! Queues: arithmetic on virtual time.

use super::engine::Engine;
use super::state::{Halt, Trouble, Turn};
use crate::flow::{Flow, Metric, Name, Node, Queue, QueueCheck, QueueState, Value};

/// How long a call that enters a queue waits for an agent, in ms; none if nobody ever answers.
///
/// With no fixed wait and somebody waiting, each agent takes a call every `handle_time`, so the one at place n is taken
/// after `ceil(n / agents)` of them.
fn estimated_wait(state: &QueueState) -> Option<u64> {
    if state.agents == 0 {
        return None;
    }
    if let Some(wait) = state.wait_ms {
        return Some(wait);
    }
    if state.waiting == 0 {
        return Some(0);
    }
    let rounds = (u64::from(state.waiting) + 1).div_ceil(u64::from(state.agents));
    Some(rounds.saturating_mul(state.handle_time_ms))
}

impl<'a> Engine<'a> {
    /// The state of a queue: the request's, else the flow's, else one free agent.
    fn queue_state(&self, flow: &Flow, name: &Name) -> QueueState {
        let given = &self.request.stubs.queues;
        if let Ok(place) = given.binary_search_by(|(queue, _)| (**queue).cmp(name))
            && let Some((_, state)) = given.get(place)
        {
            return state.clone();
        }
        flow.queues.iter().find(|(queue, _)| queue == name).map(|(_, state)| state.clone()).unwrap_or_default()
    }

    pub(super) fn queue_check(&mut self, flow: &Flow, node: &Node, check: &QueueCheck) -> Result<Turn, Trouble> {
        let state = self.queue_state(flow, &check.queue);
        let metric = match check.metric {
            Metric::EstimatedWait => match estimated_wait(&state) {
                Some(wait) => Value::Integer((wait / 1000) as i64), // below 2^63 after the division
                None => Value::Null,
            },
            Metric::Waiting => Value::Integer(i64::from(state.waiting)),
            Metric::Agents => Value::Integer(i64::from(state.agents)),
            Metric::Open => Value::Boolean(state.open),
        };
        self.set(check.metric_slot, metric);
        let chosen = self.first_case(&check.cases, None)?;
        Ok(Turn::Outcome(match chosen {
            Some(case) => case as u16,
            None => self.outcome(node, check.cases.len(), "default"),
        }))
    }

    pub(super) fn queue(&mut self, flow: &'a Flow, node: &'a Node, queue: &'a Queue) -> Result<Turn, Trouble> {
        let abandoned = self.outcome(node, 1, "abandoned");
        if self.state.gone.is_some() {
            return Ok(Turn::HungUp(Some(abandoned)));
        }
        let state = self.queue_state(flow, &queue.queue);
        if !state.open {
            return Ok(Turn::Outcome(self.outcome(node, 4, "closed")));
        }
        if state.waiting >= state.capacity {
            return Ok(Turn::Outcome(self.outcome(node, 3, "full")));
        }
        let (wait, outcome) = match estimated_wait(&state).filter(|&wait| wait <= queue.max_wait_ms) {
            Some(wait) => (wait, self.outcome(node, 0, "answered")),
            None => (queue.max_wait_ms, self.outcome(node, 2, "timeout")),
        };
        self.prepare(flow, &queue.treatment)?;
        let before = self.state.hang_up_at;
        if let Some(patience) = self.request.call.patience_ms {
            self.hang_up_in(patience);
        }
        match self.wait_with_music(wait, queue.treatment_every_ms.max(1_000)) {
            Ok(()) => {
                self.state.hang_up_at = before;
                Ok(Turn::Outcome(outcome))
            }
            Err(Halt::HungUp) => Ok(Turn::HungUp(Some(abandoned))),
            Err(halt) => Err(halt.into()),
        }
    }

    /// Waits, with what is ready played one after the other, each `every` ms after the one before, or at its end if
    /// that is later.
    fn wait_with_music(&mut self, wait: u64, every: u64) -> Result<(), Halt> {
        let end = self.state.now.saturating_add(wait);
        let ready = std::mem::take(&mut self.ready);
        let mut result = Ok(());
        for prompt in ready.iter().cycle() {
            let start = self.state.now;
            if start >= end || !self.log.has_room() {
                break;
            }
            result = self.play_one(prompt, end, false);
            if result.is_err() {
                break;
            }
            result = self.pass_until(start.saturating_add(every).max(self.state.now).min(end));
            if result.is_err() {
                break;
            }
        }
        self.ready = ready;
        result?;
        self.pass_until(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_whole_rounds_of_all_agents() {
        let wait = |agents, waiting, wait_ms| {
            estimated_wait(&QueueState { agents, waiting, wait_ms, handle_time_ms: 60_000, ..QueueState::default() })
        };
        assert_eq!(wait(4, 0, None), Some(0));
        assert_eq!(wait(4, 3, None), Some(60_000));
        assert_eq!(wait(4, 4, None), Some(120_000));
        assert_eq!(wait(0, 0, None), None);
        assert_eq!(wait(0, 0, Some(5)), None);
        assert_eq!(wait(1, 9, Some(5)), Some(5));
    }
}

//! Queues: an agent's answer, the caller's patience and the longest wait, whichever comes first.

use super::engine::Engine;
use super::event::TraceEvent;
use super::state::{Interrupt, NodeError, StepResult};
use super::timers::Timer;
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

    pub(super) fn queue_check(
        &mut self,
        flow: &Flow,
        node: &Node,
        check: &QueueCheck,
    ) -> Result<StepResult, NodeError> {
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
        Ok(StepResult::Outcome(match chosen {
            Some(case) => case as u16,
            None => self.outcome(node, check.cases.len(), "default"),
        }))
    }

    pub(super) fn queue(&mut self, flow: &'a Flow, node: &'a Node, queue: &'a Queue) -> Result<StepResult, NodeError> {
        let abandoned = self.outcome(node, 1, "abandoned");
        if self.state.caller.is_gone() {
            return Ok(StepResult::HungUp(Some(abandoned)));
        }
        let at_ms = self.state.now;
        self.log.full_event(|| TraceEvent::Destination {
            at_ms,
            number: None,
            queue: Some(queue.queue.clone()),
            skill: queue.skill.clone(),
            priority: Some(queue.priority),
        });
        let state = self.queue_state(flow, &queue.queue);
        if !state.open {
            return Ok(StepResult::Outcome(self.outcome(node, 4, "closed")));
        }
        if state.waiting >= state.capacity {
            return Ok(StepResult::Outcome(self.outcome(node, 3, "full")));
        }
        self.prepare(flow, &queue.treatment)?;
        self.log.full_event(|| TraceEvent::Queued { at_ms, queue: queue.queue.clone() });
        let in_ms = |ms: u64| at_ms.saturating_add(ms);
        self.state.timers.set(Timer::Answer, estimated_wait(&state).map(in_ms));
        self.state.timers.set(Timer::Patience, self.request.call.patience_ms.map(in_ms));
        let waited = self.wait_with_music(in_ms(queue.max_wait_ms), queue.treatment_every_ms.max(1_000));
        self.state.timers.set(Timer::Answer, None);
        self.state.timers.set(Timer::Patience, None);
        match waited {
            Err(Interrupt::Answered) => {
                self.log_answered();
                Ok(StepResult::Outcome(self.outcome(node, 0, "answered")))
            }
            Err(Interrupt::HungUp) => Ok(StepResult::HungUp(Some(abandoned))),
            Err(interrupt) => Err(interrupt.into()),
            Ok(()) => Ok(StepResult::Outcome(self.outcome(node, 2, "timeout"))),
        }
    }

    /// An agent or a number answers now.
    pub(super) fn log_answered(&mut self) {
        let at_ms = self.state.now;
        self.log.full_event(|| TraceEvent::Answered { at_ms });
    }

    /// Waits until `end`, with what is ready played one after the other, each `every` ms after the one before, or at its
    /// end if that is later.
    fn wait_with_music(&mut self, end: u64, every: u64) -> Result<(), Interrupt> {
        let ready = std::mem::take(&mut self.ready);
        let mut result = Ok(());
        for prompt in ready.iter().cycle() {
            let start = self.state.now;
            if start >= end || self.state.timers.is_due(Timer::Answer, start) || !self.log.has_room() {
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

//! The parts of an engine's request as a submission has them, and what a plain one cannot say.

use super::{CallOptions, ClockOptions, GuardOptions, QueueOptions, SignalOptions, keypad};
use crate::flow::QueueState;
use crate::simulator::{Call, Clock, Guards, Request};

/// What a request has that the plain contract cannot say, in words for messages, in a fixed order; empty for a request
/// that a plain submission carries whole.
pub(crate) fn needs(request: &Request) -> Vec<&'static str> {
    let all = [
        ("the timing of keys", request.keypad.iter().any(|input| keypad::plain(input).is_none())),
        ("call", request.call != Call::default()),
        ("clock", request.clock.is_some()),
        ("stubs", !request.stubs.answers.is_empty()),
        ("queues", !request.stubs.queues.is_empty()),
        ("seed", request.seed != 0),
        ("guards", request.guards != Guards::default()),
    ];
    all.into_iter().filter_map(|(what, needed)| needed.then_some(what)).collect()
}

impl From<&Call> for CallOptions {
    fn from(call: &Call) -> Self {
        Self {
            ani: call.ani.clone(),
            dnis: call.dnis.clone(),
            hang_up_after_ms: call.hang_up_after_ms,
            patience_ms: call.patience_ms,
            signals: call
                .signals
                .iter()
                .map(|(at_ms, name)| SignalOptions { at_ms: *at_ms, name: name.clone() })
                .collect(),
        }
    }
}

impl From<&Clock> for ClockOptions {
    fn from(clock: &Clock) -> Self {
        // Only a zone of the system without a name cannot be written, and suites name theirs; its offset at the call's
        // start is the nearest to it.
        let zone = jiff::fmt::temporal::DateTimePrinter::new()
            .time_zone_to_string(&clock.zone)
            .unwrap_or_else(|_| clock.zone.to_offset(clock.at).to_string());
        Self { at: clock.at.to_string(), zone }
    }
}

impl From<&QueueState> for QueueOptions {
    fn from(queue: &QueueState) -> Self {
        Self {
            open: queue.open,
            agents: queue.agents,
            waiting: queue.waiting,
            handle_time_ms: queue.handle_time_ms,
            capacity: queue.capacity,
            wait_ms: queue.wait_ms,
        }
    }
}

impl From<Guards> for GuardOptions {
    fn from(guards: Guards) -> Self {
        Self { steps: guards.steps, repeats: guards.repeats, depth: guards.depth, duration_ms: guards.duration_ms }
    }
}

//! Translates the engine's request to a submission.

use super::{
    CallOptions, ClockOptions, GuardOptions, KeypadItem, MediaAssetReference, QueueOptions, SignalOptions,
    SimulationOptions, StubAnswer, SubmitRequest, keypad,
};
use crate::flow::{Fields, Name, QueueState};
use crate::simulator::{Answer, Call, Clock, Guards, Request};

impl SubmitRequest {
    /// A submission without `simulationOptions`. It leaves out what [`required_options`] lists: the
    /// caller decides whether the call makes sense without it.
    pub(crate) fn plain(flow_id: &Name, request: &Request) -> Self {
        let media = request.media.iter();
        Self {
            flow_id: flow_id.clone(),
            dtmf_sequence: request.keypad.iter().map(|input| keypad::plain(input).unwrap_or_default().into()).collect(),
            variable_state_matrix: Fields(request.variables.to_vec()),
            media_asset_references: media
                .map(|media| MediaAssetReference { asset_id: media.asset.clone(), kind: media.kind })
                .collect(),
            simulation_options: None,
        }
    }

    /// A submission with `simulationOptions`: it carries the whole request and asks for the whole
    /// trace, including the values of secret variables. It calls the newest version of the flow.
    pub(crate) fn extended(flow_id: &Name, request: &Request) -> Self {
        let timed = request.keypad.iter().any(|input| keypad::plain(input).is_none());
        let plain = Self::plain(flow_id, request);
        let answers = request.stubs.answers.iter();
        let queues = request.stubs.queues.iter();
        let options = SimulationOptions {
            keypad: timed.then(|| request.keypad.iter().map(KeypadItem::from).collect()),
            call: (request.call != Call::default()).then(|| CallOptions::from(&request.call)),
            clock: request.clock.as_ref().map(ClockOptions::from),
            stubs: answers
                .map(|(name, answers)| (name.clone(), answers.list.iter().map(StubAnswer::from).collect()))
                .collect(),
            queues: queues.map(|(name, queue)| (name.clone(), queue.into())).collect(),
            seed: (request.seed != 0).then_some(request.seed),
            guards: (request.guards != Guards::default()).then(|| request.guards.into()),
            flow_version: None,
            reveal_secrets: true,
        };
        let dtmf_sequence = if timed { Vec::new() } else { plain.dtmf_sequence };
        Self { dtmf_sequence, simulation_options: Some(Box::new(options)), ..plain }
    }
}

/// The parts of a request that need `simulationOptions`, in words for messages, in a fixed order.
pub(crate) fn required_options(request: &Request) -> Vec<&'static str> {
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
        // Only a system zone without a name cannot be written, and suites name theirs. Its offset
        // at the start of the call comes closest.
        let zone = jiff::fmt::temporal::DateTimePrinter::new()
            .time_zone_to_string(&clock.zone)
            .unwrap_or_else(|_| clock.zone.to_offset(clock.at).to_string());
        Self { at: clock.at.to_string(), zone }
    }
}

impl From<&Answer> for StubAnswer {
    fn from(answer: &Answer) -> Self {
        Self {
            outcome: answer.outcome.clone(),
            outputs: Fields(answer.outputs.clone()),
            latency_ms: answer.latency_ms,
            message: answer.message.clone(),
        }
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

//! Translates a submission to an engine's request, and checks all of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{
    CallOptions, ClockOptions, KeypadItem, QueueOptions, SimulationOptions, StubAnswer, SubmissionLimits,
    SubmitRequest, keypad,
};
use crate::flow::{Name, QueueState};
use crate::simulator::{Answer, Answers, Call, Clock, Guards, Input, MediaReference, Request, Stubs};

/// Why a submission is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Rejection {
    /// The invalid field, as a path: `dtmfSequence[3]`.
    pub field: String,
    /// What is wrong, in one sentence.
    pub message: String,
}

impl Rejection {
    fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl SubmitRequest {
    /// Translates the submission.
    ///
    /// # Errors
    /// The first invalid field: it exceeds a limit, has a key that is not a telephone key, or an
    /// unknown time zone.
    pub(crate) fn into_request(self, limits: &SubmissionLimits) -> Result<Request, Rejection> {
        if self.flow_id.is_empty() {
            return Err(Rejection::new("flowId", "the flow's id is empty"));
        }
        at_most("variableStateMatrix", self.variable_state_matrix.0.len(), limits.variables, "variables")?;
        at_most("mediaAssetReferences", self.media_asset_references.len(), limits.media, "media references")?;
        let options = self.simulation_options.map_or_else(SimulationOptions::default, |options| *options);
        let keypad = match options.keypad {
            Some(_) if !self.dtmf_sequence.is_empty() => {
                let message = "with 'simulationOptions.keypad' the sequence must be empty";
                return Err(Rejection::new("dtmfSequence", message));
            }
            Some(items) => timed(items, limits)?,
            None => plain(&self.dtmf_sequence, limits)?,
        };
        let guards = options.guards.map_or_else(Guards::default, |guards| Guards {
            steps: guards.steps,
            repeats: guards.repeats,
            depth: guards.depth,
            duration_ms: guards.duration_ms,
        });
        let within = |field: &str, number: u64, max: u64| {
            if number <= max {
                return Ok(());
            }
            let field = format!("simulationOptions.guards.{field}");
            Err(Rejection::new(field, format!("{number} is more than the {max} allowed")))
        };
        within("steps", guards.steps.into(), limits.steps.into())?;
        within("depth", guards.depth.into(), limits.depth.into())?;
        within("durationMs", guards.duration_ms, limits.duration_ms)?;
        Ok(Request {
            keypad,
            variables: self.variable_state_matrix.0.into(),
            media: self
                .media_asset_references
                .into_iter()
                .map(|media| MediaReference { asset: media.asset_id, kind: media.kind })
                .collect(),
            call: options.call.map_or_else(|| Ok(Call::default()), |options| call(options, limits))?,
            clock: options.clock.as_ref().map(clock).transpose()?,
            stubs: Arc::new(stubs(options.stubs, options.queues, limits)?),
            seed: options.seed.unwrap_or(0),
            guards,
        })
    }
}

// The name of a field is formatted for errors only: there are several names for each stub of each
// submission.
fn at_most(field: impl fmt::Display, count: usize, max: usize, what: &str) -> Result<(), Rejection> {
    if count <= max {
        Ok(())
    } else {
        Err(Rejection::new(field.to_string(), format!("{count} {what}, more than the {max} allowed")))
    }
}

fn plain(sequence: &[Name], limits: &SubmissionLimits) -> Result<Vec<Input>, Rejection> {
    at_most("dtmfSequence", sequence.len(), limits.dtmf_items, "items")?;
    for (index, item) in sequence.iter().enumerate() {
        check_keys(item, limits).map_err(|message| Rejection::new(format!("dtmfSequence[{index}]"), message))?;
    }
    Ok(sequence.iter().map(|item| keypad::from_plain(item)).collect())
}

fn timed(items: Vec<KeypadItem>, limits: &SubmissionLimits) -> Result<Vec<Input>, Rejection> {
    const FIELD: &str = "simulationOptions.keypad";
    at_most(FIELD, items.len(), limits.dtmf_items, "items")?;
    for (index, item) in items.iter().enumerate() {
        let checked = match item {
            KeypadItem::Keys { keys: pressed, .. } | KeypadItem::Ahead { keys: pressed } => match &**pressed {
                "" => Err("the keys are empty".to_owned()),
                pressed => check_keys(pressed, limits),
            },
            _ => Ok(()),
        };
        checked.map_err(|message| Rejection::new(format!("{FIELD}[{index}].keys"), message))?;
        let times = match item {
            KeypadItem::Keys { gap_ms, at_ms, .. } => [("gapMs", *gap_ms), ("atMs", *at_ms)],
            KeypadItem::HangUp { at_ms } => [("atMs", *at_ms), ("", None)],
            KeypadItem::Speak { duration_ms } => [("durationMs", Some(*duration_ms)), ("", None)],
            _ => [("", None); 2],
        };
        for (name, ms) in times {
            check_time(format_args!("{FIELD}[{index}].{name}"), ms, limits)?;
        }
    }
    Ok(items.into_iter().map(Input::from).collect())
}

/// Checks a time of a call. The bound keeps sums of times far from overflow.
fn check_time(field: impl fmt::Display, ms: Option<u64>, limits: &SubmissionLimits) -> Result<(), Rejection> {
    match ms {
        Some(ms) if ms > limits.duration_ms => {
            Err(Rejection::new(field.to_string(), format!("{ms} ms is more than the {} allowed", limits.duration_ms)))
        }
        _ => Ok(()),
    }
}

fn check_keys(text: &str, limits: &SubmissionLimits) -> Result<(), String> {
    if text.len() > limits.items {
        return Err(format!("{} keys, more than the {} allowed", text.len(), limits.items));
    }
    match text.chars().find(|key| !matches!(key, '0'..='9' | '*' | '#' | 'A'..='D')) {
        Some(wrong) => {
            Err(format!("'{}' is not a telephone key; the keys are 0-9, *, # and A-D", wrong.escape_default()))
        }
        None => Ok(()),
    }
}

fn call(options: CallOptions, limits: &SubmissionLimits) -> Result<Call, Rejection> {
    const FIELD: &str = "simulationOptions.call";
    at_most("simulationOptions.call.signals", options.signals.len(), limits.items, "signals")?;
    check_time(format_args!("{FIELD}.hangUpAfterMs"), options.hang_up_after_ms, limits)?;
    check_time(format_args!("{FIELD}.patienceMs"), options.patience_ms, limits)?;
    for (index, signal) in options.signals.iter().enumerate() {
        check_time(format_args!("{FIELD}.signals[{index}].atMs"), Some(signal.at_ms), limits)?;
    }
    if !options.signals.is_sorted_by_key(|signal| signal.at_ms) {
        return Err(Rejection::new(format!("{FIELD}.signals"), "the signals are not in order of time"));
    }
    Ok(Call {
        ani: options.ani,
        dnis: options.dnis,
        hang_up_after_ms: options.hang_up_after_ms,
        patience_ms: options.patience_ms,
        signals: options.signals.into_iter().map(|signal| (signal.at_ms, signal.name)).collect(),
    })
}

fn clock(options: &ClockOptions) -> Result<Clock, Rejection> {
    let at = options.at.parse().map_err(|_| {
        let message =
            format!("'{}' is not an RFC 3339 time; write one such as 2026-03-02T15:00:00Z", shown(&options.at));
        Rejection::new("simulationOptions.clock.at", message)
    })?;
    let zone = jiff::fmt::temporal::DateTimeParser::new().parse_time_zone(&options.zone).map_err(|_| {
        let message =
            format!("'{}' is not a time zone; write an IANA name such as America/New_York", shown(&options.zone));
        Rejection::new("simulationOptions.clock.zone", message)
    })?;
    Ok(Clock { at, zone })
}

/// A foreign text for a message, shortened and printable.
fn shown(text: &str) -> String {
    const MAX_CHARS: usize = 60;
    text.chars().take(MAX_CHARS).flat_map(char::escape_default).collect()
}

fn stubs(
    answers: BTreeMap<Name, Vec<StubAnswer>>,
    queues: BTreeMap<Name, QueueOptions>,
    limits: &SubmissionLimits,
) -> Result<Stubs, Rejection> {
    at_most("simulationOptions.stubs", answers.len(), limits.items, "stubs")?;
    at_most("simulationOptions.queues", queues.len(), limits.items, "queues")?;
    for (name, list) in &answers {
        let field = fmt::from_fn(|f| write!(f, "simulationOptions.stubs.{}", shown(name)));
        if list.is_empty() {
            return Err(Rejection::new(field.to_string(), "a stub needs at least one answer"));
        }
        at_most(&field, list.len(), limits.items, "answers")?;
        for (index, answer) in list.iter().enumerate() {
            check_time(format_args!("{field}[{index}].latencyMs"), answer.latency_ms, limits)?;
        }
    }
    for (name, queue) in &queues {
        let field = fmt::from_fn(|f| write!(f, "simulationOptions.queues.{}", shown(name)));
        check_time(format_args!("{field}.handleTimeMs"), Some(queue.handle_time_ms), limits)?;
        check_time(format_args!("{field}.waitMs"), queue.wait_ms, limits)?;
    }
    Ok(Stubs {
        // The engine expects the order of the names, which is that of the map.
        answers: answers
            .into_iter()
            .map(|(name, list)| (name, Answers { list: list.into_iter().map(Answer::from).collect() }))
            .collect(),
        queues: queues.into_iter().map(|(name, queue)| (name, queue.into())).collect(),
    })
}

impl From<StubAnswer> for Answer {
    fn from(answer: StubAnswer) -> Self {
        Self {
            outcome: answer.outcome,
            outputs: answer.outputs.0,
            latency_ms: answer.latency_ms,
            message: answer.message,
        }
    }
}

impl From<QueueOptions> for QueueState {
    fn from(queue: QueueOptions) -> Self {
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

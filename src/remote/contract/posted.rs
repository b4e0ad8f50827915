//! A submission as a client writes it.

use serde::{Serialize, Serializer};

use super::{CallOptions, ClockOptions, GuardOptions, KeypadItem, MediaAssetReference, QueueOptions, keypad};
use crate::flow::{BorrowedFields, Name, QueueState};
use crate::simulator::{Answer, Answers, Call, Guards, Input, MediaReference, Request};

/// A [`Submission`](super::Submission) straight from the request: a client writes it for every call and keeps nothing of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Posted<'a> {
    flow_id: &'a str,
    #[serde(serialize_with = "sequence")]
    dtmf_sequence: &'a [Input],
    variable_state_matrix: BorrowedFields<'a>,
    #[serde(serialize_with = "media")]
    media_asset_references: &'a [MediaReference],
    #[serde(skip_serializing_if = "Option::is_none")]
    simulation_options: Option<PostedOptions<'a>>,
}

/// [`SimulationOptions`](super::SimulationOptions).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PostedOptions<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    keypad: Option<Vec<KeypadItem>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<CallOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<ClockOptions>,
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "stubs")]
    stubs: &'a [(Name, Answers)],
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "queues")]
    queues: &'a [(Name, QueueState)],
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guards: Option<GuardOptions>,
    reveal_secrets: bool,
}

/// [`StubAnswer`](super::StubAnswer).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostedAnswer<'a> {
    outcome: &'a str,
    #[serde(skip_serializing_if = "BorrowedFields::is_empty")]
    outputs: BorrowedFields<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

impl<'a> Posted<'a> {
    /// A submission for a server that knows the plain contract only. What [`needs`](super::needs) lists is left out: the caller
    /// decides whether the call makes sense without it.
    pub(crate) fn plain(flow_id: &'a str, request: &'a Request) -> Self {
        Self {
            flow_id,
            dtmf_sequence: &request.keypad,
            variable_state_matrix: BorrowedFields(&request.variables),
            media_asset_references: &request.media,
            simulation_options: None,
        }
    }

    /// A submission for a server that takes `simulationOptions`: it carries the whole request and asks for everything
    /// that a trace has, the values of secret variables included. The newest flow is called.
    pub(crate) fn extended(flow_id: &'a str, request: &'a Request) -> Self {
        let timed = request.keypad.iter().any(|input| keypad::plain(input).is_none());
        let plain = Self::plain(flow_id, request);
        let options = PostedOptions {
            keypad: timed.then(|| request.keypad.iter().map(KeypadItem::from).collect()),
            call: (request.call != Call::default()).then(|| CallOptions::from(&request.call)),
            clock: request.clock.as_ref().map(ClockOptions::from),
            stubs: &request.stubs.answers,
            queues: &request.stubs.queues,
            seed: (request.seed != 0).then_some(request.seed),
            guards: (request.guards != Guards::default()).then(|| request.guards.into()),
            reveal_secrets: true,
        };
        let dtmf_sequence = if timed { &[] } else { plain.dtmf_sequence };
        Self { dtmf_sequence, simulation_options: Some(options), ..plain }
    }
}

impl<'a> From<&'a Answer> for PostedAnswer<'a> {
    fn from(answer: &'a Answer) -> Self {
        let Answer { outcome, outputs, latency_ms, message } = answer;
        Self { outcome, outputs: BorrowedFields(outputs), latency_ms: *latency_ms, message: message.as_deref() }
    }
}

fn sequence<S: Serializer>(inputs: &[Input], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(inputs.iter().map(|input| keypad::plain(input).unwrap_or_default()))
}

fn media<S: Serializer>(media: &[MediaReference], serializer: S) -> Result<S::Ok, S::Error> {
    let reference = |media: &MediaReference| MediaAssetReference { asset_id: media.asset.clone(), kind: media.kind };
    serializer.collect_seq(media.iter().map(reference))
}

fn stubs<S: Serializer>(stubs: &[(Name, Answers)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(stubs.iter().map(|(name, answers)| (&**name, List(&answers.list))))
}

fn queues<S: Serializer>(queues: &[(Name, QueueState)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(queues.iter().map(|(name, queue)| (&**name, QueueOptions::from(queue))))
}

/// The answers of one stub.
struct List<'a>(&'a [Answer]);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(PostedAnswer::from))
    }
}

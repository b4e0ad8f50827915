//! A result as a client reads it.
//!
//! Results are most of what a client reads, and most of their texts are names that the local flow has too: they stay where
//! they are, in the body, until they have been looked up there.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::lenient::{self, Members, Text, Texts};
use super::null::or_default;
use super::{Fields, SimulationTrace, Status};
use crate::flow::Value;

/// What a trace needs of a [`SimulationResult`](super::SimulationResult).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Received<'a> {
    /// How far the simulation is.
    pub status: Status,
    #[serde(default, borrow, deserialize_with = "or_default")]
    pub(super) execution_path: Vec<Execution<'a>>,
    #[serde(default)]
    pub(super) variables: Fields,
    #[serde(default)]
    pub(super) duration_ms: u64,
    #[serde(default)]
    pub(super) error_message: Option<String>,
    #[serde(default)]
    pub(super) simulation_trace: Option<Box<SimulationTrace>>,
}

impl Received<'_> {
    /// Whether there will be no other result.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.status, Status::Completed | Status::Failed)
    }

    /// Whether it says where the call went.
    pub(crate) fn has_path(&self) -> bool {
        !self.execution_path.is_empty()
    }
}

/// A [`NodeExecution`](super::NodeExecution).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Execution<'a> {
    #[serde(borrow)]
    pub(super) node_id: Cow<'a, str>,
    #[serde(default, borrow)]
    pub(super) node_type: Cow<'a, str>,
    #[serde(default, borrow)]
    pub(super) input: Taken<'a>,
    #[serde(default, borrow)]
    pub(super) output: Given<'a>,
    #[serde(default, borrow, deserialize_with = "text_or_none")]
    pub(super) decision: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) duration_ms: u64,
}

/// A [`NodeInput`](super::NodeInput).
#[derive(Clone, Debug, Default)]
pub(super) struct Taken<'a> {
    pub(super) keys: Option<Cow<'a, str>>,
    pub(super) utterance: Option<Cow<'a, str>>,
    pub(super) service: Option<Cow<'a, str>>,
    pub(super) inputs: Option<Fields>,
}

/// A [`NodeOutput`](super::NodeOutput).
#[derive(Clone, Debug, Default)]
pub(super) struct Given<'a> {
    pub(super) outcome: Option<Cow<'a, str>>,
    pub(super) message: Option<Cow<'a, str>>,
    pub(super) prompts: Vec<Cow<'a, str>>,
}

// Other servers put other things there: whatever is not understood is not there. This is done without a tree of values in
// between.
impl<'de: 'a, 'a> Deserialize<'de> for Taken<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let TakenMembers { keys, utterance, service, inputs } = lenient::object(deserializer)?;
        let [keys, digits, dtmf] = keys;
        Ok(Self { keys: keys.or(digits).or(dtmf), utterance, service, inputs })
    }
}

/// [`Taken`] as it is read.
#[derive(Default)]
struct TakenMembers<'a> {
    /// By the names that keys have.
    keys: [Option<Cow<'a, str>>; 3],
    utterance: Option<Cow<'a, str>>,
    service: Option<Cow<'a, str>>,
    inputs: Option<Fields>,
}

impl<'de> Members<'de> for TakenMembers<'de> {
    const NAMES: &'static [&'static str] = &["keys", "digits", "dtmf", "utterance", "service", "inputs"];

    fn member<A: MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> Result<(), A::Error> {
        match index {
            0..=2 => self.keys[index] = map.next_value::<Text>()?.0,
            3 => self.utterance = map.next_value::<Text>()?.0,
            4 => self.service = map.next_value::<Text>()?.0,
            _ => {
                self.inputs = match map.next_value::<Value>()? {
                    Value::Record(members) => Some(Fields(members.to_vec())),
                    _ => None,
                }
            }
        }
        Ok(())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Given<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::object(deserializer)
    }
}

impl<'de> Members<'de> for Given<'de> {
    const NAMES: &'static [&'static str] = &["outcome", "message", "prompts"];

    fn member<A: MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> Result<(), A::Error> {
        match index {
            0 => self.outcome = map.next_value::<Text>()?.0,
            1 => self.message = map.next_value::<Text>()?.0,
            _ => self.prompts = map.next_value::<Texts>()?.0,
        }
        Ok(())
    }
}

/// A text that stays where it is, or none for null: serde would copy one that need not be there.
fn text_or_none<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cow<'a, str>>, D::Error> {
    deserializer.deserialize_option(TextOrNone)
}

struct TextOrNone;

impl<'de> Visitor<'de> for TextOrNone {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }
}

//! One execution of one node.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::Fields;
use crate::flow::{Name, Value};

/// One execution of one node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeExecution {
    /// The node's id; `flow/id` for a node of another flow than the one that was called.
    pub node_id: Name,
    /// Its type.
    #[serde(default)]
    pub node_type: Cow<'static, str>,
    /// What it took.
    #[serde(default)]
    pub input: NodeInput,
    /// What it gave.
    #[serde(default)]
    pub output: NodeOutput,
    /// The outcome, where the node had to decide between several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Name>,
    /// How long it took, in virtual ms.
    #[serde(default)]
    pub duration_ms: u64,
}

/// What a node took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeInput {
    /// The keys that it used; `•` for each key of a secret entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Box<str>>,
    /// The words that it used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utterance: Option<Box<str>>,
    /// The service that it asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Name>,
    /// What it asked with; `[secret]` stands for a secret value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Fields>,
}

/// What a node gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeOutput {
    /// Its outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Name>,
    /// What went wrong in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Box<str>>,
    /// What the caller heard, where no `simulationTrace` says it with times.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub prompts: Vec<Name>,
}

// Other servers put other things there: whatever is not understood is not there.
impl<'de> Deserialize<'de> for NodeInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let text = |name| value.member(name).and_then(Value::as_text);
        Ok(Self {
            keys: text("keys").or_else(|| text("digits")).or_else(|| text("dtmf")).map(Box::from),
            utterance: text("utterance").map(Box::from),
            service: text("service").map(Name::from),
            inputs: match value.member("inputs") {
                Some(Value::Record(members)) => Some(Fields(members.to_vec())),
                _ => None,
            },
        })
    }
}

impl<'de> Deserialize<'de> for NodeOutput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let text = |name| value.member(name).and_then(Value::as_text);
        Ok(Self {
            outcome: text("outcome").map(Name::from),
            message: text("message").map(Box::from),
            prompts: match value.member("prompts") {
                Some(Value::List(items)) => items.iter().filter_map(|item| item.as_text().map(Name::from)).collect(),
                _ => Vec::new(),
            },
        })
    }
}

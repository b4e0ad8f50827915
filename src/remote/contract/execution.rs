//! One execution of a node in an execution path.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Fields, lenient};
use crate::flow::{Name, Value};

/// One execution of one node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeExecution {
    /// The id of the node; `flow/id` for a node of another flow than the one that was called.
    #[serde(deserialize_with = "lenient::name")]
    pub node_id: Name,
    /// The type of the node.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub node_type: Cow<'static, str>,
    /// What the node used.
    #[serde(default)]
    pub input: NodeInput,
    /// What the node produced.
    #[serde(default)]
    pub output: NodeOutput,
    /// The outcome, if the node had to decide between several.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::optional_name")]
    pub decision: Option<Name>,
    /// How long it took, in virtual ms.
    #[serde(default, deserialize_with = "lenient::number")]
    pub duration_ms: u64,
}

/// What a node used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeInput {
    /// The keys; `•` for each key of a secret entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Box<str>>,
    /// The words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utterance: Option<Box<str>>,
    /// The service that it called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Name>,
    /// The inputs of that call; `[secret]` stands for a secret value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Fields>,
}

/// What a node produced.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeOutput {
    /// The outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Name>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Box<str>>,
    /// The prompts that the caller heard, if no `simulationTrace` has them with times.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub prompts: Vec<Name>,
}

// Foreign servers put other members of any shape into inputs and outputs: unknown ones are ignored.
impl<'de> Deserialize<'de> for NodeInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let text = |name| value.member(name).and_then(Value::as_text);
        Ok(Self {
            keys: text("keys").or_else(|| text("digits")).or_else(|| text("dtmf")).map(Into::into),
            utterance: text("utterance").map(Into::into),
            service: text("service").map(Into::into),
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
            outcome: text("outcome").map(Into::into),
            message: text("message").map(Into::into),
            prompts: match value.member("prompts") {
                Some(Value::List(items)) => items.iter().filter_map(Value::as_text).map(Into::into).collect(),
                _ => Vec::new(),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn input(json: &str) -> String {
        let input: NodeInput = serde_json::from_str(json).unwrap();
        serde_json::to_string(&input).unwrap()
    }

    #[test]
    fn only_known_members_are_read() {
        for (given, read) in [
            (
                r#"{"keys":"12","utterance":"hi","service":"crm","inputs":{"a":1,"b":[null]},"more":{"x":[{}]}}"#,
                r#"{"keys":"12","utterance":"hi","service":"crm","inputs":{"a":1,"b":[null]}}"#,
            ),
            (r#"{"dtmf":"3","digits":"2"}"#, r#"{"keys":"2"}"#),
            (r#"{"keys":12,"dtmf":"3"}"#, r#"{"keys":"3"}"#),
            (r#"{"keys":"1","keys":"2"}"#, r#"{"keys":"2"}"#),
            (r#"{"keys":null,"service":[1],"inputs":"x","utterance":{"a":1}}"#, "{}"),
            (r#"{"inputs":null}"#, "{}"),
            (r#"{"k\u0065ys":"\u0031"}"#, r#"{"keys":"1"}"#),
            ("null", "{}"),
            ("\"12\"", "{}"),
            ("[1,{\"keys\":\"2\"}]", "{}"),
            ("1.5", "{}"),
            ("false", "{}"),
            ("-3", "{}"),
        ] {
            assert_eq!(input(given), read, "{given}");
        }
        let output: NodeOutput =
            serde_json::from_str(r#"{"prompts":["a",1,null,"b",["c"]],"message":7,"outcome":"next"}"#).unwrap();
        assert_eq!(serde_json::to_string(&output).unwrap(), r#"{"outcome":"next","prompts":["a","b"]}"#);
        let output: NodeOutput = serde_json::from_str(r#"{"prompts":"a"}"#).unwrap();
        assert_eq!(output, NodeOutput::default());
        assert!(serde_json::from_str::<NodeOutput>(r#"{"prompts":["a""#).is_err());
    }

    /// Any JSON, three levels deep, with members that are known here.
    fn json() -> impl Strategy<Value = serde_json::Value> {
        let name =
            prop_oneof![Just("keys"), Just("digits"), Just("prompts"), Just("inputs"), Just("outcome"), Just("x")];
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_filter_map("finite", |value| value.is_finite().then(|| value.into())),
            ".{0,4}".prop_map(Into::into),
        ];
        leaf.prop_recursive(3, 24, 5, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                proptest::collection::vec((name.clone(), inner), 0..5)
                    .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_json_is_read_as_its_tree_would_be(json in json()) {
            let text = json.to_string();
            let input: NodeInput = serde_json::from_str(&text).unwrap();
            let output: NodeOutput = serde_json::from_str(&text).unwrap();
            let value: Value = serde_json::from_str(&text).unwrap();
            let text = |name| value.member(name).and_then(Value::as_text);
            prop_assert_eq!(input.keys.as_deref(), text("keys").or_else(|| text("digits")));
            let inputs = match value.member("inputs") {
                Some(Value::Record(members)) => Some(Fields(members.to_vec())),
                _ => None,
            };
            prop_assert_eq!(input.inputs, inputs);
            prop_assert_eq!(output.outcome.as_deref(), text("outcome"));
            let prompts: Vec<Name> = match value.member("prompts") {
                Some(Value::List(items)) => items.iter().filter_map(|item| item.as_text().map(Name::from)).collect(),
                _ => Vec::new(),
            };
            prop_assert_eq!(output.prompts, prompts);
        }
    }
}

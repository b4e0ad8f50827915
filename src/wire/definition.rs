//! Flows as the contract shows them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::flow::{Name, Program};

/// All flows: the body of `GET /api/v2/flow/definitions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlowList {
    /// By id.
    pub flows: Vec<FlowSummary>,
}

/// One flow of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlowSummary {
    /// Its id.
    pub flow_id: Name,
    /// What people call its newest version.
    pub name: String,
    /// From the oldest to the newest.
    pub versions: Vec<String>,
}

/// A flow: the body of `GET /api/v2/flow/definitions/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlowDefinition {
    /// Its id.
    pub flow_id: Name,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
    /// All versions that can be called, from the oldest to the newest.
    #[serde(default)]
    pub versions: Vec<String>,
    /// The first node.
    #[serde(default)]
    pub start: Name,
    /// Its nodes, then those of the flows that it calls, named as in execution paths.
    #[serde(default)]
    pub nodes: Vec<NodeDefinition>,
}

/// One node of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeDefinition {
    /// Its id; `flow/id` for a node of another flow.
    pub node_id: Name,
    /// Its type.
    #[serde(default)]
    pub node_type: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its outcomes.
    #[serde(default)]
    pub edges: Vec<EdgeDefinition>,
}

/// One outcome of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EdgeDefinition {
    /// The outcome.
    pub outcome: Name,
    /// The node that it leads to; none for one that is not wired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Name>,
}

impl FlowDefinition {
    /// The definition of a program's entry flow with all that it can reach.
    pub fn new(program: &Program, versions: Vec<String>) -> Self {
        let entry = program.entry();
        let names = &program.table.nodes;
        let nodes = (0..).zip(names).map(|(index, node)| NodeDefinition {
            node_id: node.name.clone(),
            node_type: node.kind.to_owned(),
            label: program.node(index).1.label.clone(),
            edges: node
                .outcomes
                .iter()
                .zip(&node.targets)
                .map(|(outcome, target)| EdgeDefinition {
                    outcome: outcome.clone(),
                    target: target.and_then(|target| names.get(target as usize)).map(|node| node.name.clone()),
                })
                .collect(),
        });
        Self {
            flow_id: entry.id.value.clone(),
            name: entry.name.clone(),
            version: entry.version.clone(),
            versions,
            start: names.get(entry.start).map(|node| node.name.clone()).unwrap_or_default(),
            nodes: nodes.collect(),
        }
    }
}

//! Definitions of flows, as the contract shows them.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::flow::{Name, Program, read};
use crate::source::diagnostics::{Diagnostics, Source};
use crate::source::yaml::Limits;

/// All flows: the body of `GET /api/v2/flow/definitions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FlowList {
    /// The flows, sorted by id.
    pub flows: Vec<FlowSummary>,
}

/// One flow of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FlowSummary {
    /// Its id.
    pub flow_id: Name,
    /// The name of its newest version.
    pub name: String,
    /// Its versions, from the oldest to the newest.
    pub versions: Vec<String>,
}

/// A flow: the body of `GET /api/v2/flow/definitions/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlowDefinition {
    /// Its id.
    pub flow_id: Name,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
    /// All versions that can be simulated, from the oldest to the newest.
    #[serde(default)]
    pub versions: Vec<String>,
    /// The first node.
    #[serde(default)]
    pub start: Name,
    /// Its nodes and those of the flows that it calls, named as in execution paths.
    #[serde(default)]
    pub nodes: Vec<NodeDefinition>,
    /// An extension of the contract: the source files of the flow, its own first, then those of the
    /// flows that it calls. Empty if the server does not send them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FlowFile>,
}

/// A flow as its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlowFile {
    /// The path, as in the server's messages.
    pub path: String,
    /// The whole text: a flow in callpath's format, in YAML or JSON.
    pub text: String,
}

/// One node of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeDefinition {
    /// Its id; `flow/id` for a node of a called flow.
    pub node_id: Name,
    /// Its type.
    #[serde(default)]
    pub node_type: String,
    /// Its label.
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
    /// The node that it leads to; none for an outcome without an edge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Name>,
}

impl FlowDefinition {
    /// The definition of a program's entry flow and of the flows that it calls.
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
            version: entry.version.to_string(),
            versions,
            start: names.get(entry.start).map(|node| node.name.clone()).unwrap_or_default(),
            nodes: nodes.collect(),
            files: program.flows.iter().map(|flow| FlowFile::new(&flow.source)).collect(),
        }
    }

    /// Reads the files as a program: that of the server, with the same nodes at the same indices.
    ///
    /// # Errors
    /// The diagnostics of the files; none at all if the server sent no files.
    pub fn program(&self) -> Result<Arc<Program>, Diagnostics> {
        let (limits, mut found) = (Limits::default(), Diagnostics::new());
        let sources = self.files.iter().map(|file| Source::new(file.path.as_str(), file.text.as_str()));
        let flows: Option<Vec<_>> =
            sources.map(|source| read(&source, &limits, &mut found)).collect::<Vec<_>>().into_iter().collect();
        match flows.filter(|flows| !flows.is_empty()) {
            Some(flows) => Program::from_flows(flows),
            None => Err(found),
        }
    }
}

impl FlowFile {
    fn new(source: &Source) -> Self {
        Self { path: source.path().to_owned(), text: source.text().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Library;
    use crate::source::diagnostics::{Location, Span};

    #[test]
    fn a_definition_is_read_back_as_the_same_program() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("suites");
        let mut flows = Vec::new();
        for entry in walkdir::WalkDir::new(root.join("flows")).sort_by_file_name() {
            let path = entry.unwrap().into_path();
            if path.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            let named_at = Location { source: Source::new("test", ""), span: Span::default() };
            let shown = path.file_name().unwrap().to_str().unwrap();
            let program = Library::default().program(&path, shown, &root, &named_at, &mut Diagnostics::new()).unwrap();
            let definition = FlowDefinition::new(&program, vec![program.entry().version.to_string()]);
            let sent = serde_json::to_string(&definition).unwrap();
            let received: FlowDefinition = serde_json::from_str(&sent).unwrap();
            assert_eq!(received, definition);
            let again = received.program().unwrap();
            assert_eq!(again.table, program.table);
            assert_eq!(again.first_node, program.first_node);
            assert_eq!(FlowDefinition::new(&again, received.versions.clone()), definition);
            flows.push(received.files.len());
        }
        assert!(flows.contains(&1) && flows.iter().any(|&files| files > 1), "{flows:?}");
    }

    #[test]
    fn a_file_that_is_not_a_flow_is_reported_with_its_path() {
        let files = vec![FlowFile { path: "flows/a.yaml".into(), text: "flow: a\nnodes: 3\n".into() }];
        let definition = FlowDefinition {
            flow_id: "a".into(),
            name: String::new(),
            version: String::new(),
            versions: Vec::new(),
            start: Name::default(),
            nodes: Vec::new(),
            files,
        };
        let found = definition.program().unwrap_err();
        assert!(found.has_errors());
        assert!(found.iter().all(|diagnostic| diagnostic.path == "flows/a.yaml"));
        let nothing = FlowDefinition { files: Vec::new(), ..definition };
        assert!(nothing.program().unwrap_err().iter().next().is_none());
    }
}

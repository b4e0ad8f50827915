//! What a target runs, beside what the suites were checked against.

use std::sync::Arc;

use crate::flow::{NodeNames, Program};
use crate::remote::contract::FlowDefinition;
use crate::source::diagnostics::quoted;

/// What is known of the flow that a target runs in place of a local one.
#[derive(Clone, Debug)]
pub enum Definition {
    /// It is the same.
    Same,
    /// It is another one.
    Other {
        /// The target's.
        program: Arc<Program>,
        /// In what they differ, in words.
        difference: String,
    },
    /// It is not known, or not in full, for this reason.
    Unknown(String),
}

impl Definition {
    /// What a target's definition says beside the local program.
    pub fn of(definition: &FlowDefinition, local: &Program) -> Self {
        let difference = difference(definition, local);
        if definition.files.is_empty() {
            return Self::Unknown(match difference {
                Some(difference) => format!("{difference}; the target does not give its whole text"),
                None if definition.nodes.is_empty() => "the target gives no nodes with its definition".to_owned(),
                None => return Self::Same,
            });
        }
        let is_there = |text: &str| definition.files.iter().any(|file| file.text == text);
        let same_texts = local.flows.iter().all(|flow| is_there(flow.source.text()));
        let Some(difference) = difference.or_else(|| (!same_texts).then(|| "its text is another".to_owned())) else {
            return Self::Same;
        };
        match definition.program() {
            Ok(program) => Self::Other { program, difference },
            Err(found) => {
                let first = found.iter().find(|found| found.severity == crate::source::diagnostics::Severity::Error);
                let why = first.map_or("it holds no flow", |found| &found.message);
                Self::Unknown(format!("{difference}; the target's cannot be read: {why}"))
            }
        }
    }
}

/// The first thing that is other in the target's flow, in words.
fn difference(definition: &FlowDefinition, local: &Program) -> Option<String> {
    let version = &local.entry().version;
    if !definition.version.is_empty() && *definition.version != **version {
        let (theirs, ours) = (quoted(&definition.version), quoted(version));
        return Some(format!("it has version {theirs}, the file has version {ours}"));
    }
    if definition.nodes.is_empty() {
        return None;
    }
    let start = local.table.nodes.get(local.entry().start).map_or("", |node| &node.name);
    if *definition.start != *start {
        return Some(format!("it begins with {}", quoted(&definition.start)));
    }
    let known = |names: &NodeNames| definition.nodes.iter().any(|node| node.node_id == names.name);
    for node in &definition.nodes {
        let id = quoted(&node.node_id);
        let Some(names) = local.table.find(&node.node_id).and_then(|index| local.table.nodes.get(index as usize))
        else {
            return Some(format!("it has a node {id}, which the file does not have"));
        };
        let target = |target: &Option<u32>| Some(&local.table.nodes.get((*target)? as usize)?.name);
        let edges = names.outcomes.iter().zip(names.targets.iter().map(target));
        let same_edges = node.edges.iter().map(|edge| (&edge.outcome, edge.target.as_ref())).eq(edges);
        if *node.node_type != *names.kind || !same_edges {
            return Some(format!("its node {id} is another"));
        }
    }
    let missing = local.table.nodes.iter().find(|names| !known(names))?;
    Some(format!("it has no node {}", quoted(&missing.name)))
}

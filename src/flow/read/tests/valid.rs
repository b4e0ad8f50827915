//! Flows without mistakes.

use super::super::super::{Jump, Kind, Metric, PromptContent, Until, Validation, Value};
use super::*;

pub(in crate::flow) const EVERY: &str = include_str!("every.yaml");

#[test]
fn one_node_of_every_type() {
    let flow = flow(EVERY);
    let mut types: Vec<_> = flow.nodes.iter().map(|node| node.kind.type_name()).collect();
    types.sort();
    types.dedup();
    let mut all: Vec<_> = node::type_names().collect();
    all.sort();
    assert_eq!(types, all);
}

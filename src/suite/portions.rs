//! The entries of a large file are read in portions, side by side.
//!
//! What an entry says does not depend on those before it, but what is told of a mistake may: some are told where they are met
//! first, and only there. So a file is read in portions as long as nothing is to be told, and else one entry after the other.

use std::slice;

use super::file::{Context, SCENARIOS};
use super::{Scenario, Stubbed, scenario};
use crate::source::threads::side_by_side;
use crate::source::yaml::{Data, Node};

/// A portion has at least so many entries: reading them takes a millisecond or more, a thread a small part of one.
const LEAST: usize = 256;

impl Context<'_> {
    /// Reads the entries of a list side by side; the answer is those that are to be read one after the other: all where they
    /// are few, and all but the first where something is to be told.
    pub(super) fn side_by_side<'n>(&mut self, nodes: &'n [Node]) -> &'n [Node] {
        let count = self.shared.options.jobs.min(nodes.len() / LEAST);
        let Some((first, rest)) = nodes.split_first().filter(|_| count > 1 && !nodes.iter().any(names_flow)) else {
            return nodes;
        };
        // It asks for the suite's flow: what is wrong with that is told to the first that asks.
        self.entries(slice::from_ref(first));
        if self.head.flow.is_some() && self.programs.is_empty() {
            return rest;
        }
        let chunks: Vec<&[Node]> = rest.chunks(rest.len().div_ceil(count)).collect();
        let portions = side_by_side(count, &chunks, |nodes| self.portion(nodes, count));
        let portions: Option<Vec<_>> = portions.into_iter().collect();
        let Some(portions) = portions else { return rest };
        for (scenarios, stubbed) in portions {
            self.scenarios.extend(scenarios);
            self.stubbed.extend(stubbed);
        }
        &[]
    }

    /// The scenarios of one of `count` portions, and what those that are not kept have stubs for; none where there is
    /// anything to be told.
    fn portion(&self, nodes: &[Node], count: usize) -> Option<(Vec<Scenario>, Stubbed)> {
        let mut own = Context {
            head: self.head.clone(),
            names: self.names.clone(),
            programs: self.programs.clone(),
            plain: self.plain.clone(),
            lists: self.lists.clone(),
            keep: self.keep,
            // All together do not hold more than a file may have.
            most: SCENARIOS / count,
            ..Context::new(self.shared, self.source.clone(), self.place.clone(), self.path.clone())
        };
        own.scenarios.reserve_exact(nodes.len());
        for node in nodes {
            scenario::read(node, &mut own);
            if !own.diagnostics.is_empty() || own.scenarios.len() > own.most {
                return None;
            }
        }
        Some((own.scenarios, own.stubbed))
    }
}

/// Whether an entry names a flow of its own.
fn names_flow(node: &Node) -> bool {
    matches!(&node.data, Data::Mapping(entries) if entries.iter().any(|entry| &*entry.key.value == "flow"))
}

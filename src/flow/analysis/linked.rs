//! Facts about the other flows of a program that the analysis of one flow needs.

use std::collections::HashSet;

use crate::flow::{Jump, Kind, Name, Program, Unwired};

/// Facts about the flows of a program that the analysis of their callers needs.
#[derive(Debug, Default)]
pub(super) struct Linked<'p> {
    /// By flow: the names that it may return.
    pub returns: Vec<HashSet<&'p Name>>,
    /// By flow: whether a call may end in it.
    pub ends: Vec<bool>,
    /// By flow: whether a flow jumps to its start, which carries variables over.
    pub jumped_to: Vec<bool>,
}

impl<'p> Linked<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        let count = program.flows.len();
        let mut linked =
            Self { returns: vec![HashSet::new(); count], ends: vec![false; count], jumped_to: vec![false; count] };
        // For each flow, the flows that it jumps to: their returns and ends are also its own.
        let mut returns_of: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut ends_of: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (index, flow) in program.flows.iter().enumerate() {
            let calls = program.calls.get(index).map_or(&[][..], Vec::as_slice);
            for (node, call) in flow.nodes.iter().zip(calls.iter().copied().chain(std::iter::repeat(None))) {
                let callee = call.map(|call| call as usize).filter(|&call| call < count);
                match (&node.kind, callee) {
                    (Kind::Return(name), _) => {
                        linked.returns[index].insert(name);
                    }
                    (Kind::End(_) | Kind::Queue(_) | Kind::Transfer(_), _) => linked.ends[index] = true,
                    (Kind::Jump(Jump::Flow(_)), Some(callee)) => {
                        linked.jumped_to[callee] = true;
                        returns_of[index].push(callee);
                        ends_of[index].push(callee);
                    }
                    (Kind::Subflow(_), Some(callee)) => ends_of[index].push(callee),
                    _ => {}
                }
                if flow.unwired == Unwired::End && node.outcomes.iter().any(|outcome| outcome.target.is_none()) {
                    linked.ends[index] = true;
                }
            }
        }
        // Each round propagates facts one flow further; chains of flows are short.
        loop {
            let mut changed = false;
            for index in 0..count {
                for &other in &ends_of[index] {
                    changed |= linked.ends[other] && !std::mem::replace(&mut linked.ends[index], true);
                }
                for &other in &returns_of[index] {
                    let more: Vec<&Name> = linked.returns[other].difference(&linked.returns[index]).copied().collect();
                    changed |= !more.is_empty();
                    linked.returns[index].extend(more);
                }
            }
            if !changed {
                return linked;
            }
        }
    }
}

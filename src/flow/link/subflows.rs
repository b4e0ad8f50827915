//! Checks that subflow nodes match the flows that they call.

use std::collections::HashSet;
use std::sync::Arc;

use crate::flow::{Flow, Kind, Name, Node, Subflow};
use crate::source::diagnostics::rules::UNKNOWN_RETURN;
use crate::source::diagnostics::{Diagnostic, Diagnostics, Location, Spanned, closest, quoted};

/// The names that a flow returns, in file order.
pub(super) fn returns(flow: &Flow) -> impl Iterator<Item = &Name> {
    flow.nodes.iter().filter_map(|node| match &node.kind {
        Kind::Return(name) => Some(name),
        _ => None,
    })
}

pub(super) fn check(
    flows: &[Arc<Flow>],
    calls: &[Vec<Option<u32>>],
    jumps: &[Vec<usize>],
    diagnostics: &mut Diagnostics,
) {
    for (flow, calls) in flows.iter().zip(calls) {
        for (node, call) in flow.nodes.iter().zip(calls) {
            if let (Kind::Subflow(subflow), Some(call)) = (&node.kind, call) {
                // The flows that the called flow jumps to may return in its place.
                let called: Vec<&Flow> = jumps[*call as usize].iter().map(|&index| &*flows[index]).collect();
                let mut check = SubflowCheck { flow, node, subflow, called: &called, diagnostics };
                check.inputs();
                check.outputs();
                check.returns();
            }
        }
    }
}

/// A subflow node, the flow that it calls, and the flows that one jumps to.
struct SubflowCheck<'c> {
    flow: &'c Flow,
    node: &'c Node,
    subflow: &'c Subflow,
    called: &'c [&'c Flow],
    diagnostics: &'c mut Diagnostics,
}

impl SubflowCheck<'_> {
    /// A variable passed into the called flow must be declared there.
    fn inputs(&mut self) {
        let callee = self.called[0];
        let declared = callee.slots.iter().take(callee.declared.len());
        let known: Vec<&str> = declared.map(|name| &**name).collect();
        for (name, _) in &self.subflow.inputs {
            if !known.contains(&&*name.value) {
                self.unknown_variable(name, "declares", &known);
            }
        }
    }

    /// A variable read from the called flow must be set there.
    fn outputs(&mut self) {
        let slots = self.called.iter().flat_map(|flow| flow.slots.iter().zip(&flow.written));
        let known: Vec<&str> = slots.filter(|&(_, written)| *written).map(|(name, _)| &**name).collect();
        for (_, name) in &self.subflow.outputs {
            if !known.contains(&&*name.value) {
                self.unknown_variable(name, "has", &known);
            }
        }
    }

    fn unknown_variable(&mut self, name: &Spanned<Name>, verb: &str, known: &[&str]) {
        let callee = quoted(&self.subflow.flow.value);
        let message = format!("flow {callee} {verb} no variable {}", quoted(&name.value));
        let error = Diagnostic::error("flow/unknown-parameter", &self.flow.source, name.span, message);
        self.diagnostics.push(match closest(&name.value, known.iter().copied()) {
            Some(near) => error.help(format!("did you mean '{near}'?")).replacement(near),
            None => error.help(format!("declare it under 'variables' of flow {callee}")),
        });
    }

    /// Every name that the called flow returns must be an outcome of the node.
    fn returns(&mut self) {
        let mut reported = HashSet::new();
        for &flow in self.called {
            for node in &flow.nodes {
                let Kind::Return(name) = &node.kind else { continue };
                if self.node.outcomes.iter().any(|outcome| outcome.name == *name) || !reported.insert(name.clone()) {
                    continue;
                }
                let message = format!(
                    "flow {} returns {}, which {} does not list",
                    quoted(&self.subflow.flow.value),
                    quoted(name),
                    quoted(&self.node.id.value),
                );
                let location = Location { source: flow.source.clone(), span: node.id.span };
                self.diagnostics.push(
                    Diagnostic::error("flow/unlisted-return", &self.flow.source, self.subflow.flow.span, message)
                        .related(location, "it returns here")
                        .help(format!("add 'returns: [{name}]' and an edge for it")),
                );
            }
        }
        let returned: HashSet<&Name> = self.called.iter().flat_map(|flow| returns(flow)).collect();
        for outcome in &self.node.outcomes {
            if matches!(&*outcome.name, "completed" | "error") || returned.contains(&outcome.name) {
                continue;
            }
            let name = quoted(&outcome.name);
            let message = format!("flow {} never returns {name}", quoted(&self.subflow.flow.value));
            let warning = UNKNOWN_RETURN.finding(&self.flow.source, outcome.span, message);
            self.diagnostics.push(match closest(&outcome.name, returned.iter().map(|name| &***name)) {
                Some(near) => warning.help(format!("did you mean '{near}'?")),
                None => warning.label(format!("{name} leads nowhere a call can come from")),
            });
        }
    }
}

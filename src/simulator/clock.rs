//! Whether the course of a call depends on the time of day.

use crate::flow::expression::{Expression, Template};
use crate::flow::{Case, Kind, Node, Program};

/// Whether a node looks at the clock. Prompts do not count: they change nothing but what is said.
pub(super) fn reads_clock(program: &Program) -> bool {
    program.flows.iter().flat_map(|flow| &flow.nodes).any(reads)
}

fn reads(node: &Node) -> bool {
    match &node.kind {
        Kind::Hours(_) => true,
        Kind::Decision(condition) => condition.reads_clock(),
        Kind::Switch(switch) => any(switch.on_value.iter().chain(conditions(&switch.cases))),
        Kind::QueueCheck(check) => any(conditions(&check.cases)),
        Kind::Set(assignments) => any(assignments.iter().map(|(_, expression)| expression)),
        Kind::Lookup(lookup) => any(lookup.inputs.iter().map(|(_, expression)| expression)),
        Kind::Subflow(subflow) => any(subflow.inputs.iter().map(|(_, expression)| expression)),
        Kind::Loop(rounds) => rounds.times.reads_clock(),
        Kind::Transfer(transfer) => transfer.number.reads_clock(),
        Kind::Callback(callback) => callback.when.iter().chain([&callback.number]).any(Template::reads_clock),
        Kind::Effect(effect) => effect.settings.iter().any(|(_, template)| template.reads_clock()),
        _ => false,
    }
}

fn any<'e>(mut expressions: impl Iterator<Item = &'e Expression>) -> bool {
    expressions.any(Expression::reads_clock)
}

fn conditions(cases: &[Case]) -> impl Iterator<Item = &Expression> {
    cases.iter().filter_map(|case| match case {
        Case::When(condition) => Some(condition),
        Case::Equals(_) => None,
    })
}

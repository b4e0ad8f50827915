//! `flow/dead-end`

use super::graph::{UnwiredEffect, graph, reach, unwired_effect};
use super::subject::Subject;
use crate::flow::Kind;
use crate::source::diagnostics::rules::DEAD_END;
use crate::source::diagnostics::{Diagnostics, quoted};

/// Reports nodes with outcomes that leave a connected caller stuck.
pub(super) fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    let flow = subject.flow;
    // After a hang-up, and after an answer that the flow handles, an outcome without an edge simply
    // ends the call. Only nodes that a call can reach in another way count.
    let with_caller = graph(subject, |index, name| {
        !matches!((&flow.nodes[index].kind, name), (Kind::Queue(_), "abandoned") | (Kind::Record(_), "hung_up"))
    });
    let events = &flow.events;
    let entries = events.on_signal.iter().map(|&(_, target)| target);
    let entries = entries.chain(events.keys.iter().map(|&(_, target)| target));
    let reached = reach(&with_caller, entries.chain(events.on_error).chain([flow.start]));
    for (index, node) in subject.nodes().filter(|(index, _)| reached[*index]) {
        let outcomes = node.outcomes.iter().enumerate();
        let stuck = outcomes.filter(|(place, outcome)| {
            outcome.target.is_none()
                && subject.possible[index][*place]
                && unwired_effect(subject.flow, node, &outcome.name) == UnwiredEffect::Stuck
        });
        let names: Vec<String> = stuck.map(|(_, outcome)| quoted(&outcome.name)).collect();
        let Some((last, first)) = names.split_last() else { continue };
        let (listed, verb) = match first {
            [] => (format!("outcome {last}"), "leads"),
            first => (format!("outcomes {} and {last}", first.join(", ")), "lead"),
        };
        let message = format!("{listed} of node {} {verb} nowhere: the call gets stuck", quoted(&node.id.value));
        let help = "wire every possible outcome, or set 'unwired: end' if the call should end there";
        found.push(DEAD_END.finding(&flow.source, node.id.span, message).help(help));
    }
}

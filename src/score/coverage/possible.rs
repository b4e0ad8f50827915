//! Determines the outcomes that a node can take, from its own settings.

use std::collections::HashSet;

use crate::flow::{Flow, Kind, Node, Program, Until};

/// Returns for each outcome of a node whether a call can take it. Conditions and stubs are assumed
/// to allow every answer.
pub(super) fn possible_outcomes(program: &Program, flow: usize, node: usize) -> Vec<bool> {
    let Some(place) = program.flows.get(flow).and_then(|flow| flow.nodes.get(node)) else { return Vec::new() };
    let returns = match place.kind {
        Kind::Subflow(_) => return_names(program, flow, node),
        _ => HashSet::new(),
    };
    let is_possible = |index: usize, name: &str| match &place.kind {
        Kind::Menu(menu) => retry_takes(place, name, menu.max_attempts, &["no_input", "no_match"]),
        Kind::Collect(collect) => {
            let short = collect.min > 1 || (collect.min == 1 && collect.terminator.is_some());
            let can_fail = short || collect.validate.is_some();
            match name {
                "invalid" if !can_fail => false,
                "cancelled" => collect.cancel.is_some(),
                _ if can_fail => retry_takes(place, name, collect.max_attempts, &["no_input", "invalid"]),
                _ => retry_takes(place, name, collect.max_attempts, &["no_input"]),
            }
        }
        Kind::Bot(bot) => retry_takes(place, name, bot.max_attempts, &["no_intent", "no_input"]),
        Kind::Hours(hours) => match name {
            "holiday" => hours.schedule.has_holidays(),
            "emergency" => hours.emergency.is_some(),
            _ => true,
        },
        Kind::Random(weights) => weights.get(index).is_none_or(|&weight| weight > 0),
        Kind::Wait(wait) => name != "event" || matches!(wait.until, Until::Event { .. }),
        Kind::Subflow(_) => name == "error" || returns.contains(name),
        _ => true,
    };
    place.outcomes.iter().enumerate().map(|(index, outcome)| is_possible(index, &outcome.name)).collect()
}

/// Whether a node that repeats its prompt can take an outcome. A failed attempt takes its own
/// outcome and the last one `max_attempts`, unless `max_attempts` is not wired and the attempt's
/// outcome is.
fn retry_takes(node: &Node, name: &str, limit: u32, failed: &[&str]) -> bool {
    let wired = |name: &str| node.outcomes.iter().any(|outcome| *outcome.name == *name && outcome.target.is_some());
    let unwired = !wired("max_attempts");
    match name {
        "max_attempts" => !unwired || failed.iter().any(|name| !wired(name)),
        name if failed.contains(&name) => limit > 1 || (unwired && wired(name)),
        _ => true,
    }
}

/// Collects the names of the returns of the flow that a subflow node calls, and of the flows that
/// it jumps to.
fn return_names(program: &Program, flow: usize, node: usize) -> HashSet<&str> {
    let called = |flow: usize, node: usize| program.calls.get(flow)?.get(node).copied().flatten();
    let mut list: Vec<u32> = called(flow, node).into_iter().collect();
    let mut seen: HashSet<u32> = list.iter().copied().collect();
    let mut names = HashSet::new();
    let mut next = 0;
    while let Some(&index) = list.get(next) {
        next += 1;
        let flow: Option<&Flow> = program.flows.get(index as usize).map(|flow| &**flow);
        for (place, node) in flow.into_iter().flat_map(|flow| flow.nodes.iter().enumerate()) {
            match &node.kind {
                Kind::Return(name) => {
                    names.insert(&**name);
                }
                Kind::Jump(_) => list.extend(called(index as usize, place).filter(|&to| seen.insert(to))),
                _ => {}
            }
        }
    }
    names
}

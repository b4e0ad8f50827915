//! Reads branching nodes: decision, switch, hours, random, loop.

use super::context::Context;
use super::input::filled;
use super::outcomes::{Outcomes, report_empty};
use crate::flow::expression::Expression;
use crate::flow::{Case, Hours, Kind, Loop, Schedule, Switch, Value};
use crate::source::diagnostics::{Span, Spanned, quoted};
use crate::source::yaml::{Data, Fields, Node};

/// Maximum weight: the sum of all weights that fit into a file stays within 64 bits.
const MAX_WEIGHT: i64 = 1_000_000_000;

pub(super) fn read_decision(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    outcomes.fixed(&["true", "false", "error"]);
    Kind::Decision(cx.required_expression(fields, "if", "a condition"))
}

pub(super) fn read_switch(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    let on_value = fields.take("on_value").map(|node| cx.expression(node, "an expression"));
    let cases = fields.required(&mut cx.reader, "cases");
    let cases = match (cases, &on_value) {
        (None, _) => Vec::new(),
        (Some(node), None) if matches!(node.data, Data::Mapping(_)) => {
            let error = cx
                .reader
                .error("flow/missing-key", fields.span(), "missing key 'on_value' in a switch whose cases are values")
                .help("add 'on_value: ...', or write the cases as a list of { name, when, to }");
            cx.reader.report(error);
            Vec::new()
        }
        (Some(node), None) => read_cases(cx, node, "a switch", outcomes, Condition::OfFlow),
        (Some(node), Some(_)) if matches!(node.data, Data::Sequence(_)) => {
            let error = cx
                .reader
                .error("flow/wrong-type", node.span, "with 'on_value' the cases are a mapping of values to nodes")
                .help("write the cases as { value: node }, or leave 'on_value' out");
            cx.reader.report(error);
            Vec::new()
        }
        (Some(node), Some(_)) => {
            let mut cases = Vec::new();
            for entry in filled(cx, node, "a switch", "cases") {
                let Some(name) = cx.key_name(&entry.key, "a case") else { continue };
                let target = cx.target(&entry.value).map(|target| (target, entry.value.span));
                outcomes.named(Spanned::new(name.clone(), entry.key.span), target);
                cases.push(Case::Equals(name));
            }
            cases
        }
    };
    outcomes.fixed(&["default", "error"]);
    Kind::Switch(Switch { on_value, cases })
}

/// The variables that the conditions of cases may read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Condition {
    /// The flow's variables.
    OfFlow,
    /// Those, and the slot of `metric`.
    OfMetric(usize),
}

/// Reads cases written as a list of `{ name, when, to }`.
pub(super) fn read_cases(
    cx: &mut Context<'_>,
    node: &Node,
    what: &str,
    outcomes: &mut Outcomes,
    condition: Condition,
) -> Vec<Case> {
    let items = cx.reader.sequence(node, "a list of cases");
    if items.is_some_and(<[_]>::is_empty) {
        report_empty(cx, node.span, what, "cases");
    }
    let mut cases = Vec::new();
    for item in items.unwrap_or_default() {
        let Some(mut fields) = cx.reader.mapping(item, "a case") else { continue };
        let name = fields.required(&mut cx.reader, "name").and_then(|node| cx.name(node, "the name of a case"));
        let when = match fields.required(&mut cx.reader, "when") {
            Some(node) => read_condition(cx, node, condition),
            None => Expression::constant(Value::Null),
        };
        let to = fields.take("to");
        let target = to.and_then(|to| cx.target(to).map(|target| (target, to.span)));
        fields.finish(&mut cx.reader);
        if let Some(name) = name {
            outcomes.named(name, target);
        }
        cases.push(Case::When(when));
    }
    cases
}

fn read_condition(cx: &mut Context<'_>, node: &Node, condition: Condition) -> Expression {
    let Condition::OfMetric(metric) = condition else { return cx.expression(node, "a condition") };
    let expression = cx.bare_expression(node, "a condition");
    let of_flow: Vec<usize> = expression.reads().iter().copied().filter(|&slot| slot != metric).collect();
    cx.variables.read(&of_flow, node.span);
    expression
}

pub(super) fn read_hours(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    outcomes.fixed(&["open", "closed", "holiday", "emergency", "error"]);
    let name = fields.required(&mut cx.reader, "schedule").and_then(|node| cx.name(node, "the name of a schedule"));
    let schedule = name.and_then(|name| find_schedule(cx, &name.value, name.span));
    let emergency = fields.take("emergency").map(|node| cx.expression(node, "a condition"));
    Kind::Hours(Hours { schedule: schedule.unwrap_or_default(), emergency })
}

fn find_schedule(cx: &mut Context<'_>, name: &str, span: Span) -> Option<std::sync::Arc<Schedule>> {
    let known = cx.schedules.iter().find(|(known, _)| **known == *name);
    if let Some((_, schedule)) = known {
        return Some(schedule.clone());
    }
    let unknown = cx.reader.error("flow/unknown-schedule", span, format!("unknown schedule {}", quoted(name)));
    let unknown = match cx.suggest.closest(name, cx.schedules.iter().map(|(name, _)| &**name)) {
        Some(near) => unknown.help(format!("did you mean '{near}'?")).replacement(near),
        None => unknown.help("declare it under 'schedules'"),
    };
    cx.reader.report(unknown);
    None
}

pub(super) fn read_random(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    let mut weights = Vec::new();
    if let Some(node) = fields.required(&mut cx.reader, "weights") {
        for entry in filled(cx, node, "a random node", "weights") {
            let Some(label) = cx.key_name(&entry.key, "a label") else { continue };
            let (weight, target) = read_weight(cx, &entry.value);
            outcomes.named(Spanned::new(label, entry.key.span), target);
            weights.push(weight);
        }
    }
    Kind::Random(weights)
}

fn read_weight(cx: &mut Context<'_>, node: &Node) -> (u32, Option<(usize, Span)>) {
    let weight = |cx: &mut Context<'_>, node: &Node| {
        let number = cx.reader.integer(node, "a weight", 1, MAX_WEIGHT);
        number.and_then(|number| u32::try_from(number).ok()).unwrap_or(1)
    };
    if !matches!(node.data, Data::Mapping(_)) {
        return (weight(cx, node), None);
    }
    let Some(mut fields) = cx.reader.mapping(node, "a label") else { return (1, None) };
    let number = fields.required(&mut cx.reader, "weight").map_or(1, |node| weight(cx, node));
    let to = fields.take("to");
    let target = to.and_then(|to| cx.target(to).map(|target| (target, to.span)));
    fields.finish(&mut cx.reader);
    (number, target)
}

pub(super) fn read_loop(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    outcomes.fixed(&["repeat", "done", "error"]);
    let times = cx.required_expression(fields, "times", "a number or an expression");
    Kind::Loop(Loop { times, counter: cx.written(fields, "counter") })
}

//! Reads nodes that change variables or call external systems: set, lookup, effect.

use super::context::Context;
use super::input::filled;
use super::outcomes::Outcomes;
use crate::flow::expression::Expression;
use crate::flow::{Effect, Kind, Lookup, Name};
use crate::source::diagnostics::Spanned;
use crate::source::yaml::{Fields, Node};

pub(super) fn read_set(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    outcomes.fixed(&["next", "error"]);
    let mut assignments = Vec::new();
    if let Some(node) = fields.required(&mut cx.reader, "set") {
        for entry in filled(cx, node, "a set node", "set") {
            let expression = cx.expression(&entry.value, "an expression");
            let Some(slot) = cx.variable(&entry.key.value, entry.key.span) else { continue };
            cx.variables.write(slot);
            cx.variables.taint(expression.reads(), slot);
            assignments.push((slot, expression));
        }
    }
    Kind::Set(assignments)
}

/// Reads expressions by name.
pub(super) fn read_expressions(cx: &mut Context<'_>, node: &Node) -> Vec<(Spanned<Name>, Expression)> {
    let mut named = Vec::new();
    for entry in cx.reader.entries(node, "a mapping of names to expressions").unwrap_or_default() {
        let name = cx.key_name(&entry.key, "a name");
        let expression = cx.expression(&entry.value, "an expression");
        named.extend(name.map(|name| (Spanned::new(name, entry.key.span), expression)));
    }
    named
}

pub(super) fn read_lookup(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    let service = fields.take("service").and_then(|node| cx.name(node, "the name of a service"));
    let inputs = fields.take("inputs").map(|node| read_expressions(cx, node)).unwrap_or_default();
    let mut outputs = Vec::new();
    if let Some(node) = fields.take("outputs") {
        for entry in cx.reader.entries(node, "a mapping of variables to fields").unwrap_or_default() {
            let field = cx.name(&entry.value, "the field of an answer");
            let slot = cx.variable(&entry.key.value, entry.key.span);
            if let Some(slot) = slot {
                cx.variables.write(slot);
                outputs.extend(field.map(|field| (slot, field.value)));
            }
        }
    }
    let timeout_ms = cx.duration(fields, "timeout", 10_000);
    outcomes.fixed(&["success", "not_found", "failure", "timeout"]);
    if let Some(node) = fields.take("outcomes") {
        for item in cx.reader.one_or_many(node) {
            if let Some(name) = cx.name(item, "the name of an outcome") {
                outcomes.named(name, None);
            }
        }
    }
    outcomes.fixed(&["error"]);
    Kind::Lookup(Lookup {
        // An empty name means the node's own id, which the caller sets.
        service: service.map_or_else(|| "".into(), |service| service.value),
        inputs: inputs.into_iter().map(|(name, expression)| (name.value, expression)).collect(),
        outputs,
        timeout_ms,
    })
}

pub(super) fn read_effect(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    outcomes.fixed(&["next", "error"]);
    let kind = fields.required(&mut cx.reader, "kind").and_then(|node| cx.name(node, "the kind of an effect"));
    let mut settings = Vec::new();
    if let Some(node) = fields.take("settings") {
        for entry in cx.reader.entries(node, "a mapping of settings").unwrap_or_default() {
            let name = cx.key_name(&entry.key, "the name of a setting");
            let value = cx.template(&entry.value, "a setting");
            settings.extend(name.map(|name| (name, value)));
        }
    }
    Kind::Effect(Effect { kind: kind.map_or_else(|| "".into(), |kind| kind.value), settings })
}

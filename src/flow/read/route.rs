//! Reads nodes that leave the flow: subflow, jump, end, return.

use super::context::Context;
use super::data::read_expressions;
use super::outcomes::{Outcomes, report_either};
use super::prompts::read_prompts;
use crate::flow::{End, Jump, Kind, Name, Subflow};
use crate::source::diagnostics::{Span, Spanned};
use crate::source::yaml::Fields;

pub(super) fn read_subflow(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    let flow = fields.required(&mut cx.reader, "flow").and_then(|node| cx.name(node, "the id of a flow"));
    let inputs = fields.take("in").map(|node| read_expressions(cx, node)).unwrap_or_default();
    let mut outputs = Vec::new();
    if let Some(node) = fields.take("out") {
        for entry in cx.reader.entries(node, "a mapping of our variables to its variables").unwrap_or_default() {
            let theirs = cx.name(&entry.value, "a variable of the other flow");
            if let Some(slot) = cx.variable(&entry.key.value, entry.key.span) {
                cx.variables.write(slot);
                outputs.extend(theirs.map(|theirs| (slot, theirs)));
            }
        }
    }
    outcomes.fixed(&["completed"]);
    if let Some(node) = fields.take("returns") {
        for item in cx.reader.one_or_many(node) {
            if let Some(name) = cx.name(item, "the name of a return") {
                outcomes.named(name, None);
            }
        }
    }
    outcomes.fixed(&["error"]);
    Kind::Subflow(Subflow { flow: flow.unwrap_or_else(nameless), inputs, outputs })
}

pub(super) fn read_jump(cx: &mut Context<'_>, fields: &mut Fields<'_>, _: &mut Outcomes) -> Kind {
    let to = fields.take("to");
    let flow = fields.take("flow");
    Kind::Jump(match (to, flow) {
        (Some(to), None) => Jump::Node(cx.target(to).unwrap_or_default()),
        (None, Some(flow)) => Jump::Flow(cx.name(flow, "the id of a flow").unwrap_or_else(nameless)),
        _ => {
            report_either(cx, fields.span(), "a jump", ["to", "flow"], to.is_some());
            Jump::Node(0)
        }
    })
}

/// A placeholder for a name that could not be read; the error has been reported.
fn nameless() -> Spanned<Name> {
    Spanned::new("".into(), Span::default())
}

pub(super) fn read_end(cx: &mut Context<'_>, fields: &mut Fields<'_>, _: &mut Outcomes) -> Kind {
    let disposition = fields.take("disposition").and_then(|node| cx.name(node, "a disposition"));
    let disposition = disposition.map_or_else(|| "completed".into(), |disposition| disposition.value);
    Kind::End(End { prompts: read_prompts(cx, fields, "prompts"), disposition })
}

pub(super) fn read_return(cx: &mut Context<'_>, fields: &mut Fields<'_>, _: &mut Outcomes) -> Kind {
    let name = fields.take("name").and_then(|node| cx.name(node, "the name of a return"));
    Kind::Return(name.map_or_else(|| "completed".into(), |name| name.value))
}

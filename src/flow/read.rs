//! Reads a flow file into a [`Flow`].
//!
//! Readers report mistakes and continue with a harmless value, so that one run shows all mistakes.
//! The result is discarded if any of them is an error.

mod branch;
mod context;
mod data;
mod input;
mod line;
mod node;
mod outcomes;
mod prompts;
mod queueing;
mod route;
mod rules;
mod settings;
mod suggest;
mod variables;

#[cfg(test)]
pub(super) mod tests;

use std::sync::Arc;

use self::context::Context;
#[cfg(test)]
pub(super) use self::node::type_names;
pub(super) use self::rules::RULES;
pub(super) use self::variables::spread;
use super::{Flow, Name, Unwired};
use crate::source::diagnostics::{Diagnostics, Source};
use crate::source::yaml::{Data, Entry, Fields, Limits, Reader, parse};

/// Reads one flow. Appends mistakes to `diagnostics`; returns a flow only if none of them is an
/// error.
///
/// References to other flows are checked when a [`Program`](super::Program) is linked.
pub(crate) fn read(source: &Arc<Source>, limits: &Limits, diagnostics: &mut Diagnostics) -> Option<Flow> {
    let mut found = Diagnostics::new();
    let root = parse(source, limits, &mut found);
    let flow = root.and_then(|root| {
        let mut reader = Reader::new(source, &RULES, &mut found);
        let fields = reader.mapping(&root, "a flow")?;
        read_fields(Context::new(reader), fields)
    });
    let broken = found.has_errors();
    diagnostics.extend(found);
    flow.filter(|_| !broken)
}

fn read_fields(mut cx: Context<'_>, mut fields: Fields<'_>) -> Option<Flow> {
    // One error instead of one for every key.
    if let (Some(scenarios), None) = (fields.peek("scenarios"), fields.peek("nodes")) {
        let place = fields.peek("suite").unwrap_or(scenarios).span;
        let suite = cx.reader.error(RULES.missing_key, place, "this is a suite, where a flow is wanted");
        cx.reader.report(suite.help("name a file that begins with 'flow: ...' and has 'nodes'"));
        return None;
    }
    let id = fields.required(&mut cx.reader, "flow").and_then(|node| cx.id(node, "the id of the flow"));
    let name = cx.text(&mut fields, "name", "a name");
    let version = cx.text(&mut fields, "version", "a version");
    // Read here so that the list of known keys has the order of the reference.
    let start = fields.entry("start");
    let language = cx.text(&mut fields, "language", "a language").map(|language| Name::from(language.value));
    let unwired = read_unwired(&mut cx, &mut fields);
    let subflow_files = cx.texts(&mut fields, "subflows", "the path of a flow file");
    let declared = settings::read_variables(&mut cx, &mut fields);
    let assets = settings::read_assets(&mut cx, &mut fields);
    cx.schedules = settings::read_schedules(&mut cx, &mut fields);
    cx.queues = settings::read_queues(&mut cx, &mut fields);
    let events = fields.take("events");
    let nodes = fields.required(&mut cx.reader, "nodes");
    let entries = nodes.and_then(|nodes| cx.reader.entries(nodes, "a mapping of nodes")).unwrap_or_default();
    cx.name_nodes(entries);
    let events = events.map(|node| settings::read_events(&mut cx, node)).unwrap_or_default();
    if let Some(nodes) = nodes.filter(|nodes| matches!(&nodes.data, Data::Mapping(entries) if entries.is_empty())) {
        let empty = cx.reader.error("flow/empty", nodes.span, "the flow has no nodes").label("nothing in here");
        cx.reader.report(empty);
    }
    let start = read_start(&mut cx, &fields, start, entries);
    let nodes: Vec<_> = entries.iter().filter_map(|entry| node::read_node(&mut cx, entry, &events)).collect();
    fields.finish(&mut cx.reader);
    // Node indices are only valid if every node could be read.
    if nodes.len() != entries.len() {
        return None;
    }
    let secret = cx.variables.finish(&mut cx.reader, &mut cx.suggest, &cx.slots);
    let id = id?;
    Some(Flow {
        source: cx.reader.source().clone(),
        name: name.map_or_else(|| id.to_string(), |name| name.value),
        version: version.map_or_else(|| "1".into(), |version| version.value.into()),
        id,
        start: start?,
        language,
        unwired,
        slots: cx.slots,
        declared,
        written: secret.written,
        secret: secret.secret,
        taints: secret.taints,
        assets,
        schedules: cx.schedules,
        queues: cx.queues,
        events,
        nodes,
        subflow_files,
    })
}

fn read_unwired(cx: &mut Context<'_>, fields: &mut Fields<'_>) -> Unwired {
    let word = fields.take("unwired").and_then(|node| cx.reader.word(node, "a policy", &["stuck", "end", "error"]));
    match word {
        Some(1) => Unwired::End,
        Some(2) => Unwired::Error,
        _ => Unwired::Stuck,
    }
}

/// Reads the first node; if the key is missing, the help suggests the likely one.
fn read_start(cx: &mut Context<'_>, fields: &Fields<'_>, start: Option<&Entry>, nodes: &[Entry]) -> Option<usize> {
    if let Some(start) = start.filter(|start| !start.value.is_null()) {
        // A flow without nodes is reported elsewhere.
        return if nodes.is_empty() { None } else { cx.target(&start.value) };
    }
    let is_start = |entry: &&Entry| {
        let fields = match &entry.value.data {
            Data::Mapping(fields) => fields.as_slice(),
            _ => &[],
        };
        let kind = fields.iter().find(|field| &**field.key == "type").and_then(|field| field.value.as_scalar());
        kind.is_some_and(|kind| &*kind.text == "start")
    };
    let likely = nodes.iter().find(is_start).or_else(|| nodes.first());
    let help = match likely {
        Some(node) => format!("add 'start: {}' or another node that the call begins with", node.key.value),
        None => "add 'start: ...', the id of the node that the call begins with".to_owned(),
    };
    let missing = match start {
        Some(start) => cx.reader.error(RULES.missing_key, start.key.span, "the key 'start' in a flow has no value"),
        None => cx.reader.error(RULES.missing_key, fields.span(), "missing key 'start' in a flow"),
    };
    cx.reader.report(missing.help(help));
    None
}

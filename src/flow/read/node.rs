//! Reads one node with the reader of its type.

use super::context::Context;
use super::outcomes::Outcomes;
use super::rules::joined;
use super::{branch, data, input, line, prompts, queueing, route};
use crate::flow::{Events, Kind, Name, Node, Play};
use crate::source::diagnostics::{Spanned, closest, quoted};
use crate::source::yaml::{Entry, Fields};

/// Reads the keys of a node that belong to its type, and adds its outcomes.
type Read = fn(&mut Context<'_>, &mut Fields<'_>, &mut Outcomes) -> Kind;

/// The types of nodes, their names in messages, and their readers.
const TYPES: [(&str, &str, Read); 23] = [
    ("start", "a start node", read_start),
    ("play", "a play node", read_play),
    ("menu", "a menu", input::read_menu),
    ("collect", "a collect node", input::read_collect),
    ("bot", "a bot node", input::read_bot),
    ("decision", "a decision", branch::read_decision),
    ("switch", "a switch", branch::read_switch),
    ("set", "a set node", data::read_set),
    ("lookup", "a lookup", data::read_lookup),
    ("hours", "an hours node", branch::read_hours),
    ("random", "a random node", branch::read_random),
    ("loop", "a loop", branch::read_loop),
    ("subflow", "a subflow node", route::read_subflow),
    ("jump", "a jump", route::read_jump),
    ("queue_check", "a queue check", queueing::read_queue_check),
    ("queue", "a queue node", queueing::read_queue),
    ("transfer", "a transfer", line::read_transfer),
    ("record", "a record node", line::read_record),
    ("callback", "a callback", line::read_callback),
    ("wait", "a wait node", line::read_wait),
    ("effect", "an effect", data::read_effect),
    ("end", "an end node", route::read_end),
    ("return", "a return node", route::read_return),
];

/// The names of the types of nodes, in the order of the reference.
pub(in crate::flow) fn type_names() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|(name, _, _)| *name)
}

pub(super) fn read_node(cx: &mut Context<'_>, entry: &Entry, events: &Events) -> Option<Node> {
    let mut fields = cx.reader.mapping(&entry.value, "a node")?;
    let word = fields.required(&mut cx.reader, "type").and_then(|node| cx.reader.text(node, "a type of node"))?;
    let Some((_, what, read)) = TYPES.iter().find(|(name, _, _)| *name == word.value) else {
        let message = format!("unknown type of node {}", quoted(&word.value));
        let unknown = cx.reader.error("flow/unknown-type", word.span, message);
        cx.reader.report(match closest(&word.value, type_names()) {
            Some(near) => unknown.help(format!("did you mean '{near}'?")).replacement(near),
            None => unknown.help(format!("the types are {}", joined(type_names()))),
        });
        return None;
    };
    // The fields are read again so that messages name the type.
    let mut fields = cx.reader.mapping(&entry.value, what)?;
    fields.take("type");
    let mut outcomes = Outcomes::new(entry.key.span);
    let id = Spanned::new(Name::from(&*entry.key.value), entry.key.span);
    let mut kind = read(cx, &mut fields, &mut outcomes);
    if let Kind::Lookup(lookup) = &mut kind
        && lookup.service.is_empty()
    {
        lookup.service = id.value.clone();
    }
    outcomes.wire(cx, &mut fields, what);
    if kind.is_input() {
        for (key, target) in events.keys.iter().filter(|(key, _)| !uses_key(&kind, *key)) {
            outcomes.implied(&key.to_string(), *target, entry.key.span);
        }
    }
    let label = cx.text(&mut fields, "label", "a label").map(|label| label.value);
    if let Some(meta) = fields.take("meta") {
        // `meta` is free for other tools; it only has to be a mapping.
        cx.reader.entries(meta, "a mapping");
    }
    fields.finish(&mut cx.reader);
    Some(Node { id, kind, outcomes: outcomes.finish(), label })
}

/// Whether the node itself handles the key. A node that detects any key does not handle a
/// particular one.
fn uses_key(kind: &Kind, key: char) -> bool {
    match kind {
        Kind::Menu(menu) => menu.terminator == Some(key) || menu.choices.iter().any(|keys| keys.contains(key)),
        Kind::Collect(collect) => {
            key.is_ascii_digit() || collect.terminator == Some(key) || collect.cancel == Some(key)
        }
        Kind::Record(record) => record.terminator == Some(key),
        _ => false,
    }
}

fn read_start(_: &mut Context<'_>, _: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    outcomes.fixed(&["next"]);
    Kind::Start
}

fn read_play(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    let play = Play {
        prompts: prompts::required_prompts(cx, fields),
        barge_in: cx.boolean(fields, "barge_in", true),
        detect: cx.boolean(fields, "detect", false),
        clear_buffer: cx.boolean(fields, "clear_buffer", false),
    };
    outcomes.fixed(if play.detect { &["next", "digit", "error"] } else { &["next", "error"] });
    Kind::Play(play)
}

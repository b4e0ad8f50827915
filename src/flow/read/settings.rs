//! Reads the sections beside the nodes: variables, assets, schedules, queues, events.

use std::sync::Arc;

use super::context::Context;
use crate::flow::schedule::read_schedule;
use crate::flow::{Asset, AssetKind, Declared, Events, Name, QueueState, Schedule, Value};
use crate::source::yaml::{Fields, Node};

pub(super) fn read_variables(cx: &mut Context<'_>, fields: &mut Fields<'_>) -> Vec<Declared> {
    let Some(node) = fields.take("variables") else { return Vec::new() };
    let mut declared = Vec::new();
    for entry in cx.reader.entries(node, "a mapping of variables to values").unwrap_or_default() {
        if let Some(slot) = cx.variable(&entry.key.value, entry.key.span) {
            cx.variables.write(slot);
            declared.push(Declared { span: entry.key.span, initial: Value::from_node(&entry.value) });
        }
    }
    declared
}

pub(super) fn read_assets(cx: &mut Context<'_>, fields: &mut Fields<'_>) -> Vec<(Name, Asset)> {
    named(cx, fields, "assets", "an asset", |cx, node| {
        let unread = Asset { kind: AssetKind::Audio, duration_ms: 0 };
        let Some(mut fields) = cx.reader.mapping(node, "an asset") else { return unread };
        let words = ["audio", "tts", "video"];
        let kind = fields.required(&mut cx.reader, "type");
        let kind = kind.and_then(|node| cx.reader.word(node, "a type of media", &words));
        let duration = fields.required(&mut cx.reader, "duration");
        let duration = duration.and_then(|node| cx.reader.duration(node, "a duration"));
        fields.finish(&mut cx.reader);
        let kind = match kind {
            Some(1) => AssetKind::Tts,
            Some(2) => AssetKind::Video,
            _ => AssetKind::Audio,
        };
        Asset { kind, duration_ms: duration.unwrap_or_default() }
    })
}

pub(super) fn read_schedules(cx: &mut Context<'_>, fields: &mut Fields<'_>) -> Vec<(Name, Arc<Schedule>)> {
    named(cx, fields, "schedules", "a schedule", |cx, node| Arc::new(read_schedule(&mut cx.reader, node)))
}

pub(super) fn read_queues(cx: &mut Context<'_>, fields: &mut Fields<'_>) -> Vec<(Name, QueueState)> {
    named(cx, fields, "queues", "a queue", |cx, node| {
        let default = QueueState::default();
        let Some(mut fields) = cx.reader.mapping(node, "a queue") else { return default };
        let state = QueueState {
            open: cx.boolean(&mut fields, "open", default.open),
            agents: cx.count(&mut fields, "agents", default.agents, 0, u32::MAX),
            waiting: cx.count(&mut fields, "waiting", default.waiting, 0, u32::MAX),
            handle_time_ms: cx.duration(&mut fields, "handle_time", default.handle_time_ms),
            capacity: cx.count(&mut fields, "capacity", default.capacity, 0, u32::MAX),
            wait_ms: fields.take("wait").and_then(|node| cx.reader.duration(node, "a duration")),
        };
        fields.finish(&mut cx.reader);
        state
    })
}

/// Reads named definitions. A definition that could not be read keeps its name, so that references
/// to it are not reported too.
fn named<T>(
    cx: &mut Context<'_>,
    fields: &mut Fields<'_>,
    key: &'static str,
    what: &'static str,
    read: impl Fn(&mut Context<'_>, &Node) -> T,
) -> Vec<(Name, T)> {
    let Some(node) = fields.take(key) else { return Vec::new() };
    let mut list = Vec::new();
    for entry in cx.reader.entries(node, "a mapping").unwrap_or_default() {
        let name = cx.key_name(&entry.key, what);
        let item = read(cx, &entry.value);
        list.extend(name.map(|name| (name, item)));
    }
    list
}

pub(super) fn read_events(cx: &mut Context<'_>, node: &Node) -> Events {
    let Some(mut fields) = cx.reader.mapping(node, "the events of a flow") else { return Events::default() };
    let mut events = Events {
        on_hangup: cx.optional_target(&mut fields, "on_hangup"),
        on_answer: cx.optional_target(&mut fields, "on_answer"),
        on_error: cx.optional_target(&mut fields, "on_error"),
        ..Events::default()
    };
    if let Some(node) = fields.take("on_signal") {
        for entry in cx.reader.entries(node, "a mapping of signals to nodes").unwrap_or_default() {
            let name = cx.key_name(&entry.key, "the name of a signal");
            let target = cx.target(&entry.value);
            events.on_signal.extend(name.zip(target));
        }
    }
    if let Some(node) = fields.take("keys") {
        for entry in cx.reader.entries(node, "a mapping of keys to nodes").unwrap_or_default() {
            cx.check_keys(&entry.key.value, entry.key.span);
            let mut chars = entry.key.value.chars();
            let key = chars.next();
            if chars.next().is_some() {
                let message = format!("{} is more than one key", crate::source::diagnostics::quoted(&entry.key.value));
                let error = cx.reader.error("flow/key", entry.key.span, message);
                cx.reader.report(error.help("an event is a single key"));
            }
            let target = cx.target(&entry.value);
            events.keys.extend(key.zip(target));
        }
    }
    fields.finish(&mut cx.reader);
    events
}

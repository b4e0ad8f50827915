//! What a caller can do at an input node, knowing what one caller knew.

use super::engine::Engine;
use super::log::Log;
use super::request::{Input, Request};
use super::utterance;
use crate::flow::{Bot, Collect, Flow, Kind, Menu, Name, Node, Program, Record};

/// A recording of which nothing else is known, in ms.
const SPEECH_MS: u64 = 1_000;
/// Something to say that means nothing to a bot.
const NONSENSE: &str = "hm";

/// The data that a request's caller has: digits, utterances and lengths of speech, each once.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Known {
    keys: Vec<Box<str>>,
    said: Vec<Box<str>>,
    spoken: Vec<u64>,
}

impl Known {
    /// What the caller of this request keys and says, item by item and node by node.
    pub(super) fn of(program: &Program, request: &Request) -> Self {
        let mut known = Self::default();
        // Keys typed ahead belong to several nodes: the call itself shows which keys went where.
        let mut engine = Engine::new(program, request, Log { entries: Some(Vec::new()), ..Log::default() });
        while engine.arrive() {
            engine.execute();
        }
        for (_, entry) in engine.log.entries.unwrap_or_default() {
            known.add_keys(&entry);
        }
        for item in &request.keypad {
            match item {
                Input::Keys { keys, .. } | Input::Ahead(keys) => known.add_keys(keys),
                Input::Say(said) => add(&mut known.said, said.clone()),
                Input::Speak(ms) => add(&mut known.spoken, *ms),
                Input::Silence | Input::HangUp { .. } => {}
            }
        }
        known
    }

    fn add_keys(&mut self, keys: &str) {
        if !keys.is_empty() && keys.chars().all(|key| matches!(key, '0'..='9' | '*' | '#' | 'A'..='D')) {
            add(&mut self.keys, keys.into());
        }
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// For each node of a program, what a caller can do there; nothing at nodes that take no input.
pub(super) fn options(program: &Program, known: &Known, may_hang_up: bool) -> Vec<Vec<Input>> {
    let nodes = program.flows.iter().flat_map(|flow| flow.nodes.iter().map(move |node| (flow, node)));
    nodes
        .map(|(flow, node)| if node.kind.is_input() { at(flow, node, known, may_hang_up) } else { Vec::new() })
        .collect()
}

fn at(flow: &Flow, node: &Node, known: &Known, may_hang_up: bool) -> Vec<Input> {
    let mut list = Vec::new();
    match &node.kind {
        Kind::Menu(menu) => at_menu(flow, menu, &mut list),
        Kind::Collect(collect) => at_collect(collect, known, &mut list),
        Kind::Bot(bot) => at_bot(bot, known, &mut list),
        Kind::Record(record) => at_record(record, known, &mut list),
        _ => push_keys(&mut list, "0"),
    }
    for (key, _) in &flow.events.keys {
        push_keys(&mut list, key.encode_utf8(&mut [0; 4]));
    }
    add(&mut list, Input::Silence);
    if may_hang_up {
        add(&mut list, Input::HangUp { at_ms: None });
    }
    list
}

fn push_keys(list: &mut Vec<Input>, keys: &str) {
    if !keys.is_empty() {
        add(list, Input::Keys { keys: keys.into(), gap_ms: None, at_ms: None });
    }
}

fn at_menu(flow: &Flow, menu: &Menu, list: &mut Vec<Input>) {
    for choice in &menu.choices {
        push_keys(list, choice);
    }
    let used = |key: char| {
        menu.choices.iter().any(|choice| choice.starts_with(key))
            || flow.events.keys.iter().any(|&(used, _)| used == key)
    };
    if let Some(wrong) = "0123456789*#ABCD".chars().find(|&key| !used(key)) {
        push_keys(list, wrong.encode_utf8(&mut [0; 4]));
    }
}

fn at_collect(collect: &Collect, known: &Known, list: &mut Vec<Input>) {
    for keys in &known.keys {
        push_keys(list, keys);
        let longest = keys.char_indices().nth(collect.max as usize).map_or(keys.len(), |(end, _)| end);
        push_keys(list, keys.get(..longest).unwrap_or_default());
    }
    for key in [collect.cancel, collect.terminator].into_iter().flatten() {
        push_keys(list, key.encode_utf8(&mut [0; 4]));
    }
    // Too short an entry, where the terminator alone cannot be one.
    push_keys(list, "0");
}

fn at_bot(bot: &Bot, known: &Known, list: &mut Vec<Input>) {
    let phrases = bot.intents.iter().enumerate().filter_map(|(index, (_, phrases))| {
        // A phrase may mean another intent that has it as well.
        let own = phrases.iter().find(|phrase| utterance::intent(&bot.intents, phrase) == Some(index));
        own.or(phrases.first()).map(|phrase| Box::from(phrase.as_str()))
    });
    for said in phrases.chain(known.said.iter().cloned()).chain([NONSENSE.into()]) {
        add(list, Input::Say(said));
    }
    for keys in &known.keys {
        push_keys(list, keys);
    }
}

fn at_record(record: &Record, known: &Known, list: &mut Vec<Input>) {
    for ms in known.spoken.iter().copied().chain([SPEECH_MS, record.max_ms]) {
        add(list, Input::Speak(ms));
    }
    if let Some(terminator) = record.terminator {
        push_keys(list, terminator.encode_utf8(&mut [0; 4]));
    }
}

/// Whether a call that ends so may be one whose caller hung up.
pub(super) fn is_hang_up(outcome: &Name) -> bool {
    matches!(&**outcome, "hung_up" | "abandoned")
}

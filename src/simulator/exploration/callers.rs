//! What callers may do at each input node.

use crate::flow::{Collect, Flow, Kind, Menu, Node, Validation};
use crate::simulator::Input;

/// All keys, those first that a caller is likeliest to press by mistake.
const KEYS: &str = "9876543210*#ABCD";
/// A message of this length, in ms.
const SPEECH_MS: u64 = 3_000;
/// No longer entry is tried where a shorter one will do.
const LONGEST: usize = 32;

/// What a caller may do at an input node of this flow: each choice, an entry that is taken and one that is not, what
/// each intent listens for, the global keys, nothing.
pub(super) fn options(flow: &Flow, node: &Node) -> Vec<Input> {
    let mut list = Vec::new();
    match &node.kind {
        Kind::Menu(menu) => at_menu(flow, menu, &mut list),
        Kind::Collect(collect) => at_collect(collect, &mut list),
        Kind::Bot(bot) => {
            let phrases = bot.intents.iter().filter_map(|(_, phrases)| phrases.first());
            list.extend(phrases.map(|phrase| Input::Say(phrase.as_str().into())));
            list.push(Input::Say("hm".into()));
        }
        Kind::Record(_) => list.push(Input::Speak(SPEECH_MS)),
        _ => list.push(keys("0")),
    }
    list.extend(flow.events.keys.iter().map(|(key, _)| keys(key.encode_utf8(&mut [0; 4]))));
    list.push(Input::Silence);
    let mut unique: Vec<Input> = Vec::with_capacity(list.len());
    for input in list {
        if !unique.contains(&input) {
            unique.push(input);
        }
    }
    unique
}

fn keys(keys: &str) -> Input {
    Input::Keys { keys: keys.into(), gap_ms: None, at_ms: None }
}

fn at_menu(flow: &Flow, menu: &Menu, list: &mut Vec<Input>) {
    list.extend(menu.choices.iter().map(|choice| keys(choice)));
    let used = |key: char| {
        menu.choices.iter().any(|choice| choice.starts_with(key))
            || flow.events.keys.iter().any(|&(used, _)| used == key)
    };
    let wrong = KEYS.chars().find(|&key| !used(key));
    list.extend(wrong.map(|key| keys(key.encode_utf8(&mut [0; 4]))));
}

fn at_collect(collect: &Collect, list: &mut Vec<Input>) {
    if let Some(entry) = good_entry(collect) {
        list.push(keys(&entry));
    }
    list.extend(collect.cancel.map(|key| keys(key.encode_utf8(&mut [0; 4]))));
    // Too short, or what no validation takes.
    list.push(keys(if collect.min > 1 || collect.validate.is_some() { "9" } else { "#" }));
}

/// An entry that the node takes, where a simple one is found.
fn good_entry(collect: &Collect) -> Option<String> {
    let most = (collect.max as usize).min(LONGEST);
    let least = (collect.min as usize).max(1);
    if least > most {
        return None;
    }
    let lengths = || (least..=most).rev();
    let zeros = |length: usize| "0".repeat(length);
    let entry = match &collect.validate {
        None => Some("1".repeat(most)),
        // A row of zeros has the check digit 0.
        Some(Validation::Luhn) => Some(zeros(most)),
        Some(Validation::Date(order)) => {
            Some(order.replace("YYYY", "2000").replace("YY", "00").replace("MM", "01").replace("DD", "01"))
        }
        Some(Validation::Regex(regex)) => {
            let simple = |length: usize| {
                "1234567890"
                    .chars()
                    .flat_map(move |first| ["1", "0"].map(|rest| format!("{first}{}", rest.repeat(length - 1))))
            };
            let repeated = |length: usize| "23456789".chars().map(move |key| key.to_string().repeat(length));
            lengths().flat_map(|length| simple(length).chain(repeated(length))).find(|entry| regex.is_match(entry))
        }
    }?;
    let ended = entry.len() < collect.max as usize;
    Some(match collect.terminator.filter(|_| ended) {
        Some(terminator) => format!("{entry}{terminator}"),
        None => entry,
    })
}

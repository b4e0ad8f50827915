//! Reads input nodes: menu, collect, bot.

use super::context::Context;
use super::outcomes::{Outcomes, report_empty};
use super::prompts::read_prompts;
use crate::flow::{Bot, Collect, Kind, Menu, Name, Validation, normalised};
use crate::source::diagnostics::{Spanned, quoted};
use crate::source::yaml::{Data, Entry, Fields, Node};

/// Maximum value of `max_attempts`.
const MAX_ATTEMPTS: u32 = 1_000;
/// Maximum number of keys of an entry.
const MAX_KEYS: u32 = 1_000;

pub(super) fn read_menu(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    let prompts = read_prompts(cx, fields, "prompts");
    let choices = fields.required(&mut cx.reader, "choices");
    let no_input_ms = cx.duration(fields, "no_input", 5_000);
    let interdigit_ms = cx.duration(fields, "interdigit", 2_000);
    let terminator = cx.key(fields, "terminator", None);
    let mut keys = Vec::new();
    if let Some(choices) = choices {
        for entry in filled(cx, choices, "a menu", "choices") {
            read_choice(cx, entry, terminator, outcomes);
            keys.push(Name::from(&*entry.key.value));
        }
    }
    outcomes.fixed(&["no_input", "no_match", "max_attempts", "error"]);
    Kind::Menu(Menu {
        prompts,
        choices: keys,
        no_input_ms,
        interdigit_ms,
        terminator,
        max_attempts: cx.count(fields, "max_attempts", 3, 1, MAX_ATTEMPTS),
        barge_in: cx.boolean(fields, "barge_in", true),
        type_ahead: cx.boolean(fields, "type_ahead", true),
        clear_buffer: cx.boolean(fields, "clear_buffer", false),
        variable: cx.written(fields, "variable"),
    })
}

fn read_choice(cx: &mut Context<'_>, entry: &Entry, terminator: Option<char>, outcomes: &mut Outcomes) {
    cx.check_keys(&entry.key.value, entry.key.span);
    if let Some(terminator) = terminator.filter(|&key| entry.key.value.contains(key)) {
        let message = format!("choice {} contains the terminator '{terminator}'", quoted(&entry.key.value));
        let error = cx.reader.error("flow/key", entry.key.span, message);
        cx.reader.report(error.help("the terminator ends the input and is not part of the keys"));
    }
    let target = cx.target(&entry.value).map(|target| (target, entry.value.span));
    outcomes.named(Spanned::new(Name::from(&*entry.key.value), entry.key.span), target);
}

/// Reads the entries of a mapping that must not be empty.
pub(super) fn filled<'n>(cx: &mut Context<'_>, node: &'n Node, what: &'static str, key: &str) -> &'n [Entry] {
    let Some(entries) = cx.reader.entries(node, "a mapping") else { return &[] };
    if entries.is_empty() {
        report_empty(cx, node.span, what, key);
    }
    entries
}

pub(super) fn read_collect(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    let prompts = read_prompts(cx, fields, "prompts");
    let variable = cx.written(fields, "variable");
    let min = cx.count(fields, "min", 1, 0, MAX_KEYS);
    let max = cx.count(fields, "max", 20, 1, MAX_KEYS);
    if min > max {
        let span = fields.entry("min").map_or(fields.span(), |entry| entry.value.span);
        let message = format!("'min' is {min}, more than 'max', which is {max}");
        let error = cx.reader.error("flow/range", span, message).label("more than 'max'");
        cx.reader.report(error);
    }
    let terminator = cx.key(fields, "terminator", Some('#'));
    let cancel = cx.key(fields, "cancel", None);
    if let Some(key) = cancel.filter(|_| cancel == terminator) {
        let span = fields.entry("cancel").map_or(fields.span(), |entry| entry.value.span);
        let error = cx.reader.error("flow/key", span, format!("'{key}' is both the cancel key and the terminator"));
        cx.reader.report(error.help("use another key for one of them"));
    }
    outcomes.fixed(&["ok", "no_input", "invalid", "cancelled", "max_attempts", "error"]);
    let collect = Collect {
        prompts,
        variable,
        min,
        max,
        terminator,
        cancel,
        no_input_ms: cx.duration(fields, "no_input", 5_000),
        interdigit_ms: cx.duration(fields, "interdigit", 3_000),
        max_attempts: cx.count(fields, "max_attempts", 3, 1, MAX_ATTEMPTS),
        barge_in: cx.boolean(fields, "barge_in", true),
        type_ahead: cx.boolean(fields, "type_ahead", true),
        clear_buffer: cx.boolean(fields, "clear_buffer", false),
        validate: fields.take("validate").and_then(|node| read_validation(cx, node)),
        secret: cx.boolean(fields, "secret", false),
    };
    if let (true, Some(slot)) = (collect.secret, variable) {
        cx.variables.secret(slot);
    }
    Kind::Collect(collect)
}

fn read_validation(cx: &mut Context<'_>, node: &Node) -> Option<Validation> {
    let mut fields = cx.reader.mapping(node, "a validation")?;
    let regex = fields.take("regex");
    let luhn = fields.take("luhn");
    let date = fields.take("date");
    let given = [regex, luhn, date].iter().flatten().count();
    if given != 1 {
        let message = if given == 0 { "the validation is empty" } else { "a validation has exactly one rule" };
        let error = cx.reader.error("flow/either", node.span, message);
        cx.reader.report(error.help("write one of { regex: \"...\" }, { luhn: true } and { date: \"MMDDYYYY\" }"));
    }
    let validation = match (regex, luhn, date) {
        (Some(node), _, _) => read_regex(cx, node).map(Validation::Regex),
        (_, Some(node), _) => cx.reader.boolean(node, "true or false").filter(|&luhn| luhn).map(|_| Validation::Luhn),
        (_, _, Some(node)) => read_date(cx, node).map(Validation::Date),
        _ => None,
    };
    fields.finish(&mut cx.reader);
    validation
}

fn read_regex(cx: &mut Context<'_>, node: &Node) -> Option<regex::Regex> {
    let text = cx.reader.text(node, "a regular expression")?;
    // Compiled without anchors first, so that an unbalanced bracket cannot pair with the added
    // ones.
    let compile = |pattern: &str| regex::RegexBuilder::new(pattern).size_limit(1 << 20).build();
    let compiled = compile(&text.value).and_then(|_| compile(&format!("^(?:{})$", text.value)));
    match compiled {
        Ok(regex) => Some(regex),
        Err(error) => {
            let reason = match error {
                regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
                // The last line of the crate's error holds the message.
                error => error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
            };
            let message = format!("the regular expression cannot be used: {reason}");
            let error = cx.reader.error("flow/regex", text.span, message);
            cx.reader.report(error);
            None
        }
    }
}

/// Reads a date pattern: one run each of `MM`, `DD`, and `YY` or `YYYY`.
fn read_date(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = cx.reader.text(node, "the pattern of a date")?;
    let mut rest = text.value.as_str();
    let mut seen = [false; 3];
    while !rest.is_empty() {
        let parts = [("MM", 0), ("DD", 1), ("YYYY", 2), ("YY", 2)];
        let Some((part, index)) = parts.iter().find(|(part, _)| rest.starts_with(part)) else { break };
        if std::mem::replace(&mut seen[*index], true) {
            break;
        }
        rest = &rest[part.len()..];
    }
    if rest.is_empty() && seen == [true; 3] {
        return Some(text.value);
    }
    let message = format!("{} is not the pattern of a date", quoted(&text.value));
    let error = cx.reader.error("flow/date", text.span, message);
    cx.reader.report(error.help("write MM, DD and YY or YYYY, each once, such as MMDDYYYY or DDMMYY"));
    None
}

pub(super) fn read_bot(cx: &mut Context<'_>, fields: &mut Fields<'_>, outcomes: &mut Outcomes) -> Kind {
    let prompts = read_prompts(cx, fields, "prompts");
    let mut intents = Vec::new();
    if let Some(node) = fields.required(&mut cx.reader, "intents") {
        for entry in filled(cx, node, "a bot node", "intents") {
            let Some(name) = cx.key_name(&entry.key, "the name of an intent") else { continue };
            let (phrases, target) = read_intent(cx, &entry.value);
            outcomes.named(Spanned::new(name.clone(), entry.key.span), target);
            intents.push((name, phrases));
        }
    }
    outcomes.fixed(&["no_intent", "no_input", "max_attempts", "error"]);
    Kind::Bot(Bot {
        prompts,
        intents,
        no_input_ms: cx.duration(fields, "no_input", 5_000),
        max_attempts: cx.count(fields, "max_attempts", 3, 1, MAX_ATTEMPTS),
        barge_in: cx.boolean(fields, "barge_in", true),
        variable: cx.written(fields, "variable"),
    })
}

/// Reads the phrases and the edge of an intent. An intent given as a node alone has no phrases;
/// only a stub can choose it.
fn read_intent(cx: &mut Context<'_>, node: &Node) -> (Vec<String>, Option<(usize, crate::source::diagnostics::Span)>) {
    if !matches!(node.data, Data::Mapping(_)) {
        return (Vec::new(), cx.target(node).map(|target| (target, node.span)));
    }
    let Some(mut fields) = cx.reader.mapping(node, "an intent") else { return (Vec::new(), None) };
    let mut phrases = Vec::new();
    for phrase in cx.texts(&mut fields, "phrases", "a phrase") {
        let plain = normalised(&phrase.value);
        if plain.is_empty() {
            let error = cx.reader.error("flow/empty", phrase.span, "the phrase has no letters or digits");
            cx.reader.report(error);
        }
        phrases.push(plain);
    }
    let to = fields.take("to");
    let target = to.and_then(|to| cx.target(to).map(|target| (target, to.span)));
    fields.finish(&mut cx.reader);
    (phrases, target)
}

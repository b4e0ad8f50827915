//! Requests from short texts, and traces as short texts.

use std::fmt::Write;
use std::sync::Arc;

use crate::flow::{Name, Program, QueueState, Value};
use crate::simulator::{Answer, Answers, Clock, Input, Request, Stubs, Trace, simulate};

/// A program of flows as text, the entry first; panics with all messages if it cannot be used.
pub(crate) fn program(texts: &[&str]) -> Arc<Program> {
    let parsed = Program::parse(texts);
    parsed.unwrap_or_else(|diagnostics| {
        let messages: Vec<String> = diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect();
        panic!("{}", messages.join("\n"))
    })
}

/// The nodes of a flow named `main` that begins with node `start`.
pub(crate) fn flow(rest: &str) -> Arc<Program> {
    program(&[&format!("flow: main\n{rest}")])
}

/// What a caller does, from items such as `1`, `12@300ms`, `12/4s` (gap), `<130` (ahead), `-`, `hangup`, `hangup@2s`,
/// `say:book`, `speak:4s`.
pub(crate) fn keys(items: &str) -> Vec<Input> {
    let ms = |text: &str| crate::source::yaml::parse_duration(text).unwrap();
    let item = |item: &str| match item {
        "-" => Input::Silence,
        "hangup" => Input::HangUp { at_ms: None },
        _ => {
            if let Some(at) = item.strip_prefix("hangup@") {
                return Input::HangUp { at_ms: Some(ms(at)) };
            }
            if let Some(said) = item.strip_prefix("say:") {
                return Input::Say(said.replace('_', " ").into());
            }
            if let Some(time) = item.strip_prefix("speak:") {
                return Input::Speak(ms(time));
            }
            if let Some(keys) = item.strip_prefix('<') {
                return Input::Ahead(keys.into());
            }
            let (rest, gap) = item.split_once('/').map_or((item, None), |(rest, gap)| (rest, Some(ms(gap))));
            let (keys, at) = rest.split_once('@').map_or((rest, None), |(keys, at)| (keys, Some(ms(at))));
            Input::Keys { keys: keys.into(), gap_ms: gap, at_ms: at }
        }
    };
    items.split_whitespace().map(item).collect()
}

/// A request with these items and nothing else.
pub(crate) fn request(items: &str) -> Request {
    Request { keypad: keys(items), ..Request::default() }
}

/// The same with stubs: lines such as `balance: success{balance=120} +2s, failure "down"`.
pub(crate) fn stubs(lines: &str) -> Stubs {
    let mut answers: Vec<(Name, Answers)> = Vec::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, rest) = line.split_once(": ").unwrap();
        let list = rest.split(", ").map(answer).collect();
        answers.push((name.into(), Answers { list }));
    }
    answers.sort_by(|left, right| left.0.cmp(&right.0));
    Stubs { answers, queues: Vec::new() }
}

fn answer(text: &str) -> Answer {
    let (text, message) = text
        .split_once(" \"")
        .map_or((text, None), |(text, message)| (text, Some(message.trim_end_matches('"').to_owned())));
    let (text, latency) = text.split_once(" +").map_or((text, None), |(text, latency)| (text, Some(latency)));
    let (outcome, outputs) = text.split_once('{').unwrap_or((text, "}"));
    let outputs = outputs.trim_end_matches('}').split(';').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap();
        (name.into(), value.parse().map_or_else(|_| Value::from(value), Value::Integer))
    });
    Answer {
        outcome: outcome.into(),
        outputs: outputs.collect(),
        latency_ms: latency.map(|latency| crate::source::yaml::parse_duration(latency).unwrap()),
        message,
    }
}

/// A queue's state as a stub.
pub(crate) fn queue(name: &str, state: QueueState) -> Stubs {
    Stubs { answers: Vec::new(), queues: vec![(name.into(), state)] }
}

/// A clock at this wall-clock time in New York.
pub(crate) fn clock(at: &str) -> Option<Clock> {
    let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
    let at = at.parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone.clone()).unwrap().timestamp();
    Some(Clock { at, zone })
}

/// The whole trace: a line for each step with its prompts and questions below, then what is left.
pub(crate) fn dump(trace: &Trace) -> String {
    let mut out = String::new();
    for (index, step) in trace.steps.iter().enumerate() {
        let outcome = trace.outcome_name(step).map(|name| format!(" -> {name}")).unwrap_or_default();
        let input = step.input.as_deref().map(|input| format!(" [{input}]")).unwrap_or_default();
        let message = step.message.as_deref().map(|message| format!(" ({message})")).unwrap_or_default();
        let (name, at, ms) = (trace.node_name(step), step.at_ms, step.duration_ms);
        writeln!(out, "{at} +{ms} {name}{input}{outcome}{message}").unwrap();
        for spoken in trace.prompts.iter().filter(|spoken| spoken.step as usize == index) {
            let mark = if spoken.interrupted { " cut" } else { "" };
            writeln!(out, "    \"{}\" {}{mark}", spoken.text, spoken.heard_ms).unwrap();
        }
        for lookup in trace.lookups.iter().filter(|lookup| lookup.step as usize == index) {
            let inputs: Vec<String> =
                lookup.inputs.iter().map(|(name, value)| format!("{name}={}", value.literal())).collect();
            writeln!(out, "    {}({}) = {}", lookup.service, inputs.join(", "), lookup.outcome).unwrap();
        }
    }
    write!(out, "{} {}", trace.outcome, trace.duration_ms).unwrap();
    if let Some(failure) = &trace.failure {
        write!(out, " ({failure})").unwrap();
    }
    if trace.fault.is_some() {
        out.push_str(" FAULT");
    }
    write!(out, "\nkeys {} used, {} unused", trace.keypresses, trace.unused_keys).unwrap();
    if trace.unused_items > 0 {
        write!(out, ", {} items unused", trace.unused_items).unwrap();
    }
    for variable in &trace.variables {
        let value = if variable.secret { "[secret]".to_owned() } else { variable.value.literal() };
        write!(out, "\n{} = {value}", variable.name).unwrap();
    }
    out
}

/// The steps alone: `node:outcome node:outcome = end`.
pub(crate) fn path(trace: &Trace) -> String {
    let steps: Vec<String> = trace
        .steps
        .iter()
        .map(|step| match trace.outcome_name(step) {
            Some(outcome) => format!("{}:{outcome}", trace.node_name(step)),
            None => trace.node_name(step).to_owned(),
        })
        .collect();
    format!("{} = {}", steps.join(" "), trace.outcome)
}

/// The trace of a call as text.
pub(crate) fn run(program: &Program, request: &Request) -> String {
    dump(&simulate(program, request))
}

/// The path of a call with these items.
pub(crate) fn walk(program: &Program, items: &str) -> String {
    path(&simulate(program, &request(items)))
}

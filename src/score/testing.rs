//! Hand-made traces and expectations for the tests of this module.

use std::sync::Arc;

use super::Check;
use crate::flow::{Name, NodeNames, NodeTable};
use crate::simulator::{LookupCall, Spoken, Step, Trace, Variable};
use crate::source::diagnostics::{Source, Span};
use crate::suite::{PathItem, Placed};

/// A bank's main line.
pub(crate) const BANK: &str = "
    play welcome: next>hours
    hours hours: open>main_menu closed>sorry holiday>sorry
    menu main_menu: 1>balance 2>card_pin no_input no_match max_attempts>sorry
    lookup balance: success>say_balance failure>sorry
    play say_balance: next>bye
    collect card_pin: ok>card_queue no_input invalid max_attempts>sorry
    queue card_queue: answered full>sorry
    play sorry: next>bye
    end bye:
    end voicemail:";

/// Parses a table from lines `kind name: outcome>target outcome`.
pub(crate) fn table(text: &str) -> Arc<NodeTable> {
    let lines: Vec<(&str, &str, &str)> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let (head, outcomes) = line.split_once(':').unwrap();
            let (kind, name) = head.trim().split_once(' ').unwrap();
            (kind, name, outcomes)
        })
        .collect();
    let index = |target: &str| lines.iter().position(|(_, name, _)| *name == target).unwrap() as u32;
    let nodes = lines.iter().map(|(kind, name, outcomes)| {
        let edges =
            outcomes.split_whitespace().map(|edge| edge.split_once('>').map_or((edge, None), |(a, b)| (a, Some(b))));
        let kind = *["play", "hours", "menu", "lookup", "collect", "queue", "bot"]
            .iter()
            .find(|k| *k == kind)
            .unwrap_or(&"end");
        NodeNames {
            name: (*name).into(),
            flow: None,
            label: None,
            kind,
            input: matches!(kind, "menu" | "collect" | "bot"),
            decision: !matches!(kind, "play" | "end"),
            outcomes: edges.clone().map(|(outcome, _)| outcome.into()).collect(),
            targets: edges.map(|(_, target)| target.map(index)).collect(),
        }
    });
    Arc::new(NodeTable::new(nodes.collect()))
}

/// A completed call through nodes `name.outcome`, one second each.
pub(crate) fn trace(table: &Arc<NodeTable>, walked: &str) -> Trace {
    let steps = walked.split_whitespace().enumerate().map(|(index, step)| {
        let (name, outcome) = step.split_once('.').map_or((step, None), |(name, outcome)| (name, Some(outcome)));
        let node = table.find(name).unwrap_or_else(|| panic!("no node {name}"));
        let outcomes = &table.nodes[node as usize].outcomes;
        let outcome = outcome.map(|outcome| outcomes.iter().position(|known| **known == *outcome).unwrap() as u16);
        Step { node, outcome, at_ms: index as u64 * 1000, duration_ms: 1000, input: None, message: None }
    });
    let steps: Vec<Step> = steps.collect();
    Trace {
        table: table.clone(),
        duration_ms: steps.len() as u64 * 1000,
        steps,
        variables: Vec::new(),
        outcome: "completed".into(),
        failure: None,
        fault: None,
        lookups: Vec::new(),
        prompts: Vec::new(),
        keypresses: 0,
        prompt_ms: 0,
        unused_items: 0,
        unused_keys: 0,
        events: Vec::new(),
    }
}

/// A value placed at the first `text` in the source.
pub(crate) fn at<T>(source: &Arc<Source>, text: &str, value: T) -> Placed<T> {
    let start = source.text().find(text).unwrap();
    Placed { value, source: source.clone(), span: Span::new(start, start + text.len()) }
}

/// A value at an arbitrary place.
pub(crate) fn placed<T>(value: T) -> Placed<T> {
    at(&Source::new("suite.yaml", "expected"), "expected", value)
}

/// Parses a path `a, b|c, ?, ...`.
pub(crate) fn path(table: &NodeTable, text: &str) -> Arc<[PathItem]> {
    let item = |item: &str| match item.trim() {
        "?" => PathItem::AnyOne,
        "..." => PathItem::AnyMany,
        names => PathItem::Nodes(names.split('|').map(|name| table.find(name).unwrap()).collect()),
    };
    text.split(',').filter(|text| !text.trim().is_empty()).map(item).collect()
}

/// A variable at the end of a call.
pub(crate) fn variable(name: &str, value: impl Into<crate::flow::Value>, secret: bool) -> Variable {
    Variable { name: name.into(), value: value.into(), secret }
}

/// A prompt heard in a step.
pub(crate) fn spoken(step: u32, text: &str) -> Spoken {
    Spoken { step, text: text.into(), heard_ms: 1000, interrupted: false }
}

/// A lookup of a service, `name: value` inputs as texts.
pub(crate) fn lookup_call(service: &str, inputs: &[(&str, &str)], outcome: &str) -> LookupCall {
    let inputs = inputs.iter().map(|(name, value)| (Name::from(*name), (*value).into())).collect();
    LookupCall { step: 0, service: service.into(), inputs, outcome: outcome.into() }
}

/// Formats checks one a line: kind, subject, state, expected and actual.
pub(crate) fn show(checks: &[Check]) -> String {
    let line = |check: &Check| {
        let mut line = format!("{:?}", check.kind);
        if let Some(subject) = &check.subject {
            line += &format!(" {subject}");
        }
        line += &format!(" {:?}", check.state);
        if let (Some(expected), Some(actual)) = (&check.expected, &check.actual) {
            line += &format!(": {expected} <> {actual}");
        }
        line
    };
    checks.iter().map(line).collect::<Vec<_>>().join("\n")
}

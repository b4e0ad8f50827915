//! Reads the gates of a suite.

use super::rules;
use crate::source::diagnostics::{Span, quoted};
use crate::source::yaml::{Data, Node, Reader};
use crate::suite::gate::{Gate, GateError, Mistaken};

/// Reads `gates`: measures and their limits. `coverage` may be a mapping of its own.
pub(super) fn gates(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<Gate>> {
    let mut gates: Vec<Gate> = Vec::new();
    let mut sound = true;
    for entry in reader.entries(node, "a mapping of gates")?.iter().filter(|entry| !entry.value.is_null()) {
        let read = match &entry.value.data {
            Data::Mapping(inner) if &*entry.key.value == "coverage" => inner
                .iter()
                .map(|inner| (format!("coverage.{}", inner.key.value), inner.key.span, &inner.value))
                .collect(),
            _ => vec![(entry.key.value.to_string(), entry.key.span, &entry.value)],
        };
        for (name, span, value) in read {
            match gate(&name, span, value, &gates, reader) {
                Some(gate) => gates.push(gate),
                None => sound = false,
            }
        }
    }
    sound.then_some(gates)
}

fn gate(name: &str, span: Span, value: &Node, others: &[Gate], reader: &mut Reader<'_>) -> Option<Gate> {
    let limit = reader.text(value, "the gate's limit")?;
    let problem = match Gate::from_limit(name, &limit) {
        Ok(gate) if gate.measure.is_of_run() => {
            let message = format!("{} is measured over the whole run, not for a suite", quoted(name));
            (span, message, Some("write it under [gates] of callpath.toml, or with --gate".to_owned()))
        }
        Ok(gate) if others.iter().any(|other| other.measure == gate.measure) => {
            (span, format!("the gate on {} is defined twice", quoted(name)), None)
        }
        Ok(gate) => return Some(gate),
        Err(GateError { mistaken, message, help }) => {
            (if mistaken == Mistaken::Limit { value.span } else { span }, message, help)
        }
    };
    let (span, message, help) = problem;
    let diagnostic = reader.error(rules::GATE, span, message).maybe_help(help);
    reader.report(diagnostic);
    None
}

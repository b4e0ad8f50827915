//! Tracks which variables a flow writes and reads, and which may hold a secret.

use std::collections::HashMap;

use super::suggest::Suggestions;
use crate::flow::expression::Slots;
use crate::source::diagnostics::rules::UNKNOWN_VARIABLE;
use crate::source::diagnostics::{Span, quoted};
use crate::source::yaml::Reader;

/// Writes and reads of variables, collected while the nodes are read.
#[derive(Default)]
pub(super) struct Variables {
    writes: Vec<usize>,
    reads: Vec<(usize, Span)>,
    secrets: Vec<usize>,
    taints: Vec<(usize, usize)>,
}

/// The result for each slot.
pub(super) struct Usage {
    /// For each slot, whether it is declared or set by a node.
    pub written: Vec<bool>,
    /// For each slot, whether it may hold a secret.
    pub secret: Vec<bool>,
    /// Pairs of slots: if the first holds a secret, so does the second.
    pub taints: Vec<(usize, usize)>,
}

impl Variables {
    /// Records that a node or the declaration sets the slot.
    pub(super) fn write(&mut self, slot: usize) {
        self.writes.push(slot);
    }

    /// Records that an expression at this span reads these slots.
    pub(super) fn read(&mut self, slots: &[usize], span: Span) {
        self.reads.extend(slots.iter().map(|&slot| (slot, span)));
    }

    /// Records that the slot holds a secret.
    pub(super) fn secret(&mut self, slot: usize) {
        self.secrets.push(slot);
    }

    /// Records that the slot is computed from these.
    pub(super) fn taint(&mut self, from: &[usize], to: usize) {
        self.taints.extend(from.iter().map(|&from| (from, to)));
    }

    /// Warns about every variable that is read but never set in the flow; a scenario may still set
    /// it.
    pub(super) fn finish(self, reader: &mut Reader<'_>, suggest: &mut Suggestions, slots: &Slots) -> Usage {
        let mut written = vec![false; slots.len()];
        for &slot in &self.writes {
            written[slot] = true;
        }
        let mut reported = vec![false; slots.len()];
        for &(slot, span) in &self.reads {
            if written[slot] || std::mem::replace(&mut reported[slot], true) {
                continue;
            }
            let name = slots.name(slot);
            let known = slots.iter().enumerate().filter(|&(slot, _)| written[slot]).map(|(_, name)| &**name);
            let place = word(reader.source().slice(span), name)
                .map_or(span, |(start, end)| Span::new(span.start as usize + start, span.start as usize + end));
            let message = format!("the variable {} is never set in this flow", quoted(name));
            let warning = UNKNOWN_VARIABLE.finding(reader.source(), place, message);
            reader.report(match suggest.closest(name, known) {
                _ if **name == *"metric" => warning.help("it is defined only in the cases of a queue check"),
                Some(near) => warning.help(format!("did you mean '{near}'?")).replacement(near),
                None => warning.help(format!(
                    "declare it under 'variables', or write it in quotes inside the expression ('{name}') to mean a text"
                )),
            });
        }
        let mut secret = vec![false; slots.len()];
        for &slot in &self.secrets {
            secret[slot] = true;
        }
        spread(&mut secret, &self.taints);
        Usage { written, secret, taints: self.taints }
    }
}

/// Propagates secrets along the pairs.
pub(in crate::flow) fn spread(secret: &mut [bool], taints: &[(usize, usize)]) {
    let mut becomes: HashMap<usize, Vec<usize>> = HashMap::new();
    for &(from, to) in taints {
        becomes.entry(from).or_default().push(to);
    }
    let mut open: Vec<usize> = (0..secret.len()).filter(|&slot| secret[slot]).collect();
    while let Some(slot) = open.pop() {
        for &to in becomes.get(&slot).into_iter().flatten() {
            if !std::mem::replace(&mut secret[to], true) {
                open.push(to);
            }
        }
    }
}

/// Finds a whole word in a text.
fn word(text: &str, word: &str) -> Option<(usize, usize)> {
    let inner = |c: char| c == '_' || c.is_alphanumeric();
    text.match_indices(word)
        .map(|(start, _)| (start, start + word.len()))
        .find(|&(start, end)| !text[..start].ends_with(inner) && !text[end..].starts_with(inner))
}

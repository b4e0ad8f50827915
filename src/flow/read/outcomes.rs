//! The outcomes of one node and the edges that leave it.

use std::collections::HashMap;

use super::context::Context;
use super::rules::{RULES, joined};
use crate::flow::{Name, Outcome};
use crate::source::diagnostics::{Location, Span, Spanned, quoted};
use crate::source::yaml::{Fields, Node};

/// The outcomes of a node while it is read.
pub(super) struct Outcomes {
    list: Vec<Outcome>,
    /// For each of them, the span where the file names it.
    named: Vec<Option<Span>>,
    /// The span of the node.
    node: Span,
}

impl Outcomes {
    pub(super) fn new(node: Span) -> Self {
        Self { list: Vec::new(), named: Vec::new(), node }
    }

    /// Adds outcomes that every node of the type has.
    pub(super) fn fixed(&mut self, names: &[&str]) {
        for &name in names {
            self.list.push(Outcome { name: name.into(), target: None, span: self.node });
            self.named.push(None);
        }
    }

    /// Adds an outcome that the file names, with its target if given.
    pub(super) fn named(&mut self, name: Spanned<Name>, target: Option<(usize, Span)>) {
        let (target, span) = target.map_or((None, self.node), |(target, span)| (Some(target), span));
        self.list.push(Outcome { name: name.value, target, span });
        self.named.push(Some(name.span));
    }

    /// Whether the node has an outcome of this name.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.list.iter().any(|outcome| &*outcome.name == name)
    }

    /// Adds an implied edge, unless an outcome has the name.
    pub(super) fn implied(&mut self, name: &str, target: usize, span: Span) {
        if !self.contains(name) {
            self.list.push(Outcome { name: name.into(), target: Some(target), span });
            self.named.push(None);
        }
    }

    /// Reads `next` and `on`.
    pub(super) fn wire(&mut self, cx: &mut Context<'_>, fields: &mut Fields<'_>, what: &str) {
        let indices = self.check_names(cx, what);
        if self.contains("next")
            && let Some(next) = fields.take("next")
        {
            self.edge(cx, &indices, ("next", next.span), next, what);
        }
        // A node without outcomes has no edges, so `on` stays unread and is reported as unknown.
        if self.list.is_empty() {
            return;
        }
        let Some(on) = fields.take("on") else { return };
        for entry in cx.reader.entries(on, "a mapping of outcomes to nodes").unwrap_or_default() {
            self.edge(cx, &indices, (&entry.key.value, entry.key.span), &entry.value, what);
        }
    }

    fn edge(
        &mut self,
        cx: &mut Context<'_>,
        indices: &HashMap<Name, usize>,
        (name, span): (&str, Span),
        node: &Node,
        what: &str,
    ) {
        let target = cx.target(node);
        let Some(outcome) = indices.get(name).and_then(|&index| self.list.get_mut(index)) else {
            let message = format!("{what} has no outcome {}", quoted(name));
            let unknown = cx.reader.error("flow/unknown-outcome", span, message);
            let listing = format!("its outcomes are {}", joined(self.names()));
            let unknown = match cx.suggest.closest(name, self.names()) {
                Some(near) => unknown.help(format!("did you mean '{near}'? {listing}")).replacement(near),
                None => unknown.help(listing),
            };
            cx.reader.report(unknown);
            return;
        };
        if outcome.target.is_some() {
            let first = Location { source: cx.reader.source().clone(), span: outcome.span };
            let twice = cx
                .reader
                .error("flow/duplicate-edge", span, format!("outcome {} has two edges", quoted(name)))
                .label("the second edge")
                .related(first, "the first edge");
            cx.reader.report(twice);
        } else {
            outcome.target = target;
            outcome.span = node.span;
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|outcome| &*outcome.name)
    }

    /// Indexes the outcomes by name. Names must be unique because edges, stubs and expectations
    /// refer to outcomes by name.
    fn check_names(&self, cx: &mut Context<'_>, what: &str) -> HashMap<Name, usize> {
        let mut indices = HashMap::with_capacity(self.list.len());
        let all = || self.list.iter().zip(&self.named).enumerate();
        // Fixed names come first, so that the error points at the name that the user can change.
        for (index, (outcome, _)) in all().filter(|(_, (_, named))| named.is_none()) {
            indices.insert(outcome.name.clone(), index);
        }
        for (index, (outcome, named)) in all() {
            let Some(span) = *named else { continue };
            let Some(&first) = indices.get(&outcome.name) else {
                indices.insert(outcome.name.clone(), index);
                continue;
            };
            let name = quoted(&outcome.name);
            let (message, help) = if self.named[first].is_none() {
                let message = format!("{what} has an outcome {name} of its own");
                (message, "wire that one under 'on', or give this one another name")
            } else {
                (format!("{what} has two outcomes {name}"), "give one of them another name")
            };
            let error = cx.reader.error("flow/duplicate-outcome", span, message).help(help);
            cx.reader.report(error);
        }
        indices
    }

    pub(super) fn finish(self) -> Vec<Outcome> {
        self.list
    }
}

/// Reports an empty mapping or list.
pub(super) fn report_empty(cx: &mut Context<'_>, span: Span, what: &str, key: &str) {
    let empty = cx.reader.error("flow/empty", span, format!("{what} needs at least one entry in '{key}'"));
    cx.reader.report(empty.label("nothing in here"));
}

/// Reports that two mutually exclusive keys are both present or both missing.
pub(super) fn report_either(cx: &mut Context<'_>, span: Span, what: &str, keys: [&str; 2], both: bool) {
    let [one, other] = keys;
    let error = if both {
        let message = format!("{what} has both '{one}' and '{other}'");
        cx.reader.error("flow/either", span, message).help("keep one of them")
    } else {
        let message = format!("missing key '{one}' or '{other}' in {what}");
        cx.reader.error(RULES.missing_key, span, message).help(format!("add '{one}: ...' or '{other}: ...'"))
    };
    cx.reader.report(error);
}

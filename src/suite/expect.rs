//! Reads expectations; `resolve` looks up their names in a program.

use std::sync::Arc;

use super::condition::{bound, condition, text_match};
use super::keypad::hidden_key;
use super::settings::Names;
use super::{Bound, Condition, Placed, TextMatch, rules};
use crate::flow::Name;
use crate::source::diagnostics::{Span, Spanned, quoted};
use crate::source::yaml::{Data, Entry, Node, Reader};

/// One `expect` as written; missing keys come from the defaults.
#[derive(Clone, Debug, Default)]
pub(super) struct ExpectPatch {
    pub outcome: Option<Placed<Name>>,
    pub ends_at: Option<Placed<Name>>,
    pub path: Option<Placed<Arc<[PathPart]>>>,
    pub decisions: Option<Vec<Decision>>,
    pub variables: Option<Vec<Placed<(Name, Condition)>>>,
    pub never: Option<Vec<Placed<Name>>>,
    pub prompts: Option<Vec<Placed<Prompt>>>,
    pub lookups: Option<Vec<Lookup>>,
    pub efficiency: Option<Placed<Bound<f64>>>,
    pub duration_ms: Option<Placed<Bound<u64>>>,
    pub keypresses: Option<Placed<Bound<u64>>>,
    pub unused_input: Option<Placed<Unused>>,
    pub failure: Option<Placed<String>>,
    /// Whether anything is written here. If it could not be read, the mistake has been reported.
    pub given: bool,
}

/// Whether unused input is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unused {
    Allow,
    Forbid,
}

/// An item of a path. Places are counted from the path's own, so that paths of the same text are
/// the same.
#[derive(Clone, Debug)]
pub(super) enum PathPart {
    /// One of these nodes.
    Nodes(Vec<Spanned<Name>>),
    AnyOne,
    AnyMany,
}

/// The decisions of one node.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub node: Placed<Name>,
    /// By visit; none is not checked.
    pub outcomes: Vec<Option<Placed<Name>>>,
}

/// A prompt.
#[derive(Clone, Debug)]
pub(super) struct Prompt {
    pub text: TextMatch,
    pub node: Option<Spanned<Name>>,
    pub negated: bool,
}

/// The questions to one service.
#[derive(Clone, Debug)]
pub(super) struct Lookup {
    pub service: Placed<Name>,
    /// The whole entry.
    pub span: Span,
    pub times: Option<Bound<u64>>,
    pub with: Vec<Spanned<(Name, Condition)>>,
    pub outcome: Option<Spanned<Name>>,
}

/// The keys that only expectations have.
pub(super) const EXPECTATIONS: [&str; 12] = [
    "outcome",
    "ends_at",
    "path",
    "decisions",
    "never",
    "prompts",
    "lookups",
    "efficiency",
    "duration",
    "keypresses",
    "unused_input",
    "failure",
];

/// The own value, or else that of the defaults.
pub(super) fn either<T: Clone>(own: &Option<T>, default: &Option<T>) -> Option<T> {
    own.as_ref().or(default.as_ref()).cloned()
}

impl ExpectPatch {
    /// Reads an `expect`.
    pub(super) fn read(node: &Node, names: &mut Names, reader: &mut Reader<'_>) -> Option<Self> {
        let mut fields = reader.mapping(node, "the expectations")?;
        let patch = Self {
            outcome: fields.take("outcome").and_then(|node| name(node, "an outcome", names, reader)),
            ends_at: fields.take("ends_at").and_then(|node| name(node, "a node", names, reader)),
            path: fields.take("path").and_then(|node| path(node, names, reader)),
            decisions: fields.take("decisions").and_then(|node| decisions(node, names, reader)),
            variables: fields.take("variables").and_then(|node| variables(node, names, reader)),
            never: fields.take("never").and_then(|node| {
                let items = reader.one_or_many(node);
                good(items.iter().map(|item| name(item, "a node", names, reader)))
            }),
            prompts: fields.take("prompts").and_then(|node| {
                let items = reader.one_or_many(node);
                good(items.iter().map(|item| prompt(item, names, reader)))
            }),
            lookups: fields.take("lookups").and_then(|node| lookups(node, names, reader)),
            efficiency: fields.take("efficiency").and_then(|node| {
                let bound = bound(node, reader, efficiency)?;
                Some(placed(bound, node.span, reader))
            }),
            duration_ms: fields.take("duration").and_then(|node| {
                let bound = bound(node, reader, |node, reader| reader.duration(node, "a duration"))?;
                Some(placed(bound, node.span, reader))
            }),
            keypresses: fields.take("keypresses").and_then(|node| {
                let bound = bound(node, reader, |node, reader| count(node, "a number of keys", reader))?;
                Some(placed(bound, node.span, reader))
            }),
            unused_input: fields.take("unused_input").and_then(|node| {
                let word = reader.word(node, "'allow' or 'forbid'", &["allow", "forbid"])?;
                Some(placed(if word == 0 { Unused::Allow } else { Unused::Forbid }, node.span, reader))
            }),
            failure: fields.take("failure").and_then(|node| {
                let text = reader.text(node, "a part of the failure's message")?;
                Some(placed(text.value, node.span, reader))
            }),
            given: false,
        };
        fields.finish(reader);
        let allowed = patch.unused_input.as_ref().is_some_and(|unused| unused.value == Unused::Allow);
        let nothing = |entry: &Entry| entry.value.is_empty() || (allowed && &**entry.key == "unused_input");
        let given = matches!(&node.data, Data::Mapping(entries) if !entries.iter().all(nothing));
        Some(Self { given, ..patch })
    }

    /// Merges with defaults key by key; keys of `self` take precedence.
    pub(super) fn over(&self, defaults: &Self) -> Self {
        Self {
            outcome: either(&self.outcome, &defaults.outcome),
            ends_at: either(&self.ends_at, &defaults.ends_at),
            path: either(&self.path, &defaults.path),
            decisions: either(&self.decisions, &defaults.decisions),
            variables: either(&self.variables, &defaults.variables),
            never: either(&self.never, &defaults.never),
            prompts: either(&self.prompts, &defaults.prompts),
            lookups: either(&self.lookups, &defaults.lookups),
            efficiency: either(&self.efficiency, &defaults.efficiency),
            duration_ms: either(&self.duration_ms, &defaults.duration_ms),
            keypresses: either(&self.keypresses, &defaults.keypresses),
            unused_input: either(&self.unused_input, &defaults.unused_input),
            failure: either(&self.failure, &defaults.failure),
            given: self.given || defaults.given,
        }
    }
}

fn placed<T>(value: T, span: Span, reader: &Reader<'_>) -> Placed<T> {
    Placed { value, source: reader.source().clone(), span }
}

/// All of them, or none where one is missing; every one is read, so that all mistakes are reported.
fn all<T>(items: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let items: Vec<Option<T>> = items.collect();
    items.into_iter().collect()
}

/// Those that are good: the names in them are looked up although the file is not used.
fn good<T>(items: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    Some(items.flatten().collect())
}

fn name(node: &Node, what: &'static str, names: &mut Names, reader: &mut Reader<'_>) -> Option<Placed<Name>> {
    // If an outcome such as `#` is missing, YAML probably read it as a comment.
    if node.is_null() && hidden_key(node, reader) {
        return None;
    }
    let text = reader.text(node, what)?;
    Some(placed(names.intern(&text), text.span, reader))
}

fn efficiency(node: &Node, reader: &mut Reader<'_>) -> Option<f64> {
    let value = reader.decimal(node, "an efficiency")?;
    if (0.0..=1.0).contains(&value) {
        return Some(value);
    }
    let message = format!("expected an efficiency between 0 and 1, found {value}");
    let diagnostic = reader.error(rules::INVALID_VALUE, node.span, message);
    reader.report(if value > 1.0 && value <= 100.0 {
        diagnostic.help(format!("{value} per cent is {}", value / 100.0)).replacement((value / 100.0).to_string())
    } else {
        diagnostic
    });
    None
}

fn count(node: &Node, what: &'static str, reader: &mut Reader<'_>) -> Option<u64> {
    reader.integer(node, what, 0, i64::MAX).map(i64::unsigned_abs)
}

fn path(node: &Node, names: &mut Names, reader: &mut Reader<'_>) -> Option<Placed<Arc<[PathPart]>>> {
    let items = reader.sequence(node, "a list of nodes")?;
    if items.is_empty() {
        let diagnostic = reader.error(rules::INVALID_VALUE, node.span, "an empty path expects nothing");
        reader.report(diagnostic.help("write the nodes in order, '...' for any nodes, or remove it"));
        return None;
    }
    let source = reader.source().clone();
    let text = source.slice(node.span);
    // Paths of the same text are equal if the text has no alias and no interpolation.
    let is_all = !text.contains(['*', '&', '$']);
    if is_all && let Some(known) = names.paths.get(text) {
        return Some(placed(known.clone(), node.span, reader));
    }
    let parts = good(items.iter().map(|item| path_part(item, node.span.start, names, reader)))?;
    let is_all = is_all && parts.len() == items.len();
    let parts: Arc<[PathPart]> = parts.into();
    if is_all {
        names.paths.insert(text.into(), parts.clone());
    }
    Some(placed(parts, node.span, reader))
}

/// An item of the path that begins at `start`.
fn path_part(node: &Node, start: u32, names: &mut Names, reader: &mut Reader<'_>) -> Option<PathPart> {
    let text = reader.text(node, "a node of the path")?;
    match text.trim() {
        "..." | "\u{2026}" => return Some(PathPart::AnyMany),
        "?" => return Some(PathPart::AnyOne),
        _ => {}
    }
    let written = reader.source().slice(node.span);
    let offset = if *written == *text.value { Some(0) } else { written.find(&*text.value) };
    let mut at = 0;
    let mut nodes = Vec::with_capacity(1);
    for alternative in text.split('|') {
        let trimmed = alternative.trim();
        if trimmed.is_empty() {
            let message = format!("{} names no node beside '|'", quoted(&text));
            let diagnostic = reader.error(rules::INVALID_VALUE, node.span, message).help("write 'one|other'");
            reader.report(diagnostic);
            return None;
        }
        let before = at + alternative.len() - alternative.trim_start().len();
        let span = offset.map_or(node.span, |offset| {
            let start = node.span.start as usize + offset + before;
            Span::new(start, start + trimmed.len())
        });
        nodes.push(Spanned::new(names.intern(trimmed), span.relative_to(start)));
        at += alternative.len() + 1;
    }
    Some(PathPart::Nodes(nodes))
}

fn decisions(node: &Node, names: &mut Names, reader: &mut Reader<'_>) -> Option<Vec<Decision>> {
    good(reader.entries(node, "a mapping of nodes and their outcomes")?.iter().map(|entry| {
        let node = placed(names.intern(&entry.key), entry.key.span, reader);
        let items = reader.one_or_many(&entry.value);
        let list = matches!(entry.value.data, Data::Sequence(_));
        if items.is_empty() {
            let message = format!("no outcome is expected of {}", quoted(&entry.key));
            let diagnostic = reader.error(rules::INVALID_VALUE, entry.value.span, message);
            reader.report(diagnostic.help("write an outcome, or a list of them by visit"));
            return None;
        }
        let outcomes = all(items.iter().map(|item| {
            if list && item.as_scalar().is_some_and(|scalar| &*scalar.text == "_") {
                return Some(None);
            }
            name(item, "an outcome", names, reader).map(Some)
        }))?;
        Some(Decision { node, outcomes })
    }))
}

fn variables(node: &Node, names: &mut Names, reader: &mut Reader<'_>) -> Option<Vec<Placed<(Name, Condition)>>> {
    good(reader.entries(node, "a mapping of variables")?.iter().map(|entry| {
        let condition = condition(&entry.value, reader)?;
        // Without a value there is only the name to point at.
        let span = Span { start: entry.key.span.start, end: entry.value.span.end.max(entry.key.span.end) };
        Some(placed((names.intern(&entry.key), condition), span, reader))
    }))
}

fn prompt(node: &Node, names: &mut Names, reader: &mut Reader<'_>) -> Option<Placed<Prompt>> {
    if node.as_scalar().is_some() {
        let text = reader.text(node, "the text of a prompt")?;
        let prompt = Prompt { text: TextMatch::Equals(text.value), node: None, negated: false };
        return Some(placed(prompt, node.span, reader));
    }
    let mut fields = reader.mapping(node, "a prompt")?;
    let text = text_match(node, &mut fields, reader);
    let of = fields.take("node").map(|node| reader.text(node, "a node"));
    let negated = fields.take("not").map(|node| reader.boolean(node, "true or false"));
    fields.finish(reader);
    let of = super::keypad::transpose(of)?.map(|text| Spanned::new(names.intern(&text), text.span));
    let prompt = Prompt { text: text?, node: of, negated: super::keypad::transpose(negated)?.unwrap_or(false) };
    Some(placed(prompt, node.span, reader))
}

fn lookups(node: &Node, names: &mut Names, reader: &mut Reader<'_>) -> Option<Vec<Lookup>> {
    good(reader.entries(node, "a mapping of services")?.iter().map(|entry| {
        let service = placed(names.intern(&entry.key), entry.key.span, reader);
        let mut fields = reader.mapping(&entry.value, "what is expected of a service")?;
        let times = fields
            .take("times")
            .map(|node| bound(node, reader, |node, reader| count(node, "a number of questions", reader)));
        let with = fields.take("with").map(|node| inputs(node, names, reader));
        let outcome = fields.take("outcome").map(|node| reader.text(node, "an outcome"));
        let nothing = times.is_none() && with.is_none() && outcome.is_none();
        fields.finish(reader);
        if nothing {
            let message = format!("nothing is expected of {}", quoted(&entry.key));
            let diagnostic = reader.error(rules::INVALID_VALUE, entry.value.span, message);
            reader.report(diagnostic.help("write '{ times: 1 }', '{ with: { input: value } }' or '{ outcome: … }'"));
            return None;
        }
        let outcome = super::keypad::transpose(outcome)?.map(|text| Spanned::new(names.intern(&text), text.span));
        Some(Lookup {
            service,
            span: entry.value.span,
            times: super::keypad::transpose(times)?,
            with: super::keypad::transpose(with)?.unwrap_or_default(),
            outcome,
        })
    }))
}

fn inputs(node: &Node, names: &mut Names, reader: &mut Reader<'_>) -> Option<Vec<Spanned<(Name, Condition)>>> {
    all(reader.entries(node, "a mapping of inputs")?.iter().map(|entry| {
        let condition = condition(&entry.value, reader)?;
        Some(Spanned::new((names.intern(&entry.key), condition), entry.key.span))
    }))
}

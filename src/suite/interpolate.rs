//! Interpolates `${axis}` and `${env:NAME:-fallback}` in the texts of a suite; `$${` is an escaped
//! `${`.

use super::rules;
use crate::flow::Name;
use crate::source::diagnostics::{Span, Spanned, closest, quoted};
use crate::source::yaml::{Data, Entry, Node, Reader, Scalar};

/// Looks a variable of the environment up; none where it is not set.
pub(crate) type Environment = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Maximum bytes of values interpolated into the texts of one entry: a long value in many cells
/// must not exhaust the memory.
const MAX_INTERPOLATED_BYTES: usize = 256 << 20;

/// Fills the values of one cell into texts.
pub(super) struct Interpolator<'a> {
    /// The axes' names; empty outside of an expanded scenario.
    pub names: &'a [Spanned<Name>],
    /// The cell's value for each.
    pub values: &'a [&'a Node],
    /// Which of them were used so far.
    pub used: Vec<bool>,
    /// How many bytes were filled in so far.
    pub filled: usize,
    /// Where `${env:…}` looks.
    pub environment: &'a Environment,
}

/// What a copy of the tree costs, in bytes, roughly.
fn weight(node: &Node) -> usize {
    const NODE: usize = 48;
    NODE + match &node.data {
        Data::Scalar(scalar) => scalar.text.len(),
        Data::Sequence(items) => items.iter().map(weight).sum(),
        Data::Mapping(entries) => entries.iter().map(|entry| entry.key.len() + weight(&entry.value)).sum(),
    }
}

/// Whether any text or key of the tree has a reference.
pub(super) fn varies(node: &Node) -> bool {
    match &node.data {
        Data::Scalar(scalar) => marked(&scalar.text),
        Data::Sequence(items) => items.iter().any(varies),
        Data::Mapping(entries) => entries.iter().any(|entry| marked(&entry.key) || varies(&entry.value)),
    }
}

fn marked(text: &str) -> bool {
    // Looked for first because it is in hardly any text, and a single byte is found sooner.
    text.as_bytes().contains(&b'$') && text.contains("${")
}

/// A part of a text.
enum Piece<'t> {
    Text(&'t str),
    /// The reference between `${` and `}`.
    Reference(&'t str),
}

/// The parts of a text; the error is the byte at which a `${` begins that has no end.
fn pieces(text: &str) -> Result<Vec<Piece<'_>>, usize> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            pieces.push(Piece::Text(&rest[..at - 1]));
            pieces.push(Piece::Text("${"));
            rest = &rest[at + 2..];
            continue;
        }
        let after = &rest[at + 2..];
        let end = after.find('}').ok_or(text.len() - rest.len() + at)?;
        pieces.push(Piece::Text(&rest[..at]));
        pieces.push(Piece::Reference(&after[..end]));
        rest = &after[end + 1..];
    }
    pieces.push(Piece::Text(rest));
    pieces.retain(|piece| !matches!(piece, Piece::Text("")));
    Ok(pieces)
}

impl<'a> Interpolator<'a> {
    /// Without axes: only the environment can be read.
    pub(super) fn plain(environment: &'a Environment) -> Self {
        Self { names: &[], values: &[], used: Vec::new(), filled: 0, environment }
    }

    /// Returns the interpolated tree; none if a mistake was reported.
    ///
    /// A text that consists of one reference becomes the value itself. The copy keeps the spans of
    /// the original, so that messages point at the reference.
    pub(super) fn fill(&mut self, node: &Node, reader: &mut Reader<'_>) -> Option<Node> {
        let data = match &node.data {
            Data::Scalar(scalar) if marked(&scalar.text) => return self.scalar(scalar, node.span, reader),
            Data::Scalar(_) => return Some(node.clone()),
            Data::Sequence(items) => {
                // Every item is looked at, so that all mistakes are reported.
                let filled: Vec<_> = items.iter().map(|item| self.fill(item, reader)).collect();
                Data::Sequence(filled.into_iter().collect::<Option<_>>()?)
            }
            Data::Mapping(entries) => {
                let filled: Vec<_> = entries.iter().map(|entry| self.entry(entry, reader)).collect();
                let filled: Vec<Entry> = filled.into_iter().collect::<Option<_>>()?;
                self.doubles(&filled, reader)?;
                Data::Mapping(filled)
            }
        };
        Some(Node { span: node.span, data })
    }

    /// Splices the items of a list in place of an item that is a reference to the list.
    pub(super) fn fill_spliced(&mut self, node: &Node, reader: &mut Reader<'_>) -> Option<Node> {
        let Data::Sequence(items) = &node.data else { return self.fill(node, reader) };
        let mut spliced = Vec::with_capacity(items.len());
        let mut whole = true;
        for item in items {
            match self.fill(item, reader) {
                Some(Node { data: Data::Sequence(inner), .. }) if item.as_scalar().is_some() => {
                    spliced.extend(inner.into_iter().map(|inner| Node { span: item.span, ..inner }));
                }
                Some(item) => spliced.push(item),
                None => whole = false,
            }
        }
        whole.then_some(Node { span: node.span, data: Data::Sequence(spliced) })
    }

    fn entry(&mut self, entry: &Entry, reader: &mut Reader<'_>) -> Option<Entry> {
        let key = if marked(&entry.key) {
            self.text(&entry.key, entry.key.span, reader)
        } else {
            Some(entry.key.value.clone())
        };
        let value = self.fill(&entry.value, reader);
        Some(Entry { key: Spanned::new(key?, entry.key.span), value: value? })
    }

    /// Two keys that are one after filling in.
    fn doubles(&self, entries: &[Entry], reader: &mut Reader<'_>) -> Option<()> {
        let double = entries
            .iter()
            .enumerate()
            .find_map(|(index, entry)| entries[..index].iter().find(|first| *first.key == *entry.key).map(|_| entry));
        let Some(entry) = double else { return Some(()) };
        let message = format!("the key {} is defined twice after filling in", quoted(&entry.key));
        let diagnostic = reader.error(rules::DUPLICATE_KEY, entry.key.span, message).label("second time");
        reader.report(diagnostic);
        None
    }

    fn scalar(&mut self, scalar: &Scalar, span: Span, reader: &mut Reader<'_>) -> Option<Node> {
        let pieces = self.pieces(&scalar.text, span, reader)?;
        if let [Piece::Reference(reference)] = pieces[..] {
            return match self.resolve(reference, span, reader)? {
                Found::Axis(value) => Some(Node { span, data: value.data.clone() }),
                // As if the environment's text stood there in place of the reference.
                Found::Environment(text) => {
                    Some(Node { span, data: Data::Scalar(Scalar { text: text.into(), plain: scalar.plain }) })
                }
            };
        }
        let text = self.text(&scalar.text, span, reader)?;
        Some(Node { span, data: Data::Scalar(Scalar { text, plain: false }) })
    }

    fn pieces<'t>(&self, text: &'t str, span: Span, reader: &mut Reader<'_>) -> Option<Vec<Piece<'t>>> {
        match pieces(text) {
            Ok(pieces) => Some(pieces),
            Err(at) => {
                let span = part(reader, span, &text[at..]);
                let diagnostic = reader
                    .error(rules::INTERPOLATION, span, "'${' has no '}' after it")
                    .help("write '${axis}', or '$${' for a literal '${'");
                reader.report(diagnostic);
                None
            }
        }
    }

    fn text(&mut self, text: &str, span: Span, reader: &mut Reader<'_>) -> Option<Box<str>> {
        let mut filled = String::with_capacity(text.len() + 16);
        let mut whole = true;
        for piece in self.pieces(text, span, reader)? {
            let reference = match piece {
                Piece::Text(text) => {
                    filled.push_str(text);
                    continue;
                }
                Piece::Reference(reference) => reference,
            };
            match self.resolve(reference, span, reader) {
                Some(Found::Environment(text)) => filled.push_str(&text),
                Some(Found::Axis(value)) => match value.as_scalar().filter(|scalar| !scalar.is_null()) {
                    Some(scalar) => filled.push_str(&scalar.text),
                    None => {
                        let span = part(reader, span, &format!("${{{reference}}}"));
                        let what = value.describe();
                        let message = format!("{} is {what} here, which cannot be part of a text", quoted(reference));
                        let diagnostic = reader
                            .error(rules::INTERPOLATION, span, message)
                            .help("let '${…}' be the whole text to take the value as it is");
                        reader.report(diagnostic);
                        whole = false;
                    }
                },
                None => whole = false,
            }
        }
        whole.then(|| filled.into())
    }

    fn resolve(&mut self, reference: &str, span: Span, reader: &mut Reader<'_>) -> Option<Found<'a>> {
        let name = reference.trim();
        if let Some(variable) = name.strip_prefix("env:") {
            return self.variable(variable, span, reader).map(Found::Environment);
        }
        if let Some(index) = self.names.iter().position(|known| &*known.value == name) {
            if let Some(used) = self.used.get_mut(index) {
                *used = true;
            }
            let value = *self.values.get(index)?;
            self.filled = self.filled.saturating_add(weight(value));
            if self.filled > MAX_INTERPOLATED_BYTES {
                let message = format!(
                    "more than {} MiB of values are filled into the texts of this entry",
                    MAX_INTERPOLATED_BYTES >> 20
                );
                let diagnostic = reader.error(rules::TOO_MANY, span, message).help("use shorter values or fewer cells");
                reader.report(diagnostic);
                return None;
            }
            return Some(Found::Axis(value));
        }
        let span = part(reader, span, &format!("${{{reference}}}"));
        let diagnostic = reader.error(rules::INTERPOLATION, span, format!("no axis is called {}", quoted(name)));
        let diagnostic = match closest(name, self.names.iter().map(|name| &*name.value)) {
            Some(near) => diagnostic.help(format!("did you mean '{near}'?")).replacement(format!("${{{near}}}")),
            None if self.names.is_empty() => diagnostic
                .help("axes come from 'matrix' or 'examples' of the same scenario; write '$${' for a literal '${'"),
            None => {
                let known: Vec<String> = self.names.iter().map(|name| quoted(name)).collect();
                diagnostic.help(format!("the axes here are {}", known.join(", ")))
            }
        };
        reader.report(diagnostic);
        None
    }

    fn variable(&self, text: &str, span: Span, reader: &mut Reader<'_>) -> Option<String> {
        let (name, fallback) = match text.split_once(":-") {
            Some((name, fallback)) => (name, Some(fallback)),
            None => (text, None),
        };
        let valid = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let place = |reader: &Reader<'_>| part(reader, span, &format!("${{env:{text}}}"));
        if !valid {
            let message = format!("{} is no name of an environment variable", quoted(name));
            let diagnostic = reader
                .error(rules::INTERPOLATION, place(reader), message)
                .help("write '${env:NAME}' or '${env:NAME:-fallback}'");
            reader.report(diagnostic);
            return None;
        }
        // As in a shell, the fallback also replaces an empty value.
        let value = (self.environment)(name);
        let value = match fallback {
            Some(fallback) => Some(value.filter(|value| !value.is_empty()).unwrap_or_else(|| fallback.to_owned())),
            None => value,
        };
        if value.is_none() {
            let message = format!("the environment variable '{name}' is not set");
            let diagnostic = reader
                .error(rules::INTERPOLATION, place(reader), message)
                .help(format!("set it, or give a fallback: '${{env:{name}:-…}}'"));
            reader.report(diagnostic);
        }
        value
    }
}

enum Found<'a> {
    Axis(&'a Node),
    Environment(String),
}

/// The span of a part of a scalar; the whole scalar if the part is not written verbatim.
pub(super) fn part(reader: &Reader<'_>, span: Span, text: &str) -> Span {
    match reader.source().slice(span).find(text) {
        Some(at) if !text.is_empty() => {
            let start = span.start as usize + at;
            Span::new(start, start + text.len())
        }
        _ => span,
    }
}

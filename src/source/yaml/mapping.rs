//! Keys, merge keys and doubles of a mapping.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::build::ERRORS;
use super::{Data, Entry, Node};
use crate::source::diagnostics::{Diagnostic, Location, Source, Span, Spanned, quoted};

/// Up to this size every key is compared with every other, which is faster than hashing.
const SMALL: usize = 12;

/// What stands before the colon.
pub(super) enum Key {
    Text(Spanned<Box<str>>),
    /// `<<`
    Merge(Span),
    /// Something that cannot be a key; it is reported already and its value dropped.
    Ignored,
}

/// A `<<` entry that waits for the end of its mapping.
pub(super) struct Merge {
    pub(super) key: Span,
    /// Before which of the entries it stands.
    pub(super) at: usize,
    pub(super) value: Node,
    pub(super) written: Span,
}

impl Key {
    /// The key a node is, and what is wrong with it; `written` is its place in the text.
    pub(super) fn of(source: &Arc<Source>, node: Node, written: Span) -> (Self, Option<Diagnostic>) {
        let what = node.describe();
        match node.data {
            Data::Scalar(scalar) if scalar.plain && &*scalar.text == "<<" => (Self::Merge(written), None),
            Data::Scalar(scalar) if scalar.is_null() => {
                let missing = Diagnostic::error("yaml/null-key", source, written, "a key is missing before the colon");
                let text = &*scalar.text;
                let wrong = if text.is_empty() {
                    missing
                } else {
                    let message = format!("the key {} is YAML's word for nothing", quoted(text));
                    Diagnostic { message, ..missing }.help("write it in quotes").replacement(format!("\"{text}\""))
                };
                (Self::Ignored, Some(wrong))
            }
            Data::Scalar(scalar) => (Self::Text(Spanned::new(scalar.text, written)), None),
            _ => {
                let message = format!("{what} cannot be a key");
                let wrong = Diagnostic::error("yaml/complex-key", source, written, message)
                    .help("a key is a single word, number or text");
                (Self::Ignored, Some(wrong))
            }
        }
    }
}

/// The error that a mapping has two `<<`.
pub(super) fn second_merge(source: &Arc<Source>, first: Span, second: Span) -> Diagnostic {
    duplicate(source, "<<", first, second).help("merge several mappings with a list: '<<: [*one, *other]'")
}

fn duplicate(source: &Arc<Source>, key: &str, first: Span, second: Span) -> Diagnostic {
    let first = Location { source: source.clone(), span: first };
    Diagnostic::error("yaml/duplicate-key", source, second, format!("the key {} stands here twice", quoted(key)))
        .label("second time")
        .related(first, "first time")
}

/// The entries of a finished mapping: doubles are reported and dropped, merge keys resolved.
pub(super) fn finish(
    source: &Arc<Source>,
    mut entries: Vec<Entry>,
    merge: Option<Merge>,
    found: &mut Vec<Diagnostic>,
) -> Vec<Entry> {
    let mut at = merge.as_ref().map_or(0, |merge| merge.at);
    let doubles = doubles(&entries);
    found.extend(doubles.iter().take(ERRORS).map(|&(first, second)| {
        let (first, second) = (&entries[first].key, &entries[second].key);
        duplicate(source, second, first.span, second.span)
    }));
    if !doubles.is_empty() {
        at -= doubles.iter().filter(|&&(_, second)| second < at).count();
        let mut dropped = doubles.iter().map(|&(_, second)| second).peekable();
        let mut index = 0;
        entries.retain(|_| {
            let keep = dropped.next_if_eq(&index).is_none();
            index += 1;
            keep
        });
    }
    if let Some(merge) = merge {
        merge_into(source, &mut entries, at, merge, found);
    }
    entries
}

/// The indices of every key that stands there before and of its first place.
fn doubles(entries: &[Entry]) -> Vec<(usize, usize)> {
    let mut doubles = Vec::new();
    if entries.len() <= SMALL {
        for (index, entry) in entries.iter().enumerate().skip(1) {
            if let Some(first) = entries[..index].iter().position(|earlier| *earlier.key == *entry.key) {
                doubles.push((first, index));
            }
        }
        return doubles;
    }
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let first = *seen.entry(&entry.key).or_insert(index);
        if first != index {
            doubles.push((first, index));
        }
    }
    doubles
}

/// Puts the entries of the merged mappings in place of the `<<`. Keys of the mapping itself win, then those of the
/// mapping that is named first.
fn merge_into(source: &Arc<Source>, entries: &mut Vec<Entry>, at: usize, merge: Merge, found: &mut Vec<Diagnostic>) {
    let wrong = |span, what: &str| {
        Diagnostic::error("yaml/merge", source, span, format!("'<<' merges mappings, found {what}"))
            .help("write '<<: *name' for a mapping that is marked '&name' above")
    };
    let merged: Vec<Entry> = match merge.value.data {
        Data::Mapping(merged) => merged,
        Data::Sequence(parts) => {
            let mut merged = Vec::new();
            for part in parts {
                match part.data {
                    Data::Mapping(part) => merged.extend(part),
                    _ => found.push(wrong(merge.written, part.describe())),
                }
            }
            merged
        }
        Data::Scalar(_) => return found.push(wrong(merge.written, merge.value.describe())),
    };
    let mut known: HashSet<&str> = entries.iter().map(|entry| &**entry.key).collect();
    let new: Vec<bool> = merged.iter().map(|entry| known.insert(&entry.key)).collect();
    let merged: Vec<Entry> = merged.into_iter().zip(new).filter_map(|(entry, new)| new.then_some(entry)).collect();
    entries.splice(at..at, merged);
}

//! The keys of a mapping: validation, duplicates and merge keys (`<<`).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::stop::MAX_ERRORS;
use super::{Data, Entry, Node};
use crate::source::diagnostics::{Diagnostic, Location, Source, Span, Spanned, quoted};

/// Maximum number of keys compared pairwise, which is faster than hashing for small mappings.
const MAX_PAIRWISE_KEYS: usize = 12;

/// The key of an entry.
pub(super) enum MappingKey {
    Text(Spanned<Box<str>>),
    /// `<<`
    Merge(Span),
    /// An invalid key, already reported; its value is dropped.
    Ignored,
}

/// A `<<` entry, resolved when its mapping ends.
pub(super) struct MergeKey {
    pub(super) key: Span,
    /// The index of the entry that it precedes.
    pub(super) at: usize,
    pub(super) value: Node,
    pub(super) written: Span,
}

impl MappingKey {
    /// Converts a node to a key, with a diagnostic if it cannot be one; `written` is its span in
    /// the text.
    pub(super) fn from_node(source: &Arc<Source>, node: Node, written: Span) -> (Self, Option<Diagnostic>) {
        let what = node.describe();
        match node.data {
            Data::Scalar(scalar) if scalar.plain && &*scalar.text == "<<" => (Self::Merge(written), None),
            Data::Scalar(scalar) if scalar.is_null() => {
                let missing = Diagnostic::error("yaml/null-key", source, written, "a key is missing before the colon");
                let text = &*scalar.text;
                let wrong = if text.is_empty() {
                    missing
                } else {
                    let message = format!("the key {} means null in YAML", quoted(text));
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

/// The error for a second `<<` in a mapping.
pub(super) fn second_merge(source: &Arc<Source>, first: Span, second: Span) -> Diagnostic {
    duplicate(source, "<<", first, second).help("merge several mappings with a list: '<<: [*one, *other]'")
}

fn duplicate(source: &Arc<Source>, key: &str, first: Span, second: Span) -> Diagnostic {
    let first = Location { source: source.clone(), span: first };
    Diagnostic::error("yaml/duplicate-key", source, second, format!("the key {} is defined twice", quoted(key)))
        .label("second time")
        .related(first, "first time")
}

/// Finishes a mapping: reports and drops duplicate keys, resolves merge keys.
pub(super) fn finish(
    source: &Arc<Source>,
    mut entries: Vec<Entry>,
    merge: Option<MergeKey>,
    found: &mut Vec<Diagnostic>,
) -> Vec<Entry> {
    let mut at = merge.as_ref().map_or(0, |merge| merge.at);
    let duplicates = find_duplicates(&entries);
    found.extend(duplicates.iter().take(MAX_ERRORS).map(|&(first, second)| {
        let (first, second) = (&entries[first].key, &entries[second].key);
        duplicate(source, second, first.span, second.span)
    }));
    if !duplicates.is_empty() {
        at -= duplicates.iter().filter(|&&(_, second)| second < at).count();
        let mut dropped = duplicates.iter().map(|&(_, second)| second).peekable();
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

/// Pairs of indices: the first entry of a key and each later one.
fn find_duplicates(entries: &[Entry]) -> Vec<(usize, usize)> {
    let mut duplicates = Vec::new();
    if entries.len() <= MAX_PAIRWISE_KEYS {
        for (index, entry) in entries.iter().enumerate().skip(1) {
            if let Some(first) = entries[..index].iter().position(|earlier| *earlier.key == *entry.key) {
                duplicates.push((first, index));
            }
        }
        return duplicates;
    }
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let first = *seen.entry(&entry.key).or_insert(index);
        if first != index {
            duplicates.push((first, index));
        }
    }
    duplicates
}

/// Replaces the `<<` with the entries of the merged mappings. Keys of the mapping itself take
/// precedence, then those of the mapping named first.
fn merge_into(source: &Arc<Source>, entries: &mut Vec<Entry>, at: usize, merge: MergeKey, found: &mut Vec<Diagnostic>) {
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

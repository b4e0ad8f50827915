//! The lines of a suite that a scenario comes from.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;

use super::secrets::SecretNames;
use super::sources::{Absent, Sources};
use crate::flow::Name;
use crate::record::RunHeader;
use crate::source::diagnostics::{Diagnostics, Source, Span, safe_text};
use crate::source::yaml::{self, Data, Limits, Node, written_lines};

/// Lines of a scenario that are shown; a longer one ends with an ellipsis.
const LINES: usize = 200;
/// Characters of a line that are shown.
const LINE: usize = 400;
/// Keys of which several scenarios come.
const EXPANDING: [&str; 2] = ["matrix", "examples"];
/// What stands in place of a line.
const HIDDEN: &str = "[not shown: it may hold a secret]";

/// Where a scenario is written, and what is known of all calls made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub file: Name,
    pub line: u32,
    /// None in older records.
    pub end_line: Option<u32>,
    /// Another scenario shares its first or last line.
    pub crowded: bool,
    /// See [`may_have_keyed`](super::secrets::may_have_keyed): of any of its calls.
    pub masked: bool,
}

/// What the page shows of an entry.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Excerpt<'a> {
    /// The number of the first line.
    #[serde(skip_serializing_if = "is_zero")]
    pub first: u32,
    /// The lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Cow<'a, str>>,
    /// Whether something in them is not shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
    /// Why there are none: `missing` or `changed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<&'static str>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Reads each file once.
pub(super) struct Excerpts<'a> {
    header: &'a RunHeader,
    sources: &'a Sources,
    names: &'a SecretNames,
    files: HashMap<Name, Result<Arc<Source>, Absent>>,
}

impl<'a> Excerpts<'a> {
    pub(super) fn new(header: &'a RunHeader, sources: &'a Sources, names: &'a SecretNames) -> Self {
        Self { header, sources, names, files: HashMap::new() }
    }

    /// Reads the files of these entries, side by side, and forgets all others.
    pub(super) fn read(&mut self, entries: &[Entry]) {
        let mut before = std::mem::take(&mut self.files);
        let mut missing: Vec<Name> = Vec::new();
        for entry in entries {
            if let Some((file, suite)) = before.remove_entry(&entry.file) {
                self.files.insert(file, suite);
            } else if !self.files.contains_key(&entry.file) && missing.last() != Some(&entry.file) {
                missing.push(entry.file.clone());
            }
        }
        missing.sort_unstable();
        missing.dedup();
        let sources = missing.into_par_iter().with_max_len(1).map(|file| {
            let hash = self.header.files.get(&*file).map(String::as_str);
            let source = self.sources.read(&file, hash);
            (file, source)
        });
        self.files.extend(sources.collect::<Vec<_>>());
    }

    /// What is shown of an entry whose file was read.
    pub(super) fn excerpt(&self, entry: &Entry) -> Excerpt<'_> {
        let absent = |why| Excerpt { absent: Some(why), ..Excerpt::default() };
        let source = match self.files.get(&entry.file).unwrap_or(&Err(Absent::Missing)) {
            Err(Absent::Missing) => return absent("missing"),
            Err(Absent::Changed) => return absent("changed"),
            Ok(source) => source,
        };
        let text = source.line_range(entry.line, entry.end_line.unwrap_or(entry.line));
        if text.is_empty() {
            return absent("changed");
        }
        let masked = entry.masked || entry.crowded || (self.header.deselected > 0 && may_be_shared(entry, text));
        let secrets = secret_lines(entry, text, self.names);
        let mut excerpt = Excerpt { first: entry.line, ..Excerpt::default() };
        for (number, line) in (1..).zip(text.lines().take(LINES)) {
            let hidden = secrets.iter().any(|&(first, last)| (first..=last).contains(&number));
            let shown = show(line, hidden, masked);
            excerpt.masked |= hidden || shown.contains('•');
            excerpt.lines.push(shown);
        }
        if text.lines().nth(LINES).is_some() {
            excerpt.lines.push("…".into());
        }
        excerpt
    }
}

/// Whether scenarios that were not selected may stand on these lines, so that nothing is known of their keys.
fn may_be_shared(entry: &Entry, text: &str) -> bool {
    // With a backslash a key can be written in many ways.
    let may_expand = text.contains('\\') || EXPANDING.iter().any(|key| text.contains(key));
    may_expand || entry.end_line.is_none() || !begins_with_dash(text)
}

/// Whether the lines begin with an item of a block list, which shares its lines with no other item.
fn begins_with_dash(text: &str) -> bool {
    text.trim_start().starts_with("- ")
}

/// The lines of an entry's text, counted from 1, whose keys say that they may hold secrets.
///
/// Only an entry that may have such a key is parsed. All its lines are secret where they cannot be parsed by themselves,
/// as with an alias of what stands elsewhere.
fn secret_lines(entry: &Entry, text: &str, names: &SecretNames) -> Vec<(u32, u32)> {
    const ALL: (u32, u32) = (1, u32::MAX);
    // The single line of an older record may be the inside of an entry, with the key on a line before it.
    if entry.end_line.is_none() && !begins_with_dash(text) {
        return vec![ALL];
    }
    let mut secrets = Vec::new();
    if names.may_be_in(text) {
        let source = Source::new("", text);
        let mut diagnostics = Diagnostics::new();
        match yaml::parse(&source, &Limits::default(), &mut diagnostics).filter(|_| !diagnostics.has_errors()) {
            Some(node) => find_secrets(&source, &node, names, &mut secrets),
            None => secrets.push(ALL),
        }
    }
    secrets
}

/// Adds the lines of all values whose keys say that they may be secret.
fn find_secrets(source: &Source, node: &Node, names: &SecretNames, secrets: &mut Vec<(u32, u32)>) {
    match &node.data {
        Data::Scalar(_) => {}
        Data::Sequence(nodes) => nodes.iter().for_each(|node| find_secrets(source, node, names, secrets)),
        Data::Mapping(entries) => {
            for entry in entries {
                if names.hides(&entry.key.value) {
                    let (first, _) = written_lines(source, entry.key.span);
                    let (_, last) =
                        written_lines(source, Span { start: entry.key.span.start, end: entry.value.span.end });
                    // The value of an alias stands elsewhere, before or behind.
                    secrets.push((first, last.max(first)));
                    secrets.push(written_lines(source, entry.value.span));
                }
                find_secrets(source, &entry.value, names, secrets);
            }
        }
    }
}

/// A line as it may be shown.
fn show(line: &str, hidden: bool, masked: bool) -> Cow<'_, str> {
    if hidden {
        let indent = line.len() - line.trim_start_matches(' ').len();
        return format!("{}{HIDDEN}", &line[..indent]).into();
    }
    let shown = safe_text(line);
    let cut = line.len() > LINE && line.chars().nth(LINE).is_some();
    if !masked && !cut {
        return shown;
    }
    let mut shown: String = shown.chars().take(LINE).collect();
    if masked {
        shown = shown.replace(|c: char| c.is_ascii_digit(), "•");
    }
    if cut {
        shown.push('…');
    }
    shown.into()
}

#[cfg(test)]
mod tests;

//! The lines of a suite that a scenario comes from.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;

use super::items::{Item, is_written, items};
use super::secrets::SecretNames;
use super::sources::{Absent, Sources};
use crate::flow::Name;
use crate::record::RunHeader;
use crate::source::diagnostics::{Diagnostics, Source, Span, safe_text};
use crate::source::yaml::{self, Data, Limits, Node};

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
    files: HashMap<Name, Result<Suite, Absent>>,
}

/// A suite file and the places of its scenarios, by their first lines.
struct Suite {
    source: Arc<Source>,
    places: HashMap<u32, Place>,
}

/// The lines of one scenario, the last included.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    last: u32,
    /// Several scenarios come from it.
    expands: bool,
    /// Another scenario shares its first or last line.
    crowded: bool,
    /// Lines that may hold secrets by their names.
    hidden: Vec<(u32, u32)>,
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
        let suites = missing.into_par_iter().with_max_len(1).map(|file| {
            let hash = self.header.files.get(&*file).map(String::as_str);
            let source = self.sources.read(&file, hash);
            let read = source.and_then(|source| suite(source, self.names).ok_or(Absent::Changed));
            (file, read)
        });
        self.files.extend(suites.collect::<Vec<_>>());
    }

    /// What is shown of an entry whose file was read.
    pub(super) fn of(&self, entry: &Entry) -> Excerpt<'_> {
        let Self { header, files, .. } = self;
        let file = files.get(&entry.file).unwrap_or(&Err(Absent::Missing));
        let absent = |why| Excerpt { absent: Some(why), ..Excerpt::default() };
        let suite = match file {
            Err(Absent::Missing) => return absent("missing"),
            Err(Absent::Changed) => return absent("changed"),
            Ok(suite) => suite,
        };
        let Some(place) = suite.places.get(&entry.line) else { return absent("changed") };
        // Of cells that were not selected nothing is known.
        let masked = entry.masked || place.crowded || (place.expands && header.deselected > 0);
        let count = (place.last.saturating_sub(entry.line) as usize + 1).min(LINES + 1);
        let mut excerpt = Excerpt { first: entry.line, lines: Vec::with_capacity(count), ..Excerpt::default() };
        for number in (entry.line..=place.last).take(LINES) {
            let hidden = place.hidden.iter().any(|&(first, last)| (first..=last).contains(&number));
            let line = suite.source.line(number);
            let shown = show(line, hidden, masked);
            excerpt.masked |= hidden || shown.contains('•');
            excerpt.lines.push(shown);
        }
        if place.last - entry.line >= LINES as u32 {
            excerpt.lines.push("…".into());
        }
        excerpt
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

/// The places of a file's scenarios; none where it holds none.
fn suite(source: Arc<Source>, names: &SecretNames) -> Option<Suite> {
    let places = told(&source, names).or_else(|| parsed(&source, names))?;
    Some(Suite { source, places })
}

/// The places as the lines of the text tell them; only of a scenario of which they do not tell enough its own are parsed.
fn told(source: &Source, names: &SecretNames) -> Option<HashMap<u32, Place>> {
    let place = |item: &Item| {
        let Item { first, last, ref bytes } = *item;
        let text = source.text().get(bytes.clone())?;
        if !EXPANDING.iter().any(|key| text.contains(key)) && !names.may_be_in(text) {
            return Some((first, Place { last, expands: false, crowded: false, hidden: Vec::new() }));
        }
        let own = Source::new(source.path(), text);
        let Data::Sequence(nodes) = yaml::parse(&own, &Limits::default(), &mut Diagnostics::new())?.data else {
            return None;
        };
        let mut place = places(&own, &nodes, names).remove(&1)?;
        // The first line of its own is the line `first` of the suite.
        place.hidden.iter_mut().for_each(|(from, to)| (*from, *to) = (*from + first - 1, *to + first - 1));
        Some((first, Place { last, ..place }))
    };
    let items = items(source)?;
    items.iter().map(place).collect()
}

/// The places as the parser finds them.
fn parsed(source: &Arc<Source>, names: &SecretNames) -> Option<HashMap<u32, Place>> {
    let root = yaml::parse(source, &Limits::default(), &mut Diagnostics::new())?;
    let Data::Mapping(entries) = root.data else { return None };
    let scenarios = entries.into_iter().find(|entry| &*entry.key.value == "scenarios")?;
    let Data::Sequence(nodes) = scenarios.value.data else { return None };
    Some(places(source, &nodes, names))
}

/// The places of scenarios.
fn places(source: &Source, nodes: &[Node], names: &SecretNames) -> HashMap<u32, Place> {
    let ranges: Vec<(u32, u32)> = nodes.iter().map(|node| lines(source, node.span)).collect();
    let mut places = HashMap::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let (first, last) = ranges[index];
        let before = index.checked_sub(1).and_then(|before| ranges.get(before));
        let crowded = before.is_some_and(|&(_, end)| end >= first)
            || ranges.get(index + 1).is_some_and(|&(start, _)| start <= last);
        let mut place = Place { last, expands: false, crowded, hidden: Vec::new() };
        if let Data::Mapping(entries) = &node.data {
            place.expands = entries.iter().any(|entry| EXPANDING.contains(&&*entry.key.value));
        }
        hide(source, node, names, &mut place.hidden);
        // An alias stands for what is written elsewhere: only the first on a line is the scenario there.
        places.entry(first).or_insert(place);
    }
    places
}

/// Adds the lines of all values whose keys say that they may be secret.
fn hide(source: &Source, node: &Node, names: &SecretNames, hidden: &mut Vec<(u32, u32)>) {
    match &node.data {
        Data::Scalar(_) => {}
        Data::Sequence(nodes) => nodes.iter().for_each(|node| hide(source, node, names, hidden)),
        Data::Mapping(entries) => {
            for entry in entries {
                if names.hides(&entry.key.value) {
                    let (first, _) = lines(source, entry.key.span);
                    let (_, last) = lines(source, Span { start: entry.key.span.start, end: entry.value.span.end });
                    // The value of an alias stands elsewhere, before or behind.
                    hidden.push((first, last.max(first)));
                    hidden.push(lines(source, entry.value.span));
                }
                hide(source, &entry.value, names, hidden);
            }
        }
    }
}

/// The first and the last line of a span; empty lines and comments at its end are not part of it.
fn lines(source: &Source, span: Span) -> (u32, u32) {
    let first = source.position(span.start).line;
    let text = source.slice(span);
    let written = text.lines().enumerate().filter(|(_, line)| is_written(line));
    let last = written.last().map_or(0, |(index, _)| index as u32);
    (first, first + last)
}

#[cfg(test)]
mod tests;

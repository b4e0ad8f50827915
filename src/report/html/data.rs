//! What the script shows: an index of all scenarios that it reads at once, and parts that it opens when they are asked for.

use rayon::prelude::*;

use super::index::{Index, Table, json};
use super::lines::{Entry, Excerpts};
use super::pack::pack;
use super::secrets::{SecretNames, may_have_keyed};
use super::sources::Sources;
use crate::flow::Name;
use crate::record::{RunRecord, ScenarioRecord, Verdict};
use crate::report::compare::Comparison;
use crate::runner::Json;

/// Scenarios of one part.
const SCENARIOS: usize = 200;
/// Excerpts of one part.
const EXCERPTS: usize = 400;
/// Scenarios that are kept until their parts are compressed, which takes all cores.
const MAX_PENDING: usize = 16 * SCENARIOS;
/// Excerpts whose files are in memory at once.
const MAX_EXCERPTS: usize = 32 * EXCERPTS;
/// Scenarios that did not pass and are listed in the overview.
const FAILING: usize = 20;

/// Collects the data of a page, scenario by scenario.
#[derive(Default)]
pub(super) struct Data {
    index: Index,
    files: Table<Name>,
    /// Where the scenarios are written.
    entries: Table<Place>,
    masked: Vec<bool>,
    names: SecretNames,
    /// Scenarios that are not compressed yet.
    pending: Vec<Json>,
    /// The compressed parts before them.
    parts: Vec<String>,
    failing: Failing,
}

/// The number of a file, and the lines of an entry in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Place {
    file: u32,
    line: u32,
    end_line: Option<u32>,
}

impl Place {
    fn overlaps(&self, other: &Self) -> bool {
        let end = |place: &Self| place.end_line.unwrap_or(place.line);
        self.file == other.file && self.line <= end(other) && other.line <= end(self)
    }
}

/// The first scenarios that did not pass.
#[derive(Clone, Debug, Default)]
pub(super) struct Failing {
    /// All of them.
    pub count: u64,
    pub list: Vec<Failed>,
}

/// A scenario that did not pass.
#[derive(Clone, Debug)]
pub(super) struct Failed {
    pub id: String,
    pub verdict: Verdict,
    pub why: String,
    pub file: Name,
    pub line: u32,
}

/// The compressed data: the index, and the parts of scenarios and excerpts.
pub(super) struct Packed {
    pub index: String,
    pub scenarios: Vec<String>,
    pub excerpts: Vec<String>,
}

impl Data {
    /// Adds the next scenario; `json` is its record where that is known already.
    pub(super) fn add(&mut self, scenario: &ScenarioRecord, json: Option<&Json>) {
        let file = self.files.number(&scenario.file);
        let entry = self.entries.number(&Place { file, line: scenario.line, end_line: scenario.end_line });
        let keyed = may_have_keyed(scenario);
        match self.masked.get_mut(entry as usize) {
            Some(masked) => *masked |= keyed,
            None => self.masked.push(keyed),
        }
        self.index.add(scenario, entry);
        self.names.add(scenario);
        if matches!(scenario.verdict, Verdict::Failed | Verdict::Error) {
            self.failing.count += 1;
            if self.failing.list.len() < FAILING {
                self.failing.list.push(Failed {
                    id: scenario.id.clone(),
                    verdict: scenario.verdict,
                    why: scenario.why().unwrap_or_default(),
                    file: scenario.file.clone(),
                    line: scenario.line,
                });
            }
        }
        // A record can always be written; if not, the page shows what the index says.
        let made = || serde_json::to_string(scenario).unwrap_or_else(|_| "null".to_owned()).into();
        self.pending.push(json.cloned().unwrap_or_else(made));
        if self.pending.len() >= MAX_PENDING {
            self.compress();
        }
    }

    /// Compresses the pending scenarios, on all cores.
    fn compress(&mut self) {
        let part = |scenarios: &[Json]| {
            let texts: Vec<&str> = scenarios.iter().map(|json| json.as_str()).collect();
            pack(format!("[{}]", texts.join(",")).as_bytes())
        };
        self.parts.par_extend(self.pending.par_chunks(SCENARIOS).with_max_len(1).map(part));
        self.pending.clear();
    }

    /// The first scenarios that did not pass.
    pub(super) fn failing(&self) -> Failing {
        self.failing.clone()
    }

    /// How many were added.
    pub(super) fn scenarios(&self) -> usize {
        self.index.scenarios()
    }

    /// Everything compressed.
    pub(super) fn finish(mut self, record: &RunRecord, base: Option<&Comparison>, sources: &Sources) -> Packed {
        self.compress();
        let Self { mut index, files, entries, masked, names, parts, .. } = self;
        let places = entries.list;
        let entry = |(number, (&place, &masked)): (usize, (&Place, &bool))| {
            // Scenarios come in the order in which their file names them, so that neighbours share a line if any do.
            let overlaps = |other: Option<&Place>| other.is_some_and(|other| other.overlaps(&place));
            Entry {
                // Each has its file in the list.
                file: files.list.get(place.file as usize).cloned().unwrap_or_default(),
                line: place.line,
                end_line: place.end_line,
                masked,
                crowded: overlaps(number.checked_sub(1).and_then(|before| places.get(before)))
                    || overlaps(places.get(number + 1)),
            }
        };
        let entries = places.iter().zip(&masked).enumerate().map(entry);
        let excerpts = excerpts(Excerpts::new(&record.header, sources, &names), entries);
        Packed { index: index.pack([SCENARIOS, EXCERPTS], base), scenarios: parts, excerpts }
    }
}

/// The parts with the lines of these entries, compressed.
fn excerpts(mut excerpts: Excerpts<'_>, mut entries: impl Iterator<Item = Entry>) -> Vec<String> {
    let mut parts = Vec::new();
    loop {
        let entries: Vec<Entry> = entries.by_ref().take(MAX_EXCERPTS).collect();
        if entries.is_empty() {
            return parts;
        }
        excerpts.read(&entries);
        parts.par_extend(entries.par_chunks(EXCERPTS).map(|entries| {
            let part: Vec<_> = entries.iter().map(|entry| excerpts.excerpt(entry)).collect();
            pack(json(&part).as_bytes())
        }));
    }
}

//! What the script shows: an index of all scenarios that it reads at once, and parts that it opens when they are asked for.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::lines::{Entry, Excerpts};
use super::pack::{Packer, pack};
use super::secrets::{SecretNames, may_have_keyed};
use super::side_by_side::side_by_side;
use super::sources::Sources;
use crate::compare::Comparison;
use crate::flow::Name;
use crate::record::{RunRecord, ScenarioRecord, Verdict};
use crate::runner::Json;

/// Scenarios of one part.
const SCENARIOS: usize = 200;
/// Excerpts of one part.
const EXCERPTS: usize = 400;
/// Parts of excerpts whose files are in memory at once.
const AT_ONCE: usize = 32;
/// Characters of a reason that the list shows.
const WHY: usize = 240;
/// Scenarios that did not pass and are listed in the overview.
const FAILING: usize = 20;

/// Collects the data of a page, scenario by scenario.
#[derive(Default)]
pub(super) struct Data {
    index: Index,
    suites: Table<Name>,
    flows: Table<Name>,
    tags: Table<Name>,
    tag_sets: Table<Vec<usize>>,
    entries: Table<(Name, u32)>,
    masked: Vec<bool>,
    names: SecretNames,
    part: Vec<Json>,
    packer: Option<Packer>,
    failing: Failing,
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

/// The columns of the list: the n-th value of each is about the n-th scenario.
#[derive(Default, Serialize)]
struct Index {
    /// How many scenarios a part holds, and how many excerpts.
    parts: [usize; 2],
    suites: Vec<Name>,
    flows: Vec<Name>,
    tags: Vec<Name>,
    tag_sets: Vec<Vec<usize>>,
    /// The id without the suite's path and `::`, where it begins so; else as it is, with `full` set.
    title: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    full: Vec<usize>,
    suite: Vec<usize>,
    flow: Vec<usize>,
    tag_set: Vec<usize>,
    /// A letter each: `p`, `f`, `e`, `s`, `k` (flaky).
    verdict: String,
    /// In percent, two decimals; null where no decision was expected.
    accuracy: Vec<Option<f64>>,
    /// In percent, two decimals; null where there is none.
    efficiency: Vec<Option<f64>>,
    /// Virtual ms; null where there was no call.
    virtual_ms: Vec<Option<u64>>,
    /// Why it did not pass; empty where it did.
    why: Vec<String>,
    /// Which excerpt.
    entry: Vec<usize>,
    /// What a comparison says of it: a letter each, `-` for nothing; empty without a comparison.
    change: String,
}

/// What is packed: the index, and the parts of scenarios, excerpts and flows.
pub(super) struct Packed {
    pub index: String,
    pub scenarios: Vec<String>,
    pub excerpts: Vec<String>,
}

impl Data {
    /// Adds the next scenario; `json` is its record where that is known already.
    pub fn add(&mut self, scenario: &ScenarioRecord, json: Option<&Json>) {
        self.column(scenario);
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
        self.part.push(json.cloned().unwrap_or_else(made));
        if self.index.title.len().is_multiple_of(SCENARIOS) {
            self.close();
        }
    }

    fn close(&mut self) {
        if !self.part.is_empty() {
            let part = std::mem::replace(&mut self.part, Vec::with_capacity(SCENARIOS));
            self.packer.get_or_insert_with(Packer::new).push(part);
        }
    }

    fn column(&mut self, scenario: &ScenarioRecord) {
        let index = &mut self.index;
        let title = scenario.id.strip_prefix(&*scenario.suite).and_then(|rest| rest.strip_prefix("::"));
        if title.is_none() {
            index.full.push(index.title.len());
        }
        index.title.push(title.unwrap_or(&scenario.id).to_owned());
        index.suite.push(self.suites.of(&scenario.suite));
        index.flow.push(self.flows.of(&scenario.flow));
        let tags: Vec<usize> = scenario.tags.iter().map(|tag| self.tags.of(tag)).collect();
        index.tag_set.push(self.tag_sets.of(&tags));
        index.verdict.push(letter(scenario.verdict));
        let percent = |ratio: f64| (ratio * 1e4).round() / 1e2;
        let score = scenario.score.as_ref();
        index.accuracy.push(score.and_then(|score| score.decisions.ratio()).map(percent));
        index.efficiency.push(score.and_then(|score| score.efficiency).map(percent));
        index.virtual_ms.push(match (&scenario.trace, &scenario.assist) {
            (Some(trace), _) => Some(trace.duration_ms),
            (None, assist) => assist.as_ref().map(|assist| assist.ended_ms),
        });
        index.why.push(cut(&scenario.why().unwrap_or_default()));
        let entry = self.entries.of(&(scenario.file.clone(), scenario.line));
        index.entry.push(entry);
        if self.masked.len() <= entry {
            self.masked.resize(entry + 1, false);
        }
        self.masked[entry] |= may_have_keyed(scenario);
    }

    /// The first scenarios that did not pass.
    pub fn failing(&self) -> Failing {
        self.failing.clone()
    }

    /// How many were added.
    pub fn scenarios(&self) -> usize {
        self.index.title.len()
    }

    /// Everything packed.
    pub fn finish(mut self, record: &RunRecord, base: Option<&Comparison>, sources: &Sources) -> Packed {
        self.close();
        let mut index = self.index;
        index.parts = [SCENARIOS, EXCERPTS];
        index.suites = self.suites.list;
        index.flows = self.flows.list;
        index.tags = self.tags.list;
        index.tag_sets = self.tag_sets.list;
        if let Some(base) = base {
            index.compare(base);
        }
        let (names, places) = (self.names, self.entries.list);
        let entries: Vec<Entry> =
            places.into_iter().zip(self.masked).map(|((file, line), masked)| Entry { file, line, masked }).collect();
        std::thread::scope(|scope| {
            // It is a single part, and a large one.
            let index = scope.spawn(|| pack(&json(&index)));
            let excerpts = excerpts(Excerpts::new(&record.header, sources, &names), &entries);
            let scenarios = self.packer.map(Packer::finish).unwrap_or_default();
            // A panic in a thread goes on here, where it becomes the report's error.
            let index = index.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Packed { index, scenarios, excerpts }
        })
    }
}

impl Index {
    /// Adds what a comparison says of each scenario.
    fn compare(&mut self, base: &Comparison) {
        let changes = changes(base);
        let full: HashSet<usize> = self.full.iter().copied().collect();
        let mut id = String::new();
        for (place, title) in self.title.iter().enumerate() {
            id.clear();
            if !full.contains(&place) {
                id.push_str(self.suite.get(place).and_then(|&suite| self.suites.get(suite)).map_or("", |suite| suite));
                id.push_str("::");
            }
            id.push_str(title);
            self.change.push(changes.get(&*id).copied().unwrap_or('-'));
        }
    }
}

/// The parts with the lines of these entries, packed.
fn excerpts(mut excerpts: Excerpts<'_>, entries: &[Entry]) -> Vec<String> {
    let mut parts = Vec::new();
    for entries in entries.chunks(AT_ONCE * EXCERPTS) {
        excerpts.read(entries);
        let chunks: Vec<&[Entry]> = entries.chunks(EXCERPTS).collect();
        parts.extend(side_by_side(&chunks, |entries| {
            let part: Vec<_> = entries.iter().map(|entry| excerpts.of(entry)).collect();
            pack(&json(&part))
        }));
    }
    parts
}

/// The letter of each scenario that is in a list of the comparison; of several the gravest.
fn changes(base: &Comparison) -> HashMap<&str, char> {
    let lists = [
        ('o', &base.other_path),
        ('a', &base.added),
        ('u', &base.no_longer_skipped),
        ('y', &base.no_longer_flaky),
        ('x', &base.fixed),
        ('s', &base.now_skipped),
        ('k', &base.newly_flaky),
        ('f', &base.still_failing),
        ('b', &base.newly_broken),
    ];
    lists.iter().flat_map(|(letter, list)| list.iter().map(|scenario| (scenario.id.as_str(), *letter))).collect()
}

fn json(value: &impl Serialize) -> String {
    // Plain data can always be written.
    serde_json::to_string(value).unwrap_or_default()
}

const fn letter(verdict: Verdict) -> char {
    match verdict {
        Verdict::Passed => 'p',
        Verdict::Failed => 'f',
        Verdict::Error => 'e',
        Verdict::Skipped => 's',
        Verdict::Flaky => 'k',
    }
}

/// The beginning of a long text.
fn cut(text: &str) -> String {
    match text.char_indices().nth(WHY) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Each thing once, by number.
struct Table<T> {
    list: Vec<T>,
    places: HashMap<T, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { list: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Table<T> {
    fn of(&mut self, thing: &T) -> usize {
        if let Some(&place) = self.places.get(thing) {
            return place;
        }
        self.list.push(thing.clone());
        self.places.insert(thing.clone(), self.list.len() - 1);
        self.list.len() - 1
    }
}

//! The index of all scenarios: columns, of which the n-th value of each is about the n-th scenario.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::pack::pack;
use crate::flow::Name;
use crate::record::{ScenarioRecord, Verdict};
use crate::report::compare::Comparison;

/// Characters of a reason that the list shows.
const WHY: usize = 240;

/// The columns, and the tables that their numbers point into.
#[derive(Default)]
pub(super) struct Index {
    suites: Table<Name>,
    flows: Table<Name>,
    tags: Table<Name>,
    tag_sets: Table<Vec<u32>>,
    columns: Columns,
}

#[derive(Default, Serialize)]
struct Columns {
    /// The id without the suite's path and `::`, where it begins so; else as it is, and its place is in `full`.
    title: Vec<Box<str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    full: Vec<usize>,
    suite: Vec<u32>,
    flow: Vec<u32>,
    tag_set: Vec<u32>,
    /// A letter each: `p`, `f`, `e`, `s`, `k` (flaky).
    verdict: String,
    /// In percent, two decimals; null where no decision was expected.
    accuracy: Vec<Option<f64>>,
    /// In percent, two decimals; null where there is none.
    efficiency: Vec<Option<f64>>,
    /// Virtual ms; null where there was no call.
    virtual_ms: Vec<Option<u64>>,
    /// Why it did not pass; empty where it did.
    why: Vec<Box<str>>,
    /// Which excerpt.
    entry: Vec<u32>,
    /// What a comparison says of each scenario: a letter each, `-` for nothing; empty without a comparison.
    change: String,
}

/// The index as the script reads it.
#[derive(Serialize)]
struct Document<'a> {
    /// How many scenarios a part holds, and how many excerpts.
    parts: [usize; 2],
    suites: &'a [Name],
    flows: &'a [Name],
    tags: &'a [Name],
    tag_sets: &'a [Vec<u32>],
    #[serde(flatten)]
    columns: &'a Columns,
}

impl Index {
    /// How many scenarios there are.
    pub(super) fn scenarios(&self) -> usize {
        self.columns.title.len()
    }

    /// Adds the next scenario; `entry` is the number of its excerpt.
    pub(super) fn add(&mut self, scenario: &ScenarioRecord, entry: u32) {
        let columns = &mut self.columns;
        let title = scenario.id.strip_prefix(&*scenario.suite).and_then(|rest| rest.strip_prefix("::"));
        if title.is_none() {
            columns.full.push(columns.title.len());
        }
        columns.title.push(title.unwrap_or(&scenario.id).into());
        columns.suite.push(self.suites.number(&scenario.suite));
        columns.flow.push(self.flows.number(&scenario.flow));
        let tags: Vec<u32> = scenario.tags.iter().map(|tag| self.tags.number(tag)).collect();
        columns.tag_set.push(self.tag_sets.number(&tags));
        columns.verdict.push(letter(scenario.verdict));
        let percent = |ratio: f64| (ratio * 1e4).round() / 1e2;
        let score = scenario.score.as_ref();
        columns.accuracy.push(score.and_then(|score| score.decisions.ratio()).map(percent));
        columns.efficiency.push(score.and_then(|score| score.efficiency).map(percent));
        columns.virtual_ms.push(match (&scenario.trace, &scenario.assist) {
            (Some(trace), _) => Some(trace.duration_ms),
            (None, assist) => assist.as_ref().map(|assist| assist.ended_ms),
        });
        columns.why.push(cut(&scenario.why().unwrap_or_default()).into());
        columns.entry.push(entry);
    }

    /// The whole index as JSON, compressed; with what a comparison says of each scenario.
    pub(super) fn pack(&mut self, parts: [usize; 2], base: Option<&Comparison>) -> String {
        self.columns.change = base.map(|base| self.changes(base)).unwrap_or_default();
        let (suites, flows) = (&self.suites.list, &self.flows.list);
        let (tags, tag_sets) = (&self.tags.list, &self.tag_sets.list);
        let document = Document { parts, suites, flows, tags, tag_sets, columns: &self.columns };
        pack(json(&document).as_bytes())
    }

    /// What a comparison says of each scenario.
    fn changes(&self, base: &Comparison) -> String {
        let changes = changes(base);
        let Columns { title, suite, full, .. } = &self.columns;
        let full: HashSet<usize> = full.iter().copied().collect();
        let (mut id, mut letters) = (String::new(), String::with_capacity(title.len()));
        for (place, (title, suite)) in title.iter().zip(suite).enumerate() {
            id.clear();
            if !full.contains(&place) {
                id.push_str(self.suites.list.get(*suite as usize).map_or("", |suite| suite));
                id.push_str("::");
            }
            id.push_str(title);
            letters.push(changes.get(&*id).copied().unwrap_or('-'));
        }
        letters
    }
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

pub(super) fn json(value: &impl Serialize) -> String {
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
pub(super) struct Table<T> {
    /// The things, in the order of their numbers.
    pub list: Vec<T>,
    places: HashMap<T, u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { list: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Table<T> {
    /// The number of a thing.
    pub(super) fn number(&mut self, thing: &T) -> u32 {
        if let Some(&place) = self.places.get(thing) {
            return place;
        }
        // No page holds more.
        let place = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(thing.clone());
        self.places.insert(thing.clone(), place);
        place
    }
}

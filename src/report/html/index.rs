//! The index of all scenarios: columns, of which the n-th value of each is about the n-th scenario.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::column::Column;
use super::pack::pack;
use super::store::Store;
use crate::flow::Name;
use crate::record::{ScenarioRecord, Verdict};
use crate::report::compare::Comparison;
use crate::runner::ReportError;

/// Characters of a reason that the list shows.
const WHY: usize = 240;

/// The columns, and what their numbers stand for.
#[derive(Default)]
pub(super) struct Index {
    /// How many there are.
    pub scenarios: usize,
    suites: Table<Name>,
    flows: Table<Name>,
    tags: Table<Name>,
    tag_sets: Table<Vec<u32>>,
    /// The id without the suite's path and `::`, where it begins so; else as it is, and its place is in `full`.
    title: Column,
    full: Vec<usize>,
    suite: Column,
    flow: Column,
    tag_set: Column,
    /// A letter each: `p`, `f`, `e`, `s`, `k` (flaky).
    verdict: String,
    /// In percent, two decimals; null where no decision was expected.
    accuracy: Column,
    /// In percent, two decimals; null where there is none.
    efficiency: Column,
    /// Virtual ms; null where there was no call.
    virtual_ms: Column,
    /// Why it did not pass; empty where it did.
    why: Column,
    /// Which excerpt.
    entry: Column,
}

/// What stands before the columns.
#[derive(Serialize)]
struct Head<'a> {
    /// How many scenarios a part holds, and how many excerpts.
    parts: [usize; 2],
    suites: &'a [Name],
    flows: &'a [Name],
    tags: &'a [Name],
    tag_sets: &'a [Vec<u32>],
}

impl Index {
    /// Adds the next scenario; `entry` is the number of its excerpt.
    pub(super) fn add(&mut self, scenario: &ScenarioRecord, entry: u32, store: &Store) -> Result<(), ReportError> {
        let title = scenario.id.strip_prefix(&*scenario.suite).and_then(|rest| rest.strip_prefix("::"));
        if title.is_none() {
            self.full.push(self.scenarios);
        }
        self.scenarios += 1;
        self.title.add(&title.unwrap_or(&scenario.id), store)?;
        self.suite.add(&self.suites.of(&scenario.suite), store)?;
        self.flow.add(&self.flows.of(&scenario.flow), store)?;
        let tags: Vec<u32> = scenario.tags.iter().map(|tag| self.tags.of(tag)).collect();
        self.tag_set.add(&self.tag_sets.of(&tags), store)?;
        self.verdict.push(letter(scenario.verdict));
        let percent = |ratio: f64| (ratio * 1e4).round() / 1e2;
        let score = scenario.score.as_ref();
        self.accuracy.add(&score.and_then(|score| score.decisions.ratio()).map(percent), store)?;
        self.efficiency.add(&score.and_then(|score| score.efficiency).map(percent), store)?;
        let virtual_ms = match (&scenario.trace, &scenario.assist) {
            (Some(trace), _) => Some(trace.duration_ms),
            (None, assist) => assist.as_ref().map(|assist| assist.ended_ms),
        };
        self.virtual_ms.add(&virtual_ms, store)?;
        self.why.add(&cut(&scenario.why().unwrap_or_default()), store)?;
        self.entry.add(&entry, store)
    }

    /// The whole index as JSON, packed; with what a comparison says of each scenario.
    pub(super) fn pack(
        &self,
        parts: [usize; 2],
        base: Option<&Comparison>,
        store: &Store,
    ) -> Result<String, ReportError> {
        let (suites, flows) = (&self.suites.list, &self.flows.list);
        let (tags, tag_sets) = (&self.tags.list, &self.tag_sets.list);
        let mut head = json(&Head { parts, suites, flows, tags, tag_sets });
        // The object goes on with the columns.
        head.pop();
        let change = base.map_or(Ok(String::new()), |base| self.changes(base, store))?;
        // What deflating makes of a text depends on the pieces in which it comes, so the whole is put together.
        let mut text = head.into_bytes();
        let column = |text: &mut Vec<u8>, name: &str, column: &Column| {
            text.extend_from_slice(format!(",\"{name}\":[").as_bytes());
            let mut first = true;
            column.blocks(store, |block| {
                if !std::mem::take(&mut first) {
                    text.push(b',');
                }
                text.extend_from_slice(block);
                Ok(())
            })?;
            text.push(b']');
            Ok::<(), ReportError>(())
        };
        column(&mut text, "title", &self.title)?;
        if !self.full.is_empty() {
            text.extend_from_slice(format!(",\"full\":{}", json(&self.full)).as_bytes());
        }
        column(&mut text, "suite", &self.suite)?;
        column(&mut text, "flow", &self.flow)?;
        column(&mut text, "tag_set", &self.tag_set)?;
        // Letters need no escapes.
        text.extend_from_slice(format!(",\"verdict\":\"{}\"", self.verdict).as_bytes());
        column(&mut text, "accuracy", &self.accuracy)?;
        column(&mut text, "efficiency", &self.efficiency)?;
        column(&mut text, "virtual_ms", &self.virtual_ms)?;
        column(&mut text, "why", &self.why)?;
        column(&mut text, "entry", &self.entry)?;
        text.extend_from_slice(format!(",\"change\":\"{change}\"}}").as_bytes());
        Ok(pack(&text))
    }

    /// What a comparison says of each scenario: a letter each, `-` for nothing.
    fn changes(&self, base: &Comparison, store: &Store) -> Result<String, ReportError> {
        let changes = changes(base);
        let full: HashSet<usize> = self.full.iter().copied().collect();
        let (titles, suites) = (self.title.values::<String>(store)?, self.suite.values::<usize>(store)?);
        let (mut id, mut letters) = (String::new(), String::with_capacity(titles.len()));
        for (place, (title, suite)) in titles.iter().zip(suites).enumerate() {
            id.clear();
            if !full.contains(&place) {
                id.push_str(self.suites.list.get(suite).map_or("", |suite| suite));
                id.push_str("::");
            }
            id.push_str(title);
            letters.push(changes.get(&*id).copied().unwrap_or('-'));
        }
        Ok(letters)
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
    pub(super) fn of(&mut self, thing: &T) -> u32 {
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

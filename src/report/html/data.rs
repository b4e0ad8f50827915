//! What the script shows: an index of all scenarios that it reads at once, and parts that it opens when they are asked for.

use rayon::prelude::*;

use super::index::{Index, Table, json};
use super::lines::{Entry, Excerpts};
use super::pack::{Packer, pack};
use super::secrets::{SecretNames, may_have_keyed};
use super::sources::Sources;
use super::store::Store;
use crate::flow::Name;
use crate::record::{RunRecord, ScenarioRecord, Verdict};
use crate::report::compare::Comparison;
use crate::report::spill::Part;
use crate::runner::{Json, ReportError};

/// Scenarios of one part.
const SCENARIOS: usize = 200;
/// Excerpts of one part.
const EXCERPTS: usize = 400;
/// Parts of excerpts whose files are in memory at once.
const AT_ONCE: usize = 32;
/// Scenarios that did not pass and are listed in the overview.
const FAILING: usize = 20;

/// Collects the data of a page, scenario by scenario.
#[derive(Default)]
pub(super) struct Data {
    store: Store,
    index: Index,
    files: Table<Name>,
    /// The numbers of their files, and their lines.
    entries: Table<(u32, u32)>,
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

/// What is packed: the index, and the parts of scenarios and excerpts, which lie in the store.
pub(super) struct Packed {
    pub index: String,
    pub scenarios: Vec<Part>,
    pub excerpts: Vec<Part>,
    pub store: Store,
}

impl Data {
    /// Data that are put away here until they are asked for.
    pub(super) fn new(store: Store) -> Self {
        Self { store, ..Self::default() }
    }

    /// Adds the next scenario; `json` is its record where that is known already.
    pub(super) fn add(&mut self, scenario: &ScenarioRecord, json: Option<&Json>) -> Result<(), ReportError> {
        let entry = self.entries.of(&(self.files.of(&scenario.file), scenario.line));
        let keyed = may_have_keyed(scenario);
        match self.masked.get_mut(entry as usize) {
            Some(masked) => *masked |= keyed,
            None => self.masked.push(keyed),
        }
        self.index.add(scenario, entry, &self.store)?;
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
        if self.index.scenarios.is_multiple_of(SCENARIOS) {
            self.close();
        }
        Ok(())
    }

    fn close(&mut self) {
        if !self.part.is_empty() {
            let part = std::mem::replace(&mut self.part, Vec::with_capacity(SCENARIOS));
            self.packer.get_or_insert_with(|| Packer::new(&self.store)).push(part);
        }
    }

    /// The first scenarios that did not pass.
    pub(super) fn failing(&self) -> Failing {
        self.failing.clone()
    }

    /// How many were added.
    pub(super) fn scenarios(&self) -> usize {
        self.index.scenarios
    }

    /// Everything packed.
    pub(super) fn finish(
        mut self,
        record: &RunRecord,
        base: Option<&Comparison>,
        sources: &Sources,
    ) -> Result<Packed, ReportError> {
        self.close();
        let Self { store, index, files, entries, masked, names, packer, .. } = self;
        let (files, places) = (files.list, entries.list);
        std::thread::scope(|scope| {
            // It is a single part, and a large one.
            let index = scope.spawn(|| index.pack([SCENARIOS, EXCERPTS], base, &store));
            let entry = |(&(file, line), &masked): (&(u32, u32), &bool)| {
                // Each has its file in the list.
                let file = files.get(file as usize).cloned().unwrap_or_default();
                Entry { file, line, masked }
            };
            let entries = places.iter().zip(&masked).map(entry);
            let excerpts = excerpts(Excerpts::new(&record.header, sources, &names), entries, &store)?;
            let scenarios = packer.map_or(Ok(Vec::new()), Packer::finish)?;
            // A panic in a thread goes on here, where it becomes the report's error.
            let index = index.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            Ok(Packed { index, scenarios, excerpts, store: store.clone() })
        })
    }
}

/// The parts with the lines of these entries, packed.
fn excerpts(
    mut excerpts: Excerpts<'_>,
    mut entries: impl Iterator<Item = Entry>,
    store: &Store,
) -> Result<Vec<Part>, ReportError> {
    let mut parts = Vec::new();
    loop {
        let entries: Vec<Entry> = entries.by_ref().take(AT_ONCE * EXCERPTS).collect();
        if entries.is_empty() {
            return Ok(parts);
        }
        excerpts.read(&entries);
        let packed = entries.par_chunks(EXCERPTS).map(|entries| {
            let part: Vec<_> = entries.iter().map(|entry| excerpts.of(entry)).collect();
            pack(json(&part).as_bytes())
        });
        let packed: Vec<String> = packed.collect();
        for part in packed {
            parts.push(store.push(part.as_bytes())?);
        }
    }
}

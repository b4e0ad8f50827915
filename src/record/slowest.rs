//! The slowest scenarios of a run.

use super::{ScenarioRecord, Slowest, Verdict};

/// How many are kept.
const KEPT: usize = 10;

/// Keeps the slowest scenarios of those it is shown; of equal ones the first by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct SlowestList {
    list: Vec<Slowest>,
}

impl SlowestList {
    /// Considers one scenario; skipped ones took no time.
    pub(crate) fn add(&mut self, scenario: &ScenarioRecord) {
        let duration_us = scenario.wall.duration_us;
        let full = self.list.len() == KEPT;
        if scenario.verdict == Verdict::Skipped
            || (full && self.list.last().is_some_and(|last| last.duration_us > duration_us))
        {
            return;
        }
        let before = |other: &Slowest| {
            other.duration_us > duration_us || (other.duration_us == duration_us && other.id <= scenario.id)
        };
        let place = self.list.partition_point(before);
        if place < KEPT {
            self.list.insert(place, Slowest { id: scenario.id.clone(), duration_us });
            self.list.truncate(KEPT);
        }
    }

    /// The slowest first, at most ten.
    pub(crate) fn finish(self) -> Vec<Slowest> {
        self.list
    }
}

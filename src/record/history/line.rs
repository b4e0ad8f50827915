//! One run in one line.

use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::record::{CoverageKinds, RunHeader, RunRecord, Scores, StopReason, Totals, hexadecimal};

/// The version of the lines.
pub(crate) const HISTORY_VERSION: u32 = 2;

/// The versions that are read. Version 1 has `stopped` as text.
pub(super) const HISTORY_VERSIONS: RangeInclusive<u32> = 1..=HISTORY_VERSION;

/// Bytes of ids in one list; what is beyond is left out, and the count says so.
const IDS: usize = 32 << 10;

/// One run. A line is at most about 70 kB long.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct HistoryLine {
    /// [`HISTORY_VERSION`].
    pub version: u32,
    /// When it began, UTC, RFC 3339.
    pub started: String,
    /// The version of callpath.
    pub callpath: String,
    /// SHA-256 over all that decides the results: files, paths, filters, target, seed and repeats.
    pub inputs: String,
    /// Over all scenarios.
    pub totals: Totals,
    /// The ratios made of them.
    pub scores: Scores,
    /// Coverage over all flows.
    #[serde(default)]
    pub coverage: CoverageKinds,
    /// How many gates were missed.
    #[serde(default)]
    pub missed_gates: u64,
    /// The ids of scenarios that failed or could not be run, as far as there is room.
    pub failing: Vec<String>,
    /// The ids of flaky ones, as far as there is room.
    #[serde(default)]
    pub flaky: Vec<String>,
    /// Some ids did not find room.
    #[serde(default)]
    pub cut: bool,
    /// Why it ended early, where it did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stopped: Option<StopReason>,
    /// How long it took, in µs.
    pub duration_us: u64,
}

impl HistoryLine {
    /// The line of a run; its record may be without scenarios.
    pub(crate) fn new(record: &RunRecord, failing: &[String], flaky: &[String]) -> Self {
        let (failing, flaky, all) = (bounded(failing), bounded(flaky), failing.len() + flaky.len());
        Self {
            version: HISTORY_VERSION,
            started: record.wall.started.clone(),
            callpath: record.header.callpath.clone(),
            inputs: inputs(&record.header),
            totals: record.totals,
            scores: record.scores.clone(),
            coverage: record.coverage.as_ref().map(|coverage| coverage.totals.clone()).unwrap_or_default(),
            missed_gates: record.missed_gates().count() as u64,
            cut: failing.len() + flaky.len() < all,
            failing,
            flaky,
            stopped: record.stopped.clone(),
            duration_us: record.wall.duration_us,
        }
    }
}

fn bounded(ids: &[String]) -> Vec<String> {
    let mut room = IDS;
    let fits = |id: &&String| {
        let left = room.checked_sub(id.len());
        room = left.unwrap_or(0);
        left.is_some()
    };
    ids.iter().take_while(fits).cloned().collect()
}

/// Equal for runs that must have equal results.
fn inputs(header: &RunHeader) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    for (file, digest) in &header.files {
        add(file);
        add(digest);
    }
    for list in [&header.paths, &header.filters] {
        add(&list.len().to_string());
        list.iter().for_each(|text| add(text));
    }
    add(&header.callpath);
    add(&header.target);
    add(&format!("{} {}", header.seed, header.repeat));
    hexadecimal(&hash.finalize())
}

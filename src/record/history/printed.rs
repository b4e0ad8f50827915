//! What `callpath history --format json` prints: versioned JSON with a published schema (`schemas/history.schema.json`).

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

use super::{HISTORY_VERSION, History, HistoryLine, Unstable, unstable};
use crate::record::draft_07;

/// The trends of a history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Trends {
    /// [`HISTORY_VERSION`].
    pub version: u32,
    /// The last runs asked for, in the order of the file.
    pub runs: Vec<HistoryLine>,
    /// Scenarios that are not stable over all runs of the file, those that change most often first.
    pub unstable: Vec<Unstable>,
    /// The numbers of the lines that cannot be read, from 1.
    pub unreadable: Vec<usize>,
}

impl Trends {
    /// Those of the last so many runs.
    pub(crate) fn of(history: &History, last: usize) -> Self {
        let first = history.runs.len().saturating_sub(last);
        Self {
            version: HISTORY_VERSION,
            runs: history.runs.get(first..).unwrap_or_default().to_vec(),
            unstable: unstable(&history.runs),
            unreadable: history.unreadable.clone(),
        }
    }
}

/// The schema of the trends; `#/definitions/HistoryLine` describes one line of the file.
pub(crate) fn history_schema() -> Schema {
    draft_07::<Trends>()
}

//! What other systems call a run and its results.

use sha2::{Digest, Sha256};

use super::{RunRecord, ScenarioRecord, hexadecimal};

/// The key of one result, 32 hexadecimal digits: the first half of the SHA-256 of `callpath result`, the run's id, the
/// scenario's id and the number of attempts made for it, in decimal, each followed by a line break.
///
/// It is the same whenever and by whomever it is computed, and no two results share it: what is sent twice is known by it.
pub fn result_key(run_id: &str, scenario: &ScenarioRecord) -> String {
    let attempts = scenario.attempts.len().max(1).to_string();
    hex(&["callpath result", run_id, &scenario.id, &attempts], 16)
}

/// The correlation id of a result, made of its key: the same in the audit log and on a QA platform.
pub fn correlation(key: &str) -> String {
    format!("audit-{key}")
}

/// The id of a recorded run. Records of older versions have none; theirs is derived from when the run began and what it
/// read.
pub(crate) fn record_run_id(record: &RunRecord) -> String {
    if !record.wall.run_id.is_empty() {
        return record.wall.run_id.clone();
    }
    let files = record.header.files.iter().flat_map(|(file, digest)| [file.as_str(), digest.as_str()]);
    let parts: Vec<&str> = ["callpath run", &record.wall.started].into_iter().chain(files).collect();
    hex(&parts, 16)
}

/// The id of runs that were merged to one: a single run keeps its own; else it is made of theirs, whatever their order.
pub(super) fn merged_run_id<'r>(records: impl Iterator<Item = &'r RunRecord>) -> String {
    let mut ids: Vec<String> = records.map(record_run_id).collect();
    ids.sort();
    ids.dedup();
    if ids.len() == 1 {
        return ids.remove(0);
    }
    let parts: Vec<&str> = std::iter::once("callpath merge").chain(ids.iter().map(String::as_str)).collect();
    hex(&parts, 16)
}

/// The first `bytes` of the SHA-256 of some texts, each followed by a line break.
fn hex(parts: &[&str], bytes: usize) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update("\n");
    }
    let mut text = hexadecimal(&hash.finalize());
    text.truncate(2 * bytes);
    text
}

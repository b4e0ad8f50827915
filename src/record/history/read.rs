//! A history read back.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::line::HISTORY_VERSIONS;
use super::{HISTORY_VERSION, HistoryLine};

/// Longer lines are none of ours.
const LONGEST: u64 = 1 << 20;

/// The runs of a history.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct History {
    /// In the order of the file.
    pub runs: Vec<HistoryLine>,
    /// Lines that could not be read: cut short, of another version, or something else. Counted from 1.
    pub unreadable: Vec<usize>,
}

/// Reads a history. Lines that cannot be read are passed over and named.
pub(crate) fn read(path: &Path) -> io::Result<History> {
    of_lines(BufReader::new(std::fs::File::open(path)?))
}

pub(super) fn of_lines(mut file: impl BufRead) -> io::Result<History> {
    let mut history = History::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if file.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let long = line.len() as u64 == LONGEST && !line.ends_with(b"\n");
        if long {
            file.skip_until(b'\n')?;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<HistoryLine>(&line) {
            Ok(run) if !long && HISTORY_VERSIONS.contains(&run.version) => {
                history.runs.push(HistoryLine { version: HISTORY_VERSION, ..run });
            }
            _ => history.unreadable.push(number),
        }
    }
    Ok(history)
}

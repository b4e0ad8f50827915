//! A log that is kept over many runs: each run's lines are chained to those of the runs before.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::chain::{Chain, Link};
use crate::runner::ReportError;

/// Bytes read at once while the last line is looked for.
const STEP: u64 = 1 << 16;

/// Appends the lines of a run's own log to a kept one, with new numbers and hashes. The kept log is locked meanwhile, so that
/// runs that end at once come one after the other; it is on disk when this returns.
pub(crate) fn append(ledger: &Path, run: &Path) -> Result<(), ReportError> {
    let error = |error: std::io::Error| ReportError::io(ledger, &error);
    if let Some(folder) = ledger.parent() {
        std::fs::create_dir_all(folder).map_err(error)?;
    }
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(ledger).map_err(error)?;
    file.lock().map_err(error)?;
    let mut chain = end(&mut file).map_err(error)?.ok_or_else(|| {
        let path = ledger.display();
        ReportError(format!("cannot append to '{path}': its last line is not whole; callpath audit verify says more"))
    })?;
    let mut text = Vec::new();
    let own = std::fs::read(run).map_err(|problem| ReportError::io(run, &problem))?;
    for line in own.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        // This process has just written them.
        if let Some(link) = Link::parse(line) {
            chain.add(link.body, &mut text);
        }
    }
    let length = file.metadata().map_err(error)?.len();
    let written = file.write_all(&text).and_then(|()| file.sync_data());
    written.map_err(|problem| {
        // A full disk must not leave half a run.
        let _ = file.set_len(length);
        error(problem)
    })
}

/// Where the chain of a file ends; none where its last line is not whole.
fn end(file: &mut File) -> std::io::Result<Option<Chain>> {
    let length = file.seek(SeekFrom::End(0))?;
    if length == 0 {
        return Ok(Some(Chain::default()));
    }
    let mut tail = Vec::new();
    let mut from = length;
    loop {
        from = from.saturating_sub(STEP);
        file.seek(SeekFrom::Start(from))?;
        tail.clear();
        file.read_to_end(&mut tail)?;
        let Some(lines) = tail.strip_suffix(b"\n") else { return Ok(None) };
        let last = match lines.iter().rposition(|byte| *byte == b'\n') {
            Some(at) => lines.get(at + 1..).unwrap_or_default(),
            None if from == 0 => lines,
            None => continue,
        };
        let link = Link::parse(last).filter(|link| link.digest() == link.hash);
        return Ok(link.map(|link| Chain { head: link.hash.to_owned(), lines: link.number }));
    }
}

//! The folder where the results of an export wait.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::segment::{ACK, PART, SPOOL, SpoolError};

/// What a process that ended at a bad moment may leave is removed when it is older than this: a younger one may still be
/// in the making.
const STRAY: Duration = Duration::from_secs(3600);

/// The segments of a folder, the oldest run first; none where there is no folder. Strays of processes that have gone are
/// removed.
pub(crate) fn segments(folder: &Path) -> Result<Vec<PathBuf>, SpoolError> {
    let error = SpoolError::io(folder);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(problem) => return Err(error(problem)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(&error)?.path();
        match path.extension().and_then(|ending| ending.to_str()) {
            Some(SPOOL) => found.push(path),
            Some(PART) if is_old(&path) => drop(fs::remove_file(&path)),
            Some(ACK) if is_old(&path) && !path.with_extension(SPOOL).exists() => drop(fs::remove_file(&path)),
            _ => {}
        }
    }
    // Names begin with the time.
    found.sort();
    Ok(found)
}

fn is_old(path: &Path) -> bool {
    let written = path.metadata().and_then(|data| data.modified());
    written.is_ok_and(|written| written.elapsed().is_ok_and(|age| age > STRAY))
}

//! The folder of an export's segments.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::segment::{ACK_EXTENSION, PART_EXTENSION, SPOOL_EXTENSION, SpoolError};

/// Leftovers of processes that were killed are removed when they are older than this. A process may
/// still be writing younger ones.
const MAX_STRAY_AGE: Duration = Duration::from_secs(3600);

/// Lists the segments of a folder, oldest run first; none where the folder does not exist. Removes
/// leftovers of killed processes.
pub(crate) fn list_segments(folder: &Path) -> Result<Vec<PathBuf>, SpoolError> {
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
            Some(SPOOL_EXTENSION) => found.push(path),
            Some(PART_EXTENSION) if is_old(&path) => drop(fs::remove_file(&path)),
            Some(ACK_EXTENSION) if is_old(&path) && !path.with_extension(SPOOL_EXTENSION).exists() => {
                drop(fs::remove_file(&path))
            }
            _ => {}
        }
    }
    // Names begin with a timestamp.
    found.sort();
    Ok(found)
}

fn is_old(path: &Path) -> bool {
    let written = path.metadata().and_then(|data| data.modified());
    written.is_ok_and(|written| written.elapsed().is_ok_and(|age| age > MAX_STRAY_AGE))
}

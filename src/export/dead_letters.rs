//! The file of dead letters: results that the platform rejects, with the reason.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use hyper::body::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::segment::{SpoolError, SpooledResult, is_valid_key};

/// The name of the file in the spool.
const FILE: &str = "dead-letters.jsonl";
/// Its name in earlier versions.
const EARLIER_FILE: &str = "set-aside.jsonl";

/// A line of the file.
#[derive(Serialize, Deserialize)]
struct DeadLetter<'a> {
    /// The key of the result; absent for a damaged line of the spool.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    key: Option<String>,
    /// When it was written, UTC, RFC 3339.
    at: String,
    /// Why it cannot be delivered: one sentence.
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none", default, borrow)]
    payload: Option<&'a RawValue>,
    /// The damaged line instead of a payload.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    damaged: Option<String>,
}

/// The file of the results that cannot be delivered.
#[derive(Debug)]
pub(crate) struct DeadLetterFile {
    path: PathBuf,
}

impl DeadLetterFile {
    /// The file of one spool.
    pub(crate) fn new(folder: &Path) -> Self {
        Self { path: folder.join(FILE) }
    }

    /// As [`DeadLetterFile::new`], and renames the file of an earlier version.
    pub(crate) fn migrate(folder: &Path) -> Result<Self, SpoolError> {
        let file = Self::new(folder);
        let earlier = folder.join(EARLIER_FILE);
        if earlier.exists() && !file.path.exists() {
            fs::rename(&earlier, &file.path).map_err(SpoolError::io(&earlier))?;
        }
        Ok(file)
    }

    /// The path of the file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a result. It survives a power failure after the next [`DeadLetterFile::sync`].
    pub(crate) fn add(&self, result: &SpooledResult, reason: &str) -> Result<(), SpoolError> {
        // callpath wrote the payload as JSON; should it be none, the line keeps key and reason.
        let payload = RawValue::from_string(String::from_utf8_lossy(&result.payload).into_owned()).ok();
        self.append(&DeadLetter {
            key: Some(result.key.clone()),
            at: now(),
            reason: reason.to_owned(),
            payload: payload.as_deref(),
            damaged: None,
        })
    }

    /// Adds a line of the spool that is not a valid result.
    pub(crate) fn add_damaged(&self, line: &[u8], reason: &str) -> Result<(), SpoolError> {
        self.append(&DeadLetter {
            key: None,
            at: now(),
            reason: reason.to_owned(),
            payload: None,
            damaged: Some(String::from_utf8_lossy(line).into_owned()),
        })
    }

    /// Syncs the file to disk.
    pub(crate) fn sync(&self) -> Result<(), SpoolError> {
        let file = OpenOptions::new().append(true).open(&self.path);
        file.and_then(|file| file.sync_data()).map_err(SpoolError::io(&self.path))
    }

    /// Counts the dead letters.
    pub(crate) fn count(&self) -> Result<u64, SpoolError> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() as u64),
            Err(problem) if problem.kind() == ErrorKind::NotFound => Ok(0),
            Err(problem) => Err(SpoolError::io(&self.path)(problem)),
        }
    }

    fn append(&self, letter: &DeadLetter<'_>) -> Result<(), SpoolError> {
        let error = SpoolError::io(&self.path);
        let mut text = serde_json::to_string(letter).map_err(|problem| error(problem.into()))?;
        text.push('\n');
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(&self.path).map_err(&error)?;
        // Several processes may share the file.
        file.lock().map_err(&error)?;
        if is_torn(&mut file).map_err(&error)? {
            text.insert(0, '\n');
        }
        file.write_all(text.as_bytes()).map_err(&error)
    }

    /// Moves all results back to the spool: passes them to `store` and then removes them from the
    /// file. Lines that hold no valid result stay.
    pub(crate) fn restore(
        &self,
        store: impl FnOnce(&[SpooledResult]) -> Result<(), SpoolError>,
    ) -> Result<(), SpoolError> {
        let error = SpoolError::io(&self.path);
        let mut file = match OpenOptions::new().read(true).write(true).open(&self.path) {
            Ok(file) => file,
            Err(problem) if problem.kind() == ErrorKind::NotFound => return Ok(()),
            Err(problem) => return Err(error(problem)),
        };
        file.lock().map_err(&error)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(&error)?;
        let mut results: Vec<SpooledResult> = Vec::new();
        let mut keys = HashSet::new();
        let mut rest = String::new();
        for line in text.lines() {
            match serde_json::from_str::<DeadLetter<'_>>(line) {
                Ok(DeadLetter { key: Some(key), payload: Some(payload), .. }) if is_valid_key(&key) => {
                    // The file has a result twice where a process ended before it acknowledged the
                    // result.
                    if keys.insert(key.clone()) {
                        results.push(SpooledResult { key, payload: Bytes::from(payload.get().to_owned()) });
                    }
                }
                _ => {
                    rest += line;
                    rest.push('\n');
                }
            }
        }
        if results.is_empty() {
            return Ok(());
        }
        store(&results)?;
        // In place, because other processes may wait for the lock of this very file. The results
        // are already stored elsewhere.
        file.seek(SeekFrom::Start(0))
            .and_then(|_| file.write_all(rest.as_bytes()))
            .and_then(|()| file.set_len(rest.len() as u64))
            .and_then(|()| file.sync_data())
            .map_err(&error)
    }
}

/// Whether the last line has no line break.
fn is_torn(file: &mut File) -> std::io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

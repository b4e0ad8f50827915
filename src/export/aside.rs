//! Results that the platform does not take: kept in a file of their own, with the reason.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use hyper::body::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::segment::{Item, SpoolError};

/// The file's name in the spool.
const FILE: &str = "set-aside.jsonl";

/// A line: a result, and why it was not taken.
#[derive(Serialize, Deserialize)]
struct Line<'a> {
    /// What the result is known by; absent where the spool was damaged.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    key: Option<String>,
    /// When, UTC, RFC 3339.
    at: String,
    /// Why: one sentence.
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none", default, borrow)]
    payload: Option<&'a RawValue>,
    /// What the damaged spool holds instead of a payload.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    damaged: Option<String>,
}

/// The file of the results that were set aside.
#[derive(Debug)]
pub(crate) struct SetAside {
    path: PathBuf,
}

impl SetAside {
    /// That of a spool's folder.
    pub(crate) fn new(folder: &Path) -> Self {
        Self { path: folder.join(FILE) }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a result. It survives the machine's end after the next [`SetAside::sync`].
    pub(crate) fn add(&self, item: &Item, reason: &str) -> Result<(), SpoolError> {
        let payload = String::from_utf8_lossy(&item.payload);
        // A payload is JSON of our own making.
        let payload = RawValue::from_string(payload.into_owned()).ok();
        self.append(&Line {
            key: Some(item.key.clone()),
            at: now(),
            reason: reason.to_owned(),
            payload: payload.as_deref(),
            damaged: None,
        })
    }

    /// Adds bytes of the spool that are no result any more.
    pub(crate) fn add_damaged(&self, bytes: &[u8]) -> Result<(), SpoolError> {
        self.append(&Line {
            key: None,
            at: now(),
            reason: "the spool is damaged here".to_owned(),
            payload: None,
            damaged: Some(String::from_utf8_lossy(bytes).into_owned()),
        })
    }

    /// Makes what was added survive the machine's end.
    pub(crate) fn sync(&self) -> Result<(), SpoolError> {
        let file = OpenOptions::new().append(true).open(&self.path);
        file.and_then(|file| file.sync_data()).map_err(SpoolError::io(&self.path))
    }

    fn append(&self, line: &Line<'_>) -> Result<(), SpoolError> {
        let error = SpoolError::io(&self.path);
        let mut text = serde_json::to_string(line).map_err(|problem| error(problem.into()))?;
        text.push('\n');
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(&self.path).map_err(&error)?;
        // Several processes may share the file.
        file.lock().map_err(&error)?;
        if is_torn(&mut file).map_err(&error)? {
            text.insert(0, '\n');
        }
        file.write_all(text.as_bytes()).map_err(&error)
    }

    /// Gives all results to `take`, which keeps them elsewhere, and then forgets them. Lines that hold no result stay. How
    /// many were taken.
    pub(crate) fn take(&self, take: impl FnOnce(&[Item]) -> Result<(), SpoolError>) -> Result<usize, SpoolError> {
        let error = SpoolError::io(&self.path);
        let mut file = match OpenOptions::new().read(true).write(true).open(&self.path) {
            Ok(file) => file,
            Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => return Ok(0),
            Err(problem) => return Err(error(problem)),
        };
        file.lock().map_err(&error)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(&error)?;
        let mut items: Vec<Item> = Vec::new();
        let mut keys = HashSet::new();
        let mut rest = String::new();
        for line in text.lines() {
            match serde_json::from_str::<Line<'_>>(line) {
                Ok(Line { key: Some(key), payload: Some(payload), .. }) => {
                    // The same result twice: a process ended between the two files.
                    if keys.insert(key.clone()) {
                        items.push(Item { key, payload: Bytes::from(payload.get().to_owned()) });
                    }
                }
                _ => {
                    rest += line;
                    rest.push('\n');
                }
            }
        }
        if items.is_empty() {
            return Ok(0);
        }
        take(&items)?;
        // In place, because others may wait for the lock of this very file; what is overwritten is kept elsewhere already.
        file.seek(SeekFrom::Start(0))
            .and_then(|_| file.write_all(rest.as_bytes()))
            .and_then(|()| file.set_len(rest.len() as u64))
            .and_then(|()| file.sync_data())
            .map_err(&error)?;
        Ok(items.len())
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

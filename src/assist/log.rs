//! The prompt log: one line of JSON for each record.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::record::Record;

/// A file to which records are appended. The last line of a prompt is its current record.
#[derive(Debug)]
pub struct PromptLog {
    file: Mutex<Lines>,
}

#[derive(Debug)]
struct Lines {
    file: BufWriter<File>,
    failed: Option<std::io::Error>,
}

impl PromptLog {
    /// Opens a file for appending, and creates it if it does not exist.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let file = File::options().create(true).append(true).open(path)?;
        Ok(Self { file: Mutex::new(Lines { file: BufWriter::with_capacity(1 << 16, file), failed: None }) })
    }

    /// Appends a record. [`flush`](Self::flush) returns an error of this.
    pub fn write(&self, record: &Record) {
        let line = serde_json::to_vec(record);
        let mut lines = self.lines();
        let written = line.map_err(std::io::Error::from).and_then(|mut line| {
            line.push(b'\n');
            lines.file.write_all(&line)
        });
        if let Err(error) = written {
            lines.failed.get_or_insert(error);
        }
    }

    /// Flushes the file.
    ///
    /// # Errors
    /// If this or a write since the last call failed: lines are missing then.
    pub fn flush(&self) -> std::io::Result<()> {
        let mut lines = self.lines();
        let flushed = lines.file.flush();
        lines.failed.take().map_or(flushed, Err)
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Lines> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

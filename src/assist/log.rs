//! Records as lines of JSON.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::record::Record;

/// A file that records are appended to: one line of JSON each. The last line of a prompt is what is known about it.
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
    /// Appends to a file; it is made if need be.
    ///
    /// # Errors
    /// When the file cannot be opened for writing.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let file = File::options().create(true).append(true).open(path)?;
        Ok(Self { file: Mutex::new(Lines { file: BufWriter::with_capacity(1 << 16, file), failed: None }) })
    }

    /// Appends a record. A failure is kept for [`flush`](Self::flush).
    pub fn write(&self, record: &Record) {
        // Records are texts, numbers and words: they can always be written.
        let Ok(mut line) = serde_json::to_vec(record) else { return };
        line.push(b'\n');
        let mut lines = self.lines();
        if let Err(error) = lines.file.write_all(&line) {
            lines.failed.get_or_insert(error);
        }
    }

    /// Hands everything over to the system.
    ///
    /// # Errors
    /// When that fails, or a write since the last time did: lines are missing then.
    pub fn flush(&self) -> std::io::Result<()> {
        let mut lines = self.lines();
        let flushed = lines.file.flush();
        lines.failed.take().map_or(flushed, Err)
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Lines> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

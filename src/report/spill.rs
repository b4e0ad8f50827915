//! What a report can only put together at its end, kept out of memory when it is much.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::file::create_folder;
use crate::runner::ReportError;

/// Bytes that are kept in memory; a report of some 10,000 scenarios needs no file.
const KEPT: usize = 4 << 20;
/// Bytes that are read from the file at once.
const PIECE: usize = 1 << 18;

/// A part of what was kept: its first byte and the one behind it.
pub(super) type Part = Range<u64>;

/// Bytes that are kept until they are asked for: the last ones in memory, those before them in a file beside the report,
/// which is removed with this.
#[derive(Debug, Default)]
pub(super) struct Spill {
    /// Where the file is made when it is needed; none where everything stays in memory.
    path: Option<PathBuf>,
    file: Option<File>,
    /// Bytes in the file.
    filed: u64,
    memory: Vec<u8>,
}

impl Spill {
    /// For the report in this file. What is no plain file (standard output, a pipe) has no folder of its own: the
    /// system's folder for temporary files is taken.
    pub fn beside(report: &Path) -> Self {
        let plain = fs::metadata(report).map_or(true, |there| there.is_file());
        let mut name = report.file_name().unwrap_or_default().to_owned();
        // With the process in its name, as the report itself while it is written.
        name.push(format!(".{}.rest", std::process::id()));
        let folder = report.parent().filter(|_| plain && report.as_os_str() != super::STDOUT);
        let path = folder.map_or_else(std::env::temp_dir, Path::to_owned).join(name);
        Self { path: Some(path), file: None, filed: 0, memory: Vec::new() }
    }

    /// Appends.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Part, ReportError> {
        let start = self.len();
        self.memory.extend_from_slice(bytes);
        if self.memory.len() >= KEPT
            && let Some(path) = &self.path
        {
            let file = match &mut self.file {
                Some(file) => file,
                none => none.insert(create(path)?),
            };
            // What was read in between has moved the place.
            let written = file.seek(SeekFrom::Start(self.filed)).and_then(|_| file.write_all(&self.memory));
            written.map_err(|error| ReportError::io(path, &error))?;
            self.filed = self.len();
            self.memory.clear();
        }
        Ok(start..self.len())
    }

    /// All bytes.
    pub fn len(&self) -> u64 {
        self.filed + self.memory.len() as u64
    }

    /// Gives a part, in pieces.
    pub fn read(
        &mut self,
        part: Part,
        mut to: impl FnMut(&[u8]) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        let Part { mut start, end } = part;
        let mut piece = Vec::new();
        while let Some(file) = &mut self.file
            && start < end.min(self.filed)
        {
            let left = usize::try_from(end.min(self.filed) - start).unwrap_or(usize::MAX);
            piece.resize(left.min(PIECE), 0);
            let read = file.seek(SeekFrom::Start(start)).and_then(|_| file.read_exact(&mut piece));
            read.map_err(|error| self.unreadable(&error))?;
            to(&piece)?;
            start += piece.len() as u64;
        }
        let place = |byte: u64| usize::try_from(byte.saturating_sub(self.filed)).unwrap_or(usize::MAX);
        match self.memory.get(place(start)..place(end)) {
            Some(rest) if !rest.is_empty() => to(rest),
            _ => Ok(()),
        }
    }

    fn unreadable(&self, error: &io::Error) -> ReportError {
        let path = self.path.as_deref().map(Path::display);
        ReportError(format!("cannot read '{}': {error}", path.map(|path| path.to_string()).unwrap_or_default()))
    }
}

/// An empty file. One that a process with the same number has left there is replaced, but what it links to is not
/// written to.
fn create(path: &Path) -> Result<File, ReportError> {
    create_folder(path)?;
    let _ = fs::remove_file(path);
    let file = File::options().read(true).write(true).create_new(true).open(path);
    file.map_err(|error| ReportError::io(path, &error))
}

impl Drop for Spill {
    fn drop(&mut self) {
        // It is closed first: not every system removes a file that is open.
        if self.file.take().is_some()
            && let Some(path) = &self.path
        {
            // If it cannot be removed there is nothing more to be done.
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(spill: &mut Spill, part: Part) -> Vec<u8> {
        let mut all = Vec::new();
        spill
            .read(part, |bytes| {
                all.extend_from_slice(bytes);
                Ok(())
            })
            .unwrap();
        all
    }

    #[test]
    fn parts_come_back_from_memory_and_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = || fs::read_dir(folder.path()).unwrap().count();
        for (mut spill, files_then) in [(Spill::beside(&folder.path().join("junit.xml")), 1), (Spill::default(), 0)] {
            let parts: Vec<(Vec<u8>, Part)> = (0..100u8)
                .map(|number| {
                    let bytes = vec![number; usize::from(number) * 1500];
                    let part = spill.push(&bytes).unwrap();
                    // Reading does not move the place where is written.
                    assert_eq!(text(&mut spill, 1500..3000), vec![2; if number > 1 { 1500 } else { 0 }]);
                    (bytes, part)
                })
                .collect();
            assert_eq!(files(), files_then);
            for (bytes, part) in parts.iter().rev() {
                assert_eq!(text(&mut spill, part.clone()), *bytes);
            }
            let all: Vec<u8> = parts.iter().flat_map(|(bytes, _)| bytes).copied().collect();
            assert_eq!(all.len() as u64, spill.len());
            let part = 0..spill.len();
            assert_eq!(text(&mut spill, part), all);
            drop(spill);
            assert_eq!(files(), 0, "nothing is left behind");
        }
    }

    #[test]
    fn little_needs_no_file_and_a_folder_that_is_gone_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("taken");
        fs::write(&taken, "").unwrap();
        let mut spill = Spill::beside(&taken.join("junit.xml"));
        assert_eq!(spill.push(b"little").unwrap(), 0..6);
        let error = spill.push(&vec![b'x'; KEPT]).unwrap_err();
        assert!(error.0.starts_with("cannot create the folder '") && error.0.contains("taken"), "{error}");
    }
}

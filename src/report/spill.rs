//! What a report can only put together at its end, kept out of memory when it is much.

use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use tempfile::SpooledTempFile;

use super::file::create_folder;
use crate::runner::ReportError;

/// Bytes that are kept in memory; a report of some 10,000 scenarios needs no file.
const KEPT: usize = 4 << 20;
/// Bytes that are read at once.
const PIECE: usize = 1 << 18;

/// A part of what was kept: its first byte and the one behind it.
pub(super) type Part = Range<u64>;

/// Bytes that are kept until they are asked for: in memory as long as they are few, then in a file without a name, which is
/// gone with the process however it ends.
#[derive(Debug)]
pub(super) struct Spill {
    folder: PathBuf,
    /// None until there are bytes.
    file: Option<SpooledTempFile>,
    length: u64,
}

impl Default for Spill {
    /// With the system's folder for temporary files.
    fn default() -> Self {
        Self { folder: std::env::temp_dir(), file: None, length: 0 }
    }
}

impl Spill {
    /// For the report in this file, in whose folder there is room for it. What is no plain file (standard output, a pipe) has no
    /// folder of its own: the system's folder for temporary files is taken.
    pub(super) fn beside(report: &Path) -> Self {
        let plain = std::fs::metadata(report).map_or(true, |there| there.is_file());
        let folder = report.parent().filter(|_| plain && report.as_os_str() != super::STDOUT);
        // The parent of a bare name is an empty path.
        let folder = folder.map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
        Self { folder: folder.map_or_else(std::env::temp_dir, Path::to_owned), file: None, length: 0 }
    }

    /// Appends.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Part, ReportError> {
        let start = self.length;
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                create_folder(Some(&self.folder))?;
                none.insert(SpooledTempFile::new_in(KEPT, &self.folder))
            }
        };
        // What was read in between has moved the place.
        let written = file.seek(SeekFrom::Start(start)).and_then(|_| file.write_all(bytes));
        written.map_err(|error| ReportError::io(&self.folder, &error))?;
        self.length += bytes.len() as u64;
        Ok(start..self.length)
    }

    /// All bytes.
    pub(super) fn len(&self) -> u64 {
        self.length
    }

    /// Gives a part, in pieces.
    pub(super) fn read(
        &mut self,
        part: Part,
        mut to: impl FnMut(&[u8]) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let unreadable = |error: &std::io::Error| {
            let folder = self.folder.display();
            ReportError(format!("cannot read what was kept for the report in '{folder}': {error}"))
        };
        file.seek(SeekFrom::Start(part.start)).map_err(|error| unreadable(&error))?;
        let mut left = part.end.min(self.length).saturating_sub(part.start);
        let mut piece = Vec::new();
        while left > 0 {
            piece.resize(usize::try_from(left).unwrap_or(PIECE).min(PIECE), 0);
            file.read_exact(&mut piece).map_err(|error| unreadable(&error))?;
            left -= piece.len() as u64;
            to(&piece)?;
        }
        Ok(())
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
        let mut spill = Spill::beside(&folder.path().join("junit.xml"));
        let parts: Vec<(Vec<u8>, Part)> = (0..100u8)
            .map(|number| {
                let bytes = vec![number; usize::from(number) * 1500];
                let part = spill.push(&bytes).unwrap();
                // Reading does not move the place where is written.
                assert_eq!(text(&mut spill, 1500..3000), vec![2; if number > 1 { 1500 } else { 0 }]);
                (bytes, part)
            })
            .collect();
        assert!(spill.len() > KEPT as u64);
        for (bytes, part) in parts.iter().rev() {
            assert_eq!(text(&mut spill, part.clone()), *bytes);
        }
        let all: Vec<u8> = parts.iter().flat_map(|(bytes, _)| bytes).copied().collect();
        assert_eq!(all.len() as u64, spill.len());
        let part = 0..spill.len();
        assert_eq!(text(&mut spill, part), all);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
    }

    #[test]
    fn a_folder_that_is_gone_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("taken");
        std::fs::write(&taken, "").unwrap();
        let mut spill = Spill::beside(&taken.join("junit.xml"));
        let error = spill.push(b"little").unwrap_err();
        assert!(error.0.starts_with("cannot create the folder '") && error.0.contains("taken"), "{error}");
    }
}

//! Report files that are either whole or not there.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::background::{BUFFER, Background, FileHash};
use crate::runner::ReportError;

/// What stands for standard output where a file is named.
pub(crate) const STDOUT: &str = "-";

/// A file that is written beside its place and moved there when it is complete: a run that ends in the middle leaves
/// the report of the run before.
pub(crate) struct ReportFile {
    path: PathBuf,
    /// Where it is written; none where it goes to standard output, or into what is there.
    temporary: Option<PathBuf>,
    buffer: Vec<u8>,
    writer: Background,
    hash: Option<FileHash>,
    complete: bool,
}

impl ReportFile {
    /// Begins a file; its folder is created where it is missing. `-` is standard output. What is no plain file (`/dev/null`,
    /// a pipe) is written to as it is, and must not be replaced; a link stays one.
    pub(crate) fn create(path: &Path) -> Result<Self, ReportError> {
        Self::hashed(path, None)
    }

    /// The same; `hash` is told the hash of the whole file.
    pub(crate) fn hashed(path: &Path, hash: Option<&FileHash>) -> Result<Self, ReportError> {
        if path.as_os_str() == STDOUT {
            return Self::over(path, None, std::io::stdout(), hash);
        }
        let problem = |error: std::io::Error| ReportError::io(path, &error);
        if fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            let file = File::options().write(true).open(path).map_err(problem)?;
            return Self::over(path, None, file, hash);
        }
        create_folder(path.parent())?;
        let linked = fs::symlink_metadata(path).is_ok_and(|there| there.is_symlink());
        let target = if linked { path.canonicalize().map_err(problem)? } else { path.to_owned() };
        let mut name = target.file_name().unwrap_or_default().to_owned();
        // With the process in its name, so that two runs into one folder do not write into the same file.
        name.push(format!(".{}.part", std::process::id()));
        let temporary = target.with_file_name(name);
        let file = File::create(&temporary).map_err(problem)?;
        Self::over(&target, Some(temporary), file, hash)
    }

    fn over(
        path: &Path,
        temporary: Option<PathBuf>,
        writer: impl Write + Send + 'static,
        hash: Option<&FileHash>,
    ) -> Result<Self, ReportError> {
        let writer = Background::new(writer, hash.is_some()).map_err(|error| ReportError::io(path, &error))?;
        let (path, buffer) = (path.to_owned(), writer.buffer());
        Ok(Self { path, temporary, buffer, writer, hash: hash.cloned(), complete: false })
    }

    /// Appends.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), ReportError> {
        let mut rest = bytes;
        while self.buffer.len() + rest.len() >= BUFFER {
            let (now, later) = rest.split_at(BUFFER.saturating_sub(self.buffer.len()));
            self.buffer.extend_from_slice(now);
            rest = later;
            self.writer.write(&mut self.buffer).or_else(|error| self.excused(error))?;
        }
        self.buffer.extend_from_slice(rest);
        Ok(())
    }

    /// Puts the whole file in its place.
    pub(crate) fn complete(mut self) -> Result<(), ReportError> {
        let written = self.writer.write(&mut self.buffer).and_then(|()| self.writer.end());
        let moved = written.and_then(|hash| match &self.temporary {
            Some(temporary) => fs::rename(temporary, &self.path).map(|()| hash),
            None => Ok(hash),
        });
        self.complete = moved.is_ok();
        match (moved, &self.hash) {
            (Ok(Some(sum)), Some(hash)) => hash.set(sum),
            (Ok(_), _) => {}
            (Err(error), _) => return self.excused(error),
        }
        Ok(())
    }

    /// A reader of standard output that has gone (`callpath report run.json --markdown - | head`) is not an error.
    fn excused(&self, error: std::io::Error) -> Result<(), ReportError> {
        match &self.temporary {
            None if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            None if self.path.as_os_str() == STDOUT => {
                Err(ReportError(format!("cannot write to standard output: {error}")))
            }
            _ => Err(ReportError::io(&self.path, &error)),
        }
    }
}

/// Creates the folder that a report is to lie in, if it is to lie in one, where it is missing.
pub(super) fn create_folder(folder: Option<&Path>) -> Result<(), ReportError> {
    let Some(folder) = folder else { return Ok(()) };
    fs::create_dir_all(folder)
        .map_err(|error| ReportError(format!("cannot create the folder '{}': {error}", folder.display())))
}

impl Drop for ReportFile {
    fn drop(&mut self) {
        if !self.complete
            && let Some(temporary) = &self.temporary
        {
            // Half a report is of no use; if it cannot be removed there is nothing more to be done.
            let _ = self.writer.end();
            let _ = fs::remove_file(temporary);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_report_stays_until_the_new_one_is_whole() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("deep").join("run.json");
        let mut file = ReportFile::create(&path)?;
        file.write(b"old")?;
        assert!(!path.exists());
        file.complete()?;
        assert_eq!(fs::read_to_string(&path)?, "old");
        let mut file = ReportFile::create(&path)?;
        file.write(b"half")?;
        drop(file);
        assert_eq!(fs::read_to_string(&path)?, "old");
        assert_eq!(fs::read_dir(folder.path().join("deep"))?.count(), 1, "nothing is left behind");
        Ok(())
    }

    /// A disk with little room.
    struct Small(usize);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            if taken == 0 { Err(std::io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_leaves_the_old_report() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("run.json");
        fs::write(&path, "old")?;
        for size in [101, BUFFER * 2] {
            let mut file = ReportFile::over(&path, Some(folder.path().join("part")), Small(100), None)?;
            let error = file.write(&vec![b'x'; size]).and_then(|()| file.complete()).err().ok_or("it had room")?;
            assert_eq!(error.0, format!("cannot write '{}': no storage space", path.display()));
            assert_eq!(fs::read_to_string(&path)?, "old");
        }
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_links_are_not_replaced() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let (pipe, link, plain) = (folder.path().join("pipe"), folder.path().join("link"), folder.path().join("plain"));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status()?.success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read_to_string(pipe)
        });
        let mut file = ReportFile::create(&pipe)?;
        file.write(b"through")?;
        file.complete()?;
        assert_eq!(reader.join().map_err(|_| "it panicked")??, "through");
        assert!(!fs::metadata(&pipe)?.is_file());
        fs::write(&plain, "old")?;
        std::os::unix::fs::symlink("plain", &link)?;
        let mut file = ReportFile::create(&link)?;
        file.write(b"new")?;
        file.complete()?;
        assert_eq!(fs::read_to_string(&plain)?, "new");
        assert!(fs::symlink_metadata(&link)?.is_symlink());
        Ok(())
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("taken"), "")?;
        let error = ReportFile::create(&folder.path().join("taken").join("run.json")).err().ok_or("it was created")?;
        assert!(error.0.starts_with("cannot create the folder '") && error.0.contains("taken"), "{error}");
        Ok(())
    }
}

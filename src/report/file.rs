//! Report files that are either whole or not there, hashed as they are written.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use crate::record::hexadecimal;
use crate::runner::ReportError;

/// What stands for standard output where a file is named.
pub(crate) const STDOUT: &str = "-";
/// Bytes that are collected before they are written: reports of long runs are hundreds of megabytes.
const BUFFER_BYTES: usize = 1 << 18;

/// Where a report is written, and the hash of the file that was. Clones share the hash: the audit log notes it at its end.
#[derive(Clone, Debug)]
pub(crate) struct ReportPath {
    path: PathBuf,
    name: String,
    hash: Arc<OnceLock<String>>,
}

impl ReportPath {
    pub(crate) fn new(path: PathBuf) -> Self {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self { path, name, hash: Arc::default() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file's name, as messages show it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The SHA-256 of the file's bytes, in hexadecimal; none until it is complete, and for what is no plain file.
    pub(crate) fn hash(&self) -> Option<&str> {
        self.hash.get().map(String::as_str)
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for ReportPath {
    fn from(path: &P) -> Self {
        Self::new(path.as_ref().to_owned())
    }
}

/// A file that is written beside its place and moved there when it is complete: a run that ends in the middle leaves
/// the report of the run before.
pub(crate) struct ReportFile {
    report: ReportPath,
    /// Where the complete file belongs: the path itself, or the end of a link.
    target: PathBuf,
    /// Where it is written; none where it goes to standard output, or into what is there.
    temporary: Option<PathBuf>,
    buffer: Vec<u8>,
    writer: Box<dyn Write + Send>,
    /// None for what is no plain file: nothing is left of it that could be compared with a hash.
    hasher: Option<Sha256>,
    complete: bool,
}

impl ReportFile {
    /// Begins a file; its folder is created where it is missing. `-` is standard output. What is no plain file (`/dev/null`,
    /// a pipe) is written to as it is, and must not be replaced; a link stays one.
    pub(crate) fn create(report: &ReportPath) -> Result<Self, ReportError> {
        let path = report.path();
        if path.as_os_str() == STDOUT {
            return Ok(Self::stream(report, Box::new(std::io::stdout())));
        }
        let problem = |error: std::io::Error| ReportError::io(path, &error);
        if fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            let file = File::options().write(true).open(path).map_err(problem)?;
            return Ok(Self::stream(report, Box::new(file)));
        }
        create_folder(path.parent())?;
        let linked = fs::symlink_metadata(path).is_ok_and(|there| there.is_symlink());
        let target = if linked { path.canonicalize().map_err(problem)? } else { path.to_owned() };
        let mut name = target.file_name().unwrap_or_default().to_owned();
        // With the process in its name, so that two runs into one folder do not write into the same file.
        name.push(format!(".{}.part", std::process::id()));
        let temporary = target.with_file_name(name);
        let file = File::create(&temporary).map_err(problem)?;
        Ok(Self::moved(report, target, temporary, Box::new(file)))
    }

    /// Begins a file in its place, which replaces what is there at once: what was [flushed](Self::flush) can be read even if
    /// the process dies.
    pub(crate) fn create_in_place(report: &ReportPath) -> Result<Self, ReportError> {
        create_folder(report.path().parent())?;
        let file = File::create(report.path()).map_err(|error| ReportError::io(report.path(), &error))?;
        let mut file = Self::stream(report, Box::new(file));
        file.hasher = Some(Sha256::new());
        Ok(file)
    }

    fn stream(report: &ReportPath, writer: Box<dyn Write + Send>) -> Self {
        let (report, target) = (report.clone(), report.path.clone());
        let buffer = Vec::with_capacity(BUFFER_BYTES * 5 / 4);
        Self { report, target, temporary: None, buffer, writer, hasher: None, complete: false }
    }

    /// A file that is written to `temporary`, and moved to `target`.
    fn moved(report: &ReportPath, target: PathBuf, temporary: PathBuf, writer: Box<dyn Write + Send>) -> Self {
        let mut file = Self::stream(report, writer);
        (file.target, file.temporary, file.hasher) = (target, Some(temporary), Some(Sha256::new()));
        file
    }

    /// Appends.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), ReportError> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER_BYTES { self.flush() } else { Ok(()) }
    }

    /// Hands what was collected to the operating system.
    pub(crate) fn flush(&mut self) -> Result<(), ReportError> {
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&self.buffer);
        }
        let written = self.writer.write_all(&self.buffer).and_then(|()| self.writer.flush());
        self.buffer.clear();
        written.or_else(|error| self.excuse(error))
    }

    /// Puts the whole file in its place.
    pub(crate) fn complete(mut self) -> Result<(), ReportError> {
        self.flush()?;
        if let Some(temporary) = &self.temporary {
            fs::rename(temporary, &self.target).map_err(|error| ReportError::io(&self.target, &error))?;
        }
        self.complete = true;
        if let Some(hasher) = self.hasher.take() {
            // A path that was written twice keeps the hash of its first file, which no run does.
            let _ = self.report.hash.set(hexadecimal(&hasher.finalize()));
        }
        Ok(())
    }

    /// A reader of standard output that has gone (`callpath report run.json --markdown - | head`) is not an error.
    fn excuse(&self, error: std::io::Error) -> Result<(), ReportError> {
        let is_stream = self.temporary.is_none() && self.hasher.is_none();
        match error.kind() {
            ErrorKind::BrokenPipe if is_stream => Ok(()),
            _ if self.target.as_os_str() == STDOUT => {
                Err(ReportError(format!("cannot write to standard output: {error}")))
            }
            _ => Err(ReportError::io(&self.target, &error)),
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
        let mut file = ReportFile::create(&path.as_path().into())?;
        file.write(b"old")?;
        assert!(!path.exists());
        file.complete()?;
        assert_eq!(fs::read_to_string(&path)?, "old");
        let mut file = ReportFile::create(&path.as_path().into())?;
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
        for size in [101, BUFFER_BYTES * 2] {
            let mut file = ReportFile::moved(
                &path.as_path().into(),
                path.clone(),
                folder.path().join("part"),
                Box::new(Small(100)),
            );
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
        let mut file = ReportFile::create(&pipe.as_path().into())?;
        file.write(b"through")?;
        file.complete()?;
        assert_eq!(reader.join().map_err(|_| "it panicked")??, "through");
        assert!(!fs::metadata(&pipe)?.is_file());
        fs::write(&plain, "old")?;
        std::os::unix::fs::symlink("plain", &link)?;
        let mut file = ReportFile::create(&link.as_path().into())?;
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
        let error = ReportFile::create(&ReportPath::new(folder.path().join("taken").join("run.json")))
            .err()
            .ok_or("it was created")?;
        assert!(error.0.starts_with("cannot create the folder '") && error.0.contains("taken"), "{error}");
        Ok(())
    }

    #[test]
    fn the_hash_is_that_of_the_whole_file() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let [moved, in_place] = ["run.json", "events.jsonl"].map(|name| ReportPath::new(folder.path().join(name)));
        for (report, mut file) in
            [(&moved, ReportFile::create(&moved)?), (&in_place, ReportFile::create_in_place(&in_place)?)]
        {
            (0..100_000).try_for_each(|number| file.write(format!("{number}\n").as_bytes()))?;
            file.flush()?;
            file.write(b"end")?;
            assert_eq!(report.hash(), None);
            file.complete()?;
            assert_eq!(report.hash(), Some(&*crate::record::sha_256(fs::read(report.path())?)));
        }
        assert_eq!(moved.hash(), in_place.hash());
        let stream = ReportPath::new("/dev/null".into());
        #[cfg(unix)]
        ReportFile::create(&stream)?.complete()?;
        assert_eq!(stream.hash(), None);
        Ok(())
    }
}

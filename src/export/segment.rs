//! The results of one run on disk and their acknowledgements: two append-only files, `NAME.spool`
//! and `NAME.ack`.
//!
//! Every line carries its checksum (see `frame`). One system call writes a line, so that a killed
//! process leaves whole lines and at most one torn line at the end, which was not reported as
//! spooled. A process that works on a segment holds the lock of its `.ack` file, which the system
//! releases when the process ends.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use hyper::body::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::watch;

use super::frame::{frame, unframe};

/// The format version of the files.
const VERSION: u32 = 1;
/// The extension of a file of results.
pub(super) const SPOOL_EXTENSION: &str = "spool";
/// The extension of the file of acknowledgements.
pub(super) const ACK_EXTENSION: &str = "ack";
/// The extension of a file of results that is not complete yet.
pub(super) const PART_EXTENSION: &str = "part";
/// Size of read and write buffers, in bytes.
const BUFFER_BYTES: usize = 1 << 16;

/// Why a spool cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The file system failed.
    #[error("cannot use '{}': {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
    /// Written by another version of callpath or by another program.
    #[error("'{}' was not written by this version of callpath; it was left unchanged", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
}

impl SpoolError {
    pub(super) fn io(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        |error| Self::Io { path: path.to_owned(), error }
    }
}

/// One result in the spool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpooledResult {
    /// The idempotency key, the same however often the result is sent.
    pub key: String,
    /// The payload as JSON.
    pub payload: Bytes,
}

/// The first line of a file of results.
#[derive(Deserialize)]
struct Header {
    callpath_spool: u32,
}

/// A line that holds a result.
#[derive(Deserialize)]
struct ResultLine<'a> {
    key: String,
    #[serde(borrow)]
    payload: &'a RawValue,
}

/// How far a segment can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SegmentState {
    /// The length of the whole lines.
    pub bytes: u64,
    /// Whether no more lines follow.
    pub closed: bool,
}

/// A segment that this process has locked.
#[derive(Debug)]
pub(crate) struct Segment {
    path: PathBuf,
    ack_path: PathBuf,
    /// Holds the lock.
    ack: File,
    acked: HashSet<String>,
}

/// Appends results to a segment.
#[derive(Debug)]
pub(crate) struct SegmentWriter {
    path: PathBuf,
    file: File,
    state: watch::Sender<SegmentState>,
}

impl Segment {
    /// Creates a segment and its writer. From now on other processes find it locked.
    pub(crate) fn create(folder: &Path) -> Result<(Self, SegmentWriter), SpoolError> {
        let (segment, path) = Self::reserve(folder)?;
        let writer = SegmentWriter::create(&path)?;
        Ok((segment, writer))
    }

    /// Creates a segment with all its results. If the process ends before, no segment exists.
    pub(crate) fn create_whole<'a>(
        folder: &Path,
        results: impl IntoIterator<Item = &'a SpooledResult>,
    ) -> Result<Self, SpoolError> {
        let (segment, path) = Self::reserve(folder)?;
        let part = path.with_extension(PART_EXTENSION);
        let writer = SegmentWriter::create(&part)?;
        let error = SpoolError::io(&part);
        let mut file = io::BufWriter::with_capacity(BUFFER_BYTES, &writer.file);
        for result in results {
            file.write_all(line(result).as_bytes()).map_err(&error)?;
        }
        file.flush().map_err(&error)?;
        drop(file);
        writer.file.sync_all().map_err(&error)?;
        fs::rename(&part, &path).map_err(SpoolError::io(&path))?;
        Ok(segment)
    }

    /// Reserves a unique name, locked before other processes can find the segment.
    fn reserve(folder: &Path) -> Result<(Self, PathBuf), SpoolError> {
        fs::create_dir_all(folder).map_err(SpoolError::io(folder))?;
        let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ");
        let random = RandomState::new().hash_one(std::process::id()) >> 32;
        let path = folder.join(format!("{now}-{random:08x}.{SPOOL_EXTENSION}"));
        let ack_path = path.with_extension(ACK_EXTENSION);
        let ack = OpenOptions::new().read(true).append(true).create_new(true).open(&ack_path);
        let ack = ack.map_err(SpoolError::io(&ack_path))?;
        ack.lock().map_err(SpoolError::io(&ack_path))?;
        Ok((Self { path: path.clone(), ack_path, ack, acked: HashSet::new() }, path))
    }

    /// Opens an existing segment; none where another process has locked or just removed it.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>, SpoolError> {
        let ack_path = path.with_extension(ACK_EXTENSION);
        let shown = ack_path.clone();
        let error = SpoolError::io(&shown);
        let mut ack = OpenOptions::new().read(true).append(true).create(true).open(&ack_path).map_err(&error)?;
        match ack.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(problem)) => return Err(error(problem)),
        }
        if !path.exists() {
            // The process that held the lock delivered everything. `create` may have made the file
            // again.
            let _ = fs::remove_file(&ack_path);
            return Ok(None);
        }
        let mut bytes = Vec::new();
        ack.read_to_end(&mut bytes).map_err(&error)?;
        if bytes.last().is_some_and(|last| *last != b'\n') {
            // A torn line acknowledges nothing; the next one starts on a new line.
            ack.write_all(b"\n").map_err(&error)?;
        }
        let acked = bytes.split(|byte| *byte == b'\n').filter_map(unframe).map(str::to_owned).collect();
        Ok(Some(Self { path: path.to_owned(), ack_path, ack, acked }))
    }

    /// The path of the file of results.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a result needs no further delivery.
    pub(crate) fn is_acked(&self, key: &str) -> bool {
        self.acked.contains(key)
    }

    /// Records that results need no further delivery.
    pub(crate) fn acknowledge<'a>(&mut self, keys: impl Iterator<Item = &'a str>) -> Result<(), SpoolError> {
        let mut lines = String::new();
        for key in keys {
            lines += &frame(key);
            self.acked.insert(key.to_owned());
        }
        // Not synced: a lost acknowledgement sends the result once more, with the same key.
        self.ack.write_all(lines.as_bytes()).map_err(SpoolError::io(&self.ack_path))
    }

    /// Opens a reader at the first result.
    pub(crate) fn reader(&self) -> Result<SegmentReader, SpoolError> {
        let file = File::open(&self.path).map_err(SpoolError::io(&self.path))?;
        let bytes = file.metadata().map_err(SpoolError::io(&self.path))?.len();
        Ok(SegmentReader {
            path: self.path.clone(),
            file: BufReader::with_capacity(BUFFER_BYTES, file),
            at: 0,
            line: Vec::new(),
            bytes,
        })
    }

    /// Removes a segment without undelivered results.
    pub(crate) fn remove(self) -> Result<(), SpoolError> {
        // Results first: without their acknowledgements all of them would be sent again.
        fs::remove_file(&self.path).map_err(SpoolError::io(&self.path))?;
        fs::remove_file(&self.ack_path).map_err(SpoolError::io(&self.ack_path))
    }
}

impl SegmentWriter {
    fn create(path: &Path) -> Result<Self, SpoolError> {
        let file = OpenOptions::new().append(true).create_new(true).open(path).map_err(SpoolError::io(path))?;
        let mut writer = Self { path: path.to_owned(), file, state: watch::Sender::default() };
        writer.write(&frame(&format!("{{\"callpath_spool\":{VERSION}}}")))?;
        Ok(writer)
    }

    /// Appends a result. After the return it survives the end of this process.
    pub(crate) fn append(&mut self, result: &SpooledResult) -> Result<(), SpoolError> {
        self.write(&line(result))
    }

    fn write(&mut self, line: &str) -> Result<(), SpoolError> {
        if let Err(error) = self.file.write_all(line.as_bytes()) {
            // A full disk can leave half a line. It is removed, so that the file ends with a whole
            // line.
            let _ = self.file.set_len(self.state.borrow().bytes);
            return Err(SpoolError::io(&self.path)(error));
        }
        self.state.send_modify(|state| state.bytes += line.len() as u64);
        Ok(())
    }

    /// Observes how far the segment can be read.
    pub(crate) fn state(&self) -> watch::Receiver<SegmentState> {
        self.state.subscribe()
    }

    /// Another handle of the file, for syncing it to disk.
    pub(crate) fn handle(&self) -> Result<File, SpoolError> {
        self.file.try_clone().map_err(SpoolError::io(&self.path))
    }

    /// Ends the segment and syncs it to disk.
    pub(crate) fn close(self) -> Result<(), SpoolError> {
        let synced = self.file.sync_data().map_err(SpoolError::io(&self.path));
        self.state.send_modify(|state| state.closed = true);
        synced
    }
}

impl Drop for SegmentWriter {
    /// A dropped writer ends its segment too, so that no delivery waits for more lines.
    fn drop(&mut self) {
        self.state.send_modify(|state| state.closed = true);
    }
}

fn line(result: &SpooledResult) -> String {
    // callpath wrote the payload as JSON, which is UTF-8, and a valid key needs no escapes.
    frame(&format!("{{\"key\":\"{}\",\"payload\":{}}}", result.key, String::from_utf8_lossy(&result.payload)))
}

/// A line of a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SpoolLine {
    /// A result.
    Result(SpooledResult),
    /// A line that holds no deliverable result.
    Damaged {
        /// The key that acknowledges the line.
        key: String,
        /// The bytes of the line.
        bytes: Vec<u8>,
        /// Why it cannot be delivered: one sentence.
        reason: &'static str,
    },
}

/// Reads a segment line by line, also while it grows.
#[derive(Debug)]
pub(crate) struct SegmentReader {
    path: PathBuf,
    file: BufReader<File>,
    at: u64,
    line: Vec<u8>,
    bytes: u64,
}

impl SegmentReader {
    /// The length of the file when it was opened.
    pub(crate) fn length(&self) -> u64 {
        self.bytes
    }

    /// Reads the next line that begins before `until`; none where there is none yet. A torn last
    /// line is not returned.
    pub(crate) fn next(&mut self, until: u64) -> Result<Option<SpoolLine>, SpoolError> {
        while self.at < until {
            self.line.clear();
            let read = self.file.read_until(b'\n', &mut self.line).map_err(SpoolError::io(&self.path))?;
            let Some(line) = self.line.strip_suffix(b"\n") else {
                // Seek back to the start of the line, in case it is completed.
                self.file.seek(SeekFrom::Start(self.at)).map_err(SpoolError::io(&self.path))?;
                return Ok(None);
            };
            let first = self.at == 0;
            self.at += read as u64;
            let text = unframe(line);
            if first {
                let version =
                    text.map(|text| serde_json::from_str::<Header>(text).ok().map(|head| head.callpath_spool));
                match version {
                    Some(Some(VERSION)) => continue,
                    // The results behind a damaged header are intact.
                    None if self.is_result_next()? => return Ok(Some(self.damaged("the spool is damaged here"))),
                    _ => return Err(SpoolError::Foreign { path: self.path.clone() }),
                }
            }
            let parsed = text.and_then(|text| serde_json::from_str::<ResultLine<'_>>(text).ok());
            return Ok(Some(match parsed {
                Some(ResultLine { key, payload }) if is_valid_key(&key) => {
                    SpoolLine::Result(SpooledResult { key, payload: Bytes::from(payload.get().to_owned()) })
                }
                Some(_) => self.damaged("the key of this result cannot be sent in a header"),
                None => self.damaged("the spool is damaged here"),
            }));
        }
        Ok(None)
    }

    /// The current line, which holds no deliverable result.
    fn damaged(&self, reason: &'static str) -> SpoolLine {
        let bytes = self.line.strip_suffix(b"\n").unwrap_or(&self.line).to_vec();
        SpoolLine::Damaged { key: format!("damaged-{}", self.at), bytes, reason }
    }

    /// Whether the next line holds a result; the position stays.
    fn is_result_next(&mut self) -> Result<bool, SpoolError> {
        let error = SpoolError::io(&self.path);
        let mut line = Vec::new();
        self.file.read_until(b'\n', &mut line).map_err(&error)?;
        self.file.seek(SeekFrom::Start(self.at)).map_err(&error)?;
        let text = unframe(line.strip_suffix(b"\n").unwrap_or(&line));
        Ok(text.is_some_and(|text| serde_json::from_str::<ResultLine<'_>>(text).is_ok()))
    }
}

/// Whether a key can be sent in a header and be written without escapes. One invalid key would
/// otherwise stop the delivery of all results behind it.
pub(super) fn is_valid_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

//! The results of one run on disk, and which of them have arrived: two append-only files, `NAME.spool` and `NAME.ack`.
//!
//! Every line carries its checksum (see `frame`). A line is written by one call of the system, so that a process that is
//! killed leaves whole lines and at most one torn one at the end, which had not been promised to anybody. Who works on a
//! segment holds the lock of its `.ack` file; the system releases it when the process ends, however it ends.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use hyper::body::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::watch;

use super::frame::{frame, unframe};

/// The version of the files.
const VERSION: u32 = 1;
/// The ending of a file of results.
pub(super) const SPOOL: &str = "spool";
/// The ending of the file that says which of them have arrived.
pub(super) const ACK: &str = "ack";
/// The ending of a file of results that is not complete yet.
pub(super) const PART: &str = "part";
/// Bytes that are read at once.
const BUFFER: usize = 1 << 16;

/// What is wrong with the files of a spool.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The file system says no.
    #[error("cannot use '{}': {error}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it says.
        error: io::Error,
    },
    /// Written by another version of callpath, or by something else.
    #[error("'{}' is no spool of this version of callpath; it was left as it is", path.display())]
    Foreign {
        /// Which.
        path: PathBuf,
    },
}

impl SpoolError {
    pub(super) fn io(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        |error| Self::Io { path: path.to_owned(), error }
    }
}

/// One result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is known by, however often it is sent.
    pub key: String,
    /// The payload as JSON.
    pub payload: Bytes,
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head {
    callpath_spool: u32,
}

/// Another line.
#[derive(Serialize, Deserialize)]
struct Line<'a> {
    key: String,
    #[serde(borrow)]
    payload: &'a RawValue,
}

/// How much of a segment is there to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grown {
    /// Whole lines end here.
    pub bytes: u64,
    /// Nothing more will come.
    pub closed: bool,
}

/// A segment that this process works on.
#[derive(Debug)]
pub(crate) struct Segment {
    path: PathBuf,
    ack_path: PathBuf,
    /// Locked.
    ack: File,
    acked: HashSet<String>,
}

/// Appends results.
#[derive(Debug)]
pub(crate) struct SegmentWriter {
    path: PathBuf,
    file: File,
    grown: watch::Sender<Grown>,
}

impl Segment {
    /// A new segment in a folder, and who writes it. It is found by others, and locked, from now on.
    pub(crate) fn create(folder: &Path) -> Result<(Self, SegmentWriter), SpoolError> {
        let (segment, path) = Self::reserve(folder)?;
        let writer = SegmentWriter::create(&path)?;
        Ok((segment, writer))
    }

    /// A new segment with all its results. It is there as a whole or, where the process ends before, not at all.
    pub(crate) fn create_whole<'a>(
        folder: &Path,
        items: impl IntoIterator<Item = &'a Item>,
    ) -> Result<Self, SpoolError> {
        let (segment, path) = Self::reserve(folder)?;
        let part = path.with_extension(PART);
        let writer = SegmentWriter::create(&part)?;
        let error = SpoolError::io(&part);
        let mut file = io::BufWriter::with_capacity(BUFFER, &writer.file);
        for item in items {
            file.write_all(line(item).as_bytes()).map_err(&error)?;
        }
        file.flush().map_err(&error)?;
        drop(file);
        writer.file.sync_all().map_err(&error)?;
        fs::rename(&part, &path).map_err(SpoolError::io(&path))?;
        Ok(segment)
    }

    /// A name that nobody else has, locked before anybody can find the segment.
    fn reserve(folder: &Path) -> Result<(Self, PathBuf), SpoolError> {
        fs::create_dir_all(folder).map_err(SpoolError::io(folder))?;
        let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ");
        let drawn = RandomState::new().hash_one(std::process::id()) >> 32;
        let path = folder.join(format!("{now}-{drawn:08x}.{SPOOL}"));
        let ack_path = path.with_extension(ACK);
        let ack = OpenOptions::new().read(true).append(true).create_new(true).open(&ack_path);
        let ack = ack.map_err(SpoolError::io(&ack_path))?;
        ack.lock().map_err(SpoolError::io(&ack_path))?;
        Ok((Self { path: path.clone(), ack_path, ack, acked: HashSet::new() }, path))
    }

    /// A segment that is there already; none where another process works on it, or has just removed it.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>, SpoolError> {
        let ack_path = path.with_extension(ACK);
        let shown = ack_path.clone();
        let error = SpoolError::io(&shown);
        let mut ack = OpenOptions::new().read(true).append(true).create(true).open(&ack_path).map_err(&error)?;
        match ack.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(problem)) => return Err(error(problem)),
        }
        if !path.exists() {
            // Whoever held the lock has delivered everything; the file is ours to remove, if we have just created it.
            let _ = fs::remove_file(&ack_path);
            return Ok(None);
        }
        let mut bytes = Vec::new();
        ack.read_to_end(&mut bytes).map_err(&error)?;
        if bytes.last().is_some_and(|last| *last != b'\n') {
            // The torn line says nothing; the next one begins afresh.
            ack.write_all(b"\n").map_err(&error)?;
        }
        let acked = bytes.split(|byte| *byte == b'\n').filter_map(unframe).map(str::to_owned).collect();
        Ok(Some(Self { path: path.to_owned(), ack_path, ack, acked }))
    }

    /// The file of the results.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a result has arrived already.
    pub(crate) fn is_acked(&self, key: &str) -> bool {
        self.acked.contains(key)
    }

    /// Notes that results have arrived, or need not be sent any more.
    pub(crate) fn acknowledge<'a>(&mut self, keys: impl Iterator<Item = &'a str>) -> Result<(), SpoolError> {
        let mut lines = String::new();
        for key in keys {
            lines += &frame(key);
            self.acked.insert(key.to_owned());
        }
        // Not synced: what is forgotten here is sent once more, which does no harm.
        self.ack.write_all(lines.as_bytes()).map_err(SpoolError::io(&self.ack_path))
    }

    /// Reads the results from the first one on.
    pub(crate) fn reader(&self) -> Result<SegmentReader, SpoolError> {
        let file = File::open(&self.path).map_err(SpoolError::io(&self.path))?;
        let bytes = file.metadata().map_err(SpoolError::io(&self.path))?.len();
        Ok(SegmentReader {
            path: self.path.clone(),
            file: BufReader::with_capacity(BUFFER, file),
            at: 0,
            line: Vec::new(),
            bytes,
        })
    }

    /// Removes a segment of which everything has arrived.
    pub(crate) fn remove(self) -> Result<(), SpoolError> {
        // In this order: results without their acknowledgements would all be sent again.
        fs::remove_file(&self.path).map_err(SpoolError::io(&self.path))?;
        fs::remove_file(&self.ack_path).map_err(SpoolError::io(&self.ack_path))
    }
}

impl SegmentWriter {
    fn create(path: &Path) -> Result<Self, SpoolError> {
        let file = OpenOptions::new().append(true).create_new(true).open(path).map_err(SpoolError::io(path))?;
        let mut writer = Self { path: path.to_owned(), file, grown: watch::Sender::default() };
        // A number is JSON.
        writer.write(&frame(&serde_json::to_string(&Head { callpath_spool: VERSION }).unwrap_or_default()))?;
        Ok(writer)
    }

    /// Appends a result. When this returns, it survives the end of this process.
    pub(crate) fn append(&mut self, item: &Item) -> Result<(), SpoolError> {
        self.write(&line(item))
    }

    fn write(&mut self, line: &str) -> Result<(), SpoolError> {
        if let Err(error) = self.file.write_all(line.as_bytes()) {
            // Half a line, on a full disk, is cut off again: what is read ends with whole lines.
            let _ = self.file.set_len(self.grown.borrow().bytes);
            return Err(SpoolError::io(&self.path)(error));
        }
        self.grown.send_modify(|grown| grown.bytes += line.len() as u64);
        Ok(())
    }

    /// Tells how much there is to be read.
    pub(crate) fn grown(&self) -> watch::Receiver<Grown> {
        self.grown.subscribe()
    }

    /// Another handle of the file, to make it survive the machine's end.
    pub(crate) fn handle(&self) -> Result<File, SpoolError> {
        self.file.try_clone().map_err(SpoolError::io(&self.path))
    }

    /// Ends the segment: its results survive the machine's end now.
    pub(crate) fn close(self) -> Result<(), SpoolError> {
        let synced = self.file.sync_data().map_err(SpoolError::io(&self.path));
        self.grown.send_modify(|grown| grown.closed = true);
        synced
    }
}

impl Drop for SegmentWriter {
    /// A writer that is given up ends its segment as well: nobody must wait for more.
    fn drop(&mut self) {
        self.grown.send_modify(|grown| grown.closed = true);
    }
}

fn line(item: &Item) -> String {
    // The payload is JSON of our own making, and so is UTF-8; the key is hexadecimal.
    frame(&format!("{{\"key\":\"{}\",\"payload\":{}}}", item.key, String::from_utf8_lossy(&item.payload)))
}

/// What a line of a segment holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SpoolLine {
    /// A result.
    Item(Item),
    /// Bytes that are not what was written.
    Damaged {
        /// What acknowledges them.
        key: String,
        /// As they are.
        bytes: Vec<u8>,
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
    /// How long the file was when it was opened.
    pub(crate) fn length(&self) -> u64 {
        self.bytes
    }

    /// The next line that begins before `until`; none where there is none yet. A torn line at the end is none.
    pub(crate) fn next(&mut self, until: u64) -> Result<Option<SpoolLine>, SpoolError> {
        while self.at < until {
            self.line.clear();
            let read = self.file.read_until(b'\n', &mut self.line).map_err(SpoolError::io(&self.path))?;
            let Some(line) = self.line.strip_suffix(b"\n") else {
                // Back to where the line begins, in case it is completed.
                self.file.seek(SeekFrom::Start(self.at)).map_err(SpoolError::io(&self.path))?;
                return Ok(None);
            };
            let first = self.at == 0;
            self.at += read as u64;
            let text = unframe(line);
            if first {
                let head = text.and_then(|text| serde_json::from_str::<Head>(text).ok());
                if head.is_none_or(|head| head.callpath_spool != VERSION) {
                    return Err(SpoolError::Foreign { path: self.path.clone() });
                }
                continue;
            }
            let parsed = text.and_then(|text| serde_json::from_str::<Line<'_>>(text).ok());
            return Ok(Some(match parsed {
                Some(Line { key, payload }) => {
                    SpoolLine::Item(Item { key, payload: Bytes::from(payload.get().to_owned()) })
                }
                None => SpoolLine::Damaged { key: format!("damaged-{}", self.at), bytes: line.to_vec() },
            }));
        }
        Ok(None)
    }
}

//! Bytes that are written on a thread of their own, so that a run waits neither for the disk nor for their hash.

use std::io::{self, Write};
use std::mem;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::{Builder, JoinHandle};

use sha2::{Digest, Sha256};

use crate::record::hexadecimal;

/// Bytes that are worth being handed over: reports of long runs are hundreds of megabytes.
pub(super) const BUFFER: usize = 1 << 18;
/// Buffers that may wait to be written.
const WAITING: usize = 4;

/// The hash of a report that is yet to be written.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileHash(Arc<OnceLock<String>>);

impl FileHash {
    /// The SHA-256 of the file's bytes, in hexadecimal, as soon as it is whole.
    pub(crate) fn get(&self) -> Option<&str> {
        self.0.get().map(String::as_str)
    }

    /// A file is written once.
    pub(super) fn set(&self, hash: String) {
        let _ = self.0.set(hash);
    }
}

/// A writer on a thread of its own.
pub(super) struct Background {
    full: Option<SyncSender<Vec<u8>>>,
    empty: Receiver<Vec<u8>>,
    thread: Option<JoinHandle<io::Result<Option<String>>>>,
}

impl Background {
    /// `hashed` says whether the hash of all that is written is wanted.
    pub(super) fn new(writer: impl Write + Send + 'static, hashed: bool) -> io::Result<Self> {
        let (full, given) = sync_channel(WAITING);
        let (back, empty) = channel();
        let thread = Builder::new().name("report".into()).spawn(move || write(writer, hashed, &given, &back))?;
        Ok(Self { full: Some(full), empty, thread: Some(thread) })
    }

    /// A buffer to be filled.
    pub(super) fn buffer(&self) -> Vec<u8> {
        // With room for the line that makes it full.
        self.empty.try_recv().unwrap_or_else(|_| Vec::with_capacity(BUFFER + BUFFER / 4))
    }

    /// Writes what is in a buffer, and empties it. An error may be that of a buffer before; what comes after one is not
    /// written.
    pub(super) fn write(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        let bytes = mem::replace(buffer, self.buffer());
        match &self.full {
            Some(full) if full.send(bytes).is_ok() => Ok(()),
            _ => self.end().map(drop),
        }
    }

    /// Waits until everything is written, and gives its hash where one is wanted.
    pub(super) fn end(&mut self) -> io::Result<Option<String>> {
        self.full = None;
        // Writing does not panic; if it did, the panic would go on here.
        let done = |thread: JoinHandle<_>| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        self.thread.take().map_or(Ok(None), done)
    }
}

fn write(
    mut writer: impl Write,
    hashed: bool,
    given: &Receiver<Vec<u8>>,
    back: &Sender<Vec<u8>>,
) -> io::Result<Option<String>> {
    let mut hash = hashed.then(Sha256::new);
    for mut bytes in given {
        writer.write_all(&bytes)?;
        if let Some(hash) = &mut hash {
            hash.update(&bytes);
        }
        bytes.clear();
        // Nobody may be left who fills it again.
        let _ = back.send(bytes);
    }
    writer.flush()?;
    Ok(hash.map(|hash| hexadecimal(&hash.finalize())))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::record::sha_256;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn all_is_written_in_order_and_hashed() {
        let memory = Memory::default();
        let mut background = Background::new(memory.clone(), true).unwrap();
        let mut buffer = background.buffer();
        let mut expected = Vec::new();
        for number in 0..1000 {
            let text = format!("{number}\n");
            expected.extend_from_slice(text.as_bytes());
            buffer.extend_from_slice(text.as_bytes());
            background.write(&mut buffer).unwrap();
            assert!(buffer.is_empty());
        }
        assert_eq!(background.end().unwrap(), Some(sha_256(&expected)));
        assert_eq!(*memory.0.lock().unwrap(), expected);
        assert_eq!(Background::new(memory, false).unwrap().end().unwrap(), None);
    }
}

//! Data for the script, compressed: `DecompressionStream` of the browser opens it.

use std::io::Write;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::store::Store;
use crate::report::spill::Part;
use crate::runner::{Json, ReportError};

/// A text deflated (without a header) and in base64, which no HTML parser can take for markup.
pub(super) fn pack(text: &[u8]) -> String {
    let mut deflate = DeflateEncoder::new(Vec::with_capacity(text.len() / 8), Compression::default());
    // A vector takes everything.
    let packed = deflate.write_all(text).and_then(|()| deflate.finish()).unwrap_or_default();
    STANDARD.encode(packed)
}

/// A list of JSON texts, and its number.
type List = (usize, Vec<Json>);

/// What a thread has put away: the parts with the numbers of their lists.
type PutAway = Result<Vec<(usize, Part)>, ReportError>;

/// Packs lists of JSON texts in threads of its own, so that the run does not wait for it, and puts them away.
pub(super) struct Packer {
    lists: SyncSender<List>,
    pushed: usize,
    workers: Vec<JoinHandle<PutAway>>,
}

impl Packer {
    pub(super) fn new(store: &Store) -> Self {
        // A run that is faster than the packing waits for it: else the texts would pile up.
        let (lists, queue) = sync_channel::<List>(rayon::current_num_threads());
        let queue = Arc::new(Mutex::new(queue));
        let work = |queue: Arc<Mutex<Receiver<List>>>, store: Store| {
            let (mut packed, mut text) = (Vec::new(), String::new());
            while let Some((index, list)) = queue.lock().ok().and_then(|queue| queue.recv().ok()) {
                text.clear();
                for (place, json) in list.iter().enumerate() {
                    text.push(if place == 0 { '[' } else { ',' });
                    text.push_str(json);
                }
                text.push(']');
                packed.push((index, store.push(pack(text.as_bytes()).as_bytes())?));
            }
            Ok(packed)
        };
        let workers = (0..rayon::current_num_threads()).map(|_| {
            let (queue, store) = (queue.clone(), store.clone());
            std::thread::spawn(move || work(queue, store))
        });
        Self { lists, pushed: 0, workers: workers.collect() }
    }

    /// Adds a list; none is empty.
    pub(super) fn push(&mut self, list: Vec<Json>) {
        // The workers live until this sender is gone, or until none can put anything away: they say so in the end.
        let _ = self.lists.send((self.pushed, list));
        self.pushed += 1;
    }

    /// All of them in order.
    pub(super) fn finish(self) -> Result<Vec<Part>, ReportError> {
        drop(self.lists);
        let mut packed = Vec::with_capacity(self.pushed);
        for worker in self.workers {
            // Compressing does not panic; if it did, the panic would go on here.
            packed.extend(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        packed.sort_unstable_by_key(|&(index, _)| index);
        Ok(packed.into_iter().map(|(_, part)| part).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let text = "</script>é\u{0}".repeat(1000);
        let packed = pack(text.as_bytes());
        assert!(
            packed.len() < 200 && packed.chars().all(|c| c.is_ascii_alphanumeric() || "+/=".contains(c)),
            "{packed}"
        );
        let bytes = STANDARD.decode(packed).unwrap();
        let mut out = String::new();
        flate2::read::DeflateDecoder::new(&bytes[..]).read_to_string(&mut out).unwrap();
        assert_eq!(out, text);
    }

    #[test]
    fn a_packer_keeps_the_order() {
        let store = Store::default();
        let mut packer = Packer::new(&store);
        for number in 0..50 {
            packer.push((0..=number % 3).map(|more| format!("{number}{more}").into()).collect());
        }
        let text = |part: &Part| {
            let mut text = Vec::new();
            let read = store.read(part, |bytes| {
                text.extend_from_slice(bytes);
                Ok(())
            });
            read.unwrap();
            String::from_utf8(text).unwrap()
        };
        let packed: Vec<String> = packer.finish().unwrap().iter().map(text).collect();
        assert_eq!((packed.len(), &packed[0], &packed[47]), (50, &pack(b"[00]"), &pack(b"[470,471,472]")));
    }
}

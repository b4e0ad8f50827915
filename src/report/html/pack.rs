//! Data for the script, compressed: `DecompressionStream` of the browser opens it.

use std::io::Write;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::side_by_side::{in_order, threads};

/// A text deflated (without a header) and in base64, which no HTML parser can take for markup.
pub(super) fn pack(text: &str) -> String {
    let mut deflate = DeflateEncoder::new(Vec::with_capacity(text.len() / 8), Compression::default());
    // A vector takes everything.
    let packed = deflate.write_all(text.as_bytes()).and_then(|()| deflate.finish()).unwrap_or_default();
    STANDARD.encode(packed)
}

/// Packs texts in threads of its own, so that the run does not wait for it.
pub(super) struct Packer {
    texts: SyncSender<(usize, String)>,
    pushed: usize,
    workers: Vec<JoinHandle<Vec<(usize, String)>>>,
}

impl Packer {
    pub fn new() -> Self {
        // A run that is faster than the packing waits for it: else the texts would pile up.
        let (texts, queue) = sync_channel::<(usize, String)>(threads());
        let queue = Arc::new(Mutex::new(queue));
        let work = |queue: Arc<Mutex<Receiver<(usize, String)>>>| {
            let mut packed = Vec::new();
            while let Some((index, text)) = queue.lock().ok().and_then(|queue| queue.recv().ok()) {
                packed.push((index, pack(&text)));
            }
            packed
        };
        let workers = (0..threads()).map(|_| {
            let queue = queue.clone();
            std::thread::spawn(move || work(queue))
        });
        Self { texts, pushed: 0, workers: workers.collect() }
    }

    pub fn push(&mut self, text: String) {
        // The workers live until this sender is gone.
        let _ = self.texts.send((self.pushed, text));
        self.pushed += 1;
    }

    /// All of them in order.
    pub fn finish(self) -> Vec<String> {
        drop(self.texts);
        // Compressing does not panic; if it did, the panic would go on here.
        let done = |worker: JoinHandle<_>| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        in_order(self.workers.into_iter().flat_map(done).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let text = "</script>é\u{0}".repeat(1000);
        let packed = pack(&text);
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
        let mut packer = Packer::new();
        let texts: Vec<String> = (0..50).map(|number| format!("{number}")).collect();
        texts.iter().for_each(|text| packer.push(text.clone()));
        assert_eq!(packer.finish(), texts.iter().map(|text| pack(text)).collect::<Vec<_>>());
    }
}

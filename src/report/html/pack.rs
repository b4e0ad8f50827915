//! Data for the script, compressed: `DecompressionStream` of the browser opens it.

use std::io::Write;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;

/// A text deflated (without a header) and in base64, which no HTML parser can take for markup.
pub(super) fn pack(text: &str) -> String {
    let mut deflate = DeflateEncoder::new(Vec::with_capacity(text.len() / 8), Compression::default());
    // A vector takes everything.
    let packed = deflate.write_all(text.as_bytes()).and_then(|()| deflate.finish()).unwrap_or_default();
    STANDARD.encode(packed)
}

/// Packs one text after the other in a thread of its own, so that the run does not wait for it.
pub(super) struct Packer {
    texts: Sender<String>,
    worker: JoinHandle<Vec<String>>,
}

impl Packer {
    pub fn new() -> Self {
        let (texts, queue) = channel::<String>();
        Self { texts, worker: std::thread::spawn(move || queue.iter().map(|text| pack(&text)).collect()) }
    }

    pub fn push(&self, text: String) {
        // The worker lives until this sender is gone.
        let _ = self.texts.send(text);
    }

    /// All of them in order.
    pub fn finish(self) -> Vec<String> {
        drop(self.texts);
        // Compressing does not panic; if it did, the panic would go on here.
        self.worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
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
        let packer = Packer::new();
        let texts: Vec<String> = (0..50).map(|number| format!("{number}")).collect();
        texts.iter().for_each(|text| packer.push(text.clone()));
        assert_eq!(packer.finish(), texts.iter().map(|text| pack(text)).collect::<Vec<_>>());
    }
}

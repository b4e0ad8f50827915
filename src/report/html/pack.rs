//! Data for the script, compressed: `DecompressionStream` of the browser opens it.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;

/// A text deflated (without a header) and in base64, which no HTML parser can take for markup.
pub(super) fn pack(text: &[u8]) -> String {
    let mut deflate = DeflateEncoder::new(Vec::with_capacity(text.len() / 8), Compression::default());
    // A vector takes everything.
    let packed = deflate.write_all(text).and_then(|()| deflate.finish()).unwrap_or_default();
    STANDARD.encode(packed)
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
}

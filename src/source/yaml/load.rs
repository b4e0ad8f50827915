//! A file to a source.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::Limits;
use crate::source::diagnostics::{Diagnostic, Diagnostics, Source};

/// Reads a file into a source: checks size before reading, that it is a regular file, UTF-8 (a BOM is dropped), not
/// binary. `shown` is the path that messages print.
pub(crate) fn load(path: &Path, shown: &str, limits: &Limits, diagnostics: &mut Diagnostics) -> Option<Arc<Source>> {
    match read(path, limits) {
        Ok(text) => Some(Source::new(shown, text)),
        Err((rule, message)) => {
            diagnostics.push(Diagnostic::file_error(rule, shown, message));
            None
        }
    }
}

type Refusal = (&'static str, String);

fn read(path: &Path, limits: &Limits) -> Result<String, Refusal> {
    let unreadable = |error: std::io::Error| ("yaml/unreadable", format!("cannot read the file: {}", reason(&error)));
    // Looked at before opening: opening a pipe would wait for its writer.
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(("yaml/unreadable", "this is a directory, not a file".to_owned()));
    }
    if !metadata.is_file() {
        return Err(("yaml/unreadable", "this is not a regular file".to_owned()));
    }
    let most = limits.bytes.min(u64::from(u32::MAX));
    let size = |bytes: u64| match bytes {
        0..0x10_0000 => format!("{bytes} bytes"),
        _ => format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20)),
    };
    let too_large =
        |bytes: u64| ("yaml/too-large", format!("the file has {}, more than the {} allowed", size(bytes), size(most)));
    if metadata.len() > most {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    let file = std::fs::File::open(path).map_err(unreadable)?;
    // A file may grow between the look and the reading.
    file.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > most {
        return Err(too_large(bytes.len() as u64));
    }
    text(bytes)
}

/// The operating system's reason without the number that Rust appends.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// The bytes of a file as text.
fn text(bytes: Vec<u8>) -> Result<String, Refusal> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(("yaml/not-utf8", "the file is written in UTF-16; save it as UTF-8".to_owned()));
    }
    // Looked for first because it is in hardly any file, and whether it is there at all is found sooner.
    if bytes.contains(&0)
        && let Some(at) = bytes.iter().position(|&byte| byte == 0)
    {
        return Err(("yaml/binary", format!("this is a binary file (a NUL at byte {at}), not a text")));
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let before = String::from_utf8_lossy(&bytes[..valid]);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let byte = bytes.get(valid).copied().unwrap_or_default();
        let message =
            format!("the file is not UTF-8: byte 0x{byte:02x} at line {line}, column {column} is no character");
        ("yaml/not-utf8", message)
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

#[cfg(test)]
mod tests;

//! Loads a file into a [`Source`].

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::Limits;
use crate::source::diagnostics::{Diagnostic, Diagnostics, Source};

/// Loads a file. It must be a regular file within the size limit, in UTF-8 (a BOM is dropped) and
/// not binary. `shown` is the path that messages print.
pub(crate) fn load(path: &Path, shown: &str, limits: &Limits, diagnostics: &mut Diagnostics) -> Option<Arc<Source>> {
    match read(path, limits) {
        Ok(text) => Some(Source::new(shown, text)),
        Err((rule, message)) => {
            diagnostics.push(Diagnostic::file_error(rule, shown, message));
            None
        }
    }
}

type LoadError = (&'static str, String);

fn read(path: &Path, limits: &Limits) -> Result<String, LoadError> {
    let unreadable = |error: std::io::Error| ("yaml/unreadable", format!("cannot read the file: {}", reason(&error)));
    // Checked before opening, because opening a pipe waits for its writer.
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(("yaml/unreadable", "this is a directory, not a file".to_owned()));
    }
    if !metadata.is_file() {
        return Err(("yaml/unreadable", "this is not a regular file".to_owned()));
    }
    let max_bytes = limits.bytes.min(u64::from(u32::MAX));
    let size = |bytes: u64| match bytes {
        0..0x10_0000 => format!("{bytes} bytes"),
        _ => format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20)),
    };
    let too_large = |bytes: u64| {
        ("yaml/too-large", format!("the file has {}, more than the {} allowed", size(bytes), size(max_bytes)))
    };
    if metadata.len() > max_bytes {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    let file = std::fs::File::open(path).map_err(unreadable)?;
    // A file may grow between the check and the read.
    file.take(max_bytes + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > max_bytes {
        return Err(too_large(bytes.len() as u64));
    }
    decode(bytes)
}

/// The operating system's error message without the number that Rust appends.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Decodes the bytes of a file.
fn decode(bytes: Vec<u8>) -> Result<String, LoadError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(("yaml/not-utf8", "the file is written in UTF-16; save it as UTF-8".to_owned()));
    }
    // `contains` is faster than `position`, and hardly any file has a NUL.
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
        let message = format!(
            "the file is not UTF-8: byte 0x{byte:02x} at line {line}, column {column} is not a valid character"
        );
        ("yaml/not-utf8", message)
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

#[cfg(test)]
mod tests;

//! Reads the JSON of requests; errors name the field at fault.

use std::fmt::Write as _;

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

/// Maximum number of characters shown of a key.
const MAX_KEY_CHARS: usize = 60;

/// Why a body cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct DecodeError {
    /// What is wrong, with line and column (from 1).
    pub message: String,
    /// The path of the field at fault, such as `mediaAssetReferences[0].type`; none if the body is
    /// not a JSON object.
    pub field: Option<String>,
}

/// Reads JSON strictly; the error names the field.
///
/// # Errors
/// If the body is not JSON, or not the JSON of a `T`.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    let body = strip_byte_order_mark(body);
    // Serde also reads a struct from a list of its fields' values.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(DecodeError { message: "the body is a list, not an object".to_owned(), field: None });
    }
    serde_json::from_slice(body).map_err(|error| explain::<T>(body, &error))
}

/// Removes the byte-order mark that some programs write in front of JSON.
pub(crate) fn strip_byte_order_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body)
}

fn explain<T: DeserializeOwned>(body: &[u8], error: &serde_json::Error) -> DecodeError {
    let (line, column) = (error.line(), error.column());
    let words = error.to_string();
    let reason = words.split(" at line ").next().unwrap_or(&words).replace('`', "'");
    if error.is_syntax() || error.is_eof() {
        let reason = reason.strip_suffix('.').unwrap_or(&reason);
        let message = format!("the body is not JSON: {reason} at line {line}, column {column}");
        return DecodeError { message, field: None };
    }
    // Tracking the path costs time, so it is done for errors only.
    let json = &mut serde_json::Deserializer::from_slice(body);
    let mut field =
        serde_path_to_error::deserialize::<_, T>(json).err().map_or(String::new(), |error| path(error.path()));
    // The path of a missing field is that of the object that lacks it.
    if let Some(name) = reason.strip_prefix("missing field '").and_then(|rest| rest.split('\'').next()) {
        push_key(&mut field, name);
    }
    DecodeError {
        message: format!("{reason} at line {line}, column {column}"),
        field: (!field.is_empty()).then_some(field),
    }
}

fn path(path: &Path) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => _ = write!(text, "[{index}]"),
            Segment::Map { key } => push_key(&mut text, key),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    text
}

fn push_key(path: &mut String, key: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.extend(key.chars().take(MAX_KEY_CHARS).flat_map(char::escape_debug));
}

//! JSON of others, and which field of it is wrong.

use serde::de::DeserializeOwned;

/// Why a body cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Misfit {
    /// What is wrong, with line and column (from 1).
    pub message: String,
    /// The field at fault, as a path such as `mediaAssetReferences[0].type`; none where the text is no JSON, or is no object.
    pub field: Option<String>,
}

/// Reads JSON; the error names the field.
///
/// # Errors
/// When the text is no JSON, or not that of a `T`.
pub(crate) fn decode<T: DeserializeOwned>(text: &[u8]) -> Result<T, Misfit> {
    // Serde would also take a list of the fields' values for an object.
    if text.trim_ascii_start().starts_with(b"[") {
        return Err(Misfit { message: "the body is a list, not an object".to_owned(), field: None });
    }
    // A text that is known to be one is read faster; what is wrong with another one its reader says.
    let read = match std::str::from_utf8(text) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(text),
    };
    read.map_err(|error| misfit(text, &error))
}

fn misfit(text: &[u8], error: &serde_json::Error) -> Misfit {
    let (line, column) = (error.line(), error.column());
    let words = error.to_string();
    let reason = words.split(" at line ").next().unwrap_or(&words).replace('`', "'");
    if error.is_syntax() || error.is_eof() {
        let reason = reason.strip_suffix('.').unwrap_or(&reason);
        return Misfit {
            message: format!("the body is no JSON: {reason} at line {line}, column {column}"),
            field: None,
        };
    }
    let mut field = path_at(text, offset(text, line, column));
    // The error of a missing field stands at the end of the object that lacks it.
    if let Some(name) = reason.strip_prefix("missing field '").and_then(|rest| rest.split('\'').next()) {
        if !field.is_empty() {
            field.push('.');
        }
        field.push_str(name);
    }
    Misfit { message: format!("{reason} at line {line}, column {column}"), field: (!field.is_empty()).then_some(field) }
}

/// The byte before the parser's place: the last of what it did not like.
fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let lines = text.split(|&byte| byte == b'\n');
    let before: usize = lines.take(line.saturating_sub(1)).map(|line| line.len() + 1).sum();
    (before + column).min(text.len())
}

/// One open object or list.
enum Level {
    Object(Option<String>),
    List(usize),
}

/// The path to what stands at the end of `text[..end]`, which is the beginning of valid JSON.
fn path_at(text: &[u8], end: usize) -> String {
    let mut levels: Vec<Level> = Vec::new();
    // Whether the next text of the innermost object is a key.
    let mut key_next = false;
    let mut at = 0;
    while at < end {
        match text.get(at) {
            Some(b'{') => {
                levels.push(Level::Object(None));
                key_next = true;
            }
            Some(b'[') => {
                levels.push(Level::List(0));
                key_next = false;
            }
            Some(b'}' | b']') => {
                levels.pop();
                key_next = false;
            }
            Some(b',') => match levels.last_mut() {
                Some(Level::Object(_)) => key_next = true,
                Some(Level::List(index)) => *index += 1,
                None => {}
            },
            Some(b'"') => {
                let start = at;
                at += 1;
                while at < end && text.get(at).is_some_and(|&byte| byte != b'"') {
                    at += if text.get(at) == Some(&b'\\') { 2 } else { 1 };
                }
                if key_next && let Some(Level::Object(key)) = levels.last_mut() {
                    let written = text.get(start..=at.min(text.len().saturating_sub(1))).unwrap_or_default();
                    *key = serde_json::from_slice(written).ok();
                    key_next = false;
                }
            }
            _ => {}
        }
        at += 1;
    }
    // What has just begun is at fault as a whole.
    if matches!(text.get(end.saturating_sub(1)), Some(b'{' | b'[')) {
        levels.pop();
    }
    let mut path = String::new();
    for level in &levels {
        match level {
            Level::Object(Some(key)) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.extend(key.chars().take(60).flat_map(char::escape_debug));
            }
            Level::Object(None) => {}
            Level::List(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}

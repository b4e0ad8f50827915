//! Locates flow files.

use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use crate::source::diagnostics::{Diagnostic, Location, closest, quoted};

/// The canonical path of an existing file within `root`.
pub(super) fn locate(path: &Path, shown: &str, root: &Path, named_at: &Location) -> Result<PathBuf, Box<Diagnostic>> {
    let outside = || {
        let message = format!("flow file {} is outside the suite root", quoted(shown));
        let error = Diagnostic::error("flow/outside-root", &named_at.source, named_at.span, message);
        Box::new(error.help("move it into the folder that the suites are run from, or run them from a folder above"))
    };
    match path.canonicalize() {
        // Both paths are canonical, so that links cannot lead out of the root, and links into it
        // are allowed.
        Ok(file) if root.canonicalize().is_ok_and(|root| file.starts_with(root)) => Ok(file),
        Ok(_) => Err(outside()),
        // The message does not reveal whether a file outside the root exists.
        Err(_) if !lexical(path).starts_with(lexical(root)) => Err(outside()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            let message = format!("flow file {} does not exist", quoted(shown));
            let missing = Diagnostic::error("flow/missing-file", &named_at.source, named_at.span, message);
            Err(Box::new(match sibling(path) {
                Some(near) => missing.help(format!("did you mean {}?", quoted(&shown_beside(shown, &near)))),
                None => missing.label("no such file"),
            }))
        }
        Err(error) => {
            let reason = error.to_string();
            let reason = reason.split(" (os error").next().unwrap_or_default().to_lowercase();
            let message = format!("flow file {} cannot be read: {reason}", quoted(shown));
            Err(Box::new(Diagnostic::error("flow/missing-file", &named_at.source, named_at.span, message)))
        }
    }
}

/// The name of the file in the same folder that the user probably meant.
fn sibling(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let entries = std::fs::read_dir(path.parent()?).ok()?;
    let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    // Sorted, because the order of directory entries differs between machines.
    names.sort();
    closest(name, names.iter().map(String::as_str)).map(str::to_owned)
}

/// The absolute path with `.` and `..` resolved lexically, without following links.
fn lexical(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut out = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

/// The path in messages of a file that the file `shown` names relative to itself.
pub(super) fn shown_beside(shown: &str, named: &str) -> String {
    if named.starts_with('/') {
        return named.to_owned();
    }
    let folder = shown.rsplit_once('/').map_or("", |(folder, _)| folder);
    let root = if shown.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(named.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            // The root has no parent.
            ".." if !root.is_empty() => {}
            part => parts.push(part),
        }
    }
    format!("{root}{}", parts.join("/"))
}

//! Reads the records of finished runs.

use std::io::{ErrorKind, Read};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use super::arguments::Global;
use super::settings::Project;
use super::{load, output};
use crate::record::{self, RunRecord};
use crate::report::STDOUT;
use crate::source::diagnostics::safe_text;

/// The name of a source in messages and comparisons.
pub(super) fn shown(path: &Path) -> String {
    if path.as_os_str() == STDOUT { "standard input".to_owned() } else { path.display().to_string() }
}

/// Reads the record of a run; `-` is standard input.
pub(super) fn read(path: &Path) -> Result<RunRecord> {
    if path.as_os_str() != STDOUT {
        check(path)?;
    }
    let bytes = if path.as_os_str() == STDOUT {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
        bytes
    } else {
        std::fs::read(path).with_context(|| format!("cannot read '{}'", path.display()))?
    };
    record::parse(&bytes).map_err(|error| anyhow!(error.in_file(&shown(path))))
}

/// Counts the coverage of a run that was cut short, or prints why that is not possible.
pub(super) fn complete(global: &Global, path: &Path, record: &mut RunRecord) {
    if record.stopped.is_none() || record.coverage.is_some() || record.scenarios.is_empty() {
        return;
    }
    if let Err(reason) = Project::find(global).and_then(|project| load::recount(&project, record)) {
        output::to_stderr(&safe_text(&format!(
            "the run of '{}' was cut short and its coverage is unknown: {reason}\n",
            shown(path)
        )));
    }
}

/// Checks that a file of a run exists. Files in a folder are not guessed: beside the journal of a
/// run that died may be the record of an earlier run.
pub(super) fn check(path: &Path) -> Result<()> {
    check_file(path, &["run.json", "events.jsonl"])
}

/// Checks that a file exists. For a folder, the message suggests files of these names in it.
pub(super) fn check_file(path: &Path, names: &[&str]) -> Result<()> {
    if std::fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        bail!("there is no file '{}'", path.display());
    }
    if !path.is_dir() {
        return Ok(());
    }
    let found: Vec<String> = names
        .iter()
        .map(|name| path.join(name))
        .filter(|file| file.is_file())
        .map(|file| format!("'{}'", file.display()))
        .collect();
    let help = if found.is_empty() { String::new() } else { format!("; write {}", found.join(" or ")) };
    bail!("'{}' is a folder{help}", path.display())
}

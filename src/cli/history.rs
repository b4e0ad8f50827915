//! `callpath history`.

use anyhow::{Context, Result};
use serde::Serialize;

use super::arguments::{Format, Global, History};
use super::{ExitCode, output};
use crate::history::{self, HistoryLine, Unstable};
use crate::report;

#[derive(Serialize)]
struct Printed<'a> {
    runs: &'a [HistoryLine],
    unstable: Vec<Unstable>,
    unreadable: &'a [usize],
}

/// Prints the trends of a history file.
pub fn history(global: &Global, arguments: &History) -> Result<ExitCode> {
    let path = &arguments.file;
    let history = history::read(path).with_context(|| format!("cannot read '{}'", path.display()))?;
    if history.runs.is_empty() {
        output::print_failure(
            global,
            &format!("'{}' holds no runs; `callpath run --history` adds one", path.display()),
        );
        return Ok(ExitCode::INVALID);
    }
    let last = arguments.last as usize;
    let text = match arguments.format {
        Format::Text => report::history_text(&history, last, output::color(global, &std::io::stdout())),
        Format::Json => {
            let runs = history.runs.get(history.runs.len().saturating_sub(last)..).unwrap_or_default();
            let unstable = history::unstable(&history.runs);
            serde_json::to_string_pretty(&Printed { runs, unstable, unreadable: &history.unreadable })? + "\n"
        }
    };
    output::to_stdout(|out| out.write_all(text.as_bytes()))?;
    Ok(ExitCode::PASSED)
}

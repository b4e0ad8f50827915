//! `callpath history`.

use anyhow::{Context, Result};

use super::arguments::{Format, Global, History};
use super::{ExitCode, output, source};
use crate::record::history::{self, Trends};
use crate::report;

/// Prints the trends of a history file.
pub(super) fn history(global: &Global, arguments: &History) -> Result<ExitCode> {
    let path = &arguments.file;
    source::check_file(path, &[])?;
    let history = history::read(path).with_context(|| format!("cannot read '{}'", path.display()))?;
    if history.runs.is_empty() {
        output::print_failure(global, &format!("'{}' has no runs; `callpath run --history` adds one", path.display()));
        return Ok(ExitCode::INVALID);
    }
    let last = arguments.last as usize;
    let text = match arguments.format {
        Format::Text => report::history_text(&history, last, output::color(global, &std::io::stdout())),
        Format::Json => serde_json::to_string_pretty(&Trends::of(&history, last))? + "\n",
    };
    output::to_stdout(|out| out.write_all(text.as_bytes()))?;
    Ok(ExitCode::PASSED)
}

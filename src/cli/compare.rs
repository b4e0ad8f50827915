//! `callpath compare`.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};

use super::arguments::{Compare, CompareFormat, FailOn, Global};
use super::settings::Project;
use super::{ExitCode, load, output, source};
use crate::report;
use crate::report::compare::{self, Comparison, Run};
use crate::source::diagnostics::{quoted, safe_text};

/// Compares two runs.
pub(super) fn compare(global: &Global, arguments: &Compare) -> Result<ExitCode> {
    let comparison = compare_files(global, &arguments.base, &arguments.new)?;
    let text = match arguments.format {
        CompareFormat::Text => report::comparison_text(&comparison, output::color(global, &std::io::stdout())),
        CompareFormat::Json => serde_json::to_string_pretty(&comparison)? + "\n",
        CompareFormat::Markdown => report::comparison_markdown(&comparison),
    };
    output::to_stdout(|out| out.write_all(text.as_bytes()))?;
    let fails = match arguments.fail_on {
        FailOn::Regression => comparison.regression,
        FailOn::Any => comparison.different,
        FailOn::Never => false,
    };
    Ok(if fails { ExitCode::FAILED } else { ExitCode::PASSED })
}

/// Reads both files in parallel, as each may be hundreds of megabytes.
fn compare_files(global: &Global, base: &Path, new: &Path) -> Result<Comparison> {
    let (before, after) = std::thread::scope(|scope| {
        let before = scope.spawn(|| read(global, base));
        let after = read(global, new);
        // A panic of the other thread is propagated.
        (before.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), after)
    });
    let (before, after) = (before?, after?);
    let comparison = side_by_side((base, &before), (new, &after));
    // The process exits soon, and freeing a hundred thousand scenarios would delay it.
    std::mem::forget((before, after));
    Ok(comparison)
}

fn side_by_side((base, before): (&Path, &Run), (new, after): (&Path, &Run)) -> Comparison {
    compare::compare((&base.display().to_string(), before), (&new.display().to_string(), after))
}

/// Reads the run to compare with. It must be read before the compared run starts, which may write
/// its record to the same file.
pub(super) fn baseline(global: &Global, base: &Path, new: &str) -> Result<report::Baseline> {
    let run = Arc::new(read(global, base)?);
    Ok(report::Baseline { base: base.display().to_string(), run, new: new.to_owned() })
}

fn read(global: &Global, path: &Path) -> Result<Run> {
    source::check(path)?;
    let mut uncounted = None;
    let run = compare::read(path, |record| {
        uncounted = Project::find(global).and_then(|project| load::recount(&project, record)).err();
    });
    if let Some(reason) = uncounted {
        let name = quoted(&path.display().to_string());
        output::to_stderr(&safe_text(&format!(
            "the run of {name} was cut short and its coverage is unknown: {reason}\n"
        )));
    }
    run.with_context(|| format!("cannot compare '{}'", path.display()))
}

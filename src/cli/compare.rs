//! `callpath compare`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};

use super::arguments::{Compare, CompareFormat, FailOn, Global};
use super::{ExitCode, output};
use crate::compare::{self, Comparison, Run};
use crate::report::{self, HtmlReport};

/// Compares two runs.
pub fn compare(global: &Global, arguments: &Compare) -> Result<ExitCode> {
    let comparison = between(&arguments.base, &arguments.new)?;
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

/// Reads both files, each in a thread of its own, as each may be hundreds of megabytes.
fn between(base: &Path, new: &Path) -> Result<Comparison> {
    let (before, after) = std::thread::scope(|scope| {
        let before = scope.spawn(|| read(base));
        let after = read(new);
        // A panic in the other thread goes on here as it would without threads.
        (before.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), after)
    });
    let (before, after) = (before?, after?);
    let comparison = side_by_side((base, &before), (new, &after));
    // The process ends soon: giving back the memory of a hundred thousand scenarios one by one takes longer than that.
    std::mem::forget((before, after));
    Ok(comparison)
}

fn side_by_side((base, before): (&Path, &Run), (new, after): (&Path, &Run)) -> Comparison {
    compare::compare((&base.display().to_string(), before), (&new.display().to_string(), after))
}

/// A run to compare with. It is read before the new run begins, which may write its record into the same file.
pub struct Baseline {
    path: PathBuf,
    run: Arc<Run>,
}

impl Baseline {
    /// Reads the run.
    pub fn read(path: &Path) -> Result<Self> {
        Ok(Self { path: path.to_owned(), run: Arc::new(read(path)?) })
    }

    /// The page with the comparison of the run whose record this is.
    pub fn beside(&self, page: HtmlReport, record: &Path) -> HtmlReport {
        page.against(&self.path.display().to_string(), self.run.clone(), record)
    }

    /// Compares the run whose reports are in this folder, prints what is other and writes `compare.json`.
    pub fn compare(&self, global: &Global, report_dir: &Path, quiet: bool) -> Result<()> {
        let record = report_dir.join("run.json");
        let comparison = side_by_side((&self.path, &self.run), (&record, &read(&record)?));
        let text = report::comparison_text(&comparison, output::color(global, &std::io::stdout()));
        let shown = if quiet { text.lines().last().unwrap_or_default() } else { text.trim_end() };
        output::to_stdout(|out| if quiet { writeln!(out, "{shown}") } else { writeln!(out, "\n{shown}") })?;
        let path = report_dir.join("compare.json");
        let mut file = report::ReportFile::create(&path)?;
        file.write(serde_json::to_string_pretty(&comparison)?.as_bytes())?;
        file.write(b"\n")?;
        Ok(file.complete()?)
    }
}

fn read(path: &Path) -> Result<Run> {
    if path.is_dir() {
        let record = path.join("run.json");
        let help = if record.is_file() { format!("; write '{}'", record.display()) } else { String::new() };
        return Err(anyhow!("'{}' is a folder{help}", path.display()));
    }
    compare::read(path).with_context(|| format!("cannot compare '{}'", path.display()))
}

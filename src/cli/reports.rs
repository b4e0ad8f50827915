//! The reports of a run: which ones, and where they go.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::arguments::{self, Dialect, Global};
use super::{compare, output};
use crate::remote::client::Environment;
use crate::report::audit::{AuditLog, Who};
use crate::report::{
    self, Annotations, Cobertura, ComparisonReport, HistoryReport, HtmlReport, JUnit, Journal, JsonReport, Markdown,
    Metrics, Progress, ReportPath, STDOUT, Sources, Terminal, TerminalOptions,
};
use crate::runner::Reporter;

/// What is wanted.
pub(super) struct Wanted<'a> {
    pub global: &'a Global,
    pub reports: &'a arguments::Reports,
    /// Where run.json, junit.xml and coverage.xml go; none where only what is named is written.
    pub folder: Option<&'a Path>,
    /// Whether the run is yet to come: then there are a journal and a line of progress.
    pub live: bool,
    /// The file that a line about the run is appended to.
    pub history: Option<&'a Path>,
    /// The audit log that this run's is appended to; a run that is yet to come has one in its folder anyway.
    pub audit: Option<&'a Path>,
    pub dialect: Dialect,
    /// Whether the page is among the reports of the folder.
    pub html: bool,
    /// The suite root.
    pub root: &'a Path,
    /// What the run is called in comparisons; none for the record that is written.
    pub source: Option<&'a str>,
    pub verbose: bool,
    pub quiet: bool,
}

/// Refuses what cannot be: two reports in one place.
pub(super) fn check(reports: &arguments::Reports) -> Result<()> {
    let arguments::Reports { junit, json, cobertura, html, markdown, metrics, .. } = reports;
    let all = [
        ("--junit", junit),
        ("--json", json),
        ("--cobertura", cobertura),
        ("--html", html),
        ("--markdown", markdown),
        ("--metrics", metrics),
    ];
    let named: Vec<(&str, &PathBuf)> =
        all.into_iter().filter_map(|(option, path)| Some((option, path.as_ref()?))).collect();
    for (index, (option, path)) in named.iter().enumerate() {
        if let Some((other, _)) = named.iter().take(index).find(|(_, before)| before == path) {
            let place =
                if path.as_os_str() == STDOUT { "standard output".to_owned() } else { format!("'{}'", path.display()) };
            bail!("{other} and {option} would both write to {place}");
        }
        if path.as_os_str() == STDOUT && reports.github {
            bail!("{option} - and --github would both write to standard output; name a file");
        }
    }
    Ok(())
}

/// The reporters, in the order in which they finish. The folder is made at once: without one the run would leave no trace.
pub(super) fn reporters(wanted: Wanted<'_>) -> Result<Vec<Box<dyn Reporter>>> {
    let Wanted { global, reports, folder, live, quiet, verbose, .. } = wanted;
    let named = |path: &Option<PathBuf>| path.clone().map(ReportPath::new);
    let at = |path: &Option<PathBuf>, name: &str| {
        named(path).or_else(|| folder.map(|folder| ReportPath::new(folder.join(name))))
    };
    let (record, junit) = (at(&reports.json, "run.json"), at(&reports.junit, "junit.xml"));
    let cobertura = at(&reports.cobertura, "coverage.xml");
    let page = if wanted.html { at(&reports.html, "report.html") } else { named(&reports.html) };
    let [markdown, metrics] = [named(&reports.markdown), named(&reports.metrics)];
    let [journal, audit] = ["events.jsonl", "audit.jsonl"]
        .map(|name| folder.filter(|_| live).map(|folder| ReportPath::new(folder.join(name))));
    let new = match (wanted.source, &record) {
        (Some(source), _) => source.to_owned(),
        (None, Some(record)) => record.path().display().to_string(),
        (None, None) => String::new(),
    };
    let baseline = reports.baseline.as_deref().map(|base| compare::baseline(global, base, &new)).transpose()?;
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder '{}' for the reports cannot be made", folder.display()))?;
    }
    let mut list: Vec<Box<dyn Reporter>> = Vec::new();
    if let Some(path) = &journal {
        list.push(Box::new(Journal::new(path.clone())));
    }
    if let Some(path) = &record {
        list.push(Box::new(JsonReport::new(path.clone())));
    }
    if let Some(path) = &junit {
        list.push(Box::new(JUnit::new(path.clone(), dialect(wanted.dialect))));
    }
    if let Some(path) = &cobertura {
        list.push(Box::new(Cobertura::new(path.clone())));
    }
    if let Some(path) = &page {
        // Files are called by their paths below the suite root, or from where the command was given.
        let roots = std::iter::once(wanted.root.to_owned()).chain(std::env::current_dir().ok());
        let page = HtmlReport::new(path.clone(), Sources::below(roots));
        list.push(Box::new(match &baseline {
            Some(baseline) => page.against(baseline.clone()),
            None => page,
        }));
    }
    if let Some(path) = &markdown {
        list.push(Box::new(Markdown::comment(path.clone(), baseline.clone())));
    }
    if let Some(path) = &metrics {
        list.push(Box::new(Metrics::new(path.clone())));
    }
    if let Some(history) = wanted.history {
        list.push(Box::new(HistoryReport::new(history)));
    }
    if let Some(path) = step_summary().filter(|_| reports.github) {
        list.push(Box::new(Markdown::step_summary(&path, baseline.clone())));
    }
    if let Some(path) = &audit {
        // After the other files, whose hashes it notes.
        let files = [&record, &journal, &junit, &page, &cobertura, &markdown, &metrics];
        let files = files.into_iter().flatten().cloned().collect();
        list.push(Box::new(AuditLog::new(path.path(), wanted.audit, Who::of(&Environment::process()), files)));
    }
    let written = [&page, &record, &junit, &cobertura, &markdown, &metrics, &journal, &audit];
    let written = written.into_iter().flatten().map(ReportPath::path);
    let taken = written.clone().any(|path| path.as_os_str() == STDOUT);
    // What people read gives way to a report that another program reads.
    let out =
        || -> Box<dyn Write + Send> { if taken { Box::new(std::io::stderr()) } else { Box::new(std::io::stdout()) } };
    let color =
        if taken { output::color(global, &std::io::stderr()) } else { output::color(global, &std::io::stdout()) };
    let options = TerminalOptions {
        color,
        width: output::width(),
        verbose,
        quiet,
        reports: written.filter(|path| path.as_os_str() != STDOUT).map(|path| path.display().to_string()).collect(),
    };
    // The terminal comes after all files, so that it hears of reports that could not be finished.
    let progress = live.then(|| Progress::new(color));
    let terminal = Terminal::new(out(), progress.as_ref().map(Progress::bar), options);
    if let Some(progress) = progress {
        list.push(Box::new(progress));
    }
    list.push(Box::new(terminal));
    if let Some(baseline) = baseline {
        let file = folder.map(|folder| folder.join("compare.json"));
        list.push(Box::new(ComparisonReport::new(baseline, out(), color, quiet, file.as_deref())));
    }
    if reports.github {
        list.push(Box::new(Annotations::new(out(), &below_repository(wanted.root))));
    }
    Ok(list)
}

fn dialect(dialect: Dialect) -> report::Dialect {
    match dialect {
        Dialect::Rich => report::Dialect::Rich,
        Dialect::Strict => report::Dialect::Strict,
    }
}

/// Where a step of GitHub Actions writes its summary.
fn step_summary() -> Option<PathBuf> {
    std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Where the suite root lies below the repository that GitHub checked out: files are called by their paths below the
/// first, annotations by those below the second.
fn below_repository(root: &Path) -> String {
    let workspace = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from).and_then(|path| path.canonicalize().ok());
    let below =
        workspace.and_then(|workspace| Some(root.canonicalize().ok()?.strip_prefix(workspace).ok()?.to_owned()));
    let Some(below) = below.filter(|below| !below.as_os_str().is_empty()) else { return String::new() };
    below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/") + "/"
}

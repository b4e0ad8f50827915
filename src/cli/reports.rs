//! Builds the reporters of a run from the arguments.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::arguments::{self, Dialect, Global};
use super::{compare, output};
use crate::remote::client::Environment;
use crate::report::audit::{AuditLog, Who};
use crate::report::{
    self, Annotations, Baseline, Cobertura, ComparisonReport, HistoryReport, HtmlReport, JUnit, Journal, JsonReport,
    Markdown, Metrics, Progress, ReportPath, STDOUT, Sources, Terminal, TerminalOptions,
};
use crate::runner::Reporter;

/// The options of all reports.
pub(super) struct ReportOptions<'a> {
    pub global: &'a Global,
    pub reports: &'a arguments::Reports,
    /// The report folder; none where only reports with a named file are written.
    pub folder: Option<&'a Path>,
    /// Whether the run is still to come. Such a run has a journal and a progress line.
    pub live: bool,
    /// The file that a line about the run is appended to.
    pub history: Option<&'a Path>,
    /// The audit log to append to. A live run also writes one to its folder.
    pub audit: Option<&'a Path>,
    pub dialect: Dialect,
    /// Whether the HTML page is among the reports of the folder.
    pub html: bool,
    /// The suite root.
    pub root: &'a Path,
    /// The name of the run in comparisons; none for the path of the record that is written.
    pub source: Option<&'a str>,
    pub verbose: bool,
    pub quiet: bool,
}

/// The paths of the report files; none for reports that are not written.
struct ReportPaths {
    record: Option<ReportPath>,
    junit: Option<ReportPath>,
    cobertura: Option<ReportPath>,
    page: Option<ReportPath>,
    markdown: Option<ReportPath>,
    metrics: Option<ReportPath>,
    journal: Option<ReportPath>,
    audit: Option<ReportPath>,
}

impl ReportPaths {
    fn new(options: &ReportOptions<'_>) -> Self {
        let ReportOptions { reports, folder, live, html, .. } = options;
        let named = |path: &Option<PathBuf>| path.clone().map(ReportPath::new);
        let in_folder = |name: &str| folder.map(|folder| ReportPath::new(folder.join(name)));
        let live_only = |name: &str| in_folder(name).filter(|_| *live);
        Self {
            record: named(&reports.json).or_else(|| in_folder("run.json")),
            junit: named(&reports.junit).or_else(|| in_folder("junit.xml")),
            cobertura: named(&reports.cobertura).or_else(|| in_folder("coverage.xml")),
            page: named(&reports.html).or_else(|| in_folder("report.html").filter(|_| *html)),
            markdown: named(&reports.markdown),
            metrics: named(&reports.metrics),
            journal: live_only("events.jsonl"),
            audit: live_only("audit.jsonl"),
        }
    }

    /// All files in the order in which the summary lists them.
    fn written(&self) -> impl Iterator<Item = &Path> {
        let Self { record, junit, cobertura, page, markdown, metrics, journal, audit } = self;
        [page, record, junit, cobertura, markdown, metrics, journal, audit].into_iter().flatten().map(ReportPath::path)
    }
}

/// Rejects arguments that write two reports to one place.
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

/// Builds the reporters in the order in which they finish. Creates the folder first: without it the
/// run would leave no record.
pub(super) fn reporters(options: &ReportOptions<'_>) -> Result<Vec<Box<dyn Reporter>>> {
    let paths = ReportPaths::new(options);
    let new = match (options.source, &paths.record) {
        (Some(source), _) => source.to_owned(),
        (None, Some(record)) => record.path().display().to_string(),
        (None, None) => String::new(),
    };
    let base = options.reports.baseline.as_deref();
    let baseline = base.map(|base| compare::baseline(options.global, base, &new)).transpose()?;
    if let Some(folder) = options.folder {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the report folder '{}'", folder.display()))?;
    }
    let mut list = file_reporters(options, &paths, baseline.as_ref());
    add_console_reporters(&mut list, options, &paths, baseline);
    Ok(list)
}

/// The reporters that write files.
fn file_reporters(
    options: &ReportOptions<'_>,
    paths: &ReportPaths,
    baseline: Option<&Baseline>,
) -> Vec<Box<dyn Reporter>> {
    let ReportPaths { record, junit, cobertura, page, markdown, metrics, journal, audit } = paths;
    let mut list: Vec<Box<dyn Reporter>> = Vec::new();
    if let Some(path) = journal {
        list.push(Box::new(Journal::new(path.clone())));
    }
    if let Some(path) = record {
        list.push(Box::new(JsonReport::new(path.clone())));
    }
    if let Some(path) = junit {
        list.push(Box::new(JUnit::new(path.clone(), dialect(options.dialect))));
    }
    if let Some(path) = cobertura {
        list.push(Box::new(Cobertura::new(path.clone())));
    }
    if let Some(path) = page {
        // Names of files are relative to the suite root, or to the current directory.
        let roots = std::iter::once(options.root.to_owned()).chain(std::env::current_dir().ok());
        let page = HtmlReport::new(path.clone(), Sources::below(roots));
        list.push(Box::new(match baseline {
            Some(baseline) => page.against(baseline.clone()),
            None => page,
        }));
    }
    if let Some(path) = markdown {
        list.push(Box::new(Markdown::comment(path.clone(), baseline.cloned())));
    }
    if let Some(path) = metrics {
        list.push(Box::new(Metrics::new(path.clone())));
    }
    if let Some(history) = options.history {
        list.push(Box::new(HistoryReport::new(history)));
    }
    if let Some(path) = step_summary().filter(|_| options.reports.github) {
        list.push(Box::new(Markdown::step_summary(&path, baseline.cloned())));
    }
    if let Some(path) = audit {
        // After the other files, because it records their hashes.
        let files = [record, journal, junit, page, cobertura, markdown, metrics].into_iter().flatten().cloned();
        let who = Who::of(&Environment::process());
        list.push(Box::new(AuditLog::new(path.path(), options.audit, who, files.collect())));
    }
    list
}

/// Adds the reporters that print, after all files, so that the summary includes reports that could
/// not be written.
fn add_console_reporters(
    list: &mut Vec<Box<dyn Reporter>>,
    options: &ReportOptions<'_>,
    paths: &ReportPaths,
    baseline: Option<Baseline>,
) {
    let ReportOptions { global, reports, folder, live, quiet, verbose, .. } = *options;
    // Where a report for another program goes to standard output, text for people goes to standard
    // error.
    let is_stdout_taken = paths.written().any(|path| path.as_os_str() == STDOUT);
    let out = || -> Box<dyn Write + Send> {
        if is_stdout_taken { Box::new(std::io::stderr()) } else { Box::new(std::io::stdout()) }
    };
    let color = match is_stdout_taken {
        true => output::color(global, &std::io::stderr()),
        false => output::color(global, &std::io::stdout()),
    };
    let files = paths.written().filter(|path| path.as_os_str() != STDOUT);
    let terminal = TerminalOptions {
        color,
        width: output::width(),
        verbose,
        quiet,
        reports: files.map(|path| path.display().to_string()).collect(),
    };
    let progress = live.then(|| Progress::new(color));
    let terminal = Terminal::new(out(), progress.as_ref().map(Progress::bar), terminal);
    if let Some(progress) = progress {
        list.push(Box::new(progress));
    }
    list.push(Box::new(terminal));
    if let Some(baseline) = baseline {
        let file = folder.map(|folder| folder.join("compare.json"));
        list.push(Box::new(ComparisonReport::new(baseline, out(), color, quiet, file.as_deref())));
    }
    if reports.github {
        list.push(Box::new(Annotations::new(out(), &below_repository(options.root))));
    }
}

fn dialect(dialect: Dialect) -> report::Dialect {
    match dialect {
        Dialect::Rich => report::Dialect::Rich,
        Dialect::Strict => report::Dialect::Strict,
    }
}

/// The file for the summary of a step of GitHub Actions.
fn step_summary() -> Option<PathBuf> {
    std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// The path of the suite root below the repository that GitHub checked out. Names of files are
/// relative to the root, annotations need paths relative to the repository.
fn below_repository(root: &Path) -> String {
    let workspace = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from).and_then(|path| path.canonicalize().ok());
    let below =
        workspace.and_then(|workspace| Some(root.canonicalize().ok()?.strip_prefix(workspace).ok()?.to_owned()));
    let Some(below) = below.filter(|below| !below.as_os_str().is_empty()) else { return String::new() };
    below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/") + "/"
}

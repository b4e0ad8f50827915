//! `callpath run`.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};

use super::arguments::{self, Dialect, Global};
use super::compare::Baseline;
use super::settings::{Project, RunSettings};
use super::{ExitCode, interrupt, lint, load, output};
use crate::diagnose::{Severity, render_all, safe_text};
use crate::flow::Library;
use crate::report::{
    self, Cobertura, HistoryReport, HtmlReport, JUnit, Journal, JsonReport, Progress, Sources, Terminal,
    TerminalOptions,
};
use crate::runner::{self, Plan, Reporter, RunOptions, RunOutcome, Selection, Stop};
use crate::target::{Embedded, Remote, Target, Unusable};

/// Runs the suites and writes the reports.
pub fn run(global: &Global, arguments: &arguments::Run) -> Result<ExitCode> {
    let project = Project::find(global)?;
    let settings = project.run(arguments)?;
    let levels = lint::levels(&project, &arguments.rules)?;
    let Some(selection) = select(global, &settings)? else { return Ok(ExitCode::INVALID) };
    let files = load::discover(&project, &settings.selection.paths)?;
    let library = Library::default();
    let loaded = load::load_with(&project, &files, settings.seed, false, &library);
    load::print_diagnostics(global, &loaded.warnings);
    if loaded.suites.is_empty() && loaded.rejected.is_empty() {
        output::print_failure(global, &load::nothing_found(&settings.selection.paths, &files));
        return Ok(ExitCode::NOTHING);
    }
    let unknown = selection.check(&loaded.suites);
    if unknown.has_errors() {
        output::to_stderr(&render_all(&unknown, output::style(global)));
        return Ok(ExitCode::INVALID);
    }
    let findings = lint::findings(&library, &loaded.suites, &levels);
    if findings.has_errors() {
        load::print_diagnostics(global, &findings);
        return Ok(ExitCode::INVALID);
    }
    if !arguments.quiet {
        lint::print_count(&findings);
    }
    let defects = findings.iter().filter(|finding| finding.severity > Severity::Note).count() as u64;
    let plan = Plan::new(loaded, &selection);
    if plan.scenarios.is_empty() && plan.rejected.is_empty() {
        output::print_failure(global, &load::nothing_selected(plan.deselected));
        return Ok(ExitCode::NOTHING);
    }
    let baseline = arguments.baseline.as_deref().map(Baseline::read).transpose()?;
    let outcome = match &settings.remote {
        None => execute(global, arguments, &settings, defects, plan, baseline.as_ref(), Arc::new(Embedded))?,
        Some(remote) => match Remote::new(remote.clone()) {
            Ok(target) => execute(global, arguments, &settings, defects, plan, baseline.as_ref(), Arc::new(target))?,
            Err(error) => {
                let target = Unusable { name: remote.name.clone(), reason: error.to_string() };
                execute(global, arguments, &settings, defects, plan, baseline.as_ref(), Arc::new(target))?
            }
        },
    };
    if let Some(reason) = &outcome.unusable {
        output::print_failure(global, &safe_text(&format!("the target cannot be used: {reason}")));
    }
    if let Some(baseline) = &baseline {
        baseline.compare(global, &settings.report_dir, arguments.quiet)?;
    }
    let code = exit_code(&outcome);
    if code == ExitCode::NOTHING {
        output::print_failure(global, "every scenario was skipped");
    }
    Ok(code)
}

/// The filters; none where they are invalid, which was shown then.
fn select(global: &Global, settings: &RunSettings) -> Result<Option<Selection>> {
    match Selection::new(&settings.selection.tags, &settings.selection.filters) {
        Ok(selection) => Ok(Some(selection)),
        Err(diagnostics) => {
            output::to_stderr(&render_all(&diagnostics, output::style(global)));
            Ok(None)
        }
    }
}

fn execute<T: Target + 'static>(
    global: &Global,
    arguments: &arguments::Run,
    settings: &RunSettings,
    defects: u64,
    plan: Plan,
    baseline: Option<&Baseline>,
    target: Arc<T>,
) -> Result<RunOutcome> {
    let options = RunOptions {
        jobs: NonZeroUsize::new(settings.jobs as usize).unwrap_or(NonZeroUsize::MIN),
        timeout: Duration::from_millis(settings.timeout_ms),
        retries: settings.retries,
        repeat: settings.repeat,
        max_fail: settings.max_fail.map(u64::from),
        seed: settings.seed,
        paths: settings.selection.paths.clone(),
        structural_defects: Some(defects),
        gates: settings.gates.clone(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(settings.jobs.min(cores()) as usize)
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let stop = Stop::new();
    interrupt::watch(&stop).context("cannot wait for signals")?;
    let reporters = reporters(global, arguments, settings, baseline);
    Ok(runtime.block_on(runner::run(Arc::new(plan), target, &options, reporters, &stop)))
}

fn cores() -> u32 {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32)
}

fn reporters(
    global: &Global,
    arguments: &arguments::Run,
    settings: &RunSettings,
    baseline: Option<&Baseline>,
) -> Vec<Box<dyn Reporter>> {
    let dialect = match settings.dialect {
        Dialect::Rich => report::Dialect::Rich,
        Dialect::Strict => report::Dialect::Strict,
    };
    let [journal, record, junit, cobertura, page] =
        ["events.jsonl", "run.json", "junit.xml", "coverage.xml", "report.html"]
            .map(|name| settings.report_dir.join(name));
    // What people open comes first.
    let files = settings.html.then_some(&page).into_iter().chain([&record, &junit, &cobertura, &journal]);
    let color = output::color(global, &std::io::stdout());
    let options = TerminalOptions {
        color,
        width: output::width(),
        verbose: arguments.verbose,
        quiet: arguments.quiet,
        reports: files.map(|path| path.display().to_string()).collect(),
    };
    let progress = Progress::new(color);
    let terminal = Terminal::new(Box::new(std::io::stdout()), Some(progress.bar()), options);
    let mut reporters: Vec<Box<dyn Reporter>> = vec![
        Box::new(Journal::new(&journal)),
        Box::new(JsonReport::new(&record)),
        Box::new(JUnit::new(&junit, dialect)),
        Box::new(Cobertura::new(&cobertura)),
    ];
    if settings.html {
        let html = HtmlReport::new(&page, Sources::below(settings.roots.clone()));
        reporters.push(Box::new(match baseline {
            Some(baseline) => baseline.beside(html, &record),
            None => html,
        }));
    }
    if let Some(history) = &arguments.history {
        reporters.push(Box::new(HistoryReport::new(history)));
    }
    // The terminal comes last, so that it hears of reports that could not be finished.
    reporters.push(Box::new(progress));
    reporters.push(Box::new(terminal));
    reporters
}

/// The gravest that happened decides.
fn exit_code(outcome: &RunOutcome) -> ExitCode {
    let totals = &outcome.record.totals;
    let interrupted = outcome.record.stopped.as_deref() == Some("interrupted");
    if outcome.unusable.is_some() {
        ExitCode::TARGET
    } else if interrupted {
        ExitCode::INTERRUPTED
    } else if !outcome.record.rejected.is_empty() || !outcome.report_failures.is_empty() {
        ExitCode::INVALID
    } else if totals.failed + totals.error > 0 {
        ExitCode::FAILED
    } else if totals.skipped == totals.scenarios {
        // A green light for a run in which nothing ran would be a lie.
        ExitCode::NOTHING
    } else if outcome.record.missed_gates().next().is_some() {
        ExitCode::GATE
    } else {
        ExitCode::PASSED
    }
}

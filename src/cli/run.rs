//! `callpath run`.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};

use super::arguments::{self, Global};
use super::reports::{self, ReportOptions};
use super::settings::{Project, RunSettings};
use super::{ExitCode, exports, interrupt, lint, load, output, traces};
use crate::flow::Library;
use crate::runner::targets::{Embedded, Remote, Target, Unusable};
use crate::runner::{self, Plan, Reporter, RunOptions, RunOutcome, Selection, Stop};
use crate::source::diagnostics::{render_all, safe_text};
use crate::suite;

/// Runs the suites and writes the reports.
pub(super) fn run(global: &Global, arguments: &arguments::Run) -> Result<ExitCode> {
    reports::check(&arguments.reports)?;
    let project = Project::find(global)?;
    let settings = project.run(arguments)?;
    let levels = lint::levels(&project, &arguments.rules)?;
    let Some(selection) = select(global, &settings)? else { return Ok(ExitCode::INVALID) };
    let files = load::discover(&project, &settings.selection.paths)?;
    let library = Library::default();
    let mut loaded = suite::load(&files, &load::options(&project, settings.seed), &library);
    lint::apply_levels(&mut loaded, &levels);
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
    }
    if findings.has_errors() || lint::denied(&loaded.warnings, &levels) {
        return Ok(ExitCode::INVALID);
    }
    if !arguments.quiet {
        lint::print_count(&findings);
    }
    let defects = lint::defects(&findings) + lint::defects(&loaded.warnings);
    let mut plan = Plan::new(loaded, &selection);
    if plan.scenarios.is_empty() && plan.rejected.is_empty() {
        output::print_failure(global, &load::nothing_selected(plan.deselected));
        return Ok(ExitCode::NOTHING);
    }
    if let Some(shard) = arguments.shard {
        plan.keep(shard);
    }
    let reporters = || {
        reports::reporters(&ReportOptions {
            global,
            reports: &arguments.reports,
            folder: Some(&settings.report_dir),
            live: true,
            history: arguments.history.as_deref(),
            audit: settings.audit.as_deref(),
            dialect: settings.dialect,
            html: settings.html,
            root: &project.root,
            source: None,
            verbose: arguments.verbose,
            quiet: arguments.quiet,
        })
    };
    let outcome = match &settings.remote {
        None => execute(&settings, defects, plan, Arc::new(Embedded), reporters()?)?,
        Some(remote) => match Remote::new(remote.clone()) {
            Ok(target) => execute(&settings, defects, plan, Arc::new(target), reporters()?)?,
            Err(error) => {
                let target = Unusable { name: remote.name.clone(), reason: error.to_string() };
                execute(&settings, defects, plan, Arc::new(target), reporters()?)?
            }
        },
    };
    if let Some(reason) = outcome.unusable() {
        output::print_failure(global, &safe_text(&format!("the target cannot be used: {reason}")));
    }
    let code = ExitCode::from_run(&outcome.record, outcome.report_failures.is_empty());
    if code == ExitCode::NOTHING {
        output::print_failure(global, "every scenario was skipped; --verbose shows the reasons");
    }
    Ok(code)
}

/// Parses the filters; none where they are invalid, after printing why.
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
    settings: &RunSettings,
    defects: u64,
    plan: Plan,
    target: Arc<T>,
    mut reporters: Vec<Box<dyn Reporter>>,
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
    let stop = Stop::new();
    interrupt::watch(&stop).context("cannot wait for signals")?;
    // Workers of a compute-bound target have threads of their own.
    let threads = if target.is_compute_bound() { 1 } else { settings.jobs.min(cores()) as usize };
    let (trace_report, traced) = traces::start()?;
    let exports = exports::start(settings)?;
    // Before all reports: a result is spooled before any report mentions it.
    reporters.splice(0..0, exports.reporters.into_iter().chain(trace_report));
    let outcome = block_on(threads, runner::run(plan, target, &options, reporters, &stop))?;
    exports::wait(exports.deliveries);
    traced.report();
    Ok(outcome)
}

/// Runs a future to completion on this many threads. Does not wait for blocking tasks that it
/// leaves behind: the system may resolve a host name for minutes, which cannot be cancelled.
fn block_on<F: Future>(threads: usize, future: F) -> Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let output = runtime.block_on(future);
    runtime.shutdown_background();
    Ok(output)
}

fn cores() -> u32 {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn a_blocking_host_lookup_does_not_delay_the_end() {
        let begun = Instant::now();
        let ended = block_on(1, async {
            // As the system resolver: on a thread that cannot be stopped.
            let lookup = tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_secs(20)));
            tokio::time::timeout(Duration::from_millis(50), lookup).await.is_err()
        });
        assert!(ended.unwrap());
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    }
}

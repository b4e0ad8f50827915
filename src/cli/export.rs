//! `callpath export`.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::arguments::{Export, Global};
use super::settings::Project;
use super::{ExitCode, output, source};
use crate::export::{DeadLetterFile, ExportSettings, Platform, Resumed, resume, send_record};
use crate::source::diagnostics::safe_text;

/// How long to go on without progress, in ms.
const DEFAULT_TIMEOUT_MS: u64 = 60_000;

/// Exports results and prints the delivery status.
pub(super) fn export(global: &Global, arguments: &Export) -> Result<ExitCode> {
    let project = Project::find(global)?;
    let names = selected_exports(&project, arguments)?;
    let settings: Vec<ExportSettings> = names.iter().map(|name| project.export(name)).collect::<Result<_>>()?;
    let timeout = Duration::from_millis(arguments.timeout.unwrap_or(DEFAULT_TIMEOUT_MS));
    let record = arguments.file.as_deref().map(source::read).transpose()?;
    let mut code = ExitCode::PASSED;
    for settings in settings {
        let outcome = block_on(async {
            let platform = Arc::new(Platform::new(settings.clone())?);
            match &record {
                Some(record) => {
                    let status = send_record(&platform, record, timeout).await?;
                    Ok(Resumed { status, ..Resumed::default() })
                }
                None => Ok(resume(&platform, timeout, arguments.dead_letters).await?),
            }
        })?;
        let own = report(global, &settings, &outcome)?;
        if own.0 > code.0 {
            code = own;
        }
    }
    Ok(code)
}

/// The names of the exports that the arguments select.
fn selected_exports(project: &Project, arguments: &Export) -> Result<Vec<String>> {
    if let Some(name) = &arguments.to {
        return Ok(vec![name.clone()]);
    }
    let known: Vec<String> = project.config.export.keys().cloned().collect();
    match known.as_slice() {
        [] => bail!("no export is configured; add a table '[export.NAME]' to callpath.toml, see docs/export.md"),
        [_] => Ok(known),
        _ if arguments.resume => Ok(known),
        _ => bail!("several exports are configured; select one with --to: {}", known.join(", ")),
    }
}

/// Runs a future to completion. Does not wait for blocking tasks that it leaves behind: the system
/// may resolve a host name for minutes.
fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("cannot start the runtime")?;
    let output = runtime.block_on(future);
    runtime.shutdown_background();
    output
}

fn report(global: &Global, settings: &ExportSettings, outcome: &Resumed) -> Result<ExitCode> {
    let Resumed { status, locked, broken } = outcome;
    let line = status.summary(&settings.name);
    output::to_stdout(|out| writeln!(out, "{line}"))?;
    for problem in broken {
        output::print_failure(global, &safe_text(&problem.to_string()));
    }
    if *locked > 0 {
        let runs = output::counted(*locked, "run");
        output::to_stderr(&format!("skipped the results of {runs}, which another process is sending\n"));
    }
    if status.dead_letters > 0 {
        let file = DeadLetterFile::new(&settings.spool);
        let name = &settings.name;
        output::to_stderr(&format!(
            "dead letters are in '{}'; `callpath export --resume --to {name} --dead-letters` sends them again\n",
            file.path().display()
        ));
    }
    Ok(match (broken.is_empty(), status.is_complete()) {
        (false, _) => ExitCode::INVALID,
        (true, false) => ExitCode::FAILED,
        (true, true) => ExitCode::PASSED,
    })
}

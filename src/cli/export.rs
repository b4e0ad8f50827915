//! `callpath export`.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::arguments::{Export, Global};
use super::settings::Project;
use super::{ExitCode, output, source};
use crate::export::{Delivered, ExportSettings, Platform, Resumed, SetAside, resume, send_record};
use crate::source::diagnostics::safe_text;

/// How long to go on without a result that is settled, in ms.
const TIMEOUT_MS: u64 = 60_000;

/// Sends results and says what became of them.
pub(super) fn export(global: &Global, arguments: &Export) -> Result<ExitCode> {
    let project = Project::find(global)?;
    let names = names(&project, arguments)?;
    let settings: Vec<ExportSettings> = names.iter().map(|name| project.export(name)).collect::<Result<_>>()?;
    let patience = Duration::from_millis(arguments.timeout.unwrap_or(TIMEOUT_MS));
    let record = arguments.file.as_deref().map(source::read).transpose()?;
    let mut code = ExitCode::PASSED;
    for settings in settings {
        let outcome = block_on(async {
            let platform = Arc::new(Platform::new(settings.clone())?);
            match &record {
                Some(record) => {
                    let delivered = send_record(&platform, record, patience).await?;
                    Ok(Resumed { delivered, ..Resumed::default() })
                }
                None => Ok(resume(&platform, patience, arguments.set_aside).await?),
            }
        })?;
        let own = report(global, &settings, &outcome)?;
        if own.0 > code.0 {
            code = own;
        }
    }
    Ok(code)
}

/// The exports that are meant.
fn names(project: &Project, arguments: &Export) -> Result<Vec<String>> {
    if let Some(name) = &arguments.to {
        return Ok(vec![name.clone()]);
    }
    let known: Vec<String> = project.config.export.keys().cloned().collect();
    match known.as_slice() {
        [] => bail!("there is no export; describe one in '[export.NAME]' of callpath.toml, see docs/export.md"),
        [_] => Ok(known),
        _ if arguments.resume => Ok(known),
        _ => bail!("say which export is meant: --to with one of {}", known.join(", ")),
    }
}

/// Runs a future to its end. What it leaves behind is not waited for: the system may look up a host's name for minutes.
fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("cannot start the runtime")?;
    let output = runtime.block_on(future);
    runtime.shutdown_background();
    output
}

fn report(global: &Global, settings: &ExportSettings, outcome: &Resumed) -> Result<ExitCode> {
    let Resumed { delivered, busy, broken } = outcome;
    let line = delivered.sentence(&settings.name);
    output::to_stdout(|out| writeln!(out, "{line}"))?;
    for problem in broken {
        output::print_failure(global, &safe_text(&problem.to_string()));
    }
    if *busy > 0 {
        let runs = output::counted(*busy, "run");
        output::to_stderr(&format!("the results of {runs} are left to the process that is sending them now\n"));
    }
    if delivered.aside > 0 {
        let file = SetAside::new(&settings.spool);
        let name = &settings.name;
        output::to_stderr(&format!(
            "what was set aside is in '{}'; callpath export --resume --to {name} --set-aside sends it again\n",
            file.path().display()
        ));
    }
    Ok(if !broken.is_empty() { ExitCode::INVALID } else { exit_code(delivered) })
}

fn exit_code(delivered: &Delivered) -> ExitCode {
    if delivered.is_complete() { ExitCode::PASSED } else { ExitCode::FAILED }
}

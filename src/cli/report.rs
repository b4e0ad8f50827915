//! `callpath report`.

use anyhow::Result;

use super::arguments::{self, Global};
use super::reports::{self, ReportOptions};
use super::settings::Project;
use super::{ExitCode, source};
use crate::runner::retell;

/// Writes reports of a finished run.
pub(super) fn report(global: &Global, arguments: &arguments::Report) -> Result<ExitCode> {
    reports::check(&arguments.reports)?;
    let mut record = source::read(&arguments.source)?;
    source::complete(global, &arguments.source, &mut record);
    let project = Project::find(global)?;
    let settings = project.reports(None, arguments.reports.junit_dialect)?;
    let reporters = reports::reporters(&ReportOptions {
        global,
        reports: &arguments.reports,
        folder: None,
        live: false,
        history: None,
        audit: None,
        dialect: settings.dialect,
        html: true,
        root: &project.root,
        source: Some(&source::shown(&arguments.source)),
        verbose: arguments.amount.verbose,
        quiet: arguments.amount.quiet,
    })?;
    let (record, failures) = retell(record, reporters);
    Ok(ExitCode::from_run(&record, failures.is_empty()))
}

//! `callpath merge`.

use std::collections::HashMap;

use anyhow::{Context, Result};

use super::arguments::{self, Global};
use super::reports::{self, ReportOptions};
use super::settings::Project;
use super::{ExitCode, load, output, source};
use crate::record::{MergeError, Part, RunRecord, merge as merge_parts};
use crate::runner::{recount, retell};
use crate::source::diagnostics::safe_text;

/// Merges parts of a run and writes all its reports.
pub(super) fn merge(global: &Global, arguments: &arguments::Merge) -> Result<ExitCode> {
    reports::check(&arguments.reports)?;
    let project = Project::find(global)?;
    let settings = project.reports(arguments.report_dir.as_deref(), arguments.reports.junit_dialect)?;
    let parts =
        arguments.sources.iter().map(|path| Ok(Part { name: source::shown(path), record: source::read(path)? }));
    let record = merge_records(&project, parts.collect::<Result<Vec<Part>>>()?, arguments.allow_missing)?;
    let reporters = reports::reporters(&ReportOptions {
        global,
        reports: &arguments.reports,
        folder: Some(&settings.folder),
        live: false,
        history: None,
        audit: None,
        dialect: settings.dialect,
        html: settings.html && !arguments.no_html,
        root: &project.root,
        source: None,
        verbose: arguments.amount.verbose,
        quiet: arguments.amount.quiet,
    })?;
    let (record, failures) = retell(record, reporters);
    Ok(ExitCode::from_run(&record, failures.is_empty()))
}

/// Merges the records, and counts coverage and decisions if the suites and flows are available.
fn merge_records(project: &Project, parts: Vec<Part>, partial: bool) -> Result<RunRecord> {
    // All suites of all parts, for the order of scenarios and the coverage.
    let mut suites = RunRecord::default();
    for part in &parts {
        suites.header.seed = part.record.header.seed;
        for suite in &part.record.suites {
            if suites.suites.iter().all(|known| known.file != suite.file) {
                suites.suites.push(suite.clone());
            }
        }
    }
    let plan = load::plan_of(project, &suites);
    let places: HashMap<&str, usize> =
        plan.scenarios.iter().enumerate().map(|(place, one)| (&*one.id, place)).collect();
    // A single part is the whole run, so that its own counts are valid.
    let alone = match &parts[..] {
        [Part { record, .. }] => Some((record.coverage.clone(), record.decisions.clone(), record.suites.clone())),
        _ => None,
    };
    let merged = merge_parts(parts, partial, |id| places.get(id).copied());
    let mut record = match merged {
        Err(error @ MergeError::Missing(_)) => {
            return Err(error).context("shards are missing (--allow-missing merges the others)");
        }
        merged => merged?,
    };
    if let Err(reason) = recount(&mut record, &plan) {
        if let Some(alone) = alone {
            (record.coverage, record.decisions, record.suites) = alone;
        }
        record = record.judged();
        if record.coverage.is_none() {
            output::to_stderr(&safe_text(&format!(
                "the coverage of the whole run is unknown: {reason}; merge in the folder of the suites, unchanged since the run\n"
            )));
        }
    }
    Ok(record)
}

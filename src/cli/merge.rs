//! `callpath merge`.

use std::collections::HashMap;

use anyhow::{Context, Result};

use super::arguments::{self, Global};
use super::reports::{self, Wanted};
use super::settings::Project;
use super::{ExitCode, load, output, source};
use crate::record::{MergeError, Part, RunRecord, merge as put_together};
use crate::runner::{recount, retell};
use crate::source::diagnostics::safe_text;

/// Puts parts of a run together and writes all its reports.
pub(super) fn merge(global: &Global, arguments: &arguments::Merge) -> Result<ExitCode> {
    reports::check(&arguments.reports)?;
    let project = Project::find(global)?;
    let settings = project.reports(arguments.report_dir.as_deref(), arguments.reports.junit_dialect)?;
    let parts =
        arguments.sources.iter().map(|path| Ok(Part { name: source::shown(path), record: source::read(path)? }));
    let record = whole(&project, parts.collect::<Result<Vec<Part>>>()?, arguments.allow_missing)?;
    let reporters = reports::reporters(Wanted {
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
    Ok(ExitCode::of(&record, failures.is_empty()))
}

/// The record of all parts, with coverage and decisions counted where the suites and flows are at hand.
fn whole(project: &Project, parts: Vec<Part>, partial: bool) -> Result<RunRecord> {
    // All suites that any part names, for the order of the scenarios and for the coverage.
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
    // What was counted of a part that is alone is true of the whole.
    let alone = match &parts[..] {
        [Part { record, .. }] => Some((record.coverage.clone(), record.decisions.clone(), record.suites.clone())),
        _ => None,
    };
    let merged = put_together(parts, partial, |id| places.get(id).copied());
    let mut record = match merged {
        Err(error @ MergeError::Missing(_)) => {
            return Err(error).context("not all shards are there (--allow-missing merges the others)");
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
                "the coverage of the whole run is not known: {reason}; merge in the folder of the suites, as they were in the run\n"
            )));
        }
    }
    Ok(record)
}

//! Finds, reads and checks suites for `run`, `validate` and `list`.

use anyhow::{Result, bail};

use super::arguments::Global;
use super::output;
use super::settings::{DEFAULT_PATH, Project};
use crate::flow::Library;
use crate::record::RunRecord;
use crate::runner::{self, Plan, Selection};
use crate::source::diagnostics::{Diagnostics, quoted, render_all, summary};
use crate::suite::{self, Complexity, DiscoverError, LoadOptions, Loaded, SuiteFile};

/// Finds the files of the paths. Their names are relative to the root, so that messages and reports
/// do not depend on the current directory.
pub(super) fn discover(project: &Project, paths: &[String]) -> Result<Vec<SuiteFile>> {
    let here = std::env::current_dir()?;
    let found = suite::discover(paths, &here);
    if let Err(DiscoverError::Missing { path, near: None }) = &found
        && path == DEFAULT_PATH
    {
        bail!("there is no folder {}; name your suites, or write a first one with `callpath init`", quoted(path));
    }
    let mut files = found?;
    for file in &mut files {
        if let Ok(below) = file.path.strip_prefix(&project.root) {
            file.shown = below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        }
    }
    Ok(files)
}

/// Reads files into suites, to check them and to say what is in them. `flows` says whether flow
/// files among them are checked for their own sake.
pub(super) fn check(project: &Project, files: &[SuiteFile], flows: bool, library: &Library) -> Loaded {
    suite::load(files, &LoadOptions { flows, ..options(project, 0) }, library)
}

/// The options for loading the suites of the project.
pub(super) fn options(project: &Project, seed: u64) -> LoadOptions {
    let limits = &project.config.limits;
    let default = Complexity::default();
    let complexity = Complexity {
        dtmf_items: limits.dtmf_items.unwrap_or(default.dtmf_items),
        variables: limits.variables.unwrap_or(default.variables),
        media: limits.media.unwrap_or(default.media),
        depth: limits.depth.unwrap_or(default.depth),
    };
    LoadOptions { limits: complexity, seed, ..LoadOptions::new(&project.root) }
}

/// Counts coverage and decisions of a record anew, with the suites and flows that it names: those
/// of an interrupted run, which its journal does not tell, or those of several runs that were put
/// together.
///
/// # Errors When a file is no longer as it was in the run; then the record is as it was. It is no
/// reason to give up on the rest.
pub(super) fn recount(project: &Project, record: &mut RunRecord) -> Result<()> {
    Ok(runner::recount(record, &plan_of(project, record))?)
}

/// The plan of all scenarios of the suites that a record names, as they are now.
pub(super) fn plan_of(project: &Project, record: &RunRecord) -> Plan {
    let file = |shown: &String| SuiteFile { path: project.root.join(shown), shown: shown.clone(), explicit: true };
    let mut files: Vec<SuiteFile> = record.suites.iter().map(|suite| file(&suite.file)).collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let loaded = suite::load(&files, &options(project, record.header.seed), &Library::default());
    Plan::new(loaded, &Selection::default())
}

/// All diagnostics: errors of rejected files, and warnings.
pub(super) fn diagnostics(loaded: &Loaded) -> Diagnostics {
    let mut all = Diagnostics::new();
    for rejected in &loaded.rejected {
        all.extend(rejected.diagnostics.iter().cloned());
    }
    all.extend(loaded.warnings.iter().cloned());
    all
}

/// Prints diagnostics to standard error.
pub(super) fn print_diagnostics(global: &Global, diagnostics: &Diagnostics) {
    if diagnostics.is_empty() {
        return;
    }
    let pictures = render_all(diagnostics, output::style(global));
    output::to_stderr(&format!("{pictures}\n{}\n\n", summary(diagnostics)));
}

/// Says that the paths have no suites, whether no files at all or only others.
pub(super) fn nothing_found(paths: &[String], files: &[SuiteFile]) -> String {
    let paths: Vec<String> = paths.iter().map(|path| quoted(path)).collect();
    let help = match files {
        [] => "`callpath init` writes a first one",
        [_] => "the YAML file there is a flow or a base of other suites",
        _ => "the YAML files there are flows or bases of other suites",
    };
    format!("no suites found in {}; {help}", paths.join(", "))
}

/// Says that no scenario matches the filters.
pub(super) fn nothing_selected(deselected: u64) -> String {
    match deselected {
        0 => "no scenarios found".to_owned(),
        found => format!("no scenario matches the filters ({found} found)"),
    }
}

//! What `run`, `validate` and `list` share: finding suites, reading them, and showing what is wrong with them.

use std::path::Path;

use anyhow::Result;

use super::arguments::Global;
use super::output;
use super::settings::Project;
use crate::diagnose::{Diagnostics, render_all, summary};
use crate::flow::Library;
use crate::suite::{self, Complexity, LoadOptions, Loaded, SuiteFile};

/// Suites as read, with the files that they were read from.
pub struct Found {
    /// The suites and the files that could not be used.
    pub loaded: Loaded,
    /// The flows, each read once.
    pub library: Library,
}

/// Finds the files that the paths mean.
pub fn discover(paths: &[String]) -> Result<Vec<SuiteFile>> {
    let here = std::env::current_dir()?;
    Ok(suite::discover(paths, &here)?)
}

/// Reads files into suites.
pub fn load(project: &Project, files: &[SuiteFile], seed: u64) -> Found {
    let limits = &project.config.limits;
    let default = Complexity::default();
    let complexity = Complexity {
        dtmf_items: limits.dtmf_items.unwrap_or(default.dtmf_items),
        variables: limits.variables.unwrap_or(default.variables),
        media: limits.media.unwrap_or(default.media),
        depth: limits.depth.unwrap_or(default.depth),
    };
    let options = LoadOptions { complexity, seed, ..LoadOptions::new(project.root.clone()) };
    let library = Library::default();
    let loaded = suite::load(files, &options, &library);
    Found { loaded, library }
}

/// Prints what is wrong with the files to standard error.
pub fn print_diagnostics(global: &Global, diagnostics: &Diagnostics) {
    if diagnostics.is_empty() {
        return;
    }
    let mut text = render_all(diagnostics, output::style(global));
    text.push('\n');
    text.push_str(&summary(diagnostics));
    text.push_str("\n\n");
    output::to_stderr(&text);
}

/// All messages: those of files that cannot be used, and warnings.
pub fn diagnostics(loaded: &Loaded) -> Diagnostics {
    let mut all = Diagnostics::new();
    for rejected in &loaded.rejected {
        all.extend(rejected.diagnostics.iter().cloned());
    }
    all.extend(loaded.warnings.iter().cloned());
    all
}

/// A path as messages show it: relative to the current directory where it lies below it.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}

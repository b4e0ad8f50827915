//! Whole suites: what they mean and what is said of their mistakes.

mod about;
mod expansion;
mod meaning;
mod messages;
mod properties;

use std::sync::Arc;

use super::*;
use crate::flow::Library;
use crate::source::diagnostics::{Diagnostics, Style, render_all};

/// The flow that the suites here call.
pub(super) const BANK: &str = include_str!("tests/bank.yaml");
/// The flow that the bank calls.
pub(super) const VERIFY: &str = include_str!("tests/verify.yaml");

/// A folder of suites, and how it is loaded.
pub(super) struct Folder {
    folder: tempfile::TempDir,
    pub options: LoadOptions,
}

impl Folder {
    /// With the two flows under `flows` and these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = LoadOptions::new(folder.path());
        options.environment = Arc::new(|name: &str| match name {
            "REGION" => Some("east".to_owned()),
            "TRIES" => Some("2".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        });
        let this = Self { folder, options };
        this.write("flows/bank.yaml", BANK);
        this.write("flows/verify.yaml", VERIFY);
        files.iter().for_each(|(path, text)| this.write(path, text));
        this
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn files(&self, paths: &[&str]) -> Vec<SuiteFile> {
        let paths: Vec<String> = paths.iter().map(|&path| path.to_owned()).collect();
        discover(&paths, self.folder.path()).unwrap()
    }

    /// Everything below the folder.
    pub(crate) fn load(&self) -> Loaded {
        load(&self.files(&["."]), &self.options, &Library::default())
    }

    /// The files that these paths mean, read by so many threads.
    pub(crate) fn load_by(&self, threads: usize, paths: &[&str]) -> Loaded {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| load(&self.files(paths), &self.options, &Library::default()))
    }
}

/// The suite's head and its scenarios, as one file.
pub(super) fn suite(scenarios: &str) -> String {
    format!("suite: S\nflow: flows/bank.yaml\nscenarios:\n{scenarios}")
}

/// Loads one file `s.yaml`.
pub(super) fn load_text(text: &str) -> Loaded {
    Folder::new(&[("s.yaml", text)]).load()
}

/// The scenarios of one file that must be without errors.
pub(super) fn scenarios(text: &str) -> Vec<Scenario> {
    let mut loaded = load_text(text);
    assert!(loaded.rejected.is_empty(), "{}", said(&loaded));
    loaded.suites.remove(0).scenarios
}

/// Everything that was said, as people read it.
pub(super) fn said(loaded: &Loaded) -> String {
    let mut all = Diagnostics::new();
    loaded.rejected.iter().for_each(|rejected| all.extend(rejected.diagnostics.iter().cloned()));
    all.extend(loaded.warnings.clone());
    render_all(&all, Style::default())
}

/// What is said of one file `s.yaml`.
pub(super) fn said_of(text: &str) -> String {
    said(&load_text(text))
}

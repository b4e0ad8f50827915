//! Loads suites from files, in parallel.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use rayon::prelude::*;

use super::extends::Bases;
use super::file::{Outcome, read};
use super::interpolate::Environment;
use super::paths::Root;
use super::symbols::SymbolTable;
use super::{Rejected, Suite, SuiteFile, rules};
use crate::flow::{Library, Program};
use crate::source::diagnostics::{Diagnostic, Diagnostics, Severity, Source, quoted};
use crate::source::yaml::Limits;

/// What a scenario may ask for at most; the defaults are those of the CXone tutorial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Complexity {
    /// Items of `dtmf`.
    pub dtmf_items: usize,
    /// Variables, the defaults' included.
    pub variables: usize,
    /// References to media.
    pub media: usize,
    /// Flows inside flows; the engine stops a call that goes deeper.
    pub depth: u32,
}

impl Default for Complexity {
    /// 50 items, 100 variables, 10 media, 200 flows deep.
    fn default() -> Self {
        Self { dtmf_items: 50, variables: 100, media: 10, depth: 200 }
    }
}

/// How suites are loaded.
#[derive(Clone)]
pub struct LoadOptions {
    /// The folder that no file may lie outside of; scenarios' ids begin with the path below it.
    pub root: PathBuf,
    /// Bounds of a scenario.
    pub limits: Complexity,
    /// Bounds of a file.
    pub yaml: Limits,
    /// The seed of scenarios that set none.
    pub seed: u64,
    /// What `${env:NAME}` reads.
    pub environment: Arc<Environment>,
    /// Flow files among the files are checked, not passed over.
    pub flows: bool,
}

impl LoadOptions {
    /// With the usual bounds, seed 0 and the environment of the process.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            limits: Complexity::default(),
            yaml: Limits::default(),
            seed: 0,
            environment: Arc::new(|name: &str| std::env::var(name).ok()),
            flows: false,
        }
    }
}

impl std::fmt::Debug for LoadOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { root, limits, yaml, seed, environment: _, flows } = self;
        f.debug_struct("LoadOptions")
            .field("root", root)
            .field("limits", limits)
            .field("yaml", yaml)
            .field("seed", seed)
            .field("flows", flows)
            .finish_non_exhaustive()
    }
}

/// What was loaded. Suites and rejected files are in the order of the files; nothing in here
/// depends on the number of threads.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The suites that can be run.
    pub suites: Vec<Suite>,
    /// The files that cannot be used.
    pub rejected: Vec<Rejected>,
    /// What is probably not meant but can be run all the same.
    pub warnings: Diagnostics,
    /// Every suite, base and flow file read, by path, each once: what the run depends on.
    pub sources: Vec<Arc<Source>>,
    /// Flow files that were checked for their own sake and are sound.
    pub flows: usize,
}

/// What the threads that load have in common.
pub(super) struct Shared<'a> {
    pub options: &'a LoadOptions,
    pub root: Root,
    pub library: &'a Library,
    pub bases: Bases,
    vocabularies: Mutex<HashMap<usize, Arc<SymbolTable>>>,
    /// What was found in bases and flows, by their path: whoever comes first finds it, so that it
    /// must not be tied to a suite before all are read.
    found: Mutex<BTreeMap<String, Vec<Diagnostic>>>,
}

impl<'a> Shared<'a> {
    /// Nothing is known yet.
    pub(super) fn new(options: &'a LoadOptions, library: &'a Library) -> Self {
        Self {
            options,
            root: Root::new(&options.root),
            library,
            bases: Bases::default(),
            vocabularies: Mutex::default(),
            found: Mutex::default(),
        }
    }

    /// The symbols of a program, made once.
    pub(super) fn symbols(&self, program: &Arc<Program>) -> Arc<SymbolTable> {
        // The program lives as long as its symbols, so that its address is its own.
        let key = Arc::as_ptr(program) as usize;
        let mut known = lock(&self.vocabularies);
        known.entry(key).or_insert_with(|| Arc::new(SymbolTable::new(program))).clone()
    }

    /// Notes what was found in a file that several suites may use.
    pub(super) fn found(&self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        let mut found = lock(&self.found);
        for diagnostic in diagnostics {
            let list = found.entry(diagnostic.path.clone()).or_default();
            if !list.iter().any(|known| same(known, &diagnostic)) {
                list.push(diagnostic);
            }
        }
    }
}

/// The lock, also after a panic of another thread: what it guards is complete at any time.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn same(one: &Diagnostic, other: &Diagnostic) -> bool {
    let span = |diagnostic: &Diagnostic| diagnostic.location.as_ref().map(|location| location.span);
    one.rule == other.rule && one.message == other.message && one.path == other.path && span(one) == span(other)
}

/// Loads suites and the flows they name. Every mistake of every file is found; a file with an error
/// is rejected as a whole, the others are not touched by it.
pub fn load(files: &[SuiteFile], options: &LoadOptions, library: &Library) -> Loaded {
    let shared = Shared::new(options, library);
    // Each file is one unit of work, whatever its size.
    let read = files.par_iter().with_max_len(1).map(|file| read(file, &shared)).collect();
    finish(files, read, &shared)
}

fn finish(files: &[SuiteFile], read: Vec<Outcome>, shared: &Shared<'_>) -> Loaded {
    let mut loaded = Loaded::default();
    let mut found = std::mem::take(&mut *lock(&shared.found));
    let flows = shared.library.sources().into_iter();
    let mut sources: BTreeMap<String, Arc<Source>> = flows.map(|source| (source.path().to_owned(), source)).collect();
    let mut heir = None;
    let mut paths: HashMap<String, &str> = HashMap::new();
    for (file, outcome) in files.iter().zip(read) {
        sources.extend(outcome.sources.into_iter().map(|source| (source.path().to_owned(), source)));
        let Some(path) = outcome.path else { continue };
        let mut diagnostics = outcome.diagnostics;
        if let Some(first) = paths.insert(path.clone(), &file.shown) {
            let message =
                format!("this file and {} have the same name for scenarios' ids: {}", quoted(first), quoted(&path));
            diagnostics
                .push(Diagnostic::file_error(rules::AMBIGUOUS_PATH, &file.shown, message).help("rename one of them"));
        }
        if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
            if !outcome.broken.is_empty() {
                heir.get_or_insert(loaded.rejected.len());
            }
            // The first suite that uses a broken base or flow tells what is wrong with it.
            for used in outcome.broken {
                diagnostics.extend(found.remove(&used).unwrap_or_default());
            }
            loaded.rejected.push(Rejected { path: file.shown.clone(), suite: path, diagnostics });
        } else {
            loaded.warnings.extend(diagnostics);
            loaded.flows += usize::from(outcome.flow);
            loaded.suites.extend(outcome.suite);
        }
    }
    // What is wrong with the flows that a flow calls goes to the first suite that has a broken flow
    // at all.
    let (broken, rest): (Vec<_>, Vec<_>) =
        found.into_values().flatten().partition(|diagnostic| diagnostic.severity == Severity::Error);
    match heir.and_then(|heir| loaded.rejected.get_mut(heir)) {
        Some(heir) => heir.diagnostics.extend(broken),
        None => loaded.warnings.extend(broken),
    }
    loaded.warnings.extend(rest);
    // The mistakes of a file are reported once, even if a base is also a suite.
    let mut seen = HashSet::new();
    for rejected in &mut loaded.rejected {
        rejected.diagnostics.retain(|diagnostic| {
            let span = diagnostic.location.as_ref().map(|location| location.span);
            seen.insert((diagnostic.rule, diagnostic.path.clone(), span, diagnostic.message.clone()))
        });
    }
    loaded.sources = sources.into_values().collect();
    loaded
}

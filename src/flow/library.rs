//! A cache of flow files, each read once, and of programs, each linked once.

mod place;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use self::place::{locate, shown_beside};
use super::link::link;
use super::{Flow, Program, read};
use crate::source::diagnostics::{Diagnostic, Diagnostics, Location, Source, Span};
use crate::source::yaml::{Limits, load};

/// Reads and links flow files on demand and caches the results, including failures: the mistakes of
/// a file are reported once, however many suites name it.
///
/// Several threads can use it at once. The first thread that requests a file or program reads or
/// links it and gets the diagnostics.
#[derive(Debug, Default)]
pub struct Library {
    limits: Limits,
    state: Mutex<State>,
}

type Once<T> = Arc<OnceLock<Option<Arc<T>>>>;

#[derive(Debug, Default)]
struct State {
    /// By canonical path.
    flows: HashMap<PathBuf, Once<Flow>>,
    /// By canonical path of the entry and canonical root.
    programs: HashMap<(PathBuf, PathBuf), Once<Program>>,
    sources: Vec<Arc<Source>>,
    /// Diagnostics about links between flows that were reported: one flow may be part of many
    /// programs.
    reported: HashSet<(String, &'static str, Span, String)>,
}

impl Library {
    /// Creates a library that reads files within these limits.
    pub fn with_limits(limits: Limits) -> Self {
        Self { limits, state: Mutex::default() }
    }

    /// The program whose entry flow is in this file.
    ///
    /// `path` is the file, `shown` its path in messages, `root` the folder that must contain all
    /// files, `named_at` the reference to it (errors about a missing file point there). Returns
    /// none if the program has errors; they are in `diagnostics`, or in those of an earlier request
    /// for one of its files.
    pub fn program(
        &self,
        path: &Path,
        shown: &str,
        root: &Path,
        named_at: &Location,
        diagnostics: &mut Diagnostics,
    ) -> Option<Arc<Program>> {
        let file = locate(path, shown, root, named_at).map_err(|error| diagnostics.push(*error)).ok()?;
        // If the root does not exist, the file has been reported as missing.
        let root = root.canonicalize().ok()?;
        let once = self.state().programs.entry((file.clone(), root.clone())).or_default().clone();
        once.get_or_init(|| self.build(file, shown, &root, diagnostics).map(Arc::new)).clone()
    }

    /// All flow files read so far, including broken ones, sorted by path.
    pub fn sources(&self) -> Vec<Arc<Source>> {
        let mut sources = self.state().sources.clone();
        sources.sort_by(|left, right| left.path().cmp(right.path()));
        sources
    }

    /// All valid programs linked so far, sorted by the path of their entry.
    pub fn programs(&self) -> Vec<Arc<Program>> {
        let state = self.state();
        let linked = state.programs.values().filter_map(|once| once.get().cloned().flatten());
        let mut programs: Vec<Arc<Program>> = linked.collect();
        programs.sort_by(|left, right| left.entry().source.path().cmp(right.entry().source.path()));
        programs
    }

    /// Reads the entry and all files that it and its subflows list, and links them.
    fn build(&self, file: PathBuf, shown: &str, root: &Path, diagnostics: &mut Diagnostics) -> Option<Program> {
        let mut files: HashMap<PathBuf, usize> = HashMap::from([(file.clone(), 0)]);
        let mut queue = vec![(file, shown.to_owned())];
        let mut flows: Vec<Option<Arc<Flow>>> = Vec::new();
        let mut visible: Vec<Vec<usize>> = Vec::new();
        while let Some((file, shown)) = queue.get(flows.len()).cloned() {
            let flow = self.flow(&file, &shown, diagnostics);
            // A flow may refer to itself and to the flows that it lists.
            let mut listed = vec![flows.len()];
            for named in flow.iter().flat_map(|flow| &flow.subflow_files) {
                let source = flow.as_ref().map(|flow| flow.source.clone())?;
                let named_at = Location { source, span: named.span };
                let shown = shown_beside(&shown, &named.value);
                let path = file.parent().unwrap_or(root).join(&named.value);
                match locate(&path, &shown, root, &named_at) {
                    Ok(path) => {
                        let index = *files.entry(path.clone()).or_insert_with(|| {
                            queue.push((path, shown));
                            queue.len() - 1
                        });
                        listed.push(index);
                    }
                    Err(error) => {
                        self.report_once([*error], diagnostics);
                        listed.push(usize::MAX);
                    }
                }
            }
            flows.push(flow);
            visible.push(listed);
        }
        let complete = visible.iter().flatten().all(|&index| index < flows.len());
        let flows: Option<Vec<Arc<Flow>>> = flows.into_iter().collect();
        let mut found = Diagnostics::new();
        let program = link(flows.filter(|_| complete)?, &visible, &mut found);
        self.report_once(found, diagnostics);
        program
    }

    fn flow(&self, file: &Path, shown: &str, diagnostics: &mut Diagnostics) -> Option<Arc<Flow>> {
        let once = self.state().flows.entry(file.to_owned()).or_default().clone();
        let read_file = || {
            let source = load(file, shown, &self.limits, diagnostics)?;
            self.state().sources.push(source.clone());
            read(&source, &self.limits, diagnostics).map(Arc::new)
        };
        once.get_or_init(read_file).clone()
    }

    fn report_once(&self, found: impl IntoIterator<Item = Diagnostic>, diagnostics: &mut Diagnostics) {
        let mut state = self.state();
        diagnostics.extend(found.into_iter().filter(|diagnostic| {
            let span = diagnostic.location.as_ref().map_or_else(Span::default, |location| location.span);
            state.reported.insert((diagnostic.path.clone(), diagnostic.rule, span, diagnostic.message.clone()))
        }));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change of the state is a single insertion, so it is consistent even after a panic
        // in another thread.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

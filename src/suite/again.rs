//! Suites whose scenarios are dropped after they were read, and read again when the run comes to them.

use std::collections::{HashMap, HashSet};
use std::mem::replace;
use std::sync::Arc;

use super::file::{Outcome, read};
use super::load::{LoadOptions, Shared};
use super::{Scenario, Stubbed, Suite, SuiteFile, Work};
use crate::flow::Library;
use crate::source::diagnostics::{Source, quoted, sha_256};

impl Outcome {
    /// Drops the text of the suite and what its scenarios do; what is asked about all of them is kept.
    pub(super) fn drop_work(&mut self) {
        let Some(suite) = &mut self.suite else { return };
        suite.drop_work();
        self.sources.retain(|source| {
            let own = source.path() == suite.file;
            if own {
                self.digest = Some(sha_256(source.text()));
            }
            !own
        });
    }
}

impl Suite {
    fn drop_work(&mut self) {
        self.scenarios.iter_mut().for_each(|scenario| scenario.drop_work(&mut self.stubbed));
    }
}

impl Scenario {
    /// Drops what it does, and notes what its call has stubs for.
    pub(super) fn drop_work(&mut self, stubbed: &mut Stubbed) {
        let program = self.program().cloned();
        let Work::Call(call) = replace(&mut self.work, Work::Later(program)) else { return };
        let place = stubbed.iter().position(|(program, _)| Arc::ptr_eq(program, &call.program));
        let place = place.unwrap_or_else(|| {
            stubbed.push((call.program.clone(), HashSet::new()));
            stubbed.len() - 1
        });
        let Some((_, names)) = stubbed.get_mut(place) else { return };
        for (name, _) in &call.request.stubs.answers {
            if !names.contains(name) {
                names.insert(name.clone());
            }
        }
    }
}

/// Reads suites again, as they were read before.
#[derive(Debug)]
pub struct Again {
    /// By the path that messages show.
    files: HashMap<String, SuiteFile>,
    options: LoadOptions,
    library: Arc<Library>,
}

impl Again {
    /// Of the files that were loaded with these options, the flows by this library.
    pub fn new(files: &[SuiteFile], options: LoadOptions, library: Arc<Library>) -> Self {
        let files = files.iter().map(|file| (file.shown.clone(), file.clone())).collect();
        Self { files, options, library }
    }

    /// The suite of a file; `is_same` says whether a text is the one that was read before.
    ///
    /// # Errors
    /// A sentence, where the file, or one that it extends, is no longer as it was. Flows are not read again.
    pub fn suite(&self, file: &str, is_same: impl Fn(&Source) -> bool) -> Result<Suite, String> {
        let changed = |path: &str| format!("the file {} has changed since the run began", quoted(path));
        let Some(known) = self.files.get(file) else { return Err(changed(file)) };
        let shared = Shared::new(&self.options, &self.library);
        let Outcome { suite, sources, .. } = read(known, &shared, true);
        match sources.iter().find(|source| !is_same(source)) {
            Some(source) => Err(changed(source.path())),
            None => suite.ok_or_else(|| changed(file)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::suite::{Loaded, discover, load};

    /// By suite and flow: what has a stub.
    fn stubbed(loaded: &Loaded) -> BTreeSet<(&str, &str, &str)> {
        let mut all = BTreeSet::new();
        for suite in &loaded.suites {
            for call in suite.scenarios.iter().filter_map(Scenario::call) {
                let names = call.request.stubs.answers.iter().map(|(name, _)| &**name);
                all.extend(names.map(|name| (&*suite.path, &*call.program.entry().id.value, name)));
            }
            for (program, names) in &suite.stubbed {
                all.extend(names.iter().map(|name| (&*suite.path, &*program.entry().id.value, &**name)));
            }
        }
        all
    }

    #[test]
    fn of_dropped_calls_it_is_known_what_has_a_stub() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = discover(&["suites".to_owned()], root).unwrap();
        let loaded = |keep: usize| load(&files, &LoadOptions { keep, ..LoadOptions::new(root) }, &Library::default());
        let [all, some, none] = [usize::MAX, 40, 0].map(loaded);
        let calls = |loaded: &Loaded| {
            loaded.suites.iter().flat_map(|suite| &suite.scenarios).filter(|scenario| scenario.call().is_some()).count()
        };
        assert!(calls(&all) > calls(&some) && calls(&some) > 0 && calls(&none) == 0);
        assert!(stubbed(&all).len() > 10);
        assert_eq!(stubbed(&some), stubbed(&all));
        assert_eq!(stubbed(&none), stubbed(&all));
    }
}

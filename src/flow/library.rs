//! Flow files, each read once, and programs, each linked once.

use std::path::Path;
use std::sync::Arc;

use super::Program;
use crate::diagnose::{Diagnostics, Location};

/// Reads and links flow files on demand and remembers the results, also the failures: the mistakes of a file are
/// reported once however many suites name it.
///
/// It may be used by several threads at once.
#[derive(Debug, Default)]
pub struct Library {}

impl Library {
    /// The program whose entry is the flow of this file.
    ///
    /// `path` is where the file lies, `shown` how messages call it, `root` the folder that no file may lie outside of, `named_at` the place that asked for it
    /// (errors about a missing file point there).
    pub fn program(
        &self,
        _path: &Path,
        _shown: &str,
        _root: &Path,
        _named_at: &Location,
        _diagnostics: &mut Diagnostics,
    ) -> Option<Arc<Program>> {
        todo!()
    }
}

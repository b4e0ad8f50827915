//! What a page is made of at its end, put away by several threads.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::report::spill::{Part, Spill};
use crate::runner::ReportError;

/// The parts of a page; a clone is the same store.
#[derive(Clone, Debug, Default)]
pub(super) struct Store(Arc<Mutex<Spill>>);

impl Store {
    /// For the page in this file.
    pub(super) fn beside(page: &Path) -> Self {
        Self(Arc::new(Mutex::new(Spill::beside(page))))
    }

    /// Puts a part away.
    pub(super) fn push(&self, bytes: &[u8]) -> Result<Part, ReportError> {
        self.lock().push(bytes)
    }

    /// Gives a part, in pieces.
    pub(super) fn read(
        &self,
        part: &Part,
        to: impl FnMut(&[u8]) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        self.lock().read(part.clone(), to)
    }

    fn lock(&self) -> MutexGuard<'_, Spill> {
        // Nothing is left half done there by a thread that panicked, and its panic goes on elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

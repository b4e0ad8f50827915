//! Who is told of a run's events.

use std::sync::Arc;

use crate::record::Event;

/// A finished scenario as JSON, shared by those who need it for longer than they are told of it.
pub(crate) type Json = Arc<String>;

/// When a reporter hears that a scenario has finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// At once, in the order in which scenarios finish.
    Completion,
    /// In the order of the plan, whatever finished first: such a report does not depend on the concurrency.
    Plan,
}

/// Makes a report of events. All reporters are called from one thread, one after the other, so they may block.
pub trait Reporter: Send {
    /// What messages call it: the file that it writes, or a word.
    fn name(&self) -> &str;

    /// In which order it wants to hear of finished scenarios; every other event comes when it happens.
    fn order(&self) -> Order;

    /// One event. `json` is the finished scenario as JSON, made once for all reporters; it is absent where the event is
    /// not about a finished scenario, and may be absent where events are replayed.
    ///
    /// A reporter that returns an error is not called again.
    fn event(&mut self, event: &Event, json: Option<&Json>) -> Result<(), ReportError>;

    /// After the last event.
    fn finish(&mut self) -> Result<(), ReportError>;
}

/// Why a report could not be written: one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ReportError(pub String);

impl ReportError {
    /// An error of the file system about this file.
    pub fn io(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self(format!("cannot write '{}': {error}", path.display()))
    }
}

/// A report that could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFailure {
    /// The reporter's name.
    pub reporter: String,
    /// Why.
    pub message: String,
}

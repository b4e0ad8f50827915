//! Reports: each is made of a run's events.

mod file;
mod journal;
mod json;

pub use file::ReportFile;
pub use journal::Journal;
pub use json::JsonReport;

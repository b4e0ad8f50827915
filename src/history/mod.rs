//! A line for each run, kept over many runs: how the scores went, and which scenarios change their verdict although
//! nothing else changed.

mod flakiness;
mod line;
mod printed;
mod read;

pub use flakiness::{Unstable, unstable};
pub use line::{HISTORY_VERSION, HistoryLine};
pub use printed::{Trends, history_schema};
pub use read::{History, read};

#[cfg(test)]
mod tests;

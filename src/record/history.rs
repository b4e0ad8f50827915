//! A line for each run, kept over many runs: how the scores went, and which scenarios change their verdict although
//! nothing else changed.

mod flakiness;
mod line;
mod printed;
mod read;

pub(crate) use flakiness::{Unstable, unstable};
pub(crate) use line::{HISTORY_VERSION, HistoryLine};
pub(crate) use printed::{Trends, history_schema};
pub(crate) use read::{History, read};

#[cfg(test)]
mod tests;

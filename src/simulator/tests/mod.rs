//! Small flows as text, through the reader, with whole traces as snapshots.

mod dump;
mod nodes;

//! Exploration: calls that nobody wrote down, tried on the simulator to see what a flow can do.

mod callers;
mod circles;
mod lint;
mod livelock;
mod surroundings;

#[cfg(test)]
mod tests;

pub(crate) use lint::lint;
pub use livelock::livelocks;
